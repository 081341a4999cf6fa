"""Tickets over HTTP against the twin: absolute times with an overlap, whole changelogs, approvals, hidden projects, nothing private."""

import json
import logging
from datetime import timedelta

import pytest

from evidence.facts.ticket.v1 import TicketLink, Transition
from integrations.errors import CursorExpired, PermissionMissing, RateLimited, WriteRefused
from integrations.sandbox.jira.server import Running
from integrations.sandbox.jira.state import account_id
from integrations.transport.redaction import Unreadable
from integrations.vendors.jira.collectors.values import instant
from integrations.vendors.jira.redactions import redacted
from tests.integrations.jira.scanning import TOM, reading
from tests.integrations.sandbox.jira.conftest import NOON

SEARCH, COUNT = "POST /rest/api/3/search/jql", "POST /rest/api/3/search/approximate-count"
CHANGELOG = "GET /rest/api/3/issue/{issueIdOrKey}/changelog"
PLANTED = "planted-77aa"
MARTA, TOM_ID, JONAS = (account_id(each) for each in ("marta.lindqvist", "tom.okafor", "jonas.weber"))


def asked(twin: Running) -> list[str]:
    """The queries that the search was asked."""
    return [json.loads(each.body)["jql"] for each in twin.requests.of(SEARCH)]


def test_a_ticket_comes_with_its_fields_people_and_changes(twin: Running) -> None:
    twin.state.add_issue(
        "OPS", "Bug", "A hole", "tom.okafor", labels=["security", "api"], components=["api"], priority="High", due="2026-03-09"
    )
    twin.state.assign("OPS-1", "jonas.weber", "marta.lindqvist", at=NOON + timedelta(hours=1))
    twin.state.move("OPS-1", "Done", "jonas.weber", at=NOON + timedelta(hours=2))
    twin.clock.advance(hours=3)
    with reading(twin) as run:
        fact = run.facts("ticket")["OPS-1"]
    assert (fact.project, fact.type, fact.status, fact.category, fact.priority) == ("OPS", "Bug", "Done", "done", "High")
    assert (fact.labels, fact.components, fact.due) == (("api", "security"), ("api",), "2026-03-09")
    assert (fact.created, fact.updated, fact.resolved) == ("2026-03-02T12:00:00Z", "2026-03-02T14:00:00Z", "2026-03-02T14:00:00Z")
    assert (fact.reporter, fact.assignee) == (TOM_ID, JONAS)
    assert fact.transitions == (
        Transition(at="2026-03-02T13:00:00Z", actor=MARTA, field="assignee", after=JONAS),
        Transition(at="2026-03-02T14:00:00Z", actor=JONAS, field="resolution", after="Done"),
        Transition(at="2026-03-02T14:00:00Z", actor=JONAS, field="status", before="To Do", after="Done"),
    )


def test_the_first_reading_begins_where_the_period_does_and_the_next_a_day_before_the_last_ended(twin: Running) -> None:
    old = twin.state.add_issue("OPS", "Task", "Long ago", "tom.okafor", at=NOON - timedelta(days=40))
    twin.state.add_issue("OPS", "Task", "Last month", "tom.okafor", at=NOON - timedelta(days=20))
    with reading(twin, since=NOON - timedelta(days=30)) as run:
        assert set(run.facts("ticket")) == {"OPS-2"}
        cursor = run.context.advanced("ticket")
    twin.state.move(old.key, "Done", "tom.okafor", at=NOON - timedelta(hours=23))  # the index was late: it counts all the same
    with reading(twin, cursors={"ticket": cursor}) as run:
        assert set(run.facts("ticket")) == {"OPS-1"}
    assert asked(twin) == [  # in Berlin, where Marta's profile is
        'updated >= "2026-01-31 13:00" ORDER BY created ASC, key ASC',
        'updated >= "2026-03-01 13:00" ORDER BY created ASC, key ASC',
    ]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata"])
def test_whatever_the_zone_of_the_profile_is_the_same_tickets_come(twin: Running, zone: str) -> None:
    twin.state.users[MARTA].zone = zone
    twin.state.add_issue("OPS", "Task", "Just inside", "tom.okafor", at=NOON - timedelta(days=30))
    twin.state.add_issue("OPS", "Task", "Just outside", "tom.okafor", at=NOON - timedelta(days=30, minutes=1))
    with reading(twin, since=NOON - timedelta(days=30)) as run:
        facts = run.facts("ticket")
    assert {key: each.created for key, each in facts.items()} == {"OPS-1": "2026-01-31T12:00:00Z"}


def test_a_changelog_of_more_than_the_search_holds_is_paged(twin: Running) -> None:
    twin.state.add_issue("OPS", "Task", "Busy", "tom.okafor")
    for number in range(130):
        twin.state.edit("OPS-1", "tom.okafor", ("labels", "labels", None, "", None, f"l{number}"), at=NOON + timedelta(minutes=number))
    twin.clock.advance(hours=3)
    with reading(twin) as run:
        seen = run.observations("ticket")[0]
        assert run.calls(CHANGELOG) == 2
    assert [each.after for each in seen.fact.transitions] == [f"l{number}" for number in range(130)]
    assert len(seen.pages) == 6  # the search, two of the changelog; and what fields, statuses and projects mean


