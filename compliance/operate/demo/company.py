"""Seeding the demo company: members, period, controls, connections, twelve months of past. Removing it again."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db import connection as database

from compliance.members.models import User
from compliance.operate.demo.decisions import Diary
from compliance.operate.demo.evidence import bring_the_library
from compliance.operate.demo.film.frames import HISTORY, beginning_before
from compliance.operate.demo.film.showing import Projector, conclude, show
from compliance.operate.demo.film.stages import STAGES
from compliance.operate.demo.filming import Camera
from compliance.operate.demo.manual import perform_the_past
from compliance.operate.demo.people import hire, share_out
from compliance.operate.demo.tasks import give_tasks
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import OPERATOR
from compliance.trail.names import ActionName
from compliance.vault.services.sealing import seal_pending
from controls.catalogue.entries import PERIODIC
from controls.registry import definitions
from controls.services.adoption import adopt_controls, library
from controls.services.evaluation import evaluate_due
from controls.services.periods import set_period
from integrations.registry import load_connector
from integrations.selectors.connections import all_connections
from integrations.services.connections import _read_at, create_connection, start_connection

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

    from integrations.models import Connection

SLUG, RIVAL = "fernhill", "brackwater"
DOMAINS = ("@fernhill.example", "@brackwater.example")
ADDRESS = {"aws": "endpoint_url", "github": "base_url", "okta": "org_url", "bamboohr": "base_url", "jira": "site_url"}
SETTLING = timedelta(days=40)  # the period begins on the first of a month when the first weeks of setting up are over
CADENCE = 1440  # minutes: how often the past was read; the present is read every hour
DECIDED_BY_HAND = 46  # periodic controls without a check are adopted up to this number


def beginning(now: datetime) -> datetime:
    """When the sandbox's history begins: as the running sandbox has it, so that both tell the same story."""
    kept = settings.CONFIGURATION.var_dir / "sandbox-start"
    if kept.is_file():
        return datetime.fromisoformat(kept.read_text().strip()).astimezone(UTC)
    return beginning_before(now - HISTORY)


def first_day(start: date) -> date:
    """The observation period's first day: the first of the month after the weeks of setting up."""
    settled = start + SETTLING
    return (settled.replace(day=1) + timedelta(days=32)).replace(day=1)


def seed(say: Callable[[str], None], now: datetime | None = None) -> Organization:
    """Make the demo company, all of it. `say` is told of progress. Its past begins with sandboxes started for this purpose."""
    now = now or datetime.now(UTC)
    began = time.monotonic()
    start = beginning(now)
    start_day = first_day(start.date())
    with database.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")  # of this session only: what a crash loses is made anew
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
        _film(start, now, say)
        perform_the_past(start_day, _a_year_later(start_day), organization.zone, now)
        bring_the_library(now)
        give_tasks(members, organization.zone)
        seal_pending(now=now)
        _hand_over_to_the_present(now)
    say(f"the demo company stands, {time.monotonic() - began:.0f} s")
    return organization


def chosen_controls() -> list[str]:
    """Every control that a check with logic decides, and periodic ones that people perform."""
    known = definitions()
    decided = [
        control.code
        for control in library().values()
        if any(link.kind.decides and link.id in known and known[link.id].version for link in control.checks)
    ]
    manual = [control.code for control in library().values() if control.frequency in PERIODIC and control.code not in decided]
    return decided + manual[:DECIDED_BY_HAND]


def _film(start: datetime, now: datetime, say: Callable[[str], None]) -> None:
    """The first look at every vendor is real; what was seen afterwards is shown from the film."""
    projectors = []
    with _reachable("127.0.0.1/32"):
        for vendor, stage in STAGES.items():
            with stage(start, start) as opened:
                connection = _connect(vendor, opened.name, start, opened.given)
                camera = Camera(connection)
                camera.shoot(start + timedelta(minutes=opened.minute), camera.kinds, "first reading")
                projectors.append(Projector(camera, start, now, opened.minute))
            say(f"{opened.name}: read for the first time, as of {start:%d %b %Y}")
    diary = Diary(start)
    months: set[str] = set()

    def between(at: datetime) -> None:
        diary.until(at)
        if (month := f"{at:%B %Y}") not in months:
            months.add(month)
            say(month)

    show(projectors, now, between)
    for projector in projectors:
        projector.hold(now)
    conclude(now, quality=True)
    evaluate_due(now=now)


def _connect(vendor: str, name: str, at: datetime, given: dict[str, str]) -> "Connection":
    connection = create_connection(
        actor=OPERATOR, vendor=vendor, name=name, vendor_settings=load_connector(vendor).SETTINGS, given=given, external_id="", now=at,
        cadence_minutes=CADENCE,
    )  # fmt: skip
    start_connection(actor=OPERATOR, connection=connection, now=at)
    return connection


def _hand_over_to_the_present(now: datetime) -> None:
    """From now on workers read the sandbox that runs beside the site, every hour."""
    with action(ActionName.CONNECTION_CHANGED, actor=OPERATOR, detail={"demo": True}):
        for connection in all_connections():
            _read_at(connection, {ADDRESS[connection.vendor]: _sandbox_address(connection.vendor)}, cadence_minutes=60, now=now)


def _sandbox_address(vendor: str) -> str:
    configuration = settings.CONFIGURATION
    return dict(configuration.sandbox_urls).get(vendor, "http://127.0.0.1:9")


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


class RemovalFailed(RuntimeError):
    """Rows of a demo organization are still needed by others; nothing was removed."""


def remove(say: Callable[[str], None]) -> int:
    """Remove every organization labelled demo, with all its rows and the logins made for it. Needs the owner role and an open
    transaction: what is insert-only for the application leaves only so. Returns how many were removed. Raises RemovalFailed."""
    demos = list(Organization.objects.filter(is_demo=True).values_list("id", "name"))
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) "
            "WHERE c.table_schema = 'public' AND c.column_name = 'organization_id' AND t.table_type = 'BASE TABLE' ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what blocks is told at its table, in time to try it again after the others
        cursor.execute("SET CONSTRAINTS last_admin_removed, last_admin_demoted DEFERRED")  # asked when the organization is gone too
        for organization_id, name in demos:
            _delete_rows(cursor, tables, organization_id)
            cursor.execute("DELETE FROM tenancy_organization WHERE id = %s", [organization_id])
            say(f"removed {name}")
        if demos:
            _delete_logins(cursor)
    return len(demos)


def _delete_rows(cursor: "CursorWrapper", tables: list[str], organization_id: uuid.UUID) -> None:
    """Tables reference each other: go round until nothing is left to delete, or nothing more can be."""
    left = tables
    while left:
        blocked = [table for table in left if not _deleted(cursor, table, organization_id)]
        if len(blocked) == len(left):
            raise RemovalFailed(f"rows of {', '.join(blocked)} are needed by others: nothing was removed")
        left = blocked


def _deleted(cursor: "CursorWrapper", table: str, organization_id: uuid.UUID) -> bool:
    try:
        with transaction.atomic():
            cursor.execute(f'DELETE FROM "{table}" WHERE organization_id = %s', [organization_id])
    except IntegrityError:
        return False
    return True


def _delete_logins(cursor: "CursorWrapper") -> None:
    """Users with a demo address who are members nowhere any more."""
    cursor.execute("SELECT user_id FROM members_membership")
    kept = {user_id for (user_id,) in cursor.fetchall()}
    for domain in DOMAINS:
        for user in User.objects.filter(email__endswith=domain).exclude(pk__in=kept):
            user.delete()
