"""A round over all organizations: who has a checkpoint that is not countersigned has it shown to those whom the operator named."""

import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from celery.utils.log import get_task_logger
from django.conf import settings

from compliance.countersigning.asking import NotReached, Refused
from compliance.countersigning.stamping import stamp_latest
from compliance.countersigning.witnessing import Disagrees, cosign_latest
from compliance.seal.cosignature import WitnessKey
from compliance.seal.merkle import ProofError
from compliance.seal.note import NoteError
from compliance.seal.timestamp import read_authorities
from compliance.tenancy import scope as tenant
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.vault.selectors.countersigned import cosigned_size, stamped_size, uncovered_since
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

LATE = timedelta(days=1)
"""How long somebody outside may be out of reach before an organization is told."""


@dataclass(frozen=True, slots=True)
class Countersigner:
    """An authority or a witness: `name` as it stands in problems, `ask` shows it the latest checkpoint of the organization in scope and
    says whether its answer was kept, `covered` gives the size that it countersigned last."""

    name: str
    ask: Callable[[datetime], bool]
    covered: Callable[[], int]


def countersign_round(now: Callable[[], datetime] = lambda: datetime.now(UTC), seconds: float = ROUND_SECONDS) -> int:
    """Have the latest checkpoints stamped and cosigned, of as many organizations as `seconds` allow, in an order that changes. Whoever
    cannot be reached once is not asked again in this round. Returns how many stamps and cosignatures were kept."""
    all_of_them, down = _countersigners(), {}
    if not all_of_them:
        return 0
    kept, end = 0, time.monotonic() + seconds
    organizations = list(Organization.objects.values_list("pk", flat=True))
    random.shuffle(organizations)
    for organization_id in organizations:
        with scope(organization_id):
            for each in all_of_them:
                if time.monotonic() > end:
                    return kept
                kept += _asked(each, down, now())
    return kept


def _countersigners() -> list[Countersigner]:
    """Those whom the operator named."""
    configuration = settings.CONFIGURATION
    found = []
    if configuration.tsa_url:
        authorities = read_authorities(configuration.tsa_ca) if configuration.tsa_ca else []
        every = timedelta(minutes=configuration.tsa_every_minutes)
        ask = partial(stamp_latest, configuration.tsa_url, authorities, every)
        found.append(Countersigner("time-stamping authority", ask, stamped_size))
    for url, key in configuration.witnesses:
        found.append(Countersigner(f"witness {key.name}", partial(_cosigned, url, key), partial(cosigned_size, key.name)))
    return found


def _cosigned(url: str, key: WitnessKey, _now: datetime) -> bool:
    return cosign_latest(url, key)


def _asked(each: Countersigner, down: dict[str, str], now: datetime) -> bool:
    """Ask about the organization in scope, unless it is down. A refusal becomes the organization's problem, and so does being out of reach
    for long; both end with the next answer that is kept."""
    if each.name in down:
        _tell_if_late(each, down[each.name], now)
        return False
    try:
        kept = each.ask(now)
    except NotReached as error:
        log.warning("%s", error)
        down[each.name] = str(error)
        _tell_if_late(each, str(error), now)
        return False
    except Disagrees as error:
        _tell(each, f"The {each.name} saw another log than the one here", str(error), GRAVE, "critical", now)
        return False
    except Refused as error:
        _tell(each, f"The {each.name} does not countersign the log", str(error), REMEDY, "medium", now)
        return False
    except (NoteError, ProofError) as error:
        _tell(each, f"The log cannot be shown to the {each.name}", str(error), DAMAGED, "high", now)
        return False
    if kept:
        resolve_problems(about_id=_about(each), now=now)
    return kept


def _tell_if_late(each: Countersigner, why: str, now: datetime) -> None:
    since = uncovered_since(each.covered())
    if since is not None and now - since > LATE:
        _tell(each, f"The {each.name} cannot be reached", why, REMEDY, "medium", now)


def _tell(each: Countersigner, title: str, detail: str, remedy: str, severity: str, now: datetime) -> None:
    log.warning("%s: %s", title, detail)
    raise_problem(
        cause=f"log:countersigned:{each.name}", title=title, detail=detail[:2000], remedy=remedy, severity=severity, about_kind="log",
        about_id=_about(each), affected=0, now=now,
    )  # fmt: skip


def _about(each: Countersigner) -> uuid.UUID:
    return uuid.uuid5(tenant.organization_id(), f"countersigned by {each.name}")
