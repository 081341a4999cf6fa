"""Whose an account is: a wrong pair is worse than none."""

import pytest

from compliance.tenancy.scope import scope
from compliance.trail.models import Entry
from evidence.models import Record, Subject
from people.models import Account, Pairing, Person
from tests.people.company import NOON, SAM, TOM, at, iam_user, identity, octocat, paired, person, record, saml, small_company, tracker


@pytest.fixture
def here(fernhill):
    with scope(fernhill.pk):
        yield fernhill


def holders():
    """Login: (holder, name of the person, rule) of every account that is there."""
    rows = Account.objects.filter(gone_at=None).select_related("person")
    return {each.login: (each.holder, each.person.name if each.person else "", each.rule) for each in rows}


def test_the_same_person_is_found_in_five_systems_and_each_pairing_says_why(here):
    small_company()
    paired()
    told = {
        (each.account.system, each.rule, each.explanation)
        for each in Pairing.objects.filter(person__name="Tom Okafor").select_related("account")
    }
    assert told == {
        ("okta", "employee_number", "same employee number: E0001"),
        ("aws", "user_name", "user name is the work e-mail's local part: tom.okafor"),
        ("github", "work_email", f"same work e-mail: {TOM}"),
        ("jira", "work_email", f"same work e-mail: {TOM}"),
    }


def test_a_login_at_the_code_host_alone_pairs_nobody(here):
    small_company()
    record("github", "federated_identity", [saml("tom-okafor", ""), saml("sam-carter", SAM)], at(1))
    paired(at(1))
    assert holders()["tom-okafor"] == ("unknown", "", "")


def test_after_a_marriage_the_old_address_still_leads_to_the_person(here):
    record(
        "bamboohr",
        "person",
        [person("E0001", "Anna Lindholm", "anna.lindholm@fernhill.example", other_emails=("anna.bergman@fernhill.example",))],
    )
    record("jira", "tracker_user", [tracker("anna", "anna.bergman@fernhill.example"), tracker("other", "anna.bergmann@fernhill.example")])
    paired()
    assert holders() == {
        "anna.bergman@fernhill.example": ("person", "Anna Lindholm", "other_email"), "anna.bergmann@fernhill.example": ("unknown", "", ""),
    }  # fmt: skip


def test_an_address_that_only_the_identity_provider_kept_leads_to_the_person_too(here):
    record("bamboohr", "person", [person("E0001", "Zoe Martin", "zoe.martin@fernhill.example"), person("E0002", "Sam Carter", SAM)])
    record("okta", "identity", [identity("zoe.papadaki", number="E0001")])
    record("jira", "tracker_user", [tracker("zoe", "zoe.papadaki@fernhill.example")])
    record("aws", "account", [iam_user("zoe.papadaki")])
    paired()
    assert {(each.account.system, each.rule) for each in Pairing.objects.select_related("account")} == {
        ("okta", "employee_number"), ("jira", "provider_login"), ("aws", "user_name"),
    }  # fmt: skip


def test_an_address_that_two_persons_have_is_a_conflict_and_pairs_nobody(here):
    old = person("E0001", "Chris Young", "chris@fernhill.example", status="terminated", last_day="2024-06-30")
    new = person("E0009", "Christine Yu", "chris@fernhill.example", hired="2025-02-01")
    record("bamboohr", "person", [old, new])
    record("jira", "tracker_user", [tracker("chris", "chris@fernhill.example")])
    paired()
    account = Account.objects.get()
    assert (account.holder, account.person, sorted(account.candidates)) == (
        "conflict", None, ["bamboohr/fernhill/E0001", "bamboohr/fernhill/E0009"],
    )  # fmt: skip
    assert "Chris Young" in account.explanation
    assert "Christine Yu" in account.explanation
    assert not Pairing.objects.exists()


def test_a_number_and_an_address_that_speak_of_different_persons_are_a_conflict(here):
    record("bamboohr", "person", [person("E0001", "Tom Okafor", TOM), person("E0002", "Sam Carter", SAM)])
    record("okta", "identity", [identity("sam.carter", number="E0001")])
    paired()
    assert holders() == {SAM: ("conflict", "", "")}


