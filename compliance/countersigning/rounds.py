"""A round over all organizations: who has a checkpoint that is not countersigned has it shown to those whom the operator named."""

import random
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from celery.utils.log import get_task_logger
from django.conf import settings

from compliance.countersigning.asking import NotReached, Refused
from compliance.countersigning.stamping import stamp_latest
from compliance.countersigning.witnessing import Disagrees, cosign_latest
from compliance.seal.merkle import ProofError
from compliance.seal.note import NoteError
from compliance.seal.timestamp import read_authorities
from compliance.tenancy import scope as tenant
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.work.services.problems import raise_problem, resolve_problems

log = get_task_logger(__name__)
ROUND_SECONDS = 45.0
REMEDY = (
    "Everything is sealed as before; only the outside witness of it is missing. It is asked again every minute. Whoever runs this "
    "installation finds its settings under TSA_URL and WITNESS_URLS in docs/operator/configuration.md."
)
GRAVE = (
    "Compare the log with a checkpoint that somebody kept, run verify_store, and find out whether an older backup was restored or the "
    "log was rewritten. Tell your auditor; a witness does not forget."
)
DAMAGED = "A checkpoint or a tile of the log is damaged: run verify_store, which names it and says what to do."

Ask = Callable[[datetime], bool]


def countersign_round(now: Callable[[], datetime] = lambda: datetime.now(UTC), seconds: float = ROUND_SECONDS) -> int:
    """Have the latest checkpoints stamped and cosigned, of as many organizations as `seconds` allow, in an order that changes. Whoever
    cannot be reached once is not asked again in this round. Returns how many stamps and cosignatures were kept."""
    left = _countersigners()
    if not left:
        return 0
    kept, end = 0, time.monotonic() + seconds
    organizations = list(Organization.objects.values_list("pk", flat=True))
    random.shuffle(organizations)
    for organization_id in organizations:
        with scope(organization_id):
            for name, ask in list(left.items()):
                if time.monotonic() > end:
                    return kept
                try:
                    kept += _asked(name, ask, now())
                except NotReached as error:
                    log.warning("%s", error)
                    del left[name]
    return kept


def _countersigners() -> dict[str, Ask]:
    """By a name that stands for it in problems: how each of those that the operator named is asked."""
    configuration = settings.CONFIGURATION
    asks: dict[str, Ask] = {}
    if configuration.tsa_url:
        authorities = read_authorities(configuration.tsa_ca) if configuration.tsa_ca else []
        every = timedelta(minutes=configuration.tsa_every_minutes)
        asks["time-stamping authority"] = lambda now, url=configuration.tsa_url: stamp_latest(url, authorities, every, now)
    for url, key in configuration.witnesses:
        asks[f"witness {key.name}"] = lambda _now, url=url, key=key: cosign_latest(url, key)
    return asks


def _asked(name: str, ask: Ask, now: datetime) -> bool:
    """Ask about the organization in scope; a refusal becomes its problem, which ends with the next answer that is kept."""
    about = uuid.uuid5(tenant.organization_id(), f"countersigned by {name}")
    try:
        kept = ask(now)
    except (NoteError, ProofError) as error:
        log.warning("the log of %s cannot be shown to the %s: %s", tenant.organization_id(), name, error)
        raise_problem(
            cause=f"log:countersigned:{name}", title=f"The log cannot be shown to the {name}", detail=str(error)[:2000], remedy=DAMAGED,
            severity="high", about_kind="log", about_id=about, affected=0, now=now,
        )  # fmt: skip
        return False
    except Refused as error:
        grave = isinstance(error, Disagrees)
        log.warning("%s", error)
        raise_problem(
            cause=f"log:countersigned:{name}",
            title=f"The {name} saw another log than the one here" if grave else f"The {name} does not countersign the log",
            detail=str(error)[:2000], remedy=GRAVE if grave else REMEDY, severity="critical" if grave else "medium", about_kind="log",
            about_id=about, affected=0, now=now,
        )  # fmt: skip
        return False
    if kept:
        resolve_problems(about_id=about, now=now)
    return kept
