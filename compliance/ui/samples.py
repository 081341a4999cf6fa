"""Fixed, invented data for the living style guide: Fernhill on 15 July 2026, day 288 of its first period."""

from __future__ import annotations

import datetime as dt

from django import forms

from compliance.ui.pictures.calls_bar import calls_bar
from compliance.ui.pictures.duration_bars import duration_bars
from compliance.ui.pictures.histogram import histogram
from compliance.ui.pictures.limit_line import limit_line
from compliance.ui.pictures.matrix import Cell, Column, Row, matrix
from compliance.ui.pictures.risk_grid import risk_grid
from compliance.ui.pictures.ruler import Ruler
from compliance.ui.pictures.runs_strip import runs_strip
from compliance.ui.pictures.scale import Scale
from compliance.ui.pictures.step_line import Series, step_line
from compliance.ui.pictures.week_bars import week_bars
from compliance.ui.sprite import ICONS
from compliance.ui.states import PRECEDENCE

SCALE = Scale(dt.date(2025, 10, 1), dt.date(2026, 9, 30), "UTC")
NOW = dt.datetime(2026, 7, 15, 14, 0, tzinfo=dt.UTC)
_DAY = 86400
_DIGEST = "55d91a3561684b32df5e58a0d91968b93798af4f924bba383e1c98625ec0c834"


def _pieces(*runs: tuple[int, int, str]) -> list[tuple[float, float, str]]:
    """Met from the first day to today, but for ``runs`` of (first day, days, state)."""
    overlaid = [(SCALE.start + first * _DAY, SCALE.start + (first + count) * _DAY, state) for first, count, state in runs]
    free, at = [], SCALE.start
    for start, end, _ in sorted(overlaid):
        if start > at:
            free.append((at, start, "met"))
        at = max(at, end)
    if at < NOW.timestamp():
        free.append((at, NOW.timestamp(), "met"))
    return sorted([*free, *overlaid])


CONTROL = _pieces(
    (0, 4, "not_observed"),
    (20, 4, "not_observed"),
    (47, 3, "failed"),
    (96, 3, "failed"),
    (131, 4, "not_observed"),
    (160, 1, "failed"),
    (205, 14, "waived"),
    (283, 5, "failed"),
)
CONSOLE_MFA = _pieces((47, 3, "failed"), (131, 4, "not_observed"), (283, 5, "failed"))
FACTORS = _pieces((20, 4, "not_observed"), (96, 3, "failed"), (205, 14, "waived"))
YEARLY = _pieces((0, 120, "no_occurrence"), (120, 6, "failed"), (200, 88, "no_occurrence"))
NEVER = [(SCALE.start, NOW.timestamp(), "not_observed")]
WAIVED = [(SCALE.start, NOW.timestamp(), "waived")]
NOTHING_DUE = [(SCALE.start, NOW.timestamp(), "no_occurrence")]

RULER = Ruler(
    name="Type 2, first report",
    scale=SCALE,
    now=NOW.timestamp(),
    coverage=tuple((a, b, state != "not_observed") for a, b, state in CONTROL),
    phases=(("Fieldwork", "5 Oct – 13 Nov"), ("Report due", "18 Dec 2026")),
    choices=(("Type 2, first report", "#period-1", True), ("Type 1, 30 Sep 2025", "#period-0", False)),
)

_FAILING = (3, 3, 5, 4, 5, 4, 6, 5, 4, 4, 3, 2, 3, 4, 5, 4, 4, 6, 5, 4, 3, 3, 4, 5, 6, 6, 5, 4, 4, 5, 4, 3, 4, 3, 5, 5, 5, 5, 6, 8, 9)
_UNOBSERVED = {0: 7, 2: 6, 3: 6, 18: 12, 19: 12, 40: 5}


class WaiverForm(forms.Form):
    """The example of a form: a field of every kind."""

    reason = forms.CharField(label="Reason for the waiver", help_text="Shown to the auditor", widget=forms.Textarea(attrs={"rows": 2}))
    ends = forms.DateField(label="Ends on")
    approver = forms.ChoiceField(label="Approver", choices=[("marta", "Marta Lindqvist"), ("elena", "Elena Rossi")])
    ticket = forms.CharField(label="Ticket", required=False)
    reach = forms.ChoiceField(
        label="It covers",
        widget=forms.RadioSelect,
        choices=[("check", "This check only"), ("control", "The whole control")],
        initial="check",
    )
    tell = forms.BooleanField(label="Tell the owner by e-mail", required=False, initial=True)


