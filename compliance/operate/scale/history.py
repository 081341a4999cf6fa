"""Months of runs over a made-up account, each recorded, judged and ended as a worker would: one look a day."""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from compliance.operate.scale.population import Population
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.actor import OPERATOR
from compliance.vault.services.sealing import seal_pending
from controls.services.adoption import adopt_controls, library
from controls.services.evaluation import evaluate_due, evaluate_run
from evidence.services.runs import Account, end_run, record_run, start_run

if TYPE_CHECKING:
    from evidence.models import Run

DAY = timedelta(days=1)
STALENESS = 3 * DAY  # three times the cadence of one look a day
PAGE = b'{"made up": true}'
PAGE_DIGEST = hashlib.sha256(PAGE).hexdigest()


def make_organization(slug: str, now: datetime) -> Organization:
    """A demo organization with every control of the library. Raises ValueError when the slug is taken."""
    if Organization.objects.filter(slug=slug).exists():
        raise ValueError(f"there is an organization {slug} already: choose another --prefix")
    organization = Organization.objects.create(name=slug.replace("-", " ").title(), slug=slug, time_zone="Europe/Berlin", is_demo=True)
    with scope(organization.pk):
        adopt_controls(actor=OPERATOR, codes=library(), now=now)
    return organization


def seed_history(
    organization: Organization,
    population: Population,
    *,
    days: int,
    changes: int,
    until: datetime,
    told: Callable[[int], None] = lambda _day: None,
) -> None:
    """Look once a day for that many days, the last time at `until`; `changes` subjects change from day to day."""
    connection_id = uuid.uuid4()
    with scope(organization.pk):
        for day in range(days):
            at = until - DAY * (days - 1 - day)
            if day:
                population.change(changes)
            look(population, connection_id, at)
            evaluate_due(now=at, actor=OPERATOR)
            told(day)
        seal_pending(now=until)


def look(population: Population, connection_id: uuid.UUID, at: datetime, *, evaluate: bool = True) -> "Run":
    """One run over the population as it is, in the organization in scope."""
    run = start_run(
        actor=OPERATOR,
        connection_id=connection_id,
        vendor="aws",
        connector_version="scale",
        kinds=population.kinds,
        started_by="seed_scale",
        now=at,
    )
    record_run(
        actor=OPERATOR, run=run, account=Account(population.account, "Scale", "seed_scale"),
        readings=population.readings(page=PAGE_DIGEST, staleness=STALENESS), calls=(), read_page=lambda _digest: PAGE, now=at,
    )  # fmt: skip
    if evaluate:
        evaluate_run(run, now=at, actor=OPERATOR)
        end_run(actor=OPERATOR, run=run, now=at)
    return run
