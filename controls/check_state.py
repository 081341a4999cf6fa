"""The state of a check: one function, used by evaluation, pages, scan and tests. Green only when observed and passing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from controls.outcomes import CheckState

# connectors.md 3.4, best first; a check may demand a minimum
COMPLETENESS_RANK = {"consistent_read": 4, "total": 3, "double_pass": 3, "last_page": 2, "none": 0, "": 0}
# Before a category of system in `needs` and `denied`: a join lacks that system, which is no refusal of anybody
SYSTEM = "system: "
BLINDING = frozenset({"permission_missing", "auth_expired", "auth_revoked", "misconfigured"})


@dataclass(frozen=True, slots=True)
class StreamSeen:
    """What matters of a stream for a check's state."""

    kind: str
    observed_until: datetime | None
    stale_at: datetime | None
    completeness: str
    trouble: str
    trouble_detail: str
    denied: frozenset[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """The state and the sentence that explains it."""

    state: CheckState
    detail: str = ""


def sight(
    *, enabled: bool, missing: str, needs: frozenset[str], completeness: str, streams: Iterable[StreamSeen], at: datetime
) -> Seen | None:
    """Why the check cannot be relied upon at `at`, or None when it was observed well enough. Counts play no part here."""
    if missing:
        return Seen(CheckState.NO_DATA, missing)
    if not enabled:
        return Seen(CheckState.DISABLED, "switched off")
    streams = list(streams)
    if not streams:
        return Seen(CheckState.NO_DATA, "nothing that is connected provides this")
    for stream in streams:
        if stream.trouble in BLINDING:
            return Seen(CheckState.ERROR, f"{stream.kind} could not be read: {stream.trouble_detail}")
        refused = needs & stream.denied
        if refused and all(each.startswith(SYSTEM) for each in refused):
            absent = ", ".join(sorted(each.removeprefix(SYSTEM) for each in refused))
            return Seen(CheckState.NO_DATA, f"not connected or not read whole now: {absent}")
        if refused:
            return Seen(CheckState.ERROR, f"permission is missing for {', '.join(sorted(refused))}")
        if stream.trouble == "not_licensed":
            return Seen(CheckState.NO_DATA, f"the vendor's plan does not offer {stream.kind}: {stream.trouble_detail}")
    for stream in streams:
        if stream.observed_until is None:
            return Seen(CheckState.NO_DATA, f"{stream.kind} has never been read whole")
        if completeness and COMPLETENESS_RANK[stream.completeness] < COMPLETENESS_RANK[completeness]:
            return Seen(CheckState.NO_DATA, f"{stream.kind} was read as {stream.completeness}; this check needs {completeness}")
        if stream.stale_at is not None and stream.stale_at <= at:
            return Seen(CheckState.STALE, f"{stream.kind} was last read whole at {stream.observed_until:%Y-%m-%d %H:%M} UTC")
    return None


def check_state(*, blind: Seen | None, passing: int, failing: int, not_applicable: int, unknown: int, waived: int = 0) -> Seen:
    """The state from sight and counts. A subject known to fail without a waiver stays failing until it is seen mended, however blind we
    are since (failed > not observed > waived); but a missing logic or a switched-off check says nothing at all."""
    if blind is not None and blind.state is CheckState.DISABLED:
        return blind
    if failing > waived:
        return Seen(CheckState.FAIL, blind.detail if blind else "")
    if blind is not None:
        return blind
    if failing:
        return Seen(CheckState.FAIL)
    if not passing and not not_applicable and not unknown:
        return Seen(CheckState.NO_POPULATION, "no subject was found; this says nothing until a person explains it")
    if unknown:
        return Seen(CheckState.NO_DATA, f"for {unknown} subjects what the check needs was not observed")
    if passing:
        return Seen(CheckState.PASS)
    return Seen(CheckState.NOT_APPLICABLE, "by rule the claim speaks of none of the subjects")