def test_a_changelog_that_may_not_be_read_is_unknown(twin: Running) -> None:
    twin.state.add_issue("OPS", "Task", "Busy", "tom.okafor")
    twin.state.inline_changelog = 0
    twin.state.move("OPS-1", "Done", "tom.okafor")
    twin.faults.add("forbidden", "/rest/api/3/issue/*/changelog", times=None)
    with reading(twin) as run:
        fact = run.facts("ticket")["OPS-1"]
        faults = run.context.faults("ticket")
    assert (fact.transitions, fact.resolved) == (None, "2026-03-02T12:00:00Z")
    assert [(type(each), each.operation) for each in faults] == [(PermissionMissing, CHANGELOG)]


def test_a_team_managed_ticket_is_done_since_its_statuses_all_mean_done(twin: Running) -> None:
    home = twin.state.projects["TEAM"]
    home.statuses["Archived"] = "done"
    twin.state.add_issue("TEAM", "Task", "A task", "tom.okafor")
    for hour, status in ((1, "Done"), (2, "To Do"), (3, "Done"), (4, "Archived")):
        twin.state.move("TEAM-1", status, "tom.okafor", at=NOON + timedelta(hours=hour))
    twin.clock.advance(hours=5)
    with reading(twin) as run:
        fact = run.facts("ticket")["TEAM-1"]
    assert (fact.category, fact.resolved) == ("done", "2026-03-02T15:00:00Z")
    twin.faults.add("forbidden", "/rest/api/3/status", times=None)
    with reading(twin) as run:
        assert run.facts("ticket")["TEAM-1"].resolved is None


def test_approvals_of_service_management_and_people_fields_are_found(twin: Running) -> None:
    twin.state.custom_fields = {
        "customfield_1": ("Freigabe", "approvals"), "customfield_2": ("Employee", "user"), "customfield_3": ("Approved by", "user"),
        "customfield_4": ("Salary", "text"),
    }  # fmt: skip
    issue = twin.state.add_issue("OPS", "Access request", "Access", "tom.okafor")
    at = NOON - timedelta(hours=1)
    issue.custom = {"customfield_1": [(MARTA, "approved", at), (JONAS, "declined", at)], "customfield_2": JONAS, "customfield_4": PLANTED}
    twin.state.edit("OPS-1", "marta.lindqvist", ("Approved by", "customfield_3", None, None, MARTA, "Marta Lindqvist"))
    twin.state.edit("OPS-1", "marta.lindqvist", ("Salary", "customfield_4", None, "1", None, PLANTED))
    with reading(twin) as run:
        fact = run.facts("ticket")["OPS-1"]
        assert PLANTED not in run.kept()
    assert fact.about == (JONAS,)
    assert fact.transitions == (
        Transition(at="2026-03-02T11:00:00Z", actor=MARTA, field="approval", after="approved"),
        Transition(at="2026-03-02T11:00:00Z", actor=JONAS, field="approval", after="declined"),
        Transition(at="2026-03-02T12:00:00Z", actor=MARTA, field="approved by", after=MARTA),
    )


def test_links_to_tickets_come_and_pages_of_incidents_only(twin: Running) -> None:
    for sort in ("Incident", "Task"):
        twin.state.add_issue("OPS", sort, sort, "tom.okafor")
    twin.state.add_issue("OPS", "Post-mortem", "Why", "tom.okafor")
    twin.state.link("OPS-1", "OPS-3", "tom.okafor")
    for key in ("OPS-1", "OPS-2"):
        twin.state.link_page(key, "https://wiki.example/1", "Notes", "tom.okafor")
    with reading(twin) as run:
        facts = run.facts("ticket")
        assert run.calls("GET /rest/api/3/issue/{issueIdOrKey}/remotelink") == 1
    assert facts["OPS-1"].links == (
        TicketLink(kind="is documented by", target="OPS-3"),
        TicketLink(kind="remote", target="https://wiki.example/1 Notes"),
    )
    assert facts["OPS-2"].links == ()


def test_named_projects_are_read_and_a_hidden_one_makes_the_stream_partial(twin: Running) -> None:
    for key in ("OPS", "SEC", "TEAM"):
        twin.state.add_issue(key, "Task", "A task", "tom.okafor")
    with reading(twin, settings={"projects": "ops, sec"}) as run:
        assert set(run.facts("ticket")) == {"OPS-1", "SEC-1"}
        assert run.context.faults("ticket") == ()
    with reading(twin, who=TOM, settings={"projects": "OPS, SEC"}) as run:
        assert set(run.facts("ticket")) == {"OPS-1"}
        assert [(each.kind, each.partition) for each in run.context.faults("ticket")] == [("permission_missing", "project SEC")]


def test_an_account_that_sees_no_project_reads_no_empty_list(twin: Running) -> None:
    for home in twin.state.projects.values():
        home.browse, home.private = [("user", MARTA)], True
    with reading(twin, who=TOM) as run, pytest.raises(PermissionMissing, match="may browse no project"):
        run.facts("ticket")


