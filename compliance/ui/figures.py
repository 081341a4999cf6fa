"""Figures as people read them: thousands parted, a narrow space before the unit, durations in two steps."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

THIN = "\u202f"
"""Narrow no-break space, between a figure and its unit."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def figure(number: object, unit: str = "", places: int | None = None) -> str:
    """``25986, "rows"`` becomes ``25,986 rows``. None becomes a dash. Floats are shown with at most ``places`` (default 1) decimals.

    Raises ``ValueError`` when ``number`` is not a number.
    """
    if number is None or number == "":
        return "–"
    try:
        value = number if isinstance(number, int) else Decimal(str(number))
    except ArithmeticError:
        raise ValueError(f"{number!r} is not a number.") from None
    if not isinstance(value, int) and not value.is_finite():
        raise ValueError(f"{number!r} is not a finite number.")
    if places is not None:
        text = f"{Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"
    elif isinstance(value, int) or value == value.to_integral_value():
        text = f"{int(value):,}"
    else:
        text = f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP):,}"
    text = text.replace("-", "−")
    return f"{text}{THIN}{unit}" if unit else text


def percent(part: float, whole: float, places: int = 1) -> str:
    """Share of ``part`` in ``whole``, ``94.3 %``. A whole of nothing has no share: a dash. Never rounds up to 100 or down to 0."""
    if not whole:
        return "–"
    share = Decimal(str(part)) * 100 / Decimal(str(whole))
    step = Decimal(1).scaleb(-places)
    rounded = share.quantize(step, ROUND_HALF_UP)
    if rounded == 100 and share < 100:
        rounded = 100 - step
    if rounded == 0 and share > 0:
        rounded = step
    if rounded in (0, 100):
        return f"{int(rounded)}{THIN}%"
    return f"{rounded}{THIN}%"


def duration(seconds: float | None) -> str:
    """Seconds in the two largest units that say something: ``4 d 5 h``, ``3 h 12 min``, ``41 s``. None becomes a dash."""
    if seconds is None:
        return "–"
    rest = int(abs(seconds))
    days, rest_of_day = divmod(rest, _DAY)
    hours, rest_of_hour = divmod(rest_of_day, _HOUR)
    minutes, left = divmod(rest_of_hour, _MINUTE)
    if days:
        pieces = [(days, "d"), (hours if days < 100 else 0, "h")]
    elif hours:
        pieces = [(hours, "h"), (minutes, "min")]
    elif minutes:
        pieces = [(minutes, "min"), (left if minutes < 10 else 0, "s")]
    else:
        pieces = [(left, "s")]
    text = " ".join(f"{n:,}{THIN}{unit}" for index, (n, unit) in enumerate(pieces) if n or index == 0)
    return f"−{text}" if seconds < 0 else text


def of_days(seconds: float) -> str:
    """Seconds as days with at most one decimal and no unit, ``11`` or ``10.5``; anything above nothing is at least ``0.1``."""
    days = Decimal(str(seconds)) / _DAY
    if 0 < days < Decimal("0.1"):
        days = Decimal("0.1")
    return figure(days)
