"""A programme with months of looks behind it, for tests of pages: recorded, judged and sealed by the ways that runs take."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from compliance.operate.scale.history import look
from compliance.operate.scale.population import Population
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.vault.services.sealing import seal_pending
from compliance.work.services.problems import raise_problem
from controls.services.adoption import adopt_controls
from controls.services.evaluation import evaluate_due
from controls.services.periods import set_period
from evidence.models import Run
from integrations.models import Connection, Due
from tests.conftest import arranging

SUBJECTS = 12


def programme(organization: Organization, codes: Collection[str], *, looks: int, days_between: int = 1) -> Connection:
    """Adopt `codes`, set a period of a year around today, and look `looks` times, the last time now; four subjects change each time."""
    now = datetime.now(UTC)
    first = now - timedelta(days=days_between * (looks - 1))
    population = Population(SUBJECTS, first)
    with scope(organization.pk):
        adopt_controls(actor=SYSTEM, codes=codes, now=first)
        opened = min(first.date(), (now - timedelta(days=180)).date())
        set_period(actor=SYSTEM, name="First year", first_day=opened, last_day=(now + timedelta(days=180)).date())
    with arranging(organization):
        connection = Connection.objects.create(vendor="aws", name="Production", state="active", external_id="x", created_at=first)
        Due.objects.create(connection=connection, next_run_at=now + timedelta(hours=1))
    with scope(organization.pk):
        for number in range(looks):
            if number:
                population.change(4)
            look(population, connection.pk, now - timedelta(days=days_between * (looks - 1 - number)))
        evaluate_due(now=now, actor=SYSTEM)
        seal_pending(now=now)
        source = Run.objects.order_by("-started_at").first().source_id
    with arranging(organization):
        Connection.objects.update(source_id=source)
    with scope(organization.pk):
        raise_problem(
            cause="test", title="Production cannot be read", detail="The credential expired.", remedy="Give it a new one.", severity="critical",
            about_kind="connection", about_id=connection.pk, affected=3, now=now,
        )  # fmt: skip
    return connection
