"""Sentences that sheets share."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from compliance.tenancy import scope
from compliance.tenancy.models import Organization
from compliance.ui.figures import duration, figure

COMPLETENESS_WORDS = {
    "consistent_read": "read as one snapshot of one instant",
    "total": "read to the end, against the vendor's own total",
    "last_page": "read to the last page",
    "double_pass": "read twice with the same result",
    "none": "no proof of completeness",
}
MOST_GAPS = 12
ROOT = Path(__file__).resolve().parents[2]


def instant(at: datetime | None) -> str:
    """`2026-03-02 12:00:00 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else "unknown"


def instant_of(text: str) -> str:
    """The same of an instant as text."""
    return instant(datetime.fromisoformat(text)) if text else "unknown"


def in_zone(at: datetime, zone: str) -> str:
    """`2026-03-01 00:00 CET`, for bounds."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"


def completeness_words(name: str) -> str:
    """A completeness class in words."""
    return COMPLETENESS_WORDS.get(name, name.replace("_", " "))


def gap_words(gaps: Sequence[Mapping[str, Any]]) -> list[str]:
    """Gaps of observation, the first dozen one by one."""
    kinds = {"before": "before the first reading", "between": "no whole reading", "after": "no whole reading since", "never": "never read"}
    told = [
        f"{each['system']} {each['fact']}: {instant_of(each['from'])} to {instant_of(each['until'])} ({duration(each['seconds'])}), {kinds[each['kind']]}"
        for each in gaps[:MOST_GAPS]
    ]
    return [*told, f"and {len(gaps) - MOST_GAPS} more"] if len(gaps) > MOST_GAPS else told


def call_words(call: Mapping[str, Any]) -> str:
    """The calls of one operation: how many, with which parameters, and how paging ended."""
    parameters = "; ".join(each for each in call["parameters"] if each != "{}") or "no parameters"
    more = f" and {call['different'] - len(call['parameters'])} more forms" if call["different"] > len(call["parameters"]) else ""
    times = "call" if call["calls"] == 1 else "calls"
    return f"{call['operation']}: {figure(call['calls'])} {times}, {parameters}{more}"


def page_words(call: Mapping[str, Any]) -> str:
    """How the pages of one operation ended. A list is whole when one page fewer announced another than there are pages, per list."""
    total = f", the vendor counts {figure(call['total'])}" if call["total"] is not None else ""
    ended = "no further page announced at the end" if call["announced"] < call["calls"] else "the last page announced another one"
    faults = ", with faults" if call["faulty"] else ""
    return f"{call['operation']}: {figure(call['rows'])} rows in {figure(call['calls'])} answers{total}; {ended}{faults}"


def collector_words(vendor: str, version: str) -> str:
    """Which code read. The ledger of released modules is data of the release; it tells what is installed now."""
    count, digest = _modules(vendor)
    if not count:
        return f"Collector {vendor} {version}; no modules of its own are released (brought or pushed facts are mapped, not collected)"
    return f"Collector {vendor} {version}; its {count} released modules as installed now: SHA-256 {digest} over their paths and digests"


@lru_cache(maxsize=32)
def _modules(vendor: str) -> tuple[int, str]:
    path = ROOT / "controls" / "checks" / "ledger.json"
    prefix = f"integrations/vendors/{vendor}/collectors/"
    lines = [f"{name} {digest}\n" for name, digest in sorted(json.loads(path.read_text()).items()) if name.startswith(prefix)]
    return len(lines), hashlib.sha256("".join(lines).encode()).hexdigest()


def organization_words() -> str:
    """The organization that the sheet speaks of."""
    return Organization.objects.values_list("name", flat=True).get(pk=scope.organization_id())


def environment_words() -> str:
    """The label of the organization: production unless it is a demonstration."""
    demo = Organization.objects.values_list("is_demo", flat=True).get(pk=scope.organization_id())
    return "Organization labelled demonstration: sources may be simulated" if demo else "Production data of the organization"
