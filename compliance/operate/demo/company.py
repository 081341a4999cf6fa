"""Seeding the demo company: members, period, controls, connections, eight months of past. Removing it again."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection as database

from compliance.operate.demo.decisions import Diary
from compliance.operate.demo.filming import Camera, turn_by_time
from compliance.operate.demo.manual import perform_the_past
from compliance.operate.demo.people import hire, share_out
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import OPERATOR
from compliance.trail.names import ActionName
from compliance.vault.services.sealing import seal_pending
from controls.catalogue.entries import PERIODIC
from controls.registry import definitions
from controls.services.adoption import adopt_controls, library
from controls.services.periods import set_period
from integrations.registry import load_connector
from integrations.sandbox.aws.history import LENGTH
from integrations.sandbox.aws.history import steps as aws_steps
from integrations.sandbox.aws.scenario import populate
from integrations.sandbox.aws.server import running as aws_running
from integrations.sandbox.github.clock import Clock as TwinClock
from integrations.sandbox.github.scenario import OWNER_TOKEN, fernhill
from integrations.sandbox.github.scenario import steps as github_steps
from integrations.sandbox.github.server import running as github_running
from integrations.sandbox.github.story import story
from integrations.selectors.connections import all_connections
from integrations.services.connections import _read_at, create_connection, start_connection

if TYPE_CHECKING:
    from integrations.models import Connection

SLUG, RIVAL = "fernhill", "brackwater"
LAST_DAY_TO_LOOK_BACK = 10
EVERY = timedelta(days=8)
CADENCE = 4320  # minutes: how often the past was read; the present is read every hour
ROUTINE = ("rotate", "sign in", "joins", "left,")  # daily life: the next scheduled look is soon enough
DECIDED_BY_HAND = 46  # periodic controls without a check are adopted up to this number


def beginning(now: datetime) -> datetime:
    """When the sandbox's history begins: as the running sandbox has it, so that both tell the same story."""
    kept = settings.CONFIGURATION.var_dir / "sandbox-start"
    if kept.is_file():
        return datetime.fromisoformat(kept.read_text().strip()).astimezone(UTC)
    return (now - LENGTH).replace(minute=0, second=0, microsecond=0)


def first_day(start: date) -> date:
    """The observation period's first day: the first of a month near the beginning."""
    if start.day <= LAST_DAY_TO_LOOK_BACK:
        return start.replace(day=1)
    return (start.replace(day=1) + timedelta(days=32)).replace(day=1)


def seed(say: Callable[[str], None], now: datetime | None = None) -> Organization:
    """Make the demo company, all of it. `say` is told of progress. Its past is read from a sandbox started for this purpose."""
    now = now or datetime.now(UTC)
    began = time.monotonic()
    start = beginning(now)
    start_day = first_day(start.date())
    organization = Organization.objects.create(name="Fernhill", slug=SLUG, time_zone="Europe/Berlin", is_demo=True)
    with scope(organization.pk):
        members = hire()
        set_period(
            actor=OPERATOR, name="Type 2, first report", first_day=start_day, last_day=_a_year_later(start_day),
            fieldwork_first_day=_a_year_later(start_day) + timedelta(days=5), fieldwork_last_day=_a_year_later(start_day) + timedelta(days=44),
            report_due_day=_a_year_later(start_day) + timedelta(days=79),
        )  # fmt: skip
        adopt_controls(actor=OPERATOR, codes=chosen_controls(), now=start)
        share_out(members)
        say("building the sandbox's account and organization as they were eight months ago")
        _film(start, now, say)
        perform_the_past(start_day, _a_year_later(start_day), organization.zone, now)
        seal_pending(now=now)
        _hand_over_to_the_present(now)
    say(f"the demo company stands, {time.monotonic() - began:.0f} s")
    return organization


