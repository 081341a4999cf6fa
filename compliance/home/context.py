"""What every page of an organization carries: rail, ruler, breadcrumbs' root, palette, the state of the log."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from compliance.members.roles import Right, allows
from compliance.members.selectors.entering import memberships_of
from compliance.tenancy.scope import organization_id_or_none
from compliance.ui.pictures.ruler import Ruler
from compliance.ui.pictures.scale import Scale
from compliance.vault.selectors.log import LogState, log_state
from compliance.version import VERSION
from compliance.work.selectors.notices import unread_count
from controls.selectors.moments import Moment
from controls.views.asking import coverage_asked, moment_asked

RAIL = (
    ("Overview", "overview", "overview", Right.SEE_PROGRAMME),
    ("My work", "my_work", "check", None),
    ("Controls", "controls", "controls", Right.SEE_PROGRAMME),
    ("Criteria", "criteria", "scope", Right.SEE_PROGRAMME),
    ("Evidence", "evidence", "evidence", Right.SEE_PROGRAMME),
    ("Populations", "populations", "audits", Right.SEE_PROGRAMME),
    ("People", "people", "people", Right.SEE_PROGRAMME),
    ("Connections", "connections", "connections", Right.SEE_PROGRAMME),
    ("Members", "members", "people", Right.SEE_MEMBERS),
    ("Settings", "settings", "settings", Right.MANAGE_ORGANIZATION),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Outside an organization, and on the page that says that a question was bad, only the version."""
    membership = getattr(request, "membership", None)
    if membership is None or organization_id_or_none() is None:
        return {"version": VERSION}
    organization = request.organization
    moment = moment_asked(request) if allows(membership.role, Right.SEE_PROGRAMME) else None
    return {
        "version": VERSION,
        "organization": organization,
        "membership": {"name": request.user.name or request.user.email, "role": membership.get_role_display().replace("_", " ")},
        "organizations": _organizations(request),
        "rail": _rail(request),
        "ruler": ruler_of(moment, request) if moment else None,
        "demo": organization.is_demo,
        "seal": _seal(request, moment.standing.sealed if moment else log_state()),
        "zone": organization.time_zone,
        "at": None if moment is None or moment.live else moment.at,
        "unread": moment.standing.unread if moment else unread_count(),
        "urls": {
            "home": reverse("overview" if moment else "my_work", args=[organization.slug]),
            "notifications": reverse("notices", args=[organization.slug]),
            "palette": reverse("palette", args=[organization.slug]),
            "sign_out": reverse("account_logout"),
            "profile": reverse("profile"),
            "period": reverse("period_view" if moment and moment.period else "periods", args=[organization.slug]),
        },
    }


def ruler_of(moment: Moment, request: HttpRequest) -> Ruler | None:
    """The period ruler of a page; None while no period is set."""
    if moment.period is None:
        return None
    coverage = tuple((start, end, True) for start, end in coverage_asked(request, moment))
    period = moment.period
    phases = []
    if period.fieldwork_first_day and period.fieldwork_last_day:
        phases.append(("Fieldwork", f"{period.fieldwork_first_day:%-d %b} – {period.fieldwork_last_day:%-d %b}"))
    if period.report_due_day:
        phases.append(("Report due", f"{period.report_due_day:%-d %b %Y}"))
    choices = tuple((each.name, f"?period={each.pk}", each.pk == period.pk) for each in moment.periods)
    return Ruler(
        name=period.name,
        scale=Scale(period.first_day, period.last_day, moment.zone.key),
        now=moment.at.timestamp(),
        coverage=coverage,
        phases=tuple(phases),
        choices=choices if len(choices) > 1 else (),
    )


def _rail(request: HttpRequest) -> list[dict[str, Any]]:
    slug, role = request.organization.slug, request.membership.role
    items = []
    for name, url_name, icon, right in RAIL:
        if right is None or allows(role, right):
            url = reverse(url_name, args=[slug])
            items.append({"name": name, "url": url, "icon": icon, "count": 0, "current": False})
    # The longest address that leads here is where we are: settings/members/ is Members, not Settings.
    here = [item for item in items if request.path == item["url"] or (item["icon"] != "overview" and request.path.startswith(item["url"]))]
    if here:
        max(here, key=lambda item: len(item["url"]))["current"] = True
    return items


def _organizations(request: HttpRequest) -> list[dict[str, Any]]:
    mine = getattr(request, "memberships", None) or memberships_of(request.user.pk)
    return [
        {"name": each.organization.name, "url": f"/{each.organization.slug}/", "current": each.organization_id == request.organization.pk}
        for each in mine
    ]


def _seal(request: HttpRequest, state: LogState | None) -> dict[str, str] | None:
    if state is None:
        return None
    return {
        "text": f"Log sealed {state.signed_at:%H:%M} UTC",
        "note": f"{state.size:,} entries",
        "url": reverse("log", args=[request.organization.slug]),
    }
