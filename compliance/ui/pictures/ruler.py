"""The period ruler under the top bar: the signature of every page. Everything drawn over time hangs from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compliance.ui.figures import of_days
from compliance.ui.moments import MONTHS, day_in_full, day_text, days_text
from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.scale import Scale
from compliance.ui.pictures.svg import el, image, number, pct

_BLANK_DAYS = 365
_LABEL_WIDTH = 5.8
"""Percent that a month's name takes on a wide screen; a name under today's line would be crossed by it."""
_LABEL_WIDTH_NARROW = 13.0
"""The same on a narrow scale, where such names are hidden."""


@dataclass(frozen=True)
class Ruler:
    """What the ruler of a page says.

    ``scale`` is the period; ``now`` the present in epoch seconds (None: no today). ``coverage`` are (start, end, observed) in epoch
    seconds: None draws no band, gaps count as not observed. ``phases`` are words for the tail, what comes after the period;
    ``choices`` are (name, url, current) of the other periods one may look at. ``engagement`` is the auditor's form.
    """

    name: str
    scale: Scale
    now: float | None = None
    coverage: tuple[tuple[float, float, bool], ...] | None = None
    phases: tuple[tuple[str, str], ...] = ()
    choices: tuple[tuple[str, str, bool], ...] = ()
    note: str = ""
    engagement: bool = False

    @property
    def period(self) -> str:
        """Both ends of the period in words."""
        return days_text(self.scale.first, self.scale.last)

    @property
    def remaining(self) -> str:
        """How far we are: ``77 days left``, ``begins in 12 days``, ``ended 3 days ago``; empty when there is no today."""
        if self.now is None:
            return ""
        today = self.scale.day_at(self.now)
        if today < self.scale.first:
            return f"begins in {_days((self.scale.first - today).days)}"
        if today > self.scale.last:
            return f"ended {_days((today - self.scale.last).days)} ago"
        left = (self.scale.last - today).days
        return f"{_days(left)} left" if left else "last day"

    @property
    def picture(self) -> Picture:
        """The scale itself."""
        return ruler(self)


def ruler(subject: Ruler | None) -> Picture:
    """Draw the scale: months, weeks, the band of what was observed, and today as a plumb line. None draws a blank scale."""
    if subject is None:
        return _blank()
    scale, now = subject.scale, subject.now
    today_x = scale.x(now) if scale.holds(now) else None
    parts = list(_month_names(scale, today_x))
    parts.append(_ticks(scale, now))
    band = _band(subject)
    parts += [
        el("rect", class_="covered" if seen else "s-unobserved", x=pct(x), y=55, width=pct(width), height=4) for x, width, seen in band
    ]
    if today_x is not None:
        parts += _today(scale, now, today_x)
    desc = _description(subject)
    title = f"Observation period, {day_in_full(scale.first)} to {day_in_full(scale.last)}"
    return Picture(image(*parts, css="ruler__svg", height=60, title=title, desc=desc), lambda: _table(subject), desc)


def observed_spans(subject: Ruler) -> list[tuple[float, float, bool]]:
    """The coverage of the time passed, without gap or overlap: (start, end, observed). Observed only where some piece says so."""
    if subject.coverage is None:
        return []
    start = subject.scale.start
    until = subject.scale.end if subject.now is None else min(subject.scale.end, max(start, subject.now))
    seen = sorted((max(a, start), min(b, until)) for a, b, observed in subject.coverage if observed and a < until and b > start)
    spans: list[tuple[float, float, bool]] = []
    at = start
    for a, b in seen:
        if b <= at:
            continue
        if a > at:
            spans.append((at, a, False))
        a = max(a, at)
        if spans and spans[-1][2]:
            spans[-1] = (spans[-1][0], b, True)
        else:
            spans.append((a, b, True))
        at = b
    if at < until:
        spans.append((at, until, False))
    return spans


def _days(count: int) -> str:
    return f"{count:,} day" if count == 1 else f"{count:,} days"


def _blank() -> Picture:
    weeks = "".join(f"M{day} 0v6" for day in range(0, _BLANK_DAYS, 7))
    months = "".join(f"M{number(_BLANK_DAYS / 12 * index, 1)} -6v12" for index in range(13))
    scale = _inner(54, _BLANK_DAYS, el("path", class_="tick tick--ahead", d=weeks), el("path", class_="tick tick--month", d=months))
    title, desc = "No observation period yet", "An empty scale: choose a period to mark it."
    return Picture(image(scale, css="ruler__svg", height=60, title=title, desc=desc), None, desc)


def _inner(y: int, width: float, *children: object) -> str:
    box = f"0 0 {number(width)} 6"
    return el("svg", *children, x=0, y=y, width="100%", height=6, viewBox=box, preserveAspectRatio="none", overflow="visible")


def _ticks(scale: Scale, now: float | None) -> str:
    width = (scale.end - scale.start) / 86400
    at = width if now is None else (min(max(now, scale.start), scale.end) - scale.start) / 86400
    step = 7 if scale.days <= 400 else 0
    weeks = list(range(7, int(width), step)) if step else []
    past = "".join(f"M{day} 0v6" for day in weeks if day <= at)
    ahead = "".join(f"M{day} 0v6" for day in weeks if day > at)
    months = [0.0, *(scale.x_of_day(day) / 100 * width for day in scale.months()), width]
    marks = "".join(f"M{number(day)} -6v12" for day in months)
    paths = [el("path", class_=css, d=d) for css, d in (("tick", past), ("tick tick--ahead", ahead), ("tick tick--month", marks)) if d]
    return _inner(48, width, *paths)


def _month_names(scale: Scale, today_x: float | None) -> Iterator[str]:
    days = list(scale.months())
    every = 1 if len(days) <= 14 else 3 if len(days) <= 40 else 12
    if every > 1:
        days = [day for day in days if (day.month - 1) % every == 0]
    names = [(scale.x_of_day(day), day) for day in days]
    if not names or names[0][0] > _LABEL_WIDTH:
        names.insert(0, (0.0, scale.first))
    for index, (x, day) in enumerate(names):
        before_today = -1.0 if today_x is None else today_x - x
        if -1 < before_today < _LABEL_WIDTH or x > 100 - _LABEL_WIDTH + 1.5:
            continue
        word = MONTHS[day.month - 1] if every == 1 else str(day.year) if every == 12 else f"{MONTHS[day.month - 1]} {day.year}"
        css = "alternate" if index % 2 or -1 < before_today < _LABEL_WIDTH_NARROW else None
        yield el("text", word, class_=css, x=pct(x), dx=5, y=42)


def _band(subject: Ruler) -> list[tuple[float, float, bool]]:
    scale = subject.scale
    spans = [(scale.x(a), scale.x(b), seen) for a, b, seen in observed_spans(subject)]
    return [(round(a, 3), round(b, 3) - round(a, 3), seen) for a, b, seen in spans if round(b, 3) > round(a, 3)]


def _today(scale: Scale, now: float, x: float) -> list[str]:
    words = f"{day_text(scale.day_at(now), year=False)} · day {scale.day_number(now)}"
    width = round(6.2 * len(words) + 15)
    left, anchor, at = -width / 2, "middle", 0.0
    if x < 8:
        left, anchor, at = -6.0, "start", 2.0
    elif x > 94:
        left, anchor, at = 6.0 - width, "end", -2.0
    flag = el("rect", class_="today", x=left, y=6, width=width, height=20, rx=3)
    text = el("text", words, class_="today-text", text_anchor=anchor, x=at, y=20)
    bob = el("path", class_="today", d="M-5 59h10l-5 11z")
    return [
        el("line", class_="today-line", x1=pct(x), x2=pct(x), y1=8, y2=62),
        el("svg", flag, text, bob, x=pct(x), y=0, overflow="visible"),
    ]


def _description(subject: Ruler) -> str:
    scale, sentences = subject.scale, []
    if subject.now is not None:
        today = scale.day_at(subject.now)
        if scale.holds(subject.now):
            sentences.append(f"Today is {day_in_full(today)}, day {scale.day_number(subject.now)} of {scale.days}.")
        else:
            sentences.append(f"Today is {day_in_full(today)}; the period {subject.remaining}.")
    spans = observed_spans(subject)
    if spans:
        seen = sum(b - a for a, b, observed in spans if observed)
        passed = sum(b - a for a, b, _ in spans)
        sentences.append(
            f"All streams were observed on {of_days(seen)} of the {of_days(passed)} days so far; the band is broken where one was not."
        )
    return " ".join(sentences)


def _table(subject: Ruler) -> DataTable:
    zone_day = subject.scale.day_at
    rows = tuple(
        (
            "Observed" if seen else "Not observed",
            day_text(zone_day(a)),
            day_text(zone_day(b - 1) if b > a else zone_day(a)),
            of_days(b - a),
        )
        for a, b, seen in observed_spans(subject)
    )
    columns = (("Coverage", False), ("From", False), ("Through", False), ("Days", True))
    return DataTable("Coverage of the period", columns, rows, "stretches")
