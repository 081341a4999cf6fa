"""Pages of people: what they say, what a decision does, what is refused."""

import re
from datetime import timedelta

import pytest

from compliance.members.roles import Right
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.trail.models import Entry
from compliance.trail.names import ActionName
from controls.models import Verdict, VerdictPast
from controls.outcomes import Outcome
from controls.services.adoption import adopt_controls, library
from people.models import Account, Decision, Pairing, PairingDue, Person, RegisterEntry, UnusedSystem
from people.services.decisions import Wish, decide, end_decision
from people.services.pairing import is_pairing_due
from tests.api.programme import Caller, token_of
from tests.conftest import actor_of, arranging
from tests.people.company import NOON, SAM, TOM, at, iam_user, paired, person, record, small_company


@pytest.fixture
def company(fernhill):
    """Tom and Sam in five systems, Sam gone since yesterday with open accounts, and an account that nobody knows."""
    with scope(fernhill.pk):
        adopt_controls(
            actor=SYSTEM, codes=[code for code, each in library().items() if "x.account.unlinked" in {c.id for c in each.checks}], now=NOON
        )
        small_company(staleness=10**9)
        users = [iam_user("tom.okafor", administrator=True), iam_user("sam.carter"), iam_user("svc-deploy", console_access=False)]
        record("aws", "account", users, staleness=10**9)
        left = person("E0002", "Sam Carter", SAM, status="terminated", last_day="2026-02-27")
        record("bamboohr", "person", [person("E0001", "Tom Okafor", TOM), left], staleness=10**9)
        paired()
        yield fernhill


@pytest.fixture
def priyas(browser_of, priya):
    return browser_of(priya)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_list_says_who_left_and_can_still_get_in(company, priyas):
    page = text(priyas.get("/fernhill/people/"))
    assert "1 of 1 who left can still get in" in page
    assert "Tom Okafor" in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("show=left", ["Sam Carter"]),
        ("q=okafor", ["Tom Okafor"]),
        ("q=E0001", ["Tom Okafor"]),
        ("show=privileged", ["Tom Okafor"]),
        ("show=coming", []),
    ],
)
def test_the_list_is_filtered_and_searched(company, priyas, query, names):
    page = text(priyas.get(f"/fernhill/people/?{query}"))
    assert [each for each in ("Sam Carter", "Tom Okafor") if each in page] == names


def test_a_foreign_cursor_is_a_bad_question_and_no_crash(company, priyas):
    assert priyas.get("/fernhill/people/?cursor=x").status_code == 400


def test_the_page_of_a_person_shows_employment_accounts_reasons_and_verdicts(company, priyas):
    with scope(company.pk):
        sam = Person.objects.get(name="Sam Carter")
    page = text(priyas.get(f"/fernhill/people/{sam.pk}/"))
    for said in ("Employment ends", "sam-carter", "Same employee number", "same employee number: E0002", "User name is the work e-mail"):
        assert said in page


def test_the_page_of_a_person_can_be_asked_for_an_earlier_instant(company, priyas):
    with scope(company.pk):
        tom = Person.objects.get(name="Tom Okafor")
        record("bamboohr", "person", [person("E0001", "Tom Okafor", TOM, title="Head of platform")], at(1), staleness=10**9)
        paired(at(1))
    assert "Head of platform" in text(priyas.get(f"/fernhill/people/{tom.pk}/"))
    assert "Head of platform" not in text(priyas.get(f"/fernhill/people/{tom.pk}/?at=2026-03-02T12:30:00Z")).split("Accounts")[0]
    assert "Nothing had been joined" in text(priyas.get(f"/fernhill/people/{tom.pk}/?at=2026-01-02T12:30:00Z"))