def test_a_ticket_that_is_filed_while_pages_are_read_is_not_lost(twin: Running) -> None:
    for number in range(120):
        twin.state.add_issue("OPS", "Task", f"Task {number}", "tom.okafor", at=NOON - timedelta(minutes=number))
    twin.faults.add("add_issue", "/rest/api/3/search/jql", when="after", project="OPS", type="Task", summary="New", reporter="tom.okafor")
    with reading(twin) as run:
        assert len(run.facts("ticket")) == 121
        assert (run.context.completeness("ticket"), run.context.total("ticket")) == ("total", 121)


def test_what_jira_counts_more_than_it_gives_is_a_partial_result(twin: Running) -> None:
    twin.state.add_issue("OPS", "Task", "A task", "tom.okafor")
    twin.faults.add("set", "/rest/api/3/search/approximate-count", times=None, at="count", value=3)
    with reading(twin) as run:
        assert set(run.facts("ticket")) == {"OPS-1"}
        assert [(each.kind, each.detail) for each in run.context.faults("ticket")] == [
            ("partial_result", "Jira counts about 3 tickets, received were 1")
        ]
        assert (run.calls(SEARCH), run.context.completeness("ticket")) == (3, "last_page")


def test_a_run_about_named_tickets_reads_those(twin: Running) -> None:
    issues = [twin.state.add_issue("OPS", "Task", f"Task {number}", "tom.okafor") for number in range(3)]
    with reading(twin, only={"ticket": frozenset({f"issue:{issues[1].id}"})}) as run:
        assert set(run.facts("ticket")) == {"OPS-2"}


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("set", {"at": "issues.0.fields.description", "value": PLANTED}, "issues[].fields.description: dropped"),
        (
            "extra",
            {"at": "issues.0.fields.reporter", "key": "nickname", "value": PLANTED},
            "issues[].fields.reporter: all but accountId, accountType, displayName, active dropped",
        ),
    ],
)
def test_words_of_people_are_nowhere(twin: Running, caplog: pytest.LogCaptureFixture, kind: str, options: dict, said: str) -> None:
    twin.state.add_issue("OPS", "Task", "A task", "tom.okafor", description=PLANTED)
    twin.state.edit(
        "OPS-1", "tom.okafor", ("summary", "summary", None, PLANTED, None, "A task"), ("Comment", "comment", None, PLANTED, None, None)
    )
    twin.faults.add(kind, "/rest/api/3/search/jql", **options)
    with caplog.at_level(logging.DEBUG), reading(twin) as run:
        facts = run.facts("ticket")
        everything = run.kept()
        removed = {each for words in run.spool.redactions().values() for each in words}
    assert PLANTED not in everything + repr(facts) + caplog.text
    assert "token-marta" not in everything + caplog.text
    assert {"changes of fields that are not read: values dropped", said} <= removed
    assert [each.field for each in facts["OPS-1"].transitions] == []


def test_a_changelog_of_another_form_is_not_kept() -> None:
    for value in ({"issues": [{"changelog": []}]}, {"issues": [{"changelog": {"histories": [{"items": "x"}]}}]}, {"values": ["x"]}):
        with pytest.raises(Unreadable):
            redacted(SEARCH if "issues" in value else CHANGELOG, json.dumps(value).encode(), frozenset())


def test_a_token_that_jira_forgot_and_a_limit_are_named(twin: Running) -> None:
    for number in range(101):
        twin.state.add_issue("OPS", "Task", f"Task {number}", "tom.okafor")
    body = {"errorMessages": ["The nextPageToken is invalid or expired."], "errors": {}}
    twin.faults.add("status", "/rest/api/3/search/jql", nth=2, status=400, body=body)
    with reading(twin) as run, pytest.raises(CursorExpired):
        run.facts("ticket")
    twin.faults.add("too_many_requests", "/rest/api/3/search/jql", retry_after=90)
    with reading(twin) as run, pytest.raises(RateLimited) as raised:
        run.facts("ticket")
    assert raised.value.retry_at == twin.clock.now() + timedelta(seconds=90)


def test_nothing_but_reads_leaves(twin: Running) -> None:
    with reading(twin) as run:
        run.connector.identify(run.context)
        client = run.connector._started(run.context).client
        for operation in ("POST /rest/api/3/issue", "PUT /rest/api/3/issue/OPS-1", "POST /rest/api/3/search", "DELETE /rest/api/3/group"):
            with pytest.raises(WriteRefused):
                client.one(operation=operation)
    assert {each.method for each in twin.requests.entries} == {"GET"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-03-01T12:00:00.000+0100", "2026-03-01T11:00:00Z"),
        ("2026-03-01T12:00:00.999-0330", "2026-03-01T15:30:00Z"),
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"),
        ("2026-03-01T12:00:00+01:00", "2026-03-01T11:00:00Z"),
        ("2026-02-30T12:00:00.000+0000", None),
        ("0001-01-01T00:00:00.000+0100", None),
        ("yesterday", None),
        (17, None),
    ],
)
def test_instants_as_jira_writes_them(text: object, found: str | None) -> None:
    assert instant({"at": text}, "at") == found
