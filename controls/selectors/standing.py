"""What every page of a programme has to know before anything else, asked in one round trip."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from compliance.tenancy.together import ask
from compliance.vault.selectors.log import LogState, latest_sealed
from compliance.work.selectors.notices import unread_asked
from controls.models import Period
from evidence.selectors.streams import unmarked_stale_asked


@dataclass(frozen=True, slots=True)
class Standing:
    """`stale`: (vendor, kind) of streams whose time is over although nobody has marked them, since when: the worker is behind or dead.
    `sealed`: the latest checkpoint of the log, None before the first. `unread`: notices that who asks has not read."""

    periods: tuple[Period, ...]
    stale: Mapping[tuple[str, str], datetime]
    sealed: LogState | None
    unread: int


def standing(now: datetime) -> Standing:
    """How the organization in scope stands at its present."""
    periods, stale, sealed, unread = ask(Period.objects.all(), unmarked_stale_asked(now), latest_sealed(), unread_asked())
    marked = {(vendor, kind): since for vendor, kind, since in stale}
    return Standing(tuple(periods), marked, sealed[0] if sealed else None, unread[0])
