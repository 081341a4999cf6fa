"""One cell into one value of a field. What cannot be taken as it stands is refused with a sentence, never guessed."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from compliance.seal.canonical import JsonError, parse_json
from evidence.facts import instants
from integrations.importing import severities
from integrations.importing.fields import Field
from integrations.importing.limits import MAX_CELL, MAX_DEPTH
from integrations.importing.refusals import Refused
from integrations.importing.strict import FIRST_YEAR, LAST_YEAR, check_number, check_text, exact_value
from integrations.importing.workbook import Formula

FORMATS = (
    ("iso", "2026-03-31, 2026-03-31 14:05, 2026-03-31T14:05:00Z"),
    ("dmy.", "31.03.2026 14:05"),
    ("dmy/", "31/03/2026 14:05"),
    ("mdy/", "03/31/2026 14:05"),
    ("epoch", "1774965900 (seconds since 1970)"),
)
# Fields that hold one of a few words, which our facts write in lower case: “Not affected” is not_affected.
WORDS = frozenset({"asset", "category", "employment", "form", "manager_status", "outcome", "severity", "state", "status"})
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "dmy.": re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?:[ ,]+(?P<t>\d{1,2}:\d{2}(?::\d{2})?))?"),
    "dmy/": re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})(?:[ ,]+(?P<t>\d{1,2}:\d{2}(?::\d{2})?))?"),
    "mdy/": re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})(?:[ ,]+(?P<t>\d{1,2}:\d{2}(?::\d{2})?))?"),
}
_YES = frozenset({"true", "yes", "y", "1", "x", "on", "enabled", "active"})
_NO = frozenset({"false", "no", "n", "0", "off", "disabled", "inactive"})
_NUMBER = re.compile(r"[+-]?\d{1,16}")


def value_of(field: Field, cell: Any, written: str, empty: str, zone: str) -> Any:
    """The value. `written` is a key of FORMATS, `empty` says what an empty cell means. Raises Refused."""
    if isinstance(cell, Formula):
        raise Refused("holds a formula or an error; formulas are not calculated here, paste its value")
    if isinstance(cell, str):
        cell = cell.strip()
        if len(cell) > MAX_CELL:
            raise Refused(f"has {len(cell):,} characters, more than the {MAX_CELL:,} that are read")
    if cell is None or cell == "":
        return _nothing(field, empty)
    match field.form:
        case "instant":
            return check_text(_instant(cell, written, zone), "instant")
        case "day":
            return check_text(_day(cell, written, zone), "day")
        case "number":
            return _number(cell)
        case "yes_no":
            return _truth(cell)
        case "list":
            return _list(field, cell, written, zone)
        case "parts" | "part":
            return _parts(field, cell)
    text = _text(cell)
    if field.name == "severity":
        text = severities.of_word(text) or text
    if field.name in WORDS:
        text = re.sub(r"[\s-]+", "_", text.strip().casefold())
    return check_text(text, "text")


def written_as(cells: Iterable[Any]) -> str:
    """The one way in which all these points in time can be written, `iso` where none or more than one fits: 03/04 is March in one country
    and April in another."""
    texts = [each.strip() for each in cells if isinstance(each, str) and each.strip()]
    fitting = [key for key, _label in FORMATS if texts and key != "epoch" and all(_fits(each, key) for each in texts)]
    return fitting[0] if len(fitting) == 1 else "iso"


def _fits(text: str, written: str) -> bool:
    try:
        _moment(text, written)
    except Refused:
        return False
    return True


def _nothing(field: Field, empty: str) -> Any:
    if field.required and not field.nullable and field.name == "subject":
        raise Refused("is empty; each row needs the key by which it is known again")
    if empty == "none" and field.blank:
        return ""
    if empty == "none" and field.form in ("list", "parts"):
        return ()
    if field.nullable:
        return None
    if field.form == "text" and not field.required:
        return ""
    if field.form in ("list", "parts"):
        return ()
    if not field.required:
        raise KeyError(field.name)  # the class's own default stands
    raise Refused("is empty, and no fact can be made without it")


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != datetime.min.time() else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return repr(cell)
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False, sort_keys=True)
    return str(cell)


def _number(cell: Any) -> int:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return check_number(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    text = _text(cell).strip()
    if not _NUMBER.fullmatch(text):
        raise Refused("is no whole number without separators")
    return check_number(int(text))


def _truth(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    word = _text(cell).strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Refused("is neither yes nor no (yes, true, 1, x; no, false, 0)")


def _instant(cell: Any, written: str, zone: str) -> str:
    moment = _within(_moment(cell, written))
    if moment.tzinfo is None:
        moment = _in_zone(moment, zone)
    return instants.to_text(moment) or ""


def _day(cell: Any, written: str, zone: str) -> str:
    moment = _within(_moment(cell, written))
    if moment.tzinfo is not None:
        moment = moment.astimezone(_zone(zone))
    return moment.date().isoformat()


def _within(moment: datetime) -> datetime:
    """Raises Refused for a year in which no deadline can be counted."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Refused(f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return moment


def _moment(cell: Any, written: str) -> datetime:
    """A cell as a moment; without a zone where it names none; a day alone is its first moment."""
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - its zone is the file's, added by the caller
    text = _text(cell).strip()
    try:
        if written == "epoch":
            if not re.fullmatch(r"-?\d{1,11}", text):
                raise ValueError(text)
            return datetime.fromtimestamp(int(text), UTC)
        if written == "iso":
            if not re.match(r"\d{4}-\d{2}-\d{2}", text):
                raise ValueError(text)
            return datetime.fromisoformat(text)
        return _by_pattern(text, written)
    except (ValueError, OverflowError, OSError):
        raise Refused(f"is not written as {dict(FORMATS)[written]}") from None


def _by_pattern(text: str, written: str) -> datetime:
    found = _PATTERNS[written].fullmatch(text)
    if found is None:
        raise ValueError(text)
    clock = [int(each) for each in (found["t"] or "0:0").split(":")]
    return datetime(int(found["y"]), int(found["m"]), int(found["d"]), *clock)  # noqa: DTZ001 - as above


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _in_zone(moment: datetime, zone: str) -> datetime:
    """The instant of a clock in that zone. Raises Refused for a time that its clocks skip or show twice."""
    known = _zone(zone)
    first, second = moment.replace(tzinfo=known, fold=0), moment.replace(tzinfo=known, fold=1)
    if first.utcoffset() != second.utcoffset():
        skipped = first.astimezone(UTC).astimezone(known).replace(tzinfo=None) != moment
        what = "does not exist" if skipped else "comes twice"
        raise Refused(f"{what} on the clocks of {zone} on that day; write it with its offset, such as +01:00")
    return first


def _list(field: Field, cell: Any, written: str, zone: str) -> tuple[str, ...]:
    if isinstance(cell, str) and cell.startswith("["):
        cell = _json(cell)
    if isinstance(cell, list):
        if not all(isinstance(each, str) for each in cell):
            raise Refused("has to be a list of texts")
        items = cell
    else:
        items = [each.strip() for each in _text(cell).split(";") if each.strip()]
    if field.item == "instant":
        return tuple(check_text(_instant(each, written, zone), "instant") for each in items)
    return tuple(check_text(each, field.item) for each in items)


def _parts(field: Field, cell: Any) -> Any:
    return exact_value(field.hint, _json(cell) if isinstance(cell, str) else cell, field.form, "")


def _json(text: str) -> Any:
    try:
        return parse_json(text.encode("utf-8", "surrogatepass"), max_depth=MAX_DEPTH)
    except JsonError as error:
        raise Refused(f"is not usable JSON: {error}") from None
