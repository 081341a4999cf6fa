"""The answer key: whose each account of the demo company is. What pairs accounts with people is measured against it.

One entry per account that exists at any time of the story. A pairing may leave an account open; it must never contradict an entry.
"""

from dataclasses import dataclass

from integrations.sandbox.company import fernhill
from integrations.sandbox.company.roster import colleagues, jira_id, okta_id

PERSON = "person"
SERVICE = "service"
SHARED = "shared"
EXTERNAL = "external"
BREAK_GLASS = "break_glass"
ROOT = "<root_account>"


@dataclass(frozen=True, slots=True)
class Answer:
    """`account`: IAM user name, GitHub login, Okta id or Jira accountId. `login`: what people see of it. `kind`: person or one of the
    classifications. `employees`: the employee id of the person; more than one only where the personnel system holds two records of
    the same person, the latest first. `owner`: the user who answers for an account of nobody."""

    system: str
    account: str
    login: str
    kind: str
    employees: tuple[str, ...] = ()
    owner: str = ""


def answers() -> tuple[Answer, ...]:
    """All accounts, ordered by system and account."""
    found = [*_of_people(), *_of_collaborators(), *_of_nobody()]
    return tuple(sorted(found, key=lambda each: (each.system, each.account)))


def answer(system: str, account: str) -> Answer:
    """The entry of one account. Raises KeyError for one that the company does not have."""
    return {(each.system, each.account): each for each in answers()}[system, account]


def _of_people() -> list[Answer]:
    found = []
    for who in colleagues():
        employees = (who.employee, *(record.employee for record in who.earlier))
        if who.aws:
            found.append(Answer("aws", who.aws, who.aws, PERSON, employees))
        if who.github:
            found.append(Answer("github", who.github, who.github, PERSON, employees))
        if who.okta is not None:
            found.append(Answer("okta", okta_id(who.user), who.email, PERSON, employees))
        if who.jira is not None:
            found.append(Answer("jira", jira_id(who.user), who.jira.get("email", who.email), PERSON, employees))
    return found


def _of_collaborators() -> list[Answer]:
    numbers = {who.user: who.employee for who in colleagues()}
    found = []
    for row in fernhill.load()["contractors"]:
        employees = (numbers[row["user"]],) if "user" in row else ()
        found.append(Answer("github", row["github"], row["github"], PERSON if employees else EXTERNAL, employees))
    return found


def _of_nobody() -> list[Answer]:
    plan = fernhill.load()
    found = [Answer("aws", name, name, SERVICE, owner="tom.okafor") for name in plan["aws"]["service_users"]]
    found.append(Answer("aws", ROOT, ROOT, BREAK_GLASS, owner="tom.okafor"))
    ids = {"okta": okta_id, "jira": jira_id}
    for row in plan["other_accounts"]:
        found.append(Answer(row["system"], ids[row["system"]](row["user"]), row["login"], row["kind"], owner=row["owner"]))
    return found
