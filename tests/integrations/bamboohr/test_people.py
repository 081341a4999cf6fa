"""What is read of the roster, by API key and by OAuth alike."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from evidence.facts.person.v1 import Leave, Move
from integrations.sandbox.bamboohr import scenario
from integrations.sandbox.bamboohr.server import Running, running
from integrations.sandbox.bamboohr.state import TERMINATED, State
from integrations.sandbox.clock import Clock
from integrations.sandbox.company.roster import colleagues
from tests.integrations.bamboohr.conftest import ELENA, HUGO, KIT, MARTA, NOON, TOM, enter
from tests.integrations.bamboohr.scanning import KEY, OAUTH, reading

BOTH = pytest.mark.parametrize("secrets", [KEY, OAUTH], ids=["key", "oauth"])


@BOTH
def test_everybody_is_read_those_who_left_and_those_who_have_not_begun_too(twin: Running, secrets: Mapping[str, str]) -> None:
    with reading(twin, secrets=secrets) as run:
        people = run.people()
        assert run.context.total("person") == 6
        assert run.context.completeness("person") == "total"
        assert run.context.faults("person") == ()

    said = {name: (each.status, each.employment, each.last_day) for name, each in people.items()}
    assert said == {
        "Elena": ("active", "employee", ""),
        "Marta": ("active", "employee", ""),
        "Tom": ("active", "employee", ""),
        "Hugo": ("terminated", "employee", "2026-02-20"),
        "Kit": ("active", "contractor", "2026-06-30"),
        "Lea": ("pre_start", "intern", ""),
    }
    tom = people["Tom"]
    assert (tom.subject, tom.employee_number, tom.work_email, tom.hired) == (str(TOM), "E0003", "tom@fernhill.example", "2021-03-13")
    assert (tom.department, tom.title, tom.location, tom.zone) == ("Engineering", "Platform engineer", "Berlin", "Europe/Berlin")
    assert (tom.manager, tom.manager_status) == (str(MARTA), "active")
    assert (people["Elena"].manager, people["Elena"].heads) == ("", 1)


@BOTH
def test_leave_is_told_by_the_employment_status_and_its_reason_is_not_kept(state: State, twin: Running, secrets: Mapping[str, str]) -> None:
    state.set_status(TOM, date(2025, 3, 1), "Leave of Absence", comment="burnout")
    state.set_status(TOM, date(2025, 6, 1), "Full-Time")
    state.set_status(MARTA, date(2026, 2, 2), "Leave of Absence", comment="parental")
    with reading(twin, secrets=secrets) as run:
        people = run.people()
        kept = run.kept()

    assert people["Tom"].leaves == (Leave(first_day="2025-03-01", last_day="2025-05-31", kind="Leave of Absence"),)
    assert people["Tom"].status == "active"
    assert people["Marta"].leaves == (Leave(first_day="2026-02-02", last_day="", kind="Leave of Absence"),)
    assert (people["Marta"].status, people["Marta"].employment) == ("leave", "employee")
    assert people["Tom"].manager_status == "leave"
    assert "burnout" not in kept and "parental" not in kept


def test_a_move_says_from_where_to_where_and_a_new_manager_alone_is_none(state: State, twin: Running) -> None:
    state.set_job(TOM, date(2026, 1, 5), "Platform engineer", "Engineering", "Berlin", ELENA)
    state.set_job(TOM, date(2026, 2, 1), "Product manager", "Product", "Berlin", ELENA)
    with reading(twin) as run:
        tom = run.people()["Tom"]

    assert tom.moves == (Move(day="2026-02-01", before="Engineering / Platform engineer", after="Product / Product manager"),)
    assert (tom.title, tom.manager) == ("Product manager", str(ELENA))


def test_somebody_hired_again_is_active_without_a_last_day(state: State, twin: Running) -> None:
    state.set_status(HUGO, date(2026, 2, 25), "Full-Time")
    state.edit(HUGO, original_hire=date(2020, 2, 19), hired=date(2026, 2, 25))
    with reading(twin) as run:
        hugo = run.people()["Hugo"]

    assert (hugo.status, hugo.last_day, hugo.hired) == ("active", "", "2026-02-25")


def test_an_end_that_is_entered_for_a_later_day_is_known_at_once(state: State, twin: Running) -> None:
    state.set_status(TOM, date(2026, 3, 31), TERMINATED)
    with reading(twin) as run:
        tom = run.people()["Tom"]

    assert (tom.status, tom.last_day) == ("active", "2026-03-31")


def test_a_forgotten_field_does_not_end_the_employment_of_an_employee(state: State, twin: Running) -> None:
    state.edit(TOM, custom={"contractEndDate": "2025-01-31"})
    with reading(twin) as run:
        people = run.people()

    assert (people["Tom"].status, people["Tom"].last_day, people["Kit"].last_day) == ("active", "", "2026-06-30")


def test_former_addresses_come_from_the_field_that_the_connection_names_only(state: State, twin: Running) -> None:
    state.edit(MARTA, email="marta.berg@fernhill.example", custom={"formerWorkEmails": "Marta@Fernhill.example; m.l@fernhill.example"})
    with reading(twin) as run:
        assert run.people()["Marta"].other_emails == ("m.l@fernhill.example", "marta@fernhill.example")
    with reading(twin, settings={"former_emails_field": ""}) as run:
        assert run.people()["Marta"].other_emails == ()
        assert "m.l@fernhill.example" not in run.kept()


@BOTH
def test_a_field_that_may_not_be_seen_is_unknown_and_an_empty_one_is_empty(state: State, twin: Running, secrets: Mapping[str, str]) -> None:
    state.set_job(TOM, date(2026, 1, 1), "Platform engineer", "", "Berlin", MARTA)
    with reading(twin, secrets=secrets) as run:
        assert run.people()["Tom"].department == ""
    state.hidden_fields |= {"jobInformationDepartment", "departmentName", "department"}
    with reading(twin, secrets=secrets) as run:
        assert run.people()["Tom"].department is None


def test_without_histories_people_are_read_and_what_histories_tell_is_unknown(state: State, twin: Running) -> None:
    state.keys[KEY["api_key"]].rights -= {"employmentStatus"}
    with reading(twin) as run:
        people = run.people()
        (fault,) = run.context.faults("person")

    assert (fault.kind, fault.operation) == ("permission_missing", "GET /api/v1/employees/{id}/tables/employmentStatus")
    assert (people["Hugo"].status, people["Hugo"].last_day) == ("terminated", "2026-02-20")  # the termination date is a field too
    assert people["Tom"].leaves == ()


def test_with_neither_history_nor_termination_date_nobody_is_said_to_have_left_or_not(state: State, twin: Running) -> None:
    state.keys[KEY["api_key"]].rights -= {"employmentStatus"}
    state.hidden_fields.add("terminationDate")
    with reading(twin) as run:
        people = run.people()

    assert (people["Hugo"].status, people["Hugo"].last_day) == (None, None)
    assert people["Tom"].status == "active"


def test_two_records_of_one_person_stay_two(twin: Running, state: State) -> None:
    state.edit(KIT, first="Hugo", last="Laurent", email="hugo@fernhill.example")
    with reading(twin) as run:
        assert [each.subject for each in run.facts().values() if each.name == "Hugo Laurent"] == [str(HUGO), str(KIT)]


# -- paging --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(state: State) -> Iterator[Running]:
    for number in range(100, 1700):
        enter(state, number, f"Person{number} Crowd", date(2024, 1, 1), "Full-Time", "Clerk", MARTA)
    with running(state) as served:
        yield served


@BOTH
def test_many_people_are_read_page_by_page_and_twice(crowd: Running, secrets: Mapping[str, str]) -> None:
    with reading(crowd, secrets=secrets) as run:
        assert len(run.facts()) == 1606
        assert run.context.completeness("person") == "total"
        wanted = "POST /api/v2/datasets/{datasetName}/data" if secrets is KEY else "GET /api/v1/employees"
        pages = [each.page for each in run.context.ledger.calls() if each.operation == wanted]
    assert pages == ([1, 2, 3, 4] * 2 if secrets is KEY else [1, 2] * 2)


@BOTH
def test_somebody_deleted_between_two_pages_costs_nobody_else_the_row(crowd: Running, secrets: Mapping[str, str]) -> None:
    path = "/api/v2/datasets/employee/data" if secrets is KEY else "/api/v1/employees"
    crowd.faults.drift(path, lambda state: state.delete(ELENA))
    with reading(crowd, secrets=secrets) as run:
        found = run.facts()
    assert set(found) - {str(ELENA)} == {str(number) for number in [*range(2, 7), *range(100, 1700)]}


def test_a_cursor_that_bamboohr_no_longer_accepts_is_said(crowd: Running) -> None:
    crowd.faults.add("status", "/api/v1/employees", nth=2, times=1, status=400, body={"error": {"code": "BadPage", "message": "gone"}})
    with reading(crowd, secrets=OAUTH) as run, pytest.raises(Exception, match="BadPage") as caught:
        run.observations()
    assert caught.value.kind == "cursor_expired"


# -- when an end was entered ---------------------------------------------------------------------------------------------


def test_the_reading_that_first_shows_an_end_bounds_when_it_was_entered_and_later_edits_do_not_move_it(state: State, twin: Running) -> None:
    with reading(twin) as first:
        first.people()
    state.clock.set(NOON + timedelta(days=2))
    state.set_status(TOM, date(2026, 3, 2), TERMINATED)
    state.clock.set(NOON + timedelta(days=3))
    with reading(twin, cursors=first.cursors()) as second:
        tom = second.people()["Tom"]
    assert (tom.last_day, tom.end_recorded_at, tom.end_recorded_after) == ("2026-03-02", "2026-03-03T12:00:00Z", "2025-11-21T12:00:00Z")

    state.clock.set(NOON + timedelta(days=20))
    state.edit(TOM, custom={"formerWorkEmails": ""})
    with reading(twin, cursors=second.cursors()) as third:
        assert third.people()["Tom"] == tom


def test_an_end_older_than_the_connection_is_bounded_from_above_only(twin: Running) -> None:
    with reading(twin) as run:
        hugo = run.people()["Hugo"]
    assert (hugo.end_recorded_at, hugo.end_recorded_after) == ("2025-11-21T12:00:00Z", "")


def test_without_the_feed_of_changes_it_is_unknown_and_everybody_is_there(state: State, twin: Running) -> None:
    twin.faults.add("forbidden", "/api/v1/employees/changed", times=None)
    with reading(twin) as run:
        people = run.people()
        assert [each.operation for each in run.context.faults("person")] == ["GET /api/v1/employees/changed"]
    assert len(people) == 6 and people["Hugo"].end_recorded_at is None


# -- changes, targeted reading, the roster -------------------------------------------------------------------------------


def test_the_feed_names_what_changed_since_the_last_reading(state: State, twin: Running) -> None:
    with reading(twin, since=NOON - timedelta(days=30)) as run:
        assert run.facts("person_change") == {}
        cursors = run.cursors()
    state.clock.set(NOON + timedelta(hours=3))
    state.edit(TOM, last="Okafor-Bell")
    state.delete(KIT)
    with reading(twin, cursors=cursors) as run:
        changes = run.facts("person_change").values()
        assert [(each.person, each.action, each.at) for each in changes] == [
            (str(TOM), "updated", "2026-03-01T15:00:00Z"),
            (str(KIT), "deleted", "2026-03-01T15:00:00Z"),
        ]


def test_a_targeted_reading_asks_for_those_people_only_and_gives_the_same_facts(state: State, twin: Running) -> None:
    with reading(twin) as run:
        whole, cursors = run.facts(), run.cursors()
    with reading(twin, only={"person": frozenset({str(TOM), str(HUGO)})}, cursors=cursors) as run:
        some = run.facts()
        operations = run.operations()
        assert run.context.advanced("person") is None and run.context.total("person") is None
    assert some == {str(TOM): whole[str(TOM)], str(HUGO): whole[str(HUGO)]}
    assert "POST /api/v2/datasets/{datasetName}/data" not in operations


def test_the_roster_counts_who_is_active_and_compares_with_a_week_before(state: State, twin: Running) -> None:
    cursors: dict[str, Mapping[str, str]] = {}
    said = []
    for days in (0, 1, 8, 9):
        state.clock.set(NOON + timedelta(days=days))
        if days == 8:
            state.set_status(TOM, date(2026, 3, 5), TERMINATED)
        with reading(twin, cursors=cursors) as run:
            run.facts()
            (roster,) = run.facts("roster").values()
            cursors |= run.cursors()
        said.append((roster.read_day, roster.people, roster.active, roster.before_day, roster.active_before))
    assert said == [
        ("2026-03-01", 6, 4, "", None),
        ("2026-03-02", 6, 4, "2026-03-01", 4),
        ("2026-03-09", 6, 3, "2026-03-02", 4),
        ("2026-03-10", 6, 3, "2026-03-02", 4),
    ]


def test_a_roster_with_an_unreadable_record_was_not_read_to_the_end(twin: Running) -> None:
    twin.faults.add("set", "/api/v2/datasets/employee/data", times=None, at="data.0.fields.status", value=None)
    with reading(twin) as run:
        assert len(run.facts()) == 5
        assert [each.kind for each in run.context.faults("person")] == ["schema_drift"]
        with pytest.raises(Exception, match="5 could be read"):
            run.observations("roster")


# -- the demo company ----------------------------------------------------------------------------------------------------

START = datetime(2026, 3, 25, 8, tzinfo=UTC)


@BOTH
def test_the_demo_companys_special_people_are_what_the_roster_says(secrets: Mapping[str, str]) -> None:
    state = scenario.fernhill(Clock(START))
    end = START + timedelta(days=365)
    for _step in scenario.play(state, scenario.steps(START, START, end), end):
        pass
    own = (
        {"api_key": scenario.API_KEY}
        if secrets is KEY
        else {"client_secret": scenario.CLIENT_SECRET, "refresh_token": scenario.REFRESH_TOKEN}
    )
    with running(state) as twin, reading(twin, secrets=own, settings={"client_id": scenario.CLIENT_ID}) as run:
        people = {each.employee_number: each for each in run.facts().values()}
    by_user = {who.user: people[who.employee] for who in colleagues()}

    assert set(people) == {who.employee for who in colleagues()} | {"F0042"}
    assert (by_user["omar.khalil"].status, by_user["omar.khalil"].last_day) == ("terminated", "2026-10-14")
    assert (by_user["nils.aaberg"].status, by_user["nils.aaberg"].hired) == ("active", "2026-10-01")
    assert by_user["anna.bergman"].other_emails == ("anna.bergman@fernhill.example",)
    assert by_user["zoe.papadaki"].work_email == "zoe.martin@fernhill.example" and by_user["zoe.papadaki"].other_emails == ()
    assert by_user["gareth.pugh"].employment == "contractor" and by_user["finn.maier"].employment == "intern"
    assert by_user["quentin.roche"].status == "leave"
    assert by_user["viktor.petrov"].moves[0].after == "Engineering / Platform engineer"
    assert by_user["ondrej.vesely"].department == "" and by_user["helga.steiner"].manager == ""
    assert by_user["jude.lawson"].manager_status == "terminated"
    assert people["F0042"].name == by_user["patrick.doyle"].name and people["F0042"].status == "terminated"