def test_an_alias_that_is_now_somebody_elses_address_is_a_conflict(here):
    first = person("E0001", "Ada Byron", "ada.lovelace@fernhill.example", other_emails=("ada@fernhill.example",))
    record("bamboohr", "person", [first, person("E0002", "Ada Ito", "ada@fernhill.example")])
    record("jira", "tracker_user", [tracker("ada", "ada@fernhill.example")])
    paired()
    assert holders() == {"ada@fernhill.example": ("conflict", "", "")}


def test_a_user_name_pairs_only_where_the_domain_is_the_companys_and_the_name_unique(here):
    record(
        "bamboohr", "person",
        [
            person("E0001", "Tom Okafor", TOM), person("E0002", "Sam Carter", SAM),
            person("E0003", "Mona Reyes", "mona@reyes-translations.example"),
        ],
    )  # fmt: skip
    record("aws", "account", [iam_user("mona"), iam_user("sam.carter"), iam_user("svc-deploy")])
    paired()
    assert holders() == {
        "mona": ("unknown", "", ""), "sam.carter": ("person", "Sam Carter", "user_name"), "svc-deploy": ("unknown", "", ""),
    }  # fmt: skip


def test_a_rehired_person_with_two_records_is_one_person_under_the_first_key(here):
    email = "patrick.doyle@fernhill.example"
    earlier = person("F0042", "Patrick Doyle", email, status="terminated", hired="2020-03-02", last_day="2022-08-31")
    record("bamboohr", "person", [earlier, person("E0077", "Patrick Doyle", email, hired="2024-01-22")])
    record("okta", "identity", [identity("patrick.doyle", number="E0077")])
    paired()
    one = Person.objects.get()
    assert (one.key, one.employee_number, one.status) == ("bamboohr/fernhill/F0042", "E0077", "active")
    assert one.records == ["bamboohr/fernhill/E0077", "bamboohr/fernhill/F0042"]
    assert holders() == {email: ("person", "Patrick Doyle", "employee_number")}


def test_two_persons_of_the_same_name_with_overlapping_employments_stay_two(here):
    email = "chris@fernhill.example"
    record("bamboohr", "person", [person("E1", "Chris Young", email), person("E2", "Chris Young", email, hired="2023-01-01")])
    paired()
    assert Person.objects.count() == 2


def test_what_the_system_itself_says_needs_no_decision(here):
    record("jira", "tracker_user", [tracker("bot", None, kind="app")])
    paired()
    assert holders() == {"bot": ("service", "", "system_says")}


def test_a_pairing_is_an_interval_that_is_closed_and_never_rewritten(here):
    small_company()
    paired()
    new = person("E0001", "Tom Okafor", "tom.o@fernhill.example")
    record("bamboohr", "person", [new, person("E0002", "Sam Carter", SAM)], at(1))
    paired(at(1))
    history = list(
        Pairing.objects.filter(account__system="jira", person__name="Tom Okafor").order_by("since").values_list("rule", "since", "until")
    )
    assert history == [("work_email", NOON, at(1)), ("provider_login", at(1), None)]


def test_an_account_that_went_away_is_kept_as_gone_and_its_pairing_ends(here):
    small_company()
    paired()
    record("github", "account", [octocat("tom-okafor")], at(1))
    paired(at(1))
    gone = Account.objects.get(login="sam-carter")
    assert (gone.gone_at, gone.person) == (at(1), None)
    assert list(Pairing.objects.filter(account=gone).values_list("since", "until")) == [(NOON, at(1))]


def test_pairing_again_without_news_writes_no_record_and_no_row(here):
    small_company()
    paired()
    before = (Record.objects.count(), Pairing.objects.count(), Entry.objects.filter(name="people.paired").count())
    run = paired(at(0.5))
    assert (run.changed, run.gone) == (0, 0)
    assert (Record.objects.count(), Pairing.objects.count(), Entry.objects.filter(name="people.paired").count()) == before


def test_the_rival_sees_nothing_of_it(here, brackwater):
    small_company()
    paired()
    with scope(brackwater.pk):
        assert (Person.objects.count(), Account.objects.count(), Pairing.objects.count(), Subject.objects.count()) == (0, 0, 0, 0)