def chosen_controls() -> list[str]:
    """Every control that a check of AWS or GitHub decides, and periodic ones that people perform."""
    known = definitions()
    decided = [
        control.code
        for control in library().values()
        if any(link.kind.decides and link.id in known and known[link.id].version for link in control.checks)
    ]
    manual = [control.code for control in library().values() if control.frequency in PERIODIC and control.code not in decided]
    return decided + manual[:DECIDED_BY_HAND]


def _film(start: datetime, now: datetime, say: Callable[[str], None]) -> None:
    with _reachable("127.0.0.1/32"), aws_running() as aws, github_running(_twin(start)) as twin:
        aws.clock.set(start)
        site = populate(aws)
        keys = {"access_key_id": "AKIAFERNHILLDEMO0001", "secret_access_key": "of the sandbox"}
        one = _connect("aws", "AWS production", start, "", {**keys, "endpoint_url": aws.url})
        two = _connect("github", "GitHub fernhill", start, "", {"organization": "fernhill", "token": OWNER_TOKEN, "base_url": twin.url})
        cloud, code = Camera(one), Camera(two)
        cloud.shoot(start, cloud.kinds, "first reading")
        code.shoot(start + timedelta(minutes=5), code.kinds, "first reading")
        reel = _Reel(cloud, code, aws, twin, start)
        for at, vendor, title, apply, short in _events(start, now, site, twin):
            reel.look_until(at, start)
            services = apply()
            reel.touch(vendor, services)
            if short:
                reel.look(min(at + timedelta(minutes=20), now), "event")
            if title and at.day % 5 == 0:
                say(f"{at:%d %b}  {title[:70]}")
        reel.look_until(now, start)
        aws.clock.set(now)
        cloud.shoot(now, cloud.kinds)
        code.shoot(now, code.kinds)
        turn_by_time(now)


class _Reel:
    """What has happened at each vendor since it was last read, and the instants at which both are looked at."""

    def __init__(self, cloud: Camera, code: Camera, aws: object, twin: object, start: datetime) -> None:
        self.cameras = {"aws": cloud, "github": code}
        self.aws, self.twin = aws, twin
        self.dirty: dict[str, frozenset[str]] = {"aws": frozenset(), "github": frozenset()}
        self.at: datetime | None = None
        self.looks = 0
        self.diary = Diary(start)

    def touch(self, vendor: str, services: set[str] | None) -> None:
        """Something happened there; these services were involved (None: any)."""
        if vendor:
            self.dirty[vendor] |= self.cameras[vendor].kinds_of_services(services or set())

    def look_until(self, until: datetime, start: datetime) -> None:
        """The scheduled looks that fall before `until`."""
        while (at := start + EVERY * (self.looks + 1)) < until:
            self.looks += 1
            self.look(at, "schedule")

    def look(self, at: datetime, why: str) -> None:
        """Really read what could differ; on schedule, record the rest again as it was."""
        self.at = at
        turn_by_time(at)
        self.aws.clock.set(at)
        self.twin.state.clock.set(at)
        for vendor, camera in self.cameras.items():
            kinds = self.dirty[vendor] | camera.troubled()
            if kinds:
                camera.shoot(at, kinds, why)
            if why == "schedule":
                camera.hold(at, apart_from=kinds)
            self.dirty[vendor] = frozenset()
        self.diary.until(at)


Event = tuple[datetime, str, str, Callable[[], set[str] | None], bool]


def _events(start: datetime, now: datetime, site: object, twin: object) -> list[Event]:
    """Everything that happens, in order of time: when, at which vendor (empty: a daily merge), what, how, and whether it is undone so
    soon that a scheduled look could miss it."""
    told = {(each.at, each.title) for each in story(start)}
    events: list[Event] = []
    for step, following in pairwise([*aws_steps(start, now), None]):

        def cloud_step(step: object = step) -> set[str]:
            before = len(site.sandbox.requests)
            step.apply(site)
            return {each.operation.split(":")[0] for each in site.sandbox.requests[before:]}

        routine = any(word in step.title for word in ROUTINE)
        soon = not routine and following is not None and timedelta(hours=2) < following.at - step.at < timedelta(hours=25)
        events.append((step.at, "aws", step.title, cloud_step, soon))
    for step in github_steps(start, now):

        def code_step(step: object = step) -> None:
            with twin.state.lock:
                twin.state.clock.set(step.at)
                step.apply(twin.state)

        is_event = (step.at, step.title) in told
        events.append((step.at, "github" if is_event else "", step.title if is_event else "", code_step, False))
    return sorted(events, key=lambda each: each[0])