def test_an_unknown_account_is_classified_in_one_step_and_the_verdict_follows(company, priyas):
    with scope(company.pk):
        account = Account.objects.get(login="svc-deploy")
    sent = {"pick": str(account.pk), "kind": "service", "owner": "E0001", "reason": "deploys"}
    answer = priyas.post("/fernhill/people/accounts/decide/", sent)
    assert answer.status_code == 302
    with scope(company.pk):
        account.refresh_from_db()
        assert (account.holder, account.rule) == ("service", "classified")
        entry = Entry.objects.get(name="account.decided")
        assert (entry.actor_name, entry.reason, entry.detail["kind"], entry.detail["owner"]) == (
            "Priya Natarajan",
            "deploys",
            "service",
            "Tom Okafor",
        )
        assert PairingDue.objects.count() == 1
        paired(Decision.objects.get().since)
        assert (PairingDue.objects.count(), is_pairing_due(at())) == (0, False)
        found = Verdict.objects.get(check_row__check_id="x.account.unlinked", subject__name="svc-deploy")
        assert (Outcome(found.outcome), found.reason) == (Outcome.PASS, "is a service account; Tom Okafor answers for it")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": "service", "reason": "x"}, "Name who answers for it"),
        ({"kind": "person", "person": "E9999", "reason": "x"}, "Name the person"),
        ({"kind": "shared", "owner": "E0001", "reason": "x"}, "Say where the shared secret is kept"),
        ({"kind": "external", "owner": "E0001", "reason": "x"}, "Say until when"),
        ({"kind": "ignored", "reason": " "}, "Say why"),
        ({"kind": "ignored", "reason": "x", "expires": "2020-01-01"}, "still to come"),
        ({"kind": "ignored", "reason": "x", "expires": "never"}, "Give a day"),
        ({"kind": "nonsense", "reason": "x"}, "Say whose or what"),
    ],
)
def test_a_decision_that_lacks_something_says_what_and_changes_nothing(company, priyas, sent, said):
    with scope(company.pk):
        account = Account.objects.get(login="svc-deploy")
    answer = priyas.post("/fernhill/people/accounts/decide/", {"pick": str(account.pk), **sent})
    assert answer.status_code == 422
    assert said in text(answer)
    with scope(company.pk):
        assert (Decision.objects.count(), Account.objects.get(pk=account.pk).holder) == (0, "unknown")


def test_a_verified_link_goes_above_every_rule_and_can_be_undone(company, priya):
    with scope(company.pk):
        account, tom = Account.objects.get(login="sam-carter"), Person.objects.get(name="Tom Okafor")
        [made] = decide(actor=actor_of(priya), accounts=[account], wish=Wish("person", "seen on screen", person=tom), now=at(1))
        paired(at(2))
        assert Account.objects.get(pk=account.pk).person == tom
        end_decision(actor=actor_of(priya), decision=made, reason="mistaken", now=at(3))
        paired(at(4))
        assert Account.objects.get(pk=account.pk).person.name == "Sam Carter"
        told = list(
            Pairing.objects.filter(account=account).order_by("since").values_list("person__name", "rule", "decided_by", "since", "until")
        )
        assert told == [
            ("Sam Carter", "work_email", "", NOON, at(1)), ("Tom Okafor", "decision", "Priya Natarajan", at(1), at(3)),
            ("Sam Carter", "work_email", "", at(4), None),
        ]  # fmt: skip


def test_a_viewer_may_look_and_not_decide(company, vera, browser_of):
    veras = browser_of(vera)
    page = veras.get("/fernhill/people/accounts/")
    assert page.status_code == 200
    assert "Decide about" not in text(page)
    assert veras.post("/fernhill/people/accounts/decide/", {}).status_code == 403
    assert veras.get("/fernhill/people.csv").status_code == 403


def test_the_register_shows_what_nobody_approved_and_takes_an_approval(company, priyas):
    page = text(priyas.get("/fernhill/people/privileged/"))
    assert "1 hold access that nobody approved" in page
    sent = {"person": "E0001", "system": "aws", "approver": "Elena Rossi", "reason": "runs the platform"}
    assert priyas.post("/fernhill/people/privileged/enter/", sent).status_code == 302
    assert "The register and the systems agree on 1 administrator" in text(priyas.get("/fernhill/people/privileged/"))
    with scope(company.pk):
        paired(at(1000))
        assert RegisterEntry.objects.get().entered_by == "Priya Natarajan"


def test_nobody_approves_their_own_access(company, priyas):
    sent = {"person": "E0001", "system": "aws", "approver": "tom okafor", "reason": "I need it"}
    answer = priyas.post("/fernhill/people/privileged/enter/", sent)
    assert answer.status_code == 422
    assert "Nobody approves their own access" in text(answer)


def test_exports_hold_no_formula(company, priyas, arrange):
    with arrange(company):
        Person.objects.filter(name="Tom Okafor").update(title="=1+1")
    lines = b"".join(priyas.get("/fernhill/people.csv").streaming_content).decode().splitlines()
    assert len(lines) == 3
    assert any("'=1+1" in line for line in lines)
    assert len(b"".join(priyas.get("/fernhill/people/accounts.csv?show=all").streaming_content).decode().splitlines()) == 10


