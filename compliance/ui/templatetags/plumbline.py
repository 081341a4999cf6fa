"""``{% load plumbline %}``: every component of the user interface as a tag. Signatures and examples stand in the style guide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from urllib.parse import urlencode

from django import template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from compliance.ui import figures, moments, sprite
from compliance.ui.pictures import hang_lines as hang_lines_picture
from compliance.ui.pictures import matrix as matrix_picture
from compliance.ui.pictures import sparkline as sparkline_picture
from compliance.ui.pictures import stack_bar as stack_bar_picture
from compliance.ui.pictures import strip as strip_picture
from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.ruler import Ruler
from compliance.ui.pictures.ruler import ruler as ruler_picture
from compliance.ui.pictures.svg import safe
from compliance.ui.states import FIGURES, State, state_of

register = template.Library()

_PHONE_SECTIONS = ("overview", "check", "controls", "evidence")
_SEVERITIES = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low", "info": "Information"}
_CALLOUTS = {"": "info", "info": "info", "failed": "failed", "waived": "waived", "unobserved": "unobserved", "met": "met"}


# ---------------------------------------------------------------- icons and states


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of the set; with ``label`` it is read aloud, without it is decoration. ``css`` e.g. ``icon--12``."""
    return sprite.icon(name, label, css)


@register.simple_tag
def icon_sprite() -> SafeString:
    """The sprite that all icons and hatches refer to; the layouts write it once."""
    return sprite.sprite()


@register.simple_tag
def health(
    state: object,
    since: dt.datetime | dt.date | None = None,
    until: dt.datetime | dt.date | None = None,
    age: float | None = None,
    word: str = "",
    note: str = "",
    large: bool = False,
    past: bool = False,
    zone: object = None,
) -> SafeString:
    """A state as icon, word and colour. ``since``/``until`` add a day, ``age`` (seconds) a length, ``note`` what stands behind a colon."""
    shown = state_of(state)
    words = word or (shown.past if past else shown.now)
    if until is not None and shown.name == "waived" and not (word or large):
        words = "Waived"
    hints = []
    if age is not None:
        words = f"{words} {figures.duration(age).split(' ')[0]}"
    if since is not None:
        words = f"{words} since {_day_of(since, zone)}"
        hints.append(f"since {_hint_of(since)}")
    if until is not None:
        words = f"{words} {'until' if large else 'to'} {_day_of(until, zone, year=large)}"
        hints.append(f"until {_hint_of(until)}")
    if note:
        words = f"{words}: {note}"
    return _health(shown, words, large, ", ".join(hints))


@lru_cache(maxsize=1024)
def _health(shown: State, words: str, large: bool, hint: str) -> SafeString:
    css = f"health health--{shown.css}" + (" health--large" if large else "")
    title = format_html(' title="{}"', hint) if hint else ""
    return format_html('<span class="{}"{}>{}{}</span>', css, title, sprite.icon(shown.icon), words)


def _day_of(value: dt.datetime | dt.date, zone: object, *, year: bool = True) -> str:
    if isinstance(value, dt.datetime):
        value = moments.utc_instant(value).astimezone(_zone(zone)).date()
    return moments.day_text(value, year=year)


def _hint_of(value: dt.datetime | dt.date) -> str:
    return moments.iso(value) if isinstance(value, dt.datetime) else value.isoformat()


def _zone(zone: object) -> dt.tzinfo:
    return moments.zone_of(zone) if zone else timezone.get_current_timezone()


@register.simple_tag
def severity(level: object) -> SafeString:
    """How bad a failure is, as filled bars and a word; ink, because red, amber and green are for states only."""
    key = str(getattr(level, "value", level)).lower()
    if key not in _SEVERITIES:
        raise ValueError(f"Unknown severity {level!r}; use one of {', '.join(_SEVERITIES)}.")
    return format_html('<span class="severity">{}{}</span>', sprite.icon(f"severity-{key}"), _SEVERITIES[key])


@register.simple_tag
@lru_cache(maxsize=64)
def legend(states: str = "") -> SafeString:
    """The key of the strip: names of states parted by spaces, all five when left out."""
    chosen = [state_of(name) for name in (states.split() or FIGURES)]
    items = format_html_join("", "<li>{}{}</li>", ((key_mark(state.name), state.past) for state in chosen))
    return format_html('<ul class="legend">{}</ul>', items)


