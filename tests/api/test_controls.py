"""Routes of controls, library, checks, criteria, periods and the overview."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from compliance.members.models import Membership
from compliance.members.roles import Right
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.trail.models import Entry
from controls.models import Check, CheckPoint, Control, Period, Waiver
from controls.services.adoption import adopt_controls, library
from evidence.models import Subject
from tests.api.programme import CHECK, NOON, Caller, hours, look, programme, token_of, user
from tests.conftest import arranging

STATES = ["failed", "not_observed", "waived", "met", "no_occurrence"]
SESSION = 9  # statements of a session, whatever is asked
AC = f"checks/{CHECK}/"


@pytest.fixture(autouse=True)
def own_addresses(settings):
    """Pages and routes together."""
    settings.ROOT_URLCONF = "compliance.urls"


@pytest.fixture
def seen(fernhill):
    """The programme, looked at three times."""
    return programme(fernhill)


@pytest.fixture
def manager(seen, priya, browser_of):
    """Priya, in her browser."""
    return Caller(browser_of(priya))


@pytest.fixture
def reader(seen, vera, browser_of):
    """Vera, who may only look."""
    return Caller(browser_of(vera))


def control(organization):
    with scope(organization.pk):
        return Control.objects.get(code="AC-07")


def check(organization):
    with scope(organization.pk):
        return Check.objects.get(check_id=CHECK)


def subject_id(organization, name):
    with scope(organization.pk):
        return str(Subject.objects.get(name=name).pk)


def test_the_list_shows_what_the_page_shows(reader, browser_of, vera):
    for query in (
        {},
        {"state": "needs"},
        {"state": "met"},
        {"q": "factor"},
        {"q": "nothing"},
        {"owner": "none"},
        {"at": "2026-03-02T12:30:00Z"},
    ):
        page = browser_of(vera).get("/fernhill/controls/", query).context
        told = reader.read("controls/", **query)
        assert [(each["code"], each["state"], each["days"]) for each in told["results"]] == [
            (each.row.code, each.row.state, each.days) for each in page["rows"]
        ]
        assert (told["found"], told["counts"]) == (page["found"], page["counts"])


def test_the_state_of_a_control_is_told_as_of_any_instant(reader):
    def state(at):
        return [(each["code"], each["state"]) for each in reader.read("controls/", at=at)["results"]]

    assert state("2026-02-20T12:00:00Z") == [("AC-07", "not_observed")]
    assert state("2026-03-02T12:00:00Z") == [("AC-07", "failed")]
    assert state("2026-02-19T00:00:00Z") == []


@pytest.mark.parametrize("sort", ["health", "-health", "code", "-code", "title", "-title", "severity", "-severity", "owner", "-owner"])
def test_pages_of_controls_join_without_gaps_in_every_order(reader, fernhill, tom, arrange, sort):
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=list(library())[:12], now=NOON)
    with arrange(fernhill):
        Control.objects.filter(code__in=list(library())[:5]).update(owner=Membership.objects.get(user=tom))
    whole = [each["code"] for each in reader.all_of("controls/", sort=sort, limit=500)]
    assert [each["code"] for each in reader.all_of("controls/", sort=sort, limit=3)] == whole
    assert len(set(whole)) == len(whole) >= 12


def test_a_page_goes_on_after_a_row_that_is_gone(reader, fernhill, arrange):
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=list(library())[:6], now=NOON)
    first = reader.read("controls/", sort="code", limit=2)
    whole = [each["code"] for each in reader.read("controls/", sort="code")["results"]]
    with arrange(fernhill):
        Control.objects.filter(code=whole[1]).update(retired_at=NOON)
    second = reader.client.get(first["next"]).json()
    assert [each["code"] for each in second["results"]] == whole[2:4]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"at": "yesterday"}, "at"), ({"at": "2999-01-01"}, "at"), ({"at": "9999-12-31"}, "at"),
        ({"period": "none"}, "period"), ({"period": "018f0000-0000-7000-8000-000000000001"}, "period"), ({"limit": "0"}, "limit"),
        ({"limit": "501"}, "limit"), ({"cursor": "nonsense"}, "cursor"), ({"cursor": "WzEsMl0"}, "cursor"), ({"sort": "luck"}, "sort"),
        ({"state": "fine"}, "state"), ({"severity": "dire"}, "severity"), ({"q": "\0"}, "q"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_a_sentence(reader, query, field):
    answer = reader.get("controls/", **query)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    [sentence] = answer.json()["errors"][field]
    assert sentence[0].isupper() or sentence.startswith(("?at=", '"')), sentence
    assert sentence.endswith(".") or sentence.endswith(")."), sentence


def test_one_control_has_days_and_seconds_that_add_up_lanes_and_who_fails(reader):
    told = reader.read("controls/AC-07/")
    assert told["state"] == "failed" or told["state"] == "not_observed"
    then = reader.read("controls/AC-07/", at=hours(2).isoformat())
    assert (then["state"], then["moment"]["live"]) == ("failed", False)
    assert sum(then["days"].values()) == then["day_count"] == 29  # 1 February to 1 March, whole days that were over
    assert then["seconds"]["failed"] == 2 * 3600
    assert sum(each["seconds"] for each in then["intervals"]) == sum(then["seconds"].values())
    assert [each["key"].rpartition("/")[2] for each in then["failing"][0]["subjects"]] == ["cleo"]
    lane = next(each for each in then["lanes"] if each["check_id"] == CHECK)
    assert (lane["state"], lane["note"], lane["days"]["not_observed"]) == ("failed", "1 of 3 fail", 29)


def test_lanes_before_the_period_speak_of_then_and_not_of_later(reader, manager):
    later = manager.post("periods/", {"name": "Second", "first_day": "2026-05-01", "last_day": "2026-10-31"}).json()["id"]
    lane = reader.read("controls/AC-07/", at="2026-03-02T12:30:00Z", period=later)["lanes"][0]
    assert (lane["state"], lane["note"], lane["intervals"]) == ("failed", "1 of 3 fail", [])
    assert reader.read(AC, at="2026-02-25T00:00:00Z", period=later)["state"] == "no_data"


@pytest.mark.parametrize(
    "address", ["controls/XX-99/", "controls/%00/", "checks/aws.nothing/", "checks/%00/", "periods/018f0000-0000-7000-8000-000000000001/"]
)
def test_what_is_not_there_is_404_with_a_sentence(reader, address):
    answer = reader.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["detail"].startswith("There is no such")


def test_controls_are_given_to_an_owner_and_taken_back(manager, fernhill, tom):
    with scope(fernhill.pk):
        owner = str(Membership.objects.get(user=tom).pk)
    assert manager.post("controls/assign/", {"codes": ["AC-07"], "owner": owner}).json() == {"assigned": 1}
    assert manager.read("controls/AC-07/")["owner"] == {"id": owner, "name": "Tom Okafor"}
    assert manager.read("controls/", owner=owner)["found"] == 1
    assert manager.post("controls/assign/", {"codes": ["AC-07"], "owner": None}).status_code == 200
    assert control(fernhill).owner_id is None


def test_nothing_is_given_to_a_stranger_or_of_what_does_not_exist(manager, fernhill, brackwater, rival):
    with scope(brackwater.pk):
        foreign = str(Membership.objects.get(user=rival).pk)
    assert manager.post("controls/assign/", {"codes": ["AC-07"], "owner": foreign}).status_code == 400
    answer = manager.post("controls/assign/", {"codes": ["AC-07", "XX-99"], "owner": None})
    assert answer.json()["errors"][""] == ["One of these controls does not exist any more; reload the page."]
    assert control(fernhill).owner_id is None


def test_the_export_is_the_list_as_a_table(reader, manager, browser_of, priya):
    assert reader.get("controls/export/").status_code == 403
    answer = manager.get("controls/export/", at="2026-03-02T14:00:00Z")
    page = b"".join(browser_of(priya).get("/fernhill/controls.csv", {"at": "2026-03-02T14:00:00Z"}).streaming_content)
    assert answer.content == page
    assert answer["Content-Disposition"] == 'attachment; filename="controls-2026-03-02.csv"'


def test_library_controls_are_adopted_once(manager, fernhill):
    before = {each["code"]: each["adopted"] for each in manager.read("library/")["results"]}
    assert (len(before), before["AC-07"], before["AC-01"]) == (len(library()), True, False)
    assert manager.post("library/", {"codes": ["AC-01", "AC-07"]}).json() == {"adopted": ["AC-01"]}
    with scope(fernhill.pk):
        assert sorted(Control.objects.values_list("code", flat=True)) == ["AC-01", "AC-07"]


def test_an_unknown_library_code_adopts_nothing(manager, fernhill):
    answer = manager.post("library/", {"codes": ["AC-01", "XX-99"]})
    assert answer.json()["errors"] == {"codes": ["The library has no XX-99; see the library for its codes."]}
    with scope(fernhill.pk):
        assert Control.objects.count() == 1


def test_the_list_of_checks_tells_states_as_of_an_instant(reader):
    def state(**query):
        return next(
            (each["state"], each["counts"]["failing"]) for each in reader.read("checks/", **query)["results"] if each["check_id"] == CHECK
        )

    assert state(at=NOON.isoformat()) == ("fail", 1)
    assert state(at="2026-02-25T00:00:00Z") == ("no_data", 0)
    unused = next(each for each in reader.read("checks/", vendor="github")["results"])
    assert (unused["used"], unused["state"]) == (False, None)
    assert {each["vendor"] for each in reader.read("checks/", state="fail", at=NOON.isoformat())["results"]} == {"aws"}


def test_a_check_shows_claim_logic_parameters_and_what_was_fixed(reader):
    told = reader.read(AC, at=hours(2).isoformat())
    assert (told["state"], told["lane_state"], told["counts"]["failing"], told["counts"]["population"]) == ("fail", "failed", 1, 3)
    assert "def judge(" in told["logic"]["source"]
    assert [each["code"] for each in told["controls"]] == ["AC-07"]
    assert [(each["name"], each["until"]) for each in told["fixed"]] == [("ben", "2026-03-02T13:00:00Z")]
    assert [each["account"] for each in told["streams"]] == ["Fernhill"]
    assert [each["logic_version"] for each in told["versions"]] == [told["version"]]


def test_points_of_a_check_are_paged_from_the_one_in_force_at_the_periods_start(reader):
    told = reader.all_of(f"{AC}points/", at=hours(2).isoformat(), limit=1)
    assert [(each["at"], each["state"], each["counts"]["failing"]) for each in told if each["state"] == "fail"] == [
        ("2026-03-02T12:00:00Z", "fail", 1)
    ]
    assert told == reader.read(f"{AC}points/", at=hours(2).isoformat())["results"]


def test_subjects_of_a_check_are_those_of_the_instant(reader):
    def names(outcome, at):
        return [each["name"] for each in reader.all_of(f"{AC}subjects/", outcome=outcome, limit=1, at=at.isoformat())]

    assert names("failing", hours(0.5)) == ["ben"]
    assert names("failing", hours(1)) == ["cleo"]
    assert names("passing", hours(1)) == ["ada", "ben"]
    assert names("not_applicable", hours(1)) == ["cron"]
    assert names("unknown", hours(1)) == []
    assert names("failing", hours(-1)) == []
    assert [each["name"] for each in reader.read(f"{AC}subjects/")["results"]] == ["cleo"]


def test_two_accounts_with_a_subject_of_one_key_are_both_listed(reader, fernhill):
    with scope(fernhill.pk):
        look(hours(3), user("cleo", mfa=False), user("dora", mfa=False), account="999999999999")
    listed = reader.all_of(f"{AC}subjects/", limit=1)
    assert [each["name"] for each in listed] == ["cleo", "cleo", "dora"]
    assert len({each["id"] for each in listed}) == 3


def test_judging_again_needs_the_right_and_changes_nothing_that_stood(manager, reader, fernhill):
    assert reader.post(f"{AC}judge/", {}).status_code == 403
    assert manager.post(f"{AC}judge/", {}).json() == {"judged": 4}
    assert check(fernhill).failing == 1


def parameterized(organization):
    """A check with parameters of Fernhill's: (id, name, default)."""
    with scope(organization.pk):
        adopt_controls(actor=SYSTEM, codes=library(), now=NOON)
    return "aws.iam.access_key_rotated"


