"""Observation periods: which there are, and a new one."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from compliance.members.gates.page import page
from compliance.members.roles import Right, allows
from controls.forms.period import PeriodForm
from controls.models import Period
from controls.services.periods import advice, set_period


@require_http_methods(["GET", "POST"])
@page(Right.SEE_PROGRAMME)
def period_list(request: HttpRequest) -> HttpResponse:
    """All periods with what to consider about their length; managers may add one."""
    may_manage = allows(request.membership.role, Right.MANAGE_CONTROLS)
    form = PeriodForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if not may_manage:
            return HttpResponse(
                "Only a compliance manager or an admin sets the period.", status=403, content_type="text/plain; charset=utf-8"
            )
        if form.is_valid():
            try:
                set_period(actor=request.actor, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            except IntegrityError:
                form.add_error("first_day", "A period with these days stands already; open that one.")
            else:
                return redirect("periods", slug=request.organization.slug)
        status = 422
    periods = [
        {"period": each, "days": (each.last_day - each.first_day).days + 1, "advice": advice(each.first_day, each.last_day)}
        for each in Period.objects.all()
    ]
    context = {"crumbs": [("Observation periods", "")], "periods": periods, "form": form, "may_manage": may_manage}
    return TemplateResponse(request, "controls/period_list.html", context, status=status)
