"""The page “Try a change”: which subjects a check would have judged otherwise with other parameters or another version."""

import json
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from compliance.members.gates.page import page
from compliance.members.roles import Right
from compliance.operate.reperform.code import MissingCode
from compliance.operate.reperform.trial import TooMuch, try_check
from compliance.tenancy.clock import now as clock_of
from controls.registry import definitions
from controls.selectors.checks import check_by_id

SHOWN = 200
MOST_SUBJECTS = 5000  # more are tried with the command, which nobody waits for in a browser
MOST_DAYS = 731


@require_GET
@page(Right.SEE_PROGRAMME)
def check_trial(request: HttpRequest, check_id: str) -> HttpResponse:
    """The form, and what trying comes to where it is filled in. Nothing is written; reading twice gives the same."""
    known, check = definitions().get(check_id), check_by_id(check_id)
    if known is None or check is None or not known.version:
        raise Http404("There is no such check with logic here.")
    in_force = {**known.defaults, **check.parameters}
    context: dict[str, Any] = {
        "crumbs": [(known.title, reverse("check", args=[request.organization.slug, check_id])), ("Try a change", "")],
        "known": known, "check": check, "version": request.GET.get("version", str(known.version)), "days": request.GET.get("days", "90"),
        "parameters": request.GET.get("parameters", json.dumps(in_force, indent=1, ensure_ascii=False)), "error": "",
    }  # fmt: skip
    status = 200
    if "parameters" in request.GET:
        try:
            context["trial"] = _tried(check_id, request)
            context["shown"] = context["trial"].flips[:SHOWN]
        except ValueError as error:
            context["error"], status = str(error), 422
    return TemplateResponse(request, "operate/trial_page.html", context, status=status)


def _tried(check_id: str, request: HttpRequest) -> Any:
    """Raises ValueError, in words, for what cannot be tried."""
    version, days = request.GET.get("version", ""), request.GET.get("days", "")
    if not version.isascii() or not version.isdigit() or len(version) > 4 or not int(version):
        raise ValueError("Give the number of a version.")
    if not days.isascii() or not days.isdigit() or not 1 <= int(days[:6]) <= MOST_DAYS:
        raise ValueError(f"Give a number of days from 1 to {MOST_DAYS}.")
    try:
        parameters = json.loads(request.GET["parameters"])
    except (ValueError, RecursionError) as error:
        raise ValueError("The parameters are not JSON.") from error
    defaults = definitions()[check_id].defaults
    if not isinstance(parameters, dict) or set(parameters) - set(defaults):
        raise ValueError(f"The parameters have to be an object of: {', '.join(sorted(defaults)) or 'nothing, this check has none'}.")
    wrong = [name for name, value in parameters.items() if not _alike(value, defaults[name])]
    if wrong:
        raise ValueError(f"{', '.join(sorted(wrong))}: the value is of another kind than the check wants.")
    until = clock_of()
    try:
        return try_check(
            check_id, version=int(version), parameters=parameters, start=until - timedelta(days=int(days)), until=until, most=MOST_SUBJECTS
        )  # fmt: skip
    except (TypeError, AttributeError) as error:  # a value inside a list, of another kind than the check reads
        raise ValueError("The check cannot read these parameters.") from error
    except MissingCode as error:
        raise ValueError(f"There is no version {version} of this check.") from error
    except TooMuch as error:
        raise ValueError(f"{error} Use manage.py try_check, which takes its time.") from error


def _alike(value: object, default: object) -> bool:
    if isinstance(default, list | tuple):
        return isinstance(value, list)
    return type(value) is type(default)