@register.simple_tag
@lru_cache(maxsize=64)
def key_mark(state: str) -> SafeString:
    """The small mark that stands for a state in a legend or a table of figures."""
    css = state_of(state).css
    y, height = {"met": (8, 4), "no-occurrence": (8.5, 3), "waived": (3, 9)}.get(css, (1, 11))
    return format_html(
        '<svg class="key" aria-hidden="true"><rect class="s-{}" x="1" y="{}" width="16" height="{}"/></svg>',
        css,
        y,
        height,
    )


# ---------------------------------------------------------------- time and figures


@register.simple_tag
def instant(value: dt.datetime | float | None, zone: object = None, style: str = "full") -> SafeString:
    """An instant in the reader's zone, the UTC instant in ``datetime`` and ``title``. Styles: full, short, time, day. None is a dash."""
    if value is None or value == "":
        return mark_safe('<span class="label">–</span>')
    utc = moments.iso(value)
    return format_html('<time datetime="{}" title="{}">{}</time>', utc, utc, moments.instant_text(value, _zone(zone), style))


@register.simple_tag
def day(value: dt.date | None, year: bool = True) -> SafeString:
    """A calendar day, ``11 Jul 2026`` or ``11 Jul``. None is a dash."""
    if value is None or value == "":
        return mark_safe('<span class="label">–</span>')
    if isinstance(value, dt.datetime):
        raise ValueError("{% day %} takes a date; use {% instant value style='day' %} for an instant, which needs a zone.")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), moments.day_text(value, year=year))


@register.simple_tag
def days(first: dt.date, last: dt.date) -> str:
    """A range of days, both ends included."""
    return moments.days_text(first, last)


@register.simple_tag
def duration(seconds: float | dt.timedelta | None) -> str:
    """A length of time in its two largest units, ``4 d 5 h``."""
    return figures.duration(seconds.total_seconds() if isinstance(seconds, dt.timedelta) else seconds)


@register.simple_tag(name="figure")
def figure_tag(number: object, unit: str = "", places: int | None = None) -> str:
    """A figure with thousands parted and a narrow space before its unit."""
    return figures.figure(number, unit, places)


@register.filter(name="figure")
def figure_filter(number: object) -> str:
    """``{{ n|figure }}``: thousands parted."""
    return figures.figure(number)


@register.simple_tag
def percent(part: float, whole: float, places: int = 1) -> str:
    """A share with its sign; never 100 unless it is all, never 0 unless it is nothing."""
    return figures.percent(part, whole, places)


# ---------------------------------------------------------------- small pieces


@register.simple_tag
def digest(value: object, whole: bool = False) -> SafeString:
    """A SHA-256 digest, first eight and last six digits; the whole of it in ``title``. Bytes, hex, with or without ``sha256:``."""
    if not value:
        return mark_safe('<span class="label">–</span>')
    text = value.hex() if isinstance(value, (bytes, memoryview)) else str(value)
    text = text.removeprefix("sha256:")
    if whole or len(text) <= 16:
        return format_html('<span class="digest" title="sha256:{0}">{0}</span>', text)
    return format_html('<span class="digest" title="sha256:{}"><b>{}</b>…{}</span>', text, text[:8], text[-6:])


@register.simple_tag
def code(text: object) -> SafeString:
    """An identifier or raw value in monospace."""
    return format_html('<span class="code">{}</span>', text)


@register.filter
def initials(name: str) -> str:
    """First letters of the first and the last word of a name, in capitals; ``?`` when it has no letter or digit."""
    words = [word for word in ("".join(c for c in part if c.isalnum()) for part in name.split()) if word]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.simple_tag
def avatar(name: object = "", role: str = "") -> SafeString:
    """A person as initials with the name read aloud; nobody as a dashed circle."""
    return _avatar(str(name or "").strip(), role)


@lru_cache(maxsize=1024)
def _avatar(text: str, role: str) -> SafeString:
    if not text:
        return mark_safe('<span class="avatar avatar--none" role="img" aria-label="No owner" title="No owner"></span>')
    spoken = f"{text}, {role}" if role else text
    return format_html('<span class="avatar" role="img" aria-label="{0}" title="{0}">{1}</span>', spoken, initials(text))


