"""Checks of tickets: Monday 2 March 2026 is the day on which most of them are filed. Tom asks, Jonas works, Marta approves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controls.checks.shared.businessdays import business_days_after
from controls.judging import turns_until
from controls.outcomes import Outcome
from controls.registry import definition
from evidence.facts import instants
from evidence.facts.identity_event.v1 import IdentityEvent
from evidence.facts.person.v1 import Person
from evidence.facts.ticket.v1 import Ticket, TicketLink, Transition
from evidence.facts.tracker_project.v1 import TrackerProject, Viewer
from evidence.facts.tracker_user.v1 import TrackerUser
from evidence.facts.vulnerability.v1 import Vulnerability
from tests.controls.checks.gh_judging import judged

PASS, FAIL, NOT_APPLICABLE, NO_DATA = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE, Outcome.NO_DATA
MONDAY = "2026-03-02T09:00:00Z"
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def at(day: int, hour: int = 9) -> str:
    return f"2026-03-{day:02d}T{hour:02d}:00:00Z"


def change(day: int, field: str, after: str, actor: str = "marta", before: str = "", hour: int = 9) -> Transition:
    return Transition(at=at(day, hour), actor=actor, field=field, before=before, after=after)


SECURITY = Ticket(
    subject="issue:1", name="SEC-1 A hole", project="SEC", type="Bug", labels=("security",), status="To Do", category="new",
    priority="High", created=MONDAY, resolved="", reporter="tom", assignee="jonas", transitions=(), links=(),
)  # fmt: skip

# -- business days ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-03-02T09:00:00Z", 2, "2026-03-04T09:00:00Z"),
        ("2026-03-05T09:00:00Z", 2, "2026-03-09T09:00:00Z"),
        ("2026-03-07T15:00:00Z", 1, "2026-03-10T00:00:00Z"),
        ("2026-03-06T09:00:00Z", 10, "2026-03-20T09:00:00Z"),
        ("2026-03-06T09:00:00Z", 0, "2026-03-06T09:00:00Z"),
    ],
)
def test_business_days_leave_weekends_out(start: str, days: int, end: str) -> None:
    assert instants.to_text(business_days_after(start, days)) == end


@given(st.integers(0, 24 * 365 * 20), st.integers(0, 60))
def test_a_deadline_is_on_a_working_day_and_one_day_more_is_later(hours: int, days: int) -> None:
    text = str(instants.to_text(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours)))
    end = business_days_after(text, days)
    assert end.weekday() < 5
    assert end >= instants.from_text(text)
    assert business_days_after(text, days + 1) > end


# -- security tickets ------------------------------------------------------------------------------------------------------


def test_a_security_ticket_with_assignee_and_priority_from_the_start_passes() -> None:
    assert judged("tk.security.assigned", SECURITY).outcome is PASS


def test_an_assignee_within_two_business_days_is_in_time_and_one_later_is_not() -> None:
    for day, outcome in ((4, PASS), (5, FAIL)):
        fact = replace(SECURITY, transitions=(change(day, "assignee", "jonas"),))
        assert judged("tk.security.assigned", fact, now=LATER).outcome is outcome


def test_a_ticket_without_an_assignee_fails_when_its_time_is_over() -> None:
    fact = replace(SECURITY, assignee="")
    known = definition("tk.security.assigned")
    turns = turns_until(known.module, fact, known.defaults, instants.from_text(MONDAY), LATER, {})
    assert [(each.at, each.judgement.outcome) for each in turns] == [(instants.from_text(MONDAY), PASS), (instants.from_text(at(4)), FAIL)]
    assert turns[1].judgement.reason == "had not an assignee by 2026-03-04"
    assert judged("tk.security.assigned", replace(fact, priority=""), now=LATER).reason == "had neither assignee nor priority by 2026-03-04"


def test_a_ticket_done_before_its_time_needs_no_assignee() -> None:
    assert judged("tk.security.assigned", replace(SECURITY, assignee="", resolved=at(3), category="done"), now=LATER).outcome is PASS


def test_what_was_not_read_of_a_security_ticket_is_unknown() -> None:
    for unknown in (replace(SECURITY, transitions=None), replace(SECURITY, priority=None), replace(SECURITY, created=None)):
        assert judged("tk.security.assigned", unknown, now=LATER).outcome is NO_DATA
    for unknown in (
        replace(SECURITY, resolved=None),
        replace(SECURITY, priority=None),
        replace(SECURITY, created=None),
        replace(SECURITY, priority="Urgent"),
    ):
        assert judged("tk.security.sla", unknown, now=LATER).outcome is NO_DATA


def test_other_tickets_are_not_spoken_of() -> None:
    for check in ("tk.security.assigned", "tk.security.sla", "tk.incident.postmortem", "tk.change.approved", "tk.access_request.approved"):
        assert judged(check, replace(SECURITY, labels=())).outcome is NOT_APPLICABLE


def test_types_and_projects_choose_tickets_too() -> None:
    plain = replace(SECURITY, labels=())
    assert judged("tk.security.sla", plain, projects=["sec"]).outcome is not NOT_APPLICABLE
    assert judged("tk.security.sla", plain, types=["bug"]).outcome is not NOT_APPLICABLE


def test_an_open_ticket_turns_when_the_time_of_its_priority_is_over() -> None:
    end = instants.from_text(MONDAY) + timedelta(days=30)
    before, after = judged("tk.security.sla", SECURITY, now=end - timedelta(seconds=1)), judged("tk.security.sla", SECURITY, now=end)
    assert (before.outcome, before.holds_until, after.outcome, after.holds_until) == (PASS, end, FAIL, None)
    assert before.reason == after.reason == "High, filed on 2026-03-02, due on 2026-04-01, not done"


def test_a_ticket_that_was_done_is_judged_by_when() -> None:
    assert judged("tk.security.sla", replace(SECURITY, resolved="2026-04-01T09:00:00Z"), now=LATER).outcome is PASS
    assert judged("tk.security.sla", replace(SECURITY, resolved="2026-04-01T09:00:01Z"), now=LATER).outcome is FAIL


def test_without_a_priority_the_shortest_time_counts() -> None:
    judgement = judged("tk.security.sla", replace(SECURITY, priority=""), now=LATER)
    assert (judgement.outcome, "due on 2026-03-09" in judgement.reason) == (FAIL, True)


# -- incidents -------------------------------------------------------------------------------------------------------------

INCIDENT = replace(
    SECURITY, type="Incident", labels=(), category="done", resolved=MONDAY, links=(TicketLink(kind="is documented by", target="OPS-9"),),
    transitions=(change(10, "link", "OPS-9"),),
)  # fmt: skip
POSTMORTEM = replace(SECURITY, subject="issue:9", name="OPS-9 What we learned", type="Post-mortem", labels=())


def test_an_incident_with_a_post_mortem_ticket_in_time_passes() -> None:
    judgement = judged("tk.incident.postmortem", INCIDENT, others=[POSTMORTEM], now=LATER)
    assert (judgement.outcome, judgement.reason) == (PASS, "over on 2026-03-02, post-mortem due on 2026-03-16, linked on 2026-03-10")


def test_a_linked_ticket_of_another_kind_is_no_post_mortem() -> None:
    assert judged("tk.incident.postmortem", INCIDENT, others=[replace(POSTMORTEM, type="Task")], now=LATER).outcome is FAIL


def test_a_late_post_mortem_fails_and_none_fails_when_time_is_over() -> None:
    late = replace(INCIDENT, transitions=(change(17, "link", "OPS-9"),))
    none = replace(INCIDENT, links=(), transitions=())
    assert judged("tk.incident.postmortem", late, others=[POSTMORTEM], now=LATER).outcome is FAIL
    assert judged("tk.incident.postmortem", none, now=LATER).outcome is FAIL
    early = judged("tk.incident.postmortem", none, now=instants.from_text(at(3)))
    assert (early.outcome, early.holds_until) == (PASS, instants.from_text(at(16)))


def test_a_linked_page_counts_by_its_title() -> None:
    page = TicketLink(kind="remote", target="https://wiki.example/p/1 Post-mortem: checkout down")
    fact = replace(INCIDENT, links=(page,), transitions=(change(12, "remoteissuelink", "77"),))
    assert judged("tk.incident.postmortem", fact, now=LATER).outcome is PASS
    two = replace(fact, transitions=(*fact.transitions, change(20, "remoteissuelink", "78")))
    assert judged("tk.incident.postmortem", two, now=LATER).outcome is NO_DATA


def test_small_open_and_unread_incidents() -> None:
    assert judged("tk.incident.postmortem", replace(INCIDENT, priority="Low")).outcome is NOT_APPLICABLE
    assert judged("tk.incident.postmortem", replace(INCIDENT, resolved="", category="new")).outcome is NOT_APPLICABLE
    for unknown in (
        replace(INCIDENT, links=None),
        replace(INCIDENT, resolved=None),
        replace(INCIDENT, priority=None),
        replace(INCIDENT, transitions=None),
    ):
        assert judged("tk.incident.postmortem", unknown, others=[POSTMORTEM], now=LATER).outcome is NO_DATA


# -- changes ---------------------------------------------------------------------------------------------------------------

CHANGE = replace(
    SECURITY, type="Change", labels=(), status="Done", category="done", resolved=at(5), reporter="tom", assignee="jonas",
    transitions=(change(3, "status", "Approved", "marta"), change(5, "status", "Done", "jonas")),
)  # fmt: skip


def test_a_change_that_somebody_else_approved_first_passes() -> None:
    assert judged("tk.change.approved", CHANGE).reason == "was approved at 2026-03-03 09:00 UTC, carried out at 2026-03-05 09:00 UTC"
    assert judged("tk.change.approved", CHANGE).outcome is PASS


@pytest.mark.parametrize(("approver", "who"), [("tom", "asked for it"), ("jonas", "carried it out")])
def test_approving_the_own_change_is_no_approval(approver: str, who: str) -> None:
    judgement = judged("tk.change.approved", replace(CHANGE, transitions=(change(3, "status", "Approved", approver),)))
    assert (judgement.outcome, who in judgement.reason) == (FAIL, True)


def test_an_approval_afterwards_or_none_fails() -> None:
    late = replace(CHANGE, transitions=(change(4, "status", "Deployed", "jonas"), change(5, "status", "Approved")))
    assert "after it was carried out" in judged("tk.change.approved", late).reason
    assert judged("tk.change.approved", late).outcome is FAIL
    assert judged("tk.change.approved", replace(CHANGE, transitions=())).outcome is FAIL


def test_the_trackers_own_approval_counts_and_a_refusal_ends_it() -> None:
    approved = change(3, "approval", "approved")
    assert judged("tk.change.approved", replace(CHANGE, transitions=(approved,))).outcome is PASS
    assert judged("tk.change.approved", replace(CHANGE, transitions=(approved, change(4, "approval", "declined")))).outcome is FAIL
    assert judged("tk.change.approved", replace(CHANGE, transitions=(change(3, "approved by", "marta"),))).outcome is PASS
    assert judged("tk.change.approved", replace(CHANGE, transitions=(change(3, "approved by", "", before="marta"),))).outcome is FAIL


def test_a_change_that_is_open_or_given_up_is_not_judged() -> None:
    assert judged("tk.change.approved", replace(CHANGE, resolved="", category="new", transitions=())).outcome is NOT_APPLICABLE
    assert judged("tk.change.approved", replace(CHANGE, transitions=(change(5, "resolution", "Won't Do"),))).outcome is NOT_APPLICABLE


def test_what_was_not_read_of_a_change_is_unknown() -> None:
    gone = replace(CHANGE, transitions=(change(3, "status", "Approved", ""),))
    for unknown in (replace(CHANGE, transitions=None), replace(CHANGE, resolved=None, transitions=()), gone):
        assert judged("tk.change.approved", unknown).outcome is NO_DATA


# -- access requests -------------------------------------------------------------------------------------------------------

REQUEST = replace(
    SECURITY, type="Access request", labels=(), name="IT-4 Access to aws-production", category="done", resolved=at(6), reporter="tom",
    about=("nina",), transitions=(change(3, "status", "Approved"),),
)  # fmt: skip
NINA = TrackerUser(subject="nina", name="Nina", email="Nina@fernhill.example")
GRANT = IdentityEvent(
    subject="e1", event="group.user_membership.add", at=at(4), outcome="success", target="00u1", target_name="nina@fernhill.example",
    detail="g1", detail_name="aws-production",
)  # fmt: skip


def test_access_given_after_the_approval_passes() -> None:
    judgement = judged("tk.access_request.approved", REQUEST, others=[NINA, GRANT])
    assert (judgement.outcome, judgement.reason) == (
        PASS,
        "aws-production was given at 2026-03-04 09:00 UTC, approved at 2026-03-03 09:00 UTC",
    )


def test_access_given_first_fails_even_when_it_was_given_before_the_request() -> None:
    for when in (at(2, 10), "2026-02-27T09:00:00Z"):
        judgement = judged("tk.access_request.approved", REQUEST, others=[NINA, replace(GRANT, at=when)])
        assert (judgement.outcome, "approved only at" in judgement.reason) == (FAIL, True)


def test_access_without_approval_or_approved_by_whom_it_is_for_fails() -> None:
    assert judged("tk.access_request.approved", replace(REQUEST, transitions=()), others=[NINA, GRANT]).outcome is FAIL
    for actor in ("nina", "tom"):
        own = replace(REQUEST, transitions=(change(3, "status", "Approved", actor),))
        assert judged("tk.access_request.approved", own, others=[NINA, GRANT]).outcome is FAIL


def test_without_an_identity_provider_nobody_passes() -> None:
    judgement = judged("tk.access_request.approved", REQUEST, others=[NINA])
    assert (judgement.outcome, "no identity provider" in judgement.reason) == (NO_DATA, True)


def test_a_grant_of_something_else_to_somebody_else_or_refused_is_not_this_ones() -> None:
    for other in (
        replace(GRANT, detail_name="sales"),
        replace(GRANT, target_name="sam@fernhill.example"),
        replace(GRANT, outcome="failure"),
        replace(GRANT, at="2026-01-01T00:00:00Z"),
    ):
        judgement = judged("tk.access_request.approved", REQUEST, others=[NINA, other])
        assert (judgement.outcome, "holds no grant" in judgement.reason) == (PASS, True)


def test_what_was_not_read_of_a_request_is_unknown() -> None:
    hidden = replace(NINA, email=None)
    assert judged("tk.access_request.approved", REQUEST, others=[hidden, GRANT]).outcome is NO_DATA
    assert judged("tk.access_request.approved", replace(REQUEST, transitions=None), others=[NINA, GRANT]).outcome is NO_DATA
    assert (
        judged(
            "tk.access_request.approved", replace(REQUEST, category="new", transitions=()), others=[NINA, replace(GRANT, detail_name="x")]
        ).outcome
        is NOT_APPLICABLE
    )


# -- leavers ---------------------------------------------------------------------------------------------------------------

LEAVER = Person(
    subject="p1", name="Nina", employee_number="E0017", work_email="nina@fernhill.example", status="terminated", last_day="2026-03-02"
)
OFFBOARDING = replace(SECURITY, type="Off-boarding", labels=(), name="IT-7 Off-boarding", category="done", resolved=at(4), about=("nina",))


def test_a_leaver_with_a_ticket_done_in_time_passes() -> None:
    judgement = judged("tk.offboarding.exists", LEAVER, others=[OFFBOARDING, NINA], now=LATER)
    assert (judgement.outcome, judgement.reason) == (
        PASS,
        "last day 2026-03-02, off-boarding due on 2026-03-10, the ticket IT-7 was done on 2026-03-04",
    )


def test_the_employee_number_or_address_in_the_summary_names_a_leaver_too() -> None:
    for name in ("IT-7 Off-boarding (E0017)", "IT-7 Off-boarding of nina@fernhill.example"):
        assert judged("tk.offboarding.exists", LEAVER, others=[replace(OFFBOARDING, about=(), name=name)], now=LATER).outcome is PASS
    assert judged("tk.offboarding.exists", LEAVER, others=[replace(OFFBOARDING, about=(), labels=("e0017",))], now=LATER).outcome is PASS


def test_a_former_address_names_a_leaver() -> None:
    renamed = replace(LEAVER, work_email="nina.new@fernhill.example", other_emails=("nina@fernhill.example",))
    assert judged("tk.offboarding.exists", renamed, others=[OFFBOARDING, NINA], now=LATER).outcome is PASS


def test_a_done_ticket_without_a_date_of_a_team_managed_project_passes() -> None:
    assert judged("tk.offboarding.exists", LEAVER, others=[replace(OFFBOARDING, resolved=None), NINA], now=LATER).outcome is PASS


def test_a_leaver_without_a_ticket_with_an_open_one_or_a_late_one_fails() -> None:
    other = replace(SECURITY, subject="issue:3", about=("nina",))
    for tickets in ([other], [replace(OFFBOARDING, category="in_progress", resolved="")], [replace(OFFBOARDING, resolved=at(11))]):
        assert judged("tk.offboarding.exists", LEAVER, others=[*tickets, NINA], now=LATER).outcome is FAIL


def test_before_the_time_is_over_nothing_is_missing_yet() -> None:
    judgement = judged("tk.offboarding.exists", LEAVER, others=[SECURITY], now=instants.from_text(at(3)))
    assert (judgement.outcome, judgement.holds_until) == (PASS, datetime(2026, 3, 10, tzinfo=UTC))


def test_the_ticket_of_an_earlier_employment_does_not_count() -> None:
    old = replace(OFFBOARDING, created="2025-06-01T09:00:00Z", resolved="2025-06-02T09:00:00Z")
    assert judged("tk.offboarding.exists", LEAVER, others=[old, NINA], now=LATER).outcome is FAIL


def test_a_namesake_is_not_found_by_name() -> None:
    namesake = replace(OFFBOARDING, name="IT-7 Off-boarding of Nina", about=())
    assert judged("tk.offboarding.exists", LEAVER, others=[namesake], now=LATER).outcome is FAIL


def test_without_a_ticket_system_or_with_hidden_addresses_nobody_passes_or_fails() -> None:
    assert "no ticket system" in judged("tk.offboarding.exists", LEAVER, now=LATER).reason
    assert judged("tk.offboarding.exists", LEAVER, now=LATER).outcome is NO_DATA
    assert judged("tk.offboarding.exists", LEAVER, others=[OFFBOARDING, replace(NINA, email=None)], now=LATER).outcome is NO_DATA
    assert judged("tk.offboarding.exists", replace(LEAVER, last_day=None), others=[OFFBOARDING]).outcome is NO_DATA
    assert judged("tk.offboarding.exists", replace(LEAVER, last_day=""), others=[OFFBOARDING]).outcome is NOT_APPLICABLE


# -- weaknesses, projects, administrators ----------------------------------------------------------------------------------

WEAKNESS = Vulnerability(subject="v", identifier="CVE-2026-0001", severity="high", state="open", found=MONDAY)


def test_a_weakness_named_by_a_ticket_passes() -> None:
    for ticket in (
        replace(SECURITY, name="SEC-2 Patch cve-2026-0001."), replace(SECURITY, labels=("CVE-2026-0001",)),
        replace(SECURITY, links=(TicketLink(kind="remote", target="https://nvd.example/vuln/CVE-2026-0001 NVD"),)),
    ):  # fmt: skip
        assert judged("tk.vuln.linked", WEAKNESS, others=[ticket], now=LATER).outcome is PASS


def test_a_weakness_without_a_ticket_fails_at_half_of_its_time() -> None:
    end = instants.from_text(MONDAY) + timedelta(days=15)
    similar = replace(SECURITY, name="SEC-2 Patch CVE-2026-00012")
    before = judged("tk.vuln.linked", WEAKNESS, others=[similar], now=end - timedelta(seconds=1))
    assert (before.outcome, before.holds_until) == (PASS, end)
    assert judged("tk.vuln.linked", WEAKNESS, others=[similar], now=end).outcome is FAIL


def test_what_is_not_known_of_a_weakness_is_unknown_and_closed_ones_need_no_ticket() -> None:
    assert "no ticket system" in judged("tk.vuln.linked", WEAKNESS, now=LATER).reason
    for unknown in (WEAKNESS, replace(WEAKNESS, state=None)):
        assert judged("tk.vuln.linked", unknown, now=LATER).outcome is NO_DATA
    for unknown in (replace(WEAKNESS, identifier=""), replace(WEAKNESS, severity=None), replace(WEAKNESS, found=None)):
        assert judged("tk.vuln.linked", unknown, others=[SECURITY], now=LATER).outcome is NO_DATA
    assert judged("tk.vuln.linked", replace(WEAKNESS, state="fixed"), others=[SECURITY]).outcome is NOT_APPLICABLE


PROJECT = TrackerProject(
    subject="project:1", name="SEC Security", key="SEC", viewers=(Viewer(kind="role", name="Responders", users=("marta",)),)
)


def test_a_confidential_project_seen_by_a_role_of_few_passes() -> None:
    judgement = judged("tk.project.restricted", PROJECT, projects=["sec"])
    assert (judgement.outcome, judgement.reason) == (PASS, "can be seen by the role Responders only")


@pytest.mark.parametrize(
    "viewer",
    [Viewer(kind="public"), Viewer(kind="logged_in"), Viewer(kind="group", name="jira-users"), Viewer(kind="role", name="Everybody", groups=("Jira-Users",), users=())],
)  # fmt: skip
def test_a_confidential_project_that_everybody_sees_fails(viewer: Viewer) -> None:
    assert judged("tk.project.restricted", replace(PROJECT, viewers=(*PROJECT.viewers, viewer)), projects=["SEC"]).outcome is FAIL


def test_without_a_named_project_or_with_unread_viewers_it_is_unknown() -> None:
    unread = (Viewer(kind="role", name="10001", groups=None, users=None),)
    assert judged("tk.project.restricted", PROJECT).outcome is NO_DATA
    assert judged("tk.project.restricted", replace(PROJECT, viewers=None), projects=["SEC"]).outcome is NO_DATA
    assert judged("tk.project.restricted", replace(PROJECT, viewers=unread), projects=["SEC"]).outcome is NO_DATA
    assert judged("tk.project.restricted", replace(PROJECT, viewers=(*unread, Viewer(kind="public"))), projects=["SEC"]).outcome is FAIL
    assert judged("tk.project.restricted", PROJECT, projects=["OPS"]).outcome is NOT_APPLICABLE


ADMIN = TrackerUser(subject="5b1", name="Marta", email="marta@fernhill.example", kind="person", enabled=True, administrator=True)


def test_administrators_are_compared_with_the_register() -> None:
    assert judged("tk.admins", ADMIN, register=["Marta@fernhill.example"]).outcome is PASS
    assert judged("tk.admins", ADMIN, register=["tom@fernhill.example"]).outcome is FAIL
    assert judged("tk.admins", ADMIN).outcome is NO_DATA
    assert judged("tk.admins", replace(ADMIN, email=None), register=["5B1"]).outcome is PASS
    assert judged("tk.admins", replace(ADMIN, email=None), register=["tom@fernhill.example"]).outcome is NO_DATA
    assert judged("tk.admins", replace(ADMIN, administrator=None), register=["x"]).outcome is NO_DATA
    assert judged("tk.admins", replace(ADMIN, administrator=False), register=["x"]).outcome is NOT_APPLICABLE
    assert judged("tk.admins", replace(ADMIN, enabled=False), register=["x"]).outcome is NOT_APPLICABLE