def refused_form() -> WaiverForm:
    """The example form after an answer that was not accepted."""
    form = WaiverForm({"reason": "Replacement of six phones", "ends": "31 Dec 2027", "approver": "marta", "reach": "check"})
    form.is_valid()
    form.errors["ends"] = form.error_class(["A waiver lasts at most 90 days: until 13 Oct 2026."])
    return form


def guide() -> dict[str, object]:
    """The context of the style guide, the same at every call."""
    noon = NOW.timestamp()
    weeks = [(SCALE.start + index * 7 * _DAY, failing, _UNOBSERVED.get(index, 0)) for index, failing in enumerate(_FAILING)]
    population = tuple((SCALE.start + day * _DAY, value) for day, value in ((0, 58), (26, 59), (78, 57), (118, 60), (204, 62), (283, 64)))
    failing = tuple((SCALE.start + day * _DAY, value) for day, value in ((0, 0), (47, 1), (50, 0), (283, 1), (284, 2)))
    trend_start = noon - 90 * _DAY
    trend = tuple(
        (trend_start + day * _DAY, value) for day, value in ((0, 4), (6, 5), (18, 4), (27, 3), (45, 5), (68, 5), (77, 7), (87, 9))
    )
    unseen = ((trend_start, 0), (trend_start + 86 * _DAY, 5))
    month = noon - 30 * _DAY
    runs = [(month + index * _DAY / 2, month + index * _DAY / 2 + 340, "complete", "") for index in range(60)]
    runs[17] = (runs[17][0], runs[17][0] + 90, "partial", "licence does not include factors")
    runs[41] = (runs[41][0], runs[41][0] + 12, "failed", "GitHub answered 403")
    runs[59] = (runs[59][0], None, "running", "")
    month_start = SCALE.start + 258 * _DAY
    calls = [(month_start + index * _DAY, 1200 + (index * 977) % 2100) for index in range(30)]
    return {
        "ruler": RULER,
        "organization": {"name": "Fernhill", "slug": "fernhill"},
        "organizations": [{"name": "Fernhill", "url": "#", "current": True}, {"name": "Brackwater", "url": "#", "current": False}],
        "membership": {"name": "Priya Natarajan", "role": "Compliance manager"},
        "rail": rail("controls"),
        "crumbs": [("Fernhill", "#"), ("Style guide", "")],
        "seal": {"text": "Log sealed 14:00 UTC", "note": "184,311 entries", "url": "#"},
        "unread": 4,
        "version": "0.1",
        "urls": {"home": "#", "palette": "#palette", "notifications": "#", "profile": "#", "sign_out": "#", "period": "#", "help": "#"},
        "states": [*PRECEDENCE, "pass", "fail", "not_applicable", "error", "stale", "no_data", "no_population"],
        "severities": ["critical", "high", "medium", "low", "info"],
        "now": NOW,
        "since": dt.datetime(2026, 7, 11, 8, 42, tzinfo=dt.UTC),
        "until": dt.date(2026, 8, 31),
        "digest": _DIGEST,
        "control": CONTROL,
        "console_mfa": CONSOLE_MFA,
        "factors": FACTORS,
        "yearly": YEARLY,
        "never": NEVER,
        "waived": WAIVED,
        "nothing_due": NOTHING_DUE,
        "control_days": {"met": 250, "failed": 11, "waived": 14, "not_observed": 12},
        "week_bars": week_bars(weeks, SCALE, title="Controls not met, by week", total=96),
        "population": step_line(
            [Series("Users with a console password", "ink", population)],
            SCALE.start,
            SCALE.end,
            title="AWS users with a console password, by day",
            unit="users",
            floor=50,
            gaps=[(SCALE.start + 131 * _DAY, SCALE.start + 135 * _DAY)],
            now=noon,
        ),
        "failing_users": step_line(
            [Series("Failing users", "failed", failing, filled=True)],
            SCALE.start,
            SCALE.end,
            title="Failing users, by day",
            unit="users",
            gaps=[(SCALE.start + 131 * _DAY, SCALE.start + 135 * _DAY)],
            now=noon,
            height=72,
        ),
        "trend": step_line(
            [Series("Failing", "failed", trend), Series("Not observed", "unobserved", unseen)],
            trend_start,
            noon,
            title="Failing and unobserved controls, last 90 days",
            unit="controls",
            height=132,
            dated=True,
        ),
        "runs": runs_strip(runs, month, noon + 1, label="GitHub, fernhill"),
        "calls": calls_bar(calls, month_start, month_start + 30 * _DAY, limit=5000, label="Calls to GitHub by day", throttled=2),
        "durations": duration_bars(
            [("m.achterberg", 183600, False), ("deploy-hotfix", 363600, True), ("j.ostrowska", 252000, True)], limit=_DAY
        ),
        "revoked": histogram(
            [("4 h", 9), ("1 d", 4), ("3 d", 1), ("later", 1)],
            title="Time from leaving to the removal of access",
            late_from=2,
            noun="leavers",
        ),
        "limit": limit_line(4.0, 14.7, 10, confidence=90),
        "risks": risk_grid({(5, 4): 1, (3, 3): 4, (2, 5): 2, (1, 1): 6, (4, 2): 3}, appetite=9),
        "groups": [
            ("CC6 Logical and physical access", {"failed": 3, "not_observed": 1, "waived": 2, "met": 14, "no_occurrence": 1}),
            ("CC7 System operations", {"failed": 2, "not_observed": 1, "met": 10}),
            ("CC5 Control activities", {"waived": 1, "met": 3}),
        ],
        "values": [4, 5, 5, 4, 3, 3, 4, 6, 7, 9],
        "matrix": _matrix(),
        "form": WaiverForm(),
        "refused": refused_form(),
        "tabs": [
            {"name": "Period", "url": "#", "current": True},
            {"name": "Evidence", "url": "#", "count": 12},
            {"name": "History", "url": "#"},
        ],
        "chips": [
            {"name": "All", "url": "#", "count": 96, "current": True},
            {"name": "Failing", "url": "#", "count": 9, "icon": "failed"},
            {"name": "No owner", "url": "#", "count": 1},
        ],
        "facts": [
            ("Owner", "Tom Okafor"),
            ("Performer", "Automatic, observed every 6 h"),
            ("Severity", "Critical, fix within 1 day"),
            ("Policy", ""),
        ],
        "entries": _entries(),
        "page": {"previous": "", "next": "eyJpZCI6OTZ9", "shown": 22, "total": 96},
        "tags": ["CC6.1", ("AC-07", "#")],
        "icons": sorted(ICONS),
    }