@register.simple_tag
def person(name: object = "", note: str = "") -> SafeString:
    """Avatar and name; ``note`` in small beside it."""
    text = str(name or "").strip()
    beside = format_html(' <span class="label">{}</span>', note) if note else ""
    if not text:
        return format_html('<span class="person"><span class="avatar avatar--none" aria-hidden="true"></span>No owner{}</span>', beside)
    mark = format_html('<span class="avatar" aria-hidden="true">{}</span>', initials(text))
    return format_html('<span class="person">{}{}{}</span>', mark, text, beside)


@register.simple_tag
def tags(items: Iterable[object]) -> SafeString:
    """Small framed words: plain texts, or (text, url)."""

    def tag(item: object) -> SafeString:
        text, url = item if isinstance(item, (tuple, list)) else (item, "")
        return format_html('<a class="tag" href="{}">{}</a>', url, text) if url else format_html('<span class="tag">{}</span>', text)

    return format_html('<span class="tags">{}</span>', mark_safe("".join(tag(item) for item in items)))


@register.simple_tag
def diff(before: object = "", after: object = "") -> SafeString:
    """What a value was and is, one line each; an empty side is left out."""
    old = format_html("<del>{}</del>", before) if before not in ("", None) else ""
    new = format_html("<ins>{}</ins>", after) if after not in ("", None) else ""
    return format_html('<div class="diff">{}{}</div>', old, new)


@register.simple_tag
def stat(label: str, value: object, unit: str = "", than: str = "", url: str = "", state: str = "") -> SafeString:
    """A figure with its unit and a comparison, inside ``<dl class="stats">``. ``url`` leads to the rows that it counts."""
    text = value if isinstance(value, str) else figures.figure(value)
    number = format_html('<a href="{}">{}</a>', url, text) if url else text
    small = format_html(" <small>{}</small>", unit) if unit else ""
    beside = format_html('<dd class="stat__than">{}</dd>', than) if than else ""
    mark = key_mark(state) if state else ""
    body = format_html('<dt>{}{}</dt><dd class="stat__figure">{}{}</dd>{}', mark, label, number, small, beside)
    return format_html('<div class="stat">{}</div>', body)


@register.simple_tag
def progress(done: float, total: float, label: str = "done") -> SafeString:
    """A bar of work done, with the counts in words."""
    share = 100 * min(max(done, 0), total) / total if total else 0
    words = f"{figures.figure(done)} of {figures.figure(total)} {label}"
    return format_html(
        '<svg class="progress" role="img" aria-label="{}"><rect class="track" width="100%" height="6" rx="3"/>'
        '<rect class="done" width="{}%" height="6" rx="3"/></svg>',
        words,
        f"{share:.2f}".rstrip("0").rstrip("."),
    )


# ---------------------------------------------------------------- blocks


@register.simple_block_tag
def callout(content: str, kind: str = "info", title: str = "", icon: str = "", role: str = "") -> SafeString:
    """What happened, what is safe, what to do. ``kind``: info, failed, waived, unobserved, met. A button goes last, class callout__act."""
    if kind not in _CALLOUTS:
        raise ValueError(f"Unknown kind {kind!r} of callout; use one of {', '.join(name for name in _CALLOUTS if name)}.")
    css = "callout" if kind in ("", "info") else f"callout callout--{kind}"
    mark = sprite.icon(icon or ("error" if kind == "failed" else _CALLOUTS[kind]))
    heading = format_html("<p><b>{}</b></p>", title) if title else ""
    spoken = format_html(' role="{}"', role) if role else ""
    return format_html('<div class="{}"{}>{}<div class="callout__text">{}{}</div></div>', css, spoken, mark, heading, content)


@register.simple_block_tag
def empty(content: str, title: str, level: int = 3) -> SafeString:
    """An empty list that teaches: what belongs here, why an auditor asks for it, and the button that starts it."""
    heading = format_html("<h{0}>{1}</h{0}>", int(level), title)
    return format_html('<div class="empty">{}{}</div>', heading, content)


@register.simple_block_tag
def td(content: str, label: str = "", css: str = "") -> SafeString:
    """A cell that says its column when the row is stacked on a phone."""
    classes = format_html(' class="{}"', css) if css else ""
    said = format_html(' data-label="{}"', label) if label else ""
    inner = mark_safe(content.strip()) if isinstance(content, SafeString) else content
    return format_html("<td{}{}>{}</td>", classes, said, inner)


