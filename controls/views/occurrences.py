"""Occurrences of a periodic control: scheduled for the period shown, performed by a person; waivers ended before their time."""

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from compliance.members.gates.page import page
from compliance.members.roles import Right
from compliance.tenancy.clock import now
from controls.models import Occurrence, Waiver
from controls.services.occurrences import perform_occurrence, schedule_occurrences
from controls.services.waivers import end_waiver
from controls.views.asking import moment_asked
from controls.views.controls import found_control


@require_POST
@page(Right.MANAGE_CONTROLS)
def occurrence_schedule(request: HttpRequest, code: str) -> HttpResponse:
    """Make the occurrences of the period shown; those that stand already stay."""
    control, moment = found_control(code), moment_asked(request)
    schedule_occurrences(
        actor=request.actor, control=control, first_day=moment.first_day, last_day=moment.last_day, zone=moment.zone, now=now()
    )
    return redirect("control", slug=request.organization.slug, code=code)


@require_POST
@page(Right.ACT_ON_CONTROLS)
def occurrence_perform(request: HttpRequest, code: str, occurrence_id: uuid.UUID) -> HttpResponse:
    """Say that the control was performed, when, and what shows it."""
    occurrence = Occurrence.objects.select_related("control").filter(pk=occurrence_id, control__code=code).first()
    if occurrence is None:
        raise Http404("There is no such occurrence.")
    at = now()
    try:
        given = request.POST.get("performed_at", "")
        performed_at = datetime.fromisoformat(given).replace(tzinfo=request.organization.zone) if given else at
        perform_occurrence(actor=request.actor, occurrence=occurrence, performed_at=performed_at, note=request.POST.get("note", ""), now=at)
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")
    except (ValueError, OverflowError):
        return HttpResponse("Say when it was performed: a day and a time.", status=422, content_type="text/plain; charset=utf-8")
    return redirect("control", slug=request.organization.slug, code=code)


@require_POST
@page(Right.MANAGE_CONTROLS)
def waiver_end(request: HttpRequest, waiver_id: uuid.UUID) -> HttpResponse:
    """End a waiver before its time; what fails under it counts as failed again."""
    waiver = Waiver.objects.select_related("check_row").filter(pk=waiver_id, ended_at=None).first()
    if waiver is None:
        raise Http404("There is no such waiver in force.")
    end_waiver(actor=request.actor, waiver=waiver, now=now(), reason=request.POST.get("reason", ""))
    return redirect("check", slug=request.organization.slug, check_id=waiver.check_row.check_id)