def rail(current: str) -> list[dict[str, object]]:
    """The sections of the app, with invented counts."""
    named = (
        ("Overview", "overview", None),
        ("Scope", "scope", None),
        ("Controls", "controls", 14),
        ("Evidence", "evidence", None),
        ("People", "people", 3),
        ("Governance", "governance", 2),
        ("Connections", "connections", 1),
        ("Audits", "audits", None),
        ("Trust center", "trust", None),
        ("Settings", "settings", None),
    )
    return [{"name": name, "url": "#", "icon": icon, "count": count, "current": icon == current} for name, icon, count in named]


def _entries() -> list[dict[str, object]]:
    return [
        {"text": "Turned failing: 2 users without MFA", "when": dt.datetime(2026, 7, 11, 8, 42, tzinfo=dt.UTC), "state": "failed"},
        {
            "who": "Priya Natarajan",
            "text": "changed a parameter",
            "when": dt.datetime(2026, 5, 19, 14, 20, tzinfo=dt.UTC),
            "note": "Access control policy v5, 4.2",
            "before": "max_age: 24 h",
            "after": "max_age: 12 h",
        },
        {"text": "Waived for 14 days", "when": dt.datetime(2026, 4, 24, 0, 0, tzinfo=dt.UTC), "state": "waived"},
        {"text": "Met again after 2 d 3 h", "when": dt.datetime(2025, 11, 19, 12, 14, tzinfo=dt.UTC), "state": "met"},
    ]


def _matrix() -> str:
    rows = [
        Row("CC6.1", "Logical access"),
        Row("CC6.4", "Physical access"),
        Row("CC6.5", "Disposal of assets"),
        Row("CC6.6", "Boundary protection"),
    ]
    columns = [Column(key, "#") for key in ("AC-01", "AC-07", "AC-15", "AC-19", "DV-04", "PH-01")]
    cells = {
        ("CC6.1", "AC-01"): Cell("operation", "met", "#"),
        ("CC6.1", "AC-07"): Cell("operation", "failed", "#"),
        ("CC6.1", "AC-15"): Cell("operation", "not_observed", "#"),
        ("CC6.1", "AC-19"): Cell("operation", "waived", "#"),
        ("CC6.4", "PH-01"): Cell("operation", "no_occurrence", "#"),
        ("CC6.5", "DV-04"): Cell("design", "met", "#"),
        ("CC6.6", "AC-07"): Cell("supporting", "failed", "#"),
        ("CC6.6", "AC-01"): Cell("operation", "met", "#"),
    }
    return matrix(rows, columns, cells, caption="4 criteria by 6 controls")
