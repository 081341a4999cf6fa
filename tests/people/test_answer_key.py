"""The rules against the answer key of the demo company, on every day on which something about its people changes."""

import zoneinfo
from datetime import UTC, datetime

import pytest

from integrations.sandbox.company import fernhill
from integrations.sandbox.company.answers import PERSON, answers
from integrations.sandbox.company.roster import colleagues, day, jira_id, okta_id
from people.matching import match_all
from people.roster import HrRecord, persons_of
from people.systems import Beside, read_account

START = datetime(2026, 1, 1, tzinfo=UTC)
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def records(number):
    """The personnel system's records on that day of the story."""
    for who in colleagues():
        if who.joins_day is not None and who.joins_day > number:
            continue
        renamed = who.renamed is not None and who.renamed.day <= number
        former = (who.email,) if renamed and who.renamed.recorded else ()
        gone = who.leaves_day is not None and who.leaves_day < number and not (who.rejoins_day is not None and who.rejoins_day <= number)
        payload = {
            "subject": who.employee, "employee_number": who.employee, "name": who.renamed.name if renamed else who.name,
            "work_email": who.renamed.email if renamed else who.email, "other_emails": [*former, *who.aliases],
            "hired": str(who.joined or day(START, who.joins_day or 0)), "last_day": str(day(START, who.leaves_day)) if gone else "",
            "status": "terminated" if gone else "active",
        }  # fmt: skip
        yield HrRecord(f"bamboohr/fernhill/{who.employee}", payload)
        for each in who.earlier:
            payload = {
                "subject": each.employee, "employee_number": each.employee, "name": who.name, "work_email": each.email,
                "hired": str(each.joined), "last_day": str(each.left), "status": "terminated",
            }  # fmt: skip
            yield HrRecord(f"bamboohr/fernhill/{each.employee}", payload)


def accounts():
    """Every account that exists at any time, as its system shows it: the code host by what single sign-on says, the cloud by user name."""
    external = Beside()
    facts = []
    for who in colleagues():
        if who.okta is not None:
            payload = {
                "subject": okta_id(who.user),
                "login": who.email,
                "email": who.email,
                "employee_number": who.employee,
                "enabled": True,
            }
            facts.append(("okta", "identity", payload))
        if who.jira is not None:
            facts.append(
                ("jira", "tracker_user", {"subject": jira_id(who.user), "email": who.jira.get("email", who.email), "kind": "person"})
            )
        if who.aws:
            facts.append(("aws", "account", {"subject": who.aws, "name": who.aws, "console_access": True}))
        if who.github:
            facts.append(("github", "account", {"subject": who.github, "name": who.github, "enabled": True}))
            external.external[who.github] = who.email
    plan = fernhill.load()
    facts += [("github", "outside_collaborator", {"subject": row["github"], "login": row["github"]}) for row in plan["contractors"]]
    facts += [("aws", "account", {"subject": name, "name": name}) for name in plan["aws"]["service_users"]]
    facts.append(("aws", "root_user", {"subject": "<root_account>"}))
    for row in plan["other_accounts"]:
        if row["system"] == "okta":
            facts.append(
                ("okta", "identity", {"subject": okta_id(row["user"]), "login": row["login"], "email": row["login"], "enabled": True})
            )
        else:
            facts.append(("jira", "tracker_user", {"subject": jira_id(row["user"]), "email": row["login"], "kind": "person"}))
    return [read_account(kind, system, "fernhill", None, payload, external) for system, kind, payload in facts]


@pytest.mark.parametrize("number", [0, 31, 128, 129, 150, 190, 230, 300, 364])
def test_no_pairing_contradicts_the_answer_key(number):
    persons = persons_of(records(number), BERLIN)
    employees = {each.key: {record.payload["subject"] for record in each.records} for each in persons}
    known = {(each.system, each.account): each for each in answers()}
    seen = accounts()
    matches = match_all(persons, seen, {})
    wrong, open_ones = [], []
    for account in seen:
        answer, match = known[account.system, account.subject], matches[account.key]
        if match.holder == "person":
            stray = answer.kind != PERSON or employees[match.person].isdisjoint(answer.employees)
        else:
            stray = match.holder not in ("unknown", "conflict", answer.kind)
        if stray:
            wrong.append((account.key, match.explanation))
        elif match.holder != "person" and answer.kind == PERSON and set(answer.employees) & set().union(*employees.values()):
            open_ones.append(account.login)
    assert wrong == []
    assert open_ones == ["mona-reyes"]  # an outside collaborator shows no address: only a person can say who that is


def test_two_records_of_a_rehired_person_are_one_person():
    persons = persons_of(records(0), BERLIN)
    assert [{record.payload["subject"] for record in each.records} for each in persons if len(each.records) > 1] == [
        {who.employee, *(record.employee for record in who.earlier)} for who in colleagues() if who.earlier
    ]
