"""The shared roster: every special case is there, and the answer key names each account once."""

from datetime import UTC, date, datetime

from integrations.sandbox.company import answers, fernhill
from integrations.sandbox.company.roster import colleagues, day, jira_id, okta_id

BY_USER = {who.user: who for who in colleagues()}


def test_it_has_about_120_people_with_employee_ids_in_roster_order() -> None:
    people = colleagues()

    assert 115 <= len(people) <= 130
    assert [who.employee for who in people] == [f"E{number:04}" for number in range(1, len(people) + 1)]
    assert (people[0].user, people[0].employee) == ("tom.okafor", "E0001")
    assert len({who.user for who in people}) == len({who.email for who in people}) == len(people)


def test_every_manager_is_on_the_roster_and_the_chief_executive_alone_has_none_by_design() -> None:
    assert {who.manager for who in BY_USER.values()} - {""} <= set(BY_USER)
    assert [who.user for who in BY_USER.values() if not who.manager] == ["elena.rossi", "helga.steiner"]
    assert BY_USER["tom.okafor"].manager == "marta.lindqvist"
    assert BY_USER["marta.lindqvist"].manager == "elena.rossi"


def test_the_special_people_are_there() -> None:
    assert BY_USER["bianca.weiss"].joins_day == 10
    assert BY_USER["viktor.petrov"].moves[0].team == "platform"
    assert BY_USER["omar.khalil"].account_ends["okta"] - BY_USER["omar.khalil"].leaves_day > 3
    assert (BY_USER["nils.aaberg"].leaves_day, BY_USER["nils.aaberg"].rejoins_day) == (60, 190)
    assert [record.employee for record in BY_USER["patrick.doyle"].earlier] == ["F0042"]
    assert BY_USER["anna.bergman"].renamed.email == "anna.lindholm@fernhill.example"
    assert not BY_USER["zoe.papadaki"].renamed.recorded
    assert BY_USER["gareth.pugh"].employment == "contractor"
    assert BY_USER["lea.winkler"].employment == "intern"
    assert (BY_USER["quentin.roche"].leaves[0].from_day, BY_USER["quentin.roche"].leaves[0].to_day) == (205, None)
    assert BY_USER["hendrik.olsen"].okta == {"roles": ["HELP_DESK_ADMIN"], "factors": []}
    assert BY_USER["hugo.laurent"].entered_day > BY_USER["hugo.laurent"].leaves_day + 4


def test_nobody_without_a_key_in_the_roster_has_an_account_at_aws_or_github() -> None:
    assert (BY_USER["sabine.vogt"].aws, BY_USER["sabine.vogt"].github) == ("", "")
    assert BY_USER["tim.hofer"].okta is None


def test_the_answer_key_names_every_account_once() -> None:
    key = answers.answers()

    assert len({(each.system, each.account) for each in key}) == len(key)
    assert {each.kind for each in key} == {"person", "service", "shared", "external", "break_glass"}
    assert all(bool(each.employees) == (each.kind == "person") for each in key)
    assert all(each.owner in BY_USER for each in key if each.kind not in ("person", "external"))


def test_the_answer_key_knows_the_hard_ones() -> None:
    assert answers.answer("github", "anna-bergman").employees == (BY_USER["anna.bergman"].employee,)
    assert answers.answer("github", "mona-reyes").employees == (BY_USER["mona.reyes"].employee,)
    assert answers.answer("github", "robin-ashworth").kind == "external"
    assert answers.answer("okta", okta_id("patrick.doyle")).employees == (BY_USER["patrick.doyle"].employee, "F0042")
    assert answers.answer("okta", okta_id("anna.bergmann")).employees != answers.answer("okta", okta_id("anna.bergman")).employees
    assert answers.answer("jira", jira_id("sam.carter")).login == "sam@fernhill.example"
    assert answers.answer("aws", "svc-deploy").kind == "service"


def test_the_ids_have_the_vendors_forms() -> None:
    assert len(okta_id("tom.okafor")) == 20 and okta_id("tom.okafor").startswith("00u")
    assert len(jira_id("tom.okafor")) == 24 and int(jira_id("tom.okafor"), 16) > 0


def test_days_count_from_the_start_of_the_story() -> None:
    start = datetime(2026, 3, 25, 8, tzinfo=UTC)

    assert (day(start, 0), day(start, 31), day(start, -0.5)) == (date(2026, 3, 25), date(2026, 4, 25), date(2026, 3, 24))


def test_the_file_still_has_what_the_older_sandboxes_read() -> None:
    plan = fernhill.load()
    assert sum("github" in each for each in plan["people"]) == sum("aws" in each for each in plan["people"]) == 68