# ---------------------------------------------------------------- lists and navigation


@register.simple_tag
def tabs(items: Iterable[Mapping[str, object]], label: str = "Parts") -> SafeString:
    """Parts of a page as links: name, url, count, current."""
    return _component("tabs", items=list(items), label=label)


@register.simple_tag
def chips(items: Iterable[Mapping[str, object]], label: str = "") -> SafeString:
    """Filters as links: name, url, count, icon, current. They work without script and can be sent."""
    return _component("chips", items=list(items), label=label)


@register.simple_tag
def facts(pairs: Iterable[tuple[object, object]], narrow: bool = False) -> SafeString:
    """Names and values, one under the other."""
    return _component("facts", pairs=list(pairs), narrow=narrow)


@register.simple_tag
def timeline(entries: Iterable[Mapping[str, object]], zone: object = None) -> SafeString:
    """What happened, newest first: text, who, when, note, state, before, after, url."""
    known = [{**entry, "mark": _mark_of(entry.get("state"))} for entry in entries]
    return _component("timeline", entries=known, zone=zone)


def _mark_of(state: object) -> str:
    return state_of(state).css if state else ""


@register.simple_tag(takes_context=True)
def sort_th(context: template.Context, label: str, key: str, css: str = "", default: str = "", num: bool = False) -> SafeString:
    """A column heading that sorts by link. ``default`` is the order when the address says none; the place in the list is dropped."""
    query = _query(context)
    current = query.get("sort") or default
    turned = f"-{key}" if current == key else key
    query["sort"] = turned
    query.pop("cursor", None)
    order = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    aria = format_html(' aria-sort="{}"', order) if order else ""
    classes = f"{css} num".strip() if num else css
    mark = {"ascending": "up", "descending": "down"}.get(order, "sort")
    return format_html(
        '<th scope="col"{}{}><a class="sort" href="?{}">{}{}</a></th>',
        format_html(' class="{}"', classes) if classes else "",
        aria,
        urlencode(query, doseq=True),
        label,
        sprite.icon(mark, css="icon--12"),
    )


@register.simple_tag(takes_context=True)
def pages(context: template.Context, page: object, noun: str = "rows") -> SafeString:
    """Links to the rows before and after. ``page`` has previous and next (cursors, empty at an end), shown and total (may be None)."""

    def of(name: str) -> object:
        return page.get(name) if isinstance(page, Mapping) else getattr(page, name, None)

    def link(cursor: object) -> str:
        query = _query(context)
        query["cursor"] = str(cursor)
        return f"?{urlencode(query, doseq=True)}"

    before, after = of("previous"), of("next")
    shown, total = of("shown"), of("total")
    return _component(
        "pages",
        previous=link(before) if before else "",
        next=link(after) if after else "",
        shown=shown,
        total=total,
        noun=noun,
    )


def _query(context: template.Context) -> dict[str, object]:
    request = context.get("request")
    if request is None:
        return {}
    return {key: values if len(values) > 1 else values[0] for key, values in request.GET.lists() if values}


@register.simple_tag
def rail_items(rail: Iterable[object]) -> list[dict[str, object]]:
    """The sections with ``main`` set on the four that a phone shows in its bar; the others go behind *More*."""
    items = [{name: _of(item, name) for name in ("name", "url", "icon", "count", "current")} for item in rail or ()]
    first = [item for item in items if item["icon"] in _PHONE_SECTIONS]
    chosen = [*first, *(item for item in items if item["icon"] not in _PHONE_SECTIONS)][:4]
    for item in items:
        item["main"] = any(item is one for one in chosen)
    return items


def _of(item: object, name: str) -> object:
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)


# ---------------------------------------------------------------- forms