def test_the_empty_pages_teach(fernhill, priyas):
    assert "No people yet" in text(priyas.get("/fernhill/people/"))
    assert "No accounts yet" in text(priyas.get("/fernhill/people/accounts/"))
    assert "No administrator is known" in text(priyas.get("/fernhill/people/privileged/"))


def test_a_person_of_the_rival_does_not_exist(company, rival, browser_of):
    with scope(company.pk):
        tom = Person.objects.get(name="Tom Okafor")
    rivals = browser_of(rival)
    assert rivals.get(f"/fernhill/people/{tom.pk}/").status_code == 404
    assert rivals.get(f"/brackwater/people/{tom.pk}/").status_code == 404


def test_what_the_company_does_not_have_is_said_with_a_reason_and_taken_back(company, priyas, vera, browser_of):
    page = "/fernhill/people/accounts/"
    assert "None was named" in text(priyas.get(page)) and "Say that it is not used" in text(priyas.get(page))
    assert "Say that it is not used" not in text(browser_of(vera).get(page))
    said = {"category": "tickets", "reason": "Work is agreed in the code host\0"}
    answer = priyas.post("/fernhill/people/systems/", said, follow=True)
    assert "Ticket tracker Work is agreed in the code host Priya Natarajan" in text(answer)
    with scope(company.pk):
        assert set(UnusedSystem.objects.values_list("category", "reason")) == {("tickets", "Work is agreed in the code host")}
        assert PairingDue.objects.exists()
    priyas.post("/fernhill/people/systems/", {"category": "tickets", "used": "1"})
    with scope(company.pk):
        assert not UnusedSystem.objects.exists()
        assert set(Entry.objects.filter(name__startswith="system.").values_list("name", flat=True)) == {
            ActionName.SYSTEM_DECLARED_UNUSED, ActionName.SYSTEM_DECLARED_USED,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"category": "cloud", "reason": " "}, "Say why, for whoever asks"),
        ({"category": "hr", "reason": "small"}, "without a personnel system there is nobody to join"),
        ({"category": "cloud", "reason": "x" * 2001}, "below 2000 characters"),
        ({"category": "x", "used": "1"}, "Choose a category"),
    ],
)
def test_a_system_badly_declared_changes_nothing_and_keeps_what_was_typed(company, priyas, given, words):
    answer = priyas.post("/fernhill/people/systems/", given)
    assert answer.status_code == 422 and words in text(answer)
    assert 'value="x' in answer.content.decode() or len(given.get("reason", "")) < 2001
    with scope(company.pk):
        assert not UnusedSystem.objects.exists()


def test_programs_declare_what_is_not_used_too(company, priya):
    program = Caller(text=token_of(priya, company, Right.MANAGE_CONTROLS, Right.SEE_PROGRAMME))
    made = program.post("people/unused-systems/", {"category": "cloud", "reason": "Everything runs at the customer"})
    assert (made.status_code, made.json()["decided_by"]) == (201, "Priya Natarajan by token “nightly export”")
    assert [each["category"] for each in program.read("people/unused-systems/")["results"]] == ["cloud"]
    assert program.post("people/unused-systems/", {"category": "hr", "reason": "x"}).status_code == 400
    address = "/api/v1/fernhill/people/unused-systems/cloud/"
    assert [program.client.delete(address, headers=program.headers).status_code for _time in range(2)] == [204, 404]
    assert program.read("people/unused-systems/")["results"] == []


def test_verdicts_that_ended_are_folded_away_and_say_how_many_failed(company, priyas):
    with scope(company.pk):
        sam = Person.objects.get(name="Sam Carter")
    address = f"/fernhill/people/{sam.pk}/"
    assert "Verdicts that last" in priyas.get(address).content.decode()
    assert "that ended" not in priyas.get(address).content.decode()
    with arranging(company):
        lasts = Verdict.objects.filter(subject__key=sam.key).first()
        for day, outcome in ((9, Outcome.FAIL), (6, Outcome.PASS)):
            during = (lasts.since - timedelta(days=day), lasts.since - timedelta(days=day - 3))
            VerdictPast.objects.create(
                check_row=lasts.check_row,
                subject=lasts.subject,
                outcome=outcome,
                reason=f"as it was {day}",
                during=during,
                record_id=lasts.record_id,
            )
    page = priyas.get(address).content.decode()
    folded = page[page.index('<details class="more"><summary>Show') :]
    assert "Show 2 verdicts that ended, 1 of them failing" in folded
    assert page.count("as it was") == folded.count("as it was") == 2
