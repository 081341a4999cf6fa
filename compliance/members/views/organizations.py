"""Creating an organization, and its settings."""

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from compliance.members.forms.members import refused_fields
from compliance.members.forms.organization import NewOrganizationForm, OrganizationForm
from compliance.members.gates.page import page
from compliance.members.roles import Right
from compliance.members.services.organizations import change_organization, create_organization, may_create_organizations
from compliance.members.views.settings_tabs import crumbs, settings_tabs


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_organization(request: HttpRequest) -> HttpResponse:
    """Name it and become its first admin."""
    if not may_create_organizations(request.user):
        raise PermissionDenied("Only the operator of this installation creates organizations. Ask the operator to create yours.")
    form = NewOrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organization = create_organization(user=request.user, **form.cleaned_data)
        except ValidationError as error:
            refused_fields(form, error.message_dict)
        else:
            success(request, f"{organization.name} is ready; you are its admin.")
            return redirect(f"/{organization.slug}/")
    return render(request, "members/organization_new.html", {"form": form}, status=422 if form.errors else 200)


@page(Right.MANAGE_ORGANIZATION)
@require_http_methods(["GET", "HEAD", "POST"])
def organization_settings(request: HttpRequest) -> HttpResponse:
    """Name, address, zone, week, holidays, idle minutes."""
    form = OrganizationForm(request.POST) if request.method == "POST" else OrganizationForm.of(request.organization)
    if request.method == "POST" and form.is_valid():
        try:
            organization = change_organization(actor=request.actor, **form.cleaned_data)
        except ValidationError as error:
            refused_fields(form, error.message_dict)
        else:
            success(request, "Settings saved.")
            return redirect("settings", organization.slug)
    context = {
        "form": form,
        "tabs": settings_tabs(request, "settings"),
        "crumbs": crumbs(request, ("Organization", "")),
    }
    return render(request, "members/organization_settings.html", context, status=422 if form.errors else 200)