def any_parameter(manager, kind):
    """A used check that has a parameter with a default of that type."""
    for entry in manager.read("checks/")["results"]:
        if entry["used"] and entry["version"]:
            for each in manager.read(f"checks/{entry['check_id']}/")["parameters"]:
                if type(each["default"]) is kind:
                    return entry["check_id"], each["name"], each["default"]
    raise AssertionError(f"no check has a parameter of type {kind}")


def test_a_parameter_is_changed_by_its_type_and_the_rest_stays(manager, fernhill):
    parameterized(fernhill)
    check_id, name, default = any_parameter(manager, int)
    answer = manager.patch(f"checks/{check_id}/parameters/", {"parameters": {name: default + 1}, "reason": "agreed with the auditor"})
    assert answer.status_code == 200, answer.content
    assert (answer.json()["parameters"][name], answer.json()["reason"]) == (default + 1, "agreed with the auditor")
    for wrong in ("ninety", True, None, -1, 1.5, [1]):
        refused = manager.patch(f"checks/{check_id}/parameters/", {"parameters": {name: wrong}})
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [name]), wrong
    assert manager.patch(f"checks/{check_id}/parameters/", {"parameters": {"luck": 1}}).status_code == 400
    assert manager.patch(f"checks/{check_id}/parameters/", {"parameters": {name: default + 1}}).status_code == 400
    with scope(fernhill.pk):
        assert Check.objects.get(check_id=check_id).parameters == {name: default + 1}


