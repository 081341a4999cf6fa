"""What is asked for when a package is: read the same by the page and the API."""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from audits.packages.scopes import KINDS, PackageScope
from compliance.members.roles import Right, allows
from controls.selectors.packing import controls_in_force
from controls.selectors.periods import periods
from evidence.selectors.populations import population_by_id

LONGEST = timedelta(days=3 * 366)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def default_days(now: datetime) -> tuple[date, date]:
    """First and last day of the latest period, else of the year up to now."""
    latest = periods().order_by("-first_day", "-id").first()
    return (latest.first_day, latest.last_day) if latest is not None else (now.date() - timedelta(days=365), now.date())


def scope_asked(given: Mapping[str, str], *, role: str, zone: str, now: datetime) -> PackageScope:
    """The scope that a request names: `scope`, `ref`, `first_day`, `last_day`. Days count in the organization's zone, ends included; what has
    not happened yet is left out. Raises ValidationError by field."""
    errors: dict[str, str] = {}
    kind, ref = given.get("scope", "") or "everything", given.get("ref", "").strip()
    if kind not in KINDS:
        errors["scope"] = f"Choose one of {', '.join(KINDS)}."
    elif kind == "control" and not controls_in_force(ref or "-"):
        errors["ref"] = "There is no control of that code."
    elif kind == "population" and not _population(ref):
        errors["ref"] = "There is no frozen population of that id."
    usual = default_days(now)
    days = [_day(given.get(name, ""), otherwise, name, errors) for name, otherwise in zip(("first_day", "last_day"), usual, strict=True)]
    if not errors and days[0] > days[1]:
        errors["last_day"] = "The last day lies before the first."
    if errors:
        raise ValidationError(errors)
    local = ZoneInfo(zone or "UTC")
    start = datetime.combine(days[0], time.min, local).astimezone(UTC)
    until = min(datetime.combine(days[1] + timedelta(days=1), time.min, local).astimezone(UTC), now)
    if until <= start:
        raise ValidationError({"first_day": "This lies in the future; nothing was observed then."})
    if until - start > LONGEST:
        raise ValidationError({"first_day": "At most three years go into one package."})
    return PackageScope(
        kind=kind, ref="" if kind == "everything" else ref, start=start, until=until, role=role, raw=allows(role, Right.SEE_RAW)
    )  # fmt: skip


def _population(ref: str) -> bool:
    try:
        return population_by_id(uuid.UUID(ref)) is not None
    except ValueError:
        return False


def _day(text: str, otherwise: date, name: str, errors: dict[str, str]) -> date:
    if not text:
        return otherwise
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        errors[name] = "Give a day as 2026-03-31."
        return otherwise
