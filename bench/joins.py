"""Joining people across systems: ten times the data may take twelve times as long, and joining again without news writes nothing."""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from bench.figures import Figure
from compliance.operate.scale.history import make_organization
from compliance.tenancy.scope import scope
from compliance.trail.actor import OPERATOR
from controls.services.adoption import adopt_controls
from controls.services.evaluation import evaluate_run
from evidence.facts.account.v1 import Account as AccountFact
from evidence.facts.fact import Fact
from evidence.facts.identity.v1 import Factor, Identity
from evidence.facts.person.v1 import Person
from evidence.facts.tracker_user.v1 import TrackerUser
from evidence.models import Record, Run
from evidence.readings import Observed, Reading
from evidence.services.runs import Account, end_run, record_run, start_run
from people.services.pairing import pair

PERSONS = 50_000
ACCOUNTS_EACH = 10  # one identity, one tracker account and eight cloud accounts of as many sources
CLOUDS = ACCOUNTS_EACH - 2
STALENESS = 30 * 24 * 3600
CODES = ("AC-01", "AC-02", "AC-12", "AC-16")
CREATED = "2024-01-01T00:00:00Z"


def measure(quick: bool) -> Iterator[Figure]:
    """A tenth of the company first, then all of it."""
    persons = PERSONS // 10 if quick else PERSONS
    small, _small_again, _grown, _judged = _joined(persons // 10, "bench-joins-small")
    large, again, grown, judged = _joined(persons, "bench-joins-large")
    accounts = persons * ACCOUNTS_EACH
    yield Figure(
        f"joining {persons:,} people, {accounts:,} accounts : a tenth", large / small, 12, "at most", "",
        f"{large:.1f} s with {judged:,} judgements, a tenth {small:.2f} s",
    )  # fmt: skip
    yield Figure("joining them again without news : the first time", again / large, 0.6, "at most", "", f"{again:.1f} s")
    yield Figure("new records of joining again", grown, 0, "at most")


def _joined(persons: int, slug: str) -> tuple[float, float, int, int]:
    """(seconds of the first joining with its judging, seconds of the second, records that the second wrote, judgements)."""
    now = datetime.now(UTC)
    organization = make_organization(slug, now - timedelta(days=3))
    with scope(organization.pk):
        adopt_controls(actor=OPERATOR, codes=CODES, now=now - timedelta(days=1))
        _record("bamboohr", "hr", "person", (_person(number) for number in range(persons)), now)
        _record("okta", "idp", "identity", (_identity(number) for number in range(persons)), now)
        _record("jira", "site", "tracker_user", (_tracker(number) for number in range(persons)), now)
        for cloud in range(CLOUDS):
            _record("aws", f"cloud {cloud}", "account", (_cloud(number, cloud) for number in range(persons)), now)
        judged: list[int] = []
        first = _timed(lambda: judged.append(_pair(now)))
        before = Record.objects.count()
        again = _timed(lambda: judged.append(_pair(now + timedelta(hours=1))))
        return first, again, Record.objects.count() - before, judged[0]


def _pair(at: datetime) -> int:
    run: Run = pair(now=at, actor=OPERATOR)
    judged = evaluate_run(run, now=at, actor=OPERATOR)
    end_run(actor=OPERATOR, run=run, now=at)
    return judged


def _record(vendor: str, account: str, kind: str, facts: Iterator[Fact], at: datetime) -> None:
    connection = uuid.uuid5(uuid.NAMESPACE_DNS, f"{vendor} {account}")
    run = start_run(
        actor=OPERATOR, connection_id=connection, vendor=vendor, connector_version="bench", kinds=[kind], started_by="bench", now=at
    )
    reading = Reading(
        vendor=vendor, kind=kind, mode="snapshot", complete=True, completeness="double_pass", observations=[Observed(each) for each in facts],
        staleness_seconds=STALENESS,
    )  # fmt: skip
    record_run(
        actor=OPERATOR, run=run, account=Account(account, account, "bench"), readings=[reading], calls=(), read_page=lambda _d: b"", now=at
    )
    end_run(actor=OPERATOR, run=run, now=at)


def _person(number: int) -> Person:
    return Person(
        subject=str(number), name=f"Person {number}", employee_number=f"E{number:06}", work_email=f"person.{number}@bench.example",
        employment="employee", status="active", hired="2024-01-01", last_day="", department=f"Department {number % 40}",
    )  # fmt: skip


def _identity(number: int) -> Identity:
    email = f"person.{number}@bench.example"
    return Identity(
        subject=f"00u{number:017}", name=f"Person {number}", login=email, email=email, employee_number=f"E{number:06}", status="active",
        enabled=True, created=CREATED, factors=(Factor(kind="push", status="active"),), roles=(), groups=(),
    )  # fmt: skip


def _tracker(number: int) -> TrackerUser:
    return TrackerUser(
        subject=f"5b{number:022}", name=f"Person {number}", email=f"person.{number}@bench.example", kind="person", enabled=True
    )


def _cloud(number: int, cloud: int) -> AccountFact:
    arn = f"arn:aws:iam::{cloud:012}:user/person.{number}"
    return AccountFact(subject=arn, name=f"person.{number}", console_access=True, mfa=True, created=CREATED, administrator=False)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