def test_a_list_parameter_takes_texts_of_one_line(manager, fernhill):
    parameterized(fernhill)
    check_id, name, _default = any_parameter(manager, list)
    assert manager.patch(f"checks/{check_id}/parameters/", {"parameters": {name: ["prod-*", "live"]}}).status_code == 200
    for wrong in ("prod", ["a\nb"], ["x\0"], [""], [1], ["x" * 501], ["x"] * 2001):
        assert manager.patch(f"checks/{check_id}/parameters/", {"parameters": {name: wrong}}).status_code == 400, wrong
    with scope(fernhill.pk):
        assert Check.objects.get(check_id=check_id).parameters == {name: ["prod-*", "live"]}


def test_a_check_is_switched_off_with_a_reason_only_and_then_is_not_observed(manager, fernhill):
    assert manager.post(f"{AC}switch/", {"enabled": False}).status_code == 400
    assert check(fernhill).enabled
    off = manager.post(f"{AC}switch/", {"enabled": False, "reason": "moved to the identity provider"}).json()
    assert (off["enabled"], off["state"], off["lane_state"]) == (False, "disabled", "not_observed")
    assert manager.post(f"{AC}switch/", {"enabled": True}).json()["enabled"] is True
    with scope(fernhill.pk):
        assert Entry.objects.get(name="check.disabled").reason == "moved to the identity provider"


