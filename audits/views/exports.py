"""The page “Export”: what goes into a package, and the package itself."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from audits.forms.exports import default_days, scope_asked
from audits.packages.building import stream_package
from audits.packages.names import safe_part
from audits.packages.scopes import KINDS, PackageScope
from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from compliance.tenancy.clock import now as clock_of
from compliance.vault.selectors.log import log_state


@require_GET
@page(Right.EXPORT)
def package_page(request: HttpRequest) -> HttpResponse:
    """What is in a package, over which days, and how it is verified."""
    return _shown(request, request.GET, {}, 200)


@require_POST
@page(Right.EXPORT)
def package_download(request: HttpRequest) -> HttpResponse:
    """The package, streamed; 422 with the page where what was asked for does not fit."""
    now = clock_of()
    try:
        scope = scope_asked(request.POST, role=request.membership.role, zone=request.organization.time_zone, now=now)
    except ValidationError as error:
        return _shown(request, request.POST, error.message_dict, 422)
    return streamed(request, scope, now)


def streamed(request: HttpRequest, scope: PackageScope, now) -> StreamingHttpResponse:
    """The answer that carries a package."""
    pieces = stream_package(request.organization.pk, scope, actor=request.actor, now=now)
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    name = safe_part(f"{request.organization.slug}-{scope.title}-{now:%Y%m%d-%H%M}.zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Accel-Buffering"] = "no"
    return response


def _shown(request: HttpRequest, given, errors, status: int) -> HttpResponse:
    first, last = default_days(clock_of())
    kind = given.get("scope", "") if given.get("scope", "") in KINDS else "everything"
    context = {
        "crumbs": [("Export", "")], "kinds": KINDS, "kind": kind, "ref": given.get("ref", ""), "errors": errors,
        "first_day": given.get("first_day", "") or first.isoformat(), "last_day": given.get("last_day", "") or last.isoformat(),
        "sealed": log_state(), "raw": allows(request.membership.role, Right.SEE_RAW),
    }  # fmt: skip
    return TemplateResponse(request, "audits/package_page.html", context, status=status)