def _connect(vendor: str, name: str, at: datetime, external_id: str, given: dict[str, str]) -> "Connection":
    connection = create_connection(
        actor=OPERATOR, vendor=vendor, name=name, vendor_settings=load_connector(vendor).SETTINGS, given=given, external_id=external_id, now=at,
        cadence_minutes=CADENCE,
    )  # fmt: skip
    start_connection(actor=OPERATOR, connection=connection, now=at)
    return connection


def _twin(start: datetime) -> object:
    return fernhill(TwinClock(start))


def _hand_over_to_the_present(now: datetime) -> None:
    """From now on workers read the sandbox that runs beside the site, every hour."""
    with action(ActionName.CONNECTION_CHANGED, actor=OPERATOR, detail={"demo": True}):
        for connection in all_connections():
            name = "endpoint_url" if connection.vendor == "aws" else "base_url"
            _read_at(connection, {name: _sandbox_address(connection.vendor)}, cadence_minutes=60, now=now)


def _sandbox_address(vendor: str) -> str:
    configuration = settings.CONFIGURATION
    return (configuration.sandbox_url if vendor == "aws" else configuration.sandbox_github_url) or "http://127.0.0.1:9"


def _a_year_later(day: date) -> date:
    return day.replace(year=day.year + 1) - timedelta(days=1)


@contextmanager
def _reachable(network: str) -> Iterator[None]:
    """While seeding, the sandbox started here may be reached whatever OUTGOING_ALLOW says."""
    configuration = settings.CONFIGURATION
    before = configuration.outgoing_allow
    object.__setattr__(configuration, "outgoing_allow", (*before, network))
    try:
        yield
    finally:
        object.__setattr__(configuration, "outgoing_allow", before)


def remove(say: Callable[[str], None]) -> int:
    """Remove every organization labelled demo, with all its rows and the logins made for it. Needs the owner role: what is insert-only
    for the application leaves only so. Returns how many were removed."""
    demos = list(Organization.objects.filter(is_demo=True).values_list("id", "name"))
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) "
            "WHERE c.table_schema = 'public' AND c.column_name = 'organization_id' AND t.table_type = 'BASE TABLE'"
        )
        tables = [row[0] for row in cursor.fetchall()]
        for organization_id, name in demos:
            _delete_rows(cursor, tables, organization_id)
            cursor.execute("DELETE FROM tenancy_organization WHERE id = %s", [organization_id])
            say(f"removed {name}")
        cursor.execute(
            "DELETE FROM members_user u WHERE u.email LIKE '%%@fernhill.example' OR u.email LIKE '%%@brackwater.example'"
        ) if demos else None
    return len(demos)


def _delete_rows(cursor: object, tables: list[str], organization_id: object) -> None:
    """Tables reference each other: go round until nothing is left to delete."""
    left = list(tables)
    for _round in range(len(tables)):
        blocked = []
        for table in left:
            cursor.execute("SAVEPOINT removing")
            try:
                cursor.execute(f'DELETE FROM "{table}" WHERE organization_id = %s', [organization_id])
                cursor.execute("RELEASE SAVEPOINT removing")
            except database.Database.IntegrityError:
                cursor.execute("ROLLBACK TO SAVEPOINT removing")
                blocked.append(table)
        if not blocked:
            return
        left = blocked
    print(f"could not remove rows of {', '.join(left)}", file=sys.stderr)
