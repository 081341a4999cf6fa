"""The tenant sweep: every address, as everybody, against the table of `expected.py`.

An address that is not in the table fails. To add one: run `python -m tests.sweep.missing`, read what it prints line by line (is that
who should get in?), and put the lines into the table.
"""

import pytest
from django.db import transaction
from django.test import Client

from compliance.members.roles import Role
from compliance.tenancy.scope import organization_id_or_none
from tests.conftest import member
from tests.sweep.estate import estate
from tests.sweep.expected import ACTORS, EXPECTED
from tests.sweep.routes import Route, routes

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NAMES = {
    "admin": ("Marta Lindqvist", Role.ADMIN),
    "manager": ("Priya Natarajan", Role.COMPLIANCE_MANAGER),
    "owner": ("Tom Okafor", Role.CONTROL_OWNER),
    "executive": ("Elena Rossi", Role.EXECUTIVE),
    "employee": ("Sam Carter", Role.EMPLOYEE),
    "viewer": ("Vera Holm", Role.VIEWER),
}


@pytest.fixture
def everybody(fernhill, brackwater):
    """A client for each actor of the table, and values for variable parts of addresses."""
    users = {actor: member(fernhill, name, role) for actor, (name, role) in NAMES.items()}
    users["rival"] = member(brackwater, "Ruth Brack", Role.ADMIN)
    values = estate(fernhill, users["admin"], users["owner"])
    clients = {"anonymous": Client()}
    for actor, user in users.items():
        clients[actor] = Client()
        clients[actor].force_login(user, backend=BACKEND)
    return clients, values


def answer(client: Client, method: str, address: str) -> str:
    """The status, or `in` for the way to sign-in. What the request changed is undone."""
    with undone():
        response = client.generic(method, address, data=b"{}", content_type="application/json" if "/api/" in address else "text/plain")
        if response.streaming:
            list(response.streaming_content)
    assert organization_id_or_none() is None, f"{method} {address} left an organization in scope"
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/?next="):
        return "in"
    return str(response.status_code)


class undone(transaction.Atomic):
    """A savepoint that is rolled back at its end; services may open their durable transaction in it, as in a test case."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)
        self._from_testcase = True

    def __exit__(self, *raised: object) -> None:
        transaction.set_rollback(True)
        super().__exit__(*raised)


def asked() -> dict[str, tuple[str, Route]]:
    """Every line that the table must have."""
    return {f"{method} {route.pattern}": (method, route) for route in routes() for method in route.methods}


def observed(everybody, line: str) -> str:
    """What everybody gets, in the order of ACTORS."""
    clients, values = everybody
    method, route = asked()[line]
    return " ".join(answer(clients[actor], method, route.address(values)) for actor in ACTORS)


def test_every_address_is_in_the_table_and_nothing_else_is():
    assert sorted(set(asked()) - set(EXPECTED)) == [], "new addresses: see the module's docstring"
    assert sorted(set(EXPECTED) - set(asked())) == [], "these are gone from the configuration: take them out of the table"


def patterns() -> list[str]:
    """Addresses that are both in the table and in the configuration."""
    return list(dict.fromkeys(route.pattern for line, (_method, route) in asked().items() if line in EXPECTED))


@pytest.mark.parametrize("pattern", patterns())
def test_everybody_gets_what_the_table_says(everybody, pattern):
    lines = [line for line in EXPECTED if line.partition(" ")[2] == pattern and line in asked()]
    seen = {line: dict(zip(ACTORS, observed(everybody, line).split(), strict=True)) for line in lines}
    assert seen == {line: dict(zip(ACTORS, EXPECTED[line].split(), strict=True)) for line in lines}


@pytest.mark.parametrize("line", [line for line in EXPECTED if "<slug:slug>" in line])
def test_the_table_itself_tells_no_stranger_that_an_organization_exists(line):
    by_actor = dict(zip(ACTORS, EXPECTED[line].split(), strict=True))
    if set(by_actor.values()) == {"405"}:
        return  # the method is unknown there, to everybody alike
    assert by_actor["rival"] == "404"
    assert by_actor["anonymous"] in ("in", "401")