def test_a_waiver_is_granted_with_reason_and_end_and_the_verdict_stays(manager, reader, fernhill):
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    body = {"subject": subject_id(fernhill, "cleo"), "until": until, "reason": "device on order"}
    for wrong in (
        {"reason": " "},
        {"until": "2026-01-01T00:00:00Z"},
        {"until": "soon"},
        {"subject": "018f0000-0000-7000-8000-000000000001"},
    ):
        assert manager.post(f"{AC}waivers/", body | wrong).status_code == 400, wrong
    with scope(fernhill.pk):
        assert not Waiver.objects.exists()
    made = manager.post(f"{AC}waivers/", body)
    assert (made.status_code, made.json()["subject_name"], made.json()["approved_by"]) == (201, "cleo", "Priya Natarajan")
    told = reader.read(AC)
    assert (told["state"], told["lane_state"], told["counts"]["waived"]) == ("fail", "waived", 1)
    assert [each["id"] for each in reader.read_list(f"{AC}waivers/")] == [made.json()["id"]]


def test_criteria_show_their_controls_and_the_gaps(reader):
    told = reader.read("criteria/", at=NOON.isoformat())
    assert told["total"] == 61
    answered = [each["code"] for each in told["results"] if each["controls"]]
    assert (told["covered"], answered) == (len(answered), [each for each in answered if each])
    assert {"code": "AC-07", "state": "failed", "kind": "operation"}.items() <= next(each for each in told["results"] if each["controls"])[
        "controls"
    ][0].items()
    assert reader.read("criteria/", at="2026-01-01")["covered"] == 0


def test_a_period_is_added_changed_and_never_doubled(manager, fernhill):
    body = {"name": "Second report", "first_day": "2026-05-01", "last_day": "2026-10-31"}
    made = manager.post("periods/", body)
    assert (made.status_code, made.json()["days"], made.json()["advice"]) == (201, 184, "")
    again = manager.post("periods/", body)
    assert (again.status_code, again.json()["detail"][:34]) == (409, "A period with these days stands al")
    address = f"periods/{made.json()['id']}/"
    assert manager.patch(address, {"last_day": "2026-04-30"}).status_code == 400
    assert manager.patch(address, {}).status_code == 400
    changed = manager.patch(address, {"last_day": "2026-07-31", "reason": "the auditor asked"}).json()
    assert (changed["last_day"], changed["name"], changed["days"]) == ("2026-07-31", "Second report", 92)
    assert [each["name"] for each in manager.all_of("periods/", limit=1)] == ["Second report", "Type 2, first report"]
    with scope(fernhill.pk):
        assert Entry.objects.get(name="period.changed").reason == "the auditor asked"
        assert Period.objects.count() == 2