@register.simple_tag
def field(bound: BoundField, wide: bool = False, hint: str = "") -> SafeString:
    """A form field: label, control, hint and errors, the last two tied to the control by ``aria-describedby``."""
    if bound.is_hidden:
        return bound.as_widget()
    kind = bound.widget_type
    choice = kind == "checkbox"
    group = kind in ("radioselect", "checkboxselectmultiple")
    hint = hint or bound.help_text
    base = bound.id_for_label if not group else f"id_{bound.html_name}"
    errors_id, hint_id = f"{base}_error", f"{base}_hint"
    described = " ".join(part for part, wanted in ((errors_id, bound.errors), (hint_id, hint)) if wanted)
    own = bound.field.widget.attrs.get("class", "")
    attrs = {"class": f"{own} {'check' if choice or group else 'input'}".strip()}
    if described and not group:
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    choices = list(bound) if group else []
    for option in choices:
        option.data["attrs"]["class"] = "check"
    return _component(
        "field",
        bound=bound,
        widget=bound.as_widget(attrs=attrs),
        choices=choices,
        choice=choice,
        group=group,
        hint=hint,
        hint_id=hint_id,
        errors_id=errors_id,
        described=described,
        wide=wide,
    )


@register.simple_tag
def form_errors(form: BaseForm) -> SafeString:
    """The summary above a form that was refused: what is wrong as a whole, and links to the fields. Nothing when all is well."""
    if not form.errors:
        return mark_safe("")
    bad = [bound for bound in form.visible_fields() if bound.errors]
    hidden = [f"{bound.label}: {error}" for bound in form.hidden_fields() for error in bound.errors]
    return _component("form_errors", general=[*form.non_field_errors(), *hidden], fields=bad)


# ---------------------------------------------------------------- pictures


@register.simple_tag
def strip(
    pieces: Sequence[tuple[float, float, object]],
    ruler: Ruler | None,
    size: str = "mini",
    label: str = "",
    days: Mapping[str, object] | None = None,
) -> Picture | SafeString:
    """The period strip on the scale of the page's ruler; a page without a period says so."""
    if not ruler:
        return mark_safe('<span class="label">No period yet</span>')
    scale = ruler.scale
    return strip_picture.strip(pieces, scale.start, scale.end, now=ruler.now, size=size, label=label, days=days, zone=scale.zone)


@register.simple_tag
def hang_lines(ruler: Ruler | None) -> SafeString:
    """Month lines and today behind a list; nothing without a period."""
    return hang_lines_picture.hang_lines(ruler.scale, ruler.now) if ruler else mark_safe("")


@register.simple_tag
def stack_bar(counts: Mapping[str, int], label: str = "", widest: int | None = None) -> Picture:
    """Health of a group, one mark per control."""
    return stack_bar_picture.stack_bar(counts, label=label, widest=widest)


@register.simple_tag
def sparkline(values: Sequence[float], label: str = "", tone: str = "") -> Picture:
    """A small line for a row."""
    return sparkline_picture.sparkline(values, label=label, tone=tone)


@register.simple_tag
def shapes(states: Sequence[str], label: str = "") -> SafeString:
    """Packed marks of controls, worst first."""
    return matrix_picture.shapes(states, label)


@register.simple_tag
def shape(kind: str, state: str) -> SafeString:
    """One mark of the matrix, for legends."""
    return matrix_picture.shape(kind, state)


@register.inclusion_tag("components/ruler.html")
def ruler_bar(ruler: Ruler | None, period_url: str = "") -> dict[str, object]:
    """The ruler under the top bar; blank without a period, with a way to set one where ``period_url`` is given."""
    return {"ruler": ruler or None, "picture": ruler_picture(ruler or None), "period_url": period_url}


@register.simple_tag
def show_data(picture: Picture | None, open: bool = False) -> SafeString:
    """The table behind a picture, closed at first. Nothing for a picture without data."""
    table = getattr(picture, "table", None)
    if table is None:
        return mark_safe("")
    return _component("data_table", table=table, count=len(table.rows), rows=_rows(table), open=open)


def _rows(table: DataTable) -> SafeString:
    # Written here, not in the template: hundreds of rows that few people open would be half the time of a page.
    kinds = [' class="num"' if num else "" for _heading, num in table.columns]
    cells = [f'<td data-label="{safe(heading)}"{kind}>' for (heading, _num), kind in zip(table.columns, kinds, strict=True)]
    written = []
    for row in table.rows:
        written.append("<tr>")
        written += [f"{cell}{safe(value)}</td>" for cell, value in zip(cells, row, strict=True)]
        written.append("</tr>")
    return mark_safe("".join(written))


def _component(name: str, **context: object) -> SafeString:
    return render_to_string(f"components/{name}.html", context)
