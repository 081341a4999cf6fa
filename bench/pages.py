"""Pages over 24 months of history against one month, against a bare page, and with row-level security against without."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from bench.figures import Figure, median, quantile
from compliance.members.models import Membership, User
from compliance.members.roles import Role
from compliance.operate.scale.history import make_organization, seed_history
from compliance.operate.scale.population import Population
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import OPERATOR
from compliance.trail.names import ActionName
from controls.services.periods import set_period

SUBJECTS = 120
CHANGES = 3
MONTHS = 24
ROUNDS = 40
WALL_ROUNDS = 200
FREE = "plumbline_bench_free"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def measure(quick: bool) -> Iterator[Figure]:
    """Rounds alternate between everything compared, in one process and over one database session."""
    until = datetime.now(UTC) - timedelta(minutes=1)
    months = 2 if quick else MONTHS
    short, long = _organization("bench-short", 1, until), _organization("bench-long", months, until)
    with override_settings(ROOT_URLCONF="bench.urls", ALLOWED_HOSTS=["testserver"]):
        client = _signed_in(short, long)
        yield from _ages(client, short, long, months)
        yield from _walls(client, long, 20 if quick else WALL_ROUNDS)


def _ages(client: Client, short: Organization, long: Organization, months: int) -> Iterator[Figure]:
    floor = f"/bench/{long.pk}/"
    names = {"overview": "", "controls": "controls/", "control": "controls/AC-07/"}
    addresses = [f"/{each.slug}/{path}" for each in (short, long) for path in names.values()] + [floor]
    times = _alternating(client, addresses, ROUNDS)
    bare = quantile(times[floor], 0.95)
    for name, path in names.items():
        first, last = times[f"/{short.slug}/{path}"], times[f"/{long.slug}/{path}"]
        young, old = quantile(first, 0.95), quantile(last, 0.95)
        said = f"{old * 1000:.1f} ms : {young * 1000:.1f} ms, median of pairs {_paired(last, first):.2f}"
        yield Figure(f"{name} page, p95: {months} months : 1 month", old / young, 1.2, "at most", "", said)
        said = f"{old * 1000:.1f} ms : {bare * 1000:.1f} ms, median of pairs {_paired(last, times[floor]):.2f}"
        yield Figure(f"{name} page, p95 : bare page of 50 rows", old / bare, 3, "at most", "", said)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/{long.slug}/{path}")
        yield Figure(f"{name} page, queries", len(queries), 10, "at most")


def _paired(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the ratios round by round: what a busy moment does to both sides falls out of it."""
    return median([a / b for a, b in zip(over, under, strict=True)])


def _walls(client: Client, organization: Organization, rounds: int) -> Iterator[Figure]:
    """The same page as the application role and as one that passes row-level security, turn by turn on one session."""
    address = f"/{organization.slug}/controls/"
    on, off = [], []
    with _free_role():
        for number in range(rounds):
            for free in (number % 2 == 0, number % 2 == 1):
                _become(FREE if free else "NONE")
                (off if free else on).append(_get(client, address))
        _become("NONE")
    with_walls, without = median(on), median(off)
    said = f"{with_walls * 1000:.1f} ms : {without * 1000:.1f} ms"
    yield Figure(f"row-level security on : off, medians of {rounds}", with_walls / without, 1.1, "at most", "", said)


@contextmanager
def _free_role() -> Iterator[None]:
    """A role that passes row-level security and that the application may become; gone afterwards, or no web server would start: it
    refuses a login that may."""
    configuration = settings.CONFIGURATION
    password = (configuration.var_dir / "secrets" / "postgres_superuser").read_text().strip()
    superuser = {**configuration.database_owner.as_libpq(), "user": "postgres", "password": password}
    _as(
        superuser,
        f"CREATE ROLE {FREE} BYPASSRLS",
        f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {FREE}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {FREE}",
        f"GRANT {FREE} TO {configuration.database.user} WITH INHERIT FALSE, SET TRUE",
    )
    try:
        yield
    finally:
        _as(superuser, f"DROP OWNED BY {FREE}", f"DROP ROLE {FREE}")


def _as(login: Mapping[str, Any], *statements: str) -> None:
    with psycopg2.connect(**login) as session, session.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    session.close()


def _become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")


def _organization(slug: str, months: int, until: datetime) -> Organization:
    days = 30 * months
    start = until - timedelta(days=days)
    organization = make_organization(slug, start)
    seed_history(organization, Population(SUBJECTS, start), days=days, changes=CHANGES, until=until)
    today = until.date()
    with scope(organization.pk):  # eleven months of a year have passed: strips and ruler are as full as they get
        set_period(actor=OPERATOR, name="A year", first_day=today - timedelta(days=334), last_day=today + timedelta(days=30))
    return organization


def _signed_in(*organizations: Organization) -> Client:
    user = User.objects.create_user("bench@fernhill.example", "a long enough password", name="Priya Natarajan")
    for organization in organizations:
        with scope(organization.pk), action(ActionName.MEMBER_JOINED, actor=OPERATOR):
            Membership.objects.create(user=user, role=Role.COMPLIANCE_MANAGER)
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def _alternating(client: Client, addresses: Sequence[str], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {address: [] for address in addresses}
    for number in range(rounds + 3):
        for address in addresses:
            seconds = _get(client, address)
            if number >= 3:  # templates and plans are made in the first rounds
                times[address].append(seconds)
    return times


def _get(client: Client, address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address)
    seconds = time.perf_counter() - began
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return seconds