def test_the_overview_has_the_pages_figures(reader, browser_of, vera):
    query = {"at": "2026-03-04T12:00:00Z"}
    page = browser_of(vera).get("/fernhill/", query).context
    told = reader.read("overview/", **query)
    assert (told["counts"], told["total"], told["needs"], told["control_days"]) == (
        page["counts"], page["total"], page["needs"], page["totals"],
    )  # fmt: skip
    assert [each["code"] for each in told["urgent"]] == [each.code for each in page["urgent"]]
    assert [(each["name"], each["total"], each["needs"]) for each in told["groups"]] == [
        (each["name"], each["total"], each["needs"]) for each in page["groups"]
    ]
    assert (told["days"][0]["day"], len(told["days"])) == ("2026-02-01", 31)
    assert (told["days"][29]["failed"], told["days"][28]["failed"]) == (1, 0)


def test_a_token_does_what_it_says_and_no_more(seen, fernhill, priya):
    reading = Caller(text=token_of(priya, fernhill, Right.SEE_PROGRAMME))
    assert reading.read("controls/")["found"] == 1
    refused = reading.post(f"{AC}judge/", {})
    assert (refused.status_code, refused.json()["detail"]) == (403, "This token does not include “act_on_controls”. Make one that does.")
    acting = Caller(text=token_of(priya, fernhill, Right.ACT_ON_CONTROLS))
    assert acting.post(f"{AC}judge/", {}).status_code == 200
    assert acting.get("controls/").status_code == 403
    with scope(fernhill.pk):
        entry = Entry.objects.get(name="check.rejudged")
    assert (entry.actor_kind, entry.actor_name) == ("token", "Priya Natarajan by token “nightly export”")


def test_a_foreign_organizations_rows_are_not_in_any_list(seen, fernhill, brackwater, rival, browser_of):
    theirs = browser_of(rival)
    for address in ("controls/", "checks/", "criteria/", "periods/", "overview/", f"{AC}subjects/"):
        assert theirs.get(f"/api/v1/fernhill/{address}").status_code == 404
    assert theirs.get("/api/v1/brackwater/controls/").json()["results"] == []
    assert theirs.get(f"/api/v1/brackwater/{AC}").status_code == 404
    assert theirs.get(f"/api/v1/brackwater/subjects/{subject_id(fernhill, 'ben')}/").status_code == 404


def many(organization):
    """Fifty and more rows of each kind."""
    with arranging(organization):
        row = Check.objects.get(check_id=CHECK)
        numbers = {"passing": 0, "waived": 0, "not_applicable": 0, "unknown": 0}
        CheckPoint.objects.bulk_create(
            CheckPoint(check_row=row, at=hours(2) + timedelta(minutes=n), state="fail", failing=n, **numbers) for n in range(1, 59)
        )
        Period.objects.bulk_create(
            Period(name=f"Year {year}", first_day=date(year, 1, 1), last_day=date(year, 12, 31)) for year in range(1960, 2020)
        )
    with scope(organization.pk):
        adopt_controls(actor=SYSTEM, codes=list(library())[:60], now=NOON)
        look(hours(3), *(user(f"u{number:02}", mfa=False) for number in range(60)), account="999999999999", calls=60)


@pytest.mark.parametrize(
    ("address", "least"),
    [
        ("controls/", 50),
        ("checks/", 50),
        ("library/", 50),
        (f"{AC}subjects/", 50),
        (f"{AC}points/", 50),
        ("criteria/", 50),
        ("periods/", 50),
    ],
)
def test_a_list_costs_the_same_statements_however_long_it_is(manager, fernhill, address, least):
    few, _rows = manager.statements(address)
    many(fernhill)
    lots, rows = manager.statements(address)
    assert rows >= least
    assert lots == few <= SESSION + 8


def test_the_pages_of_a_list_cost_the_same_statements(manager, fernhill):
    many(fernhill)
    assert manager.statements("controls/", limit=1)[0] == manager.statements("controls/", limit=50)[0]
    assert manager.statements(f"{AC}subjects/", limit=1)[0] == manager.statements(f"{AC}subjects/", limit=50)[0]


def test_one_control_costs_a_bounded_number_of_statements(manager):
    manager.read("controls/AC-07/")
    with CaptureQueriesContext(database) as asked:
        manager.read("controls/AC-07/")
    assert len(asked) <= SESSION + 14, [each["sql"][:80] for each in asked]
