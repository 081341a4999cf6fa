"""What a member was told, and how they want to be told."""

import uuid

from django.contrib.messages import success
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from compliance.api.paging import keyset_page
from compliance.members.gates.page import page
from compliance.tenancy.clock import now
from compliance.work.forms.telling import PreferenceForm
from compliance.work.models import Preference
from compliance.work.models.notice import EVENTS
from compliance.work.selectors.notices import ORDER, notices_of, preference_of, unread_count
from compliance.work.services.notices import read_notices
from compliance.work.services.preferences import set_preference
from compliance.work.views.asked import refused

SHOWN = 50
ICONS = {
    "failed": ("failed", "health--failed"), "overdue": ("failed", "health--failed"), "recovered": ("met", "health--met"),
    "problem": ("unobserved", "health--unobserved"), "expiring": ("waived", "health--waived"),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page(None)
def notice_list(request: HttpRequest) -> HttpResponse:
    """Newest first; POST marks all as read."""
    if request.method == "POST":
        count = read_notices(actor=request.actor, recipient=request.membership.pk, notices=None, now=now())
        success(request, f"{count} marked as read." if count else "Everything was read already.")
        return redirect("notices", request.organization.slug)
    found = keyset_page(notices_of(request.membership.pk), order=ORDER, cursor=request.GET.get("cursor", ""), limit=SHOWN)
    rows = [(each, *ICONS.get(each.event, ("bell", ""))) for each in found.rows]
    unread = unread_count()
    context = {"rows": rows, "page": {"next": found.next}, "unread_total": unread, "crumbs": [("Notifications", "")]}
    return render(request, "work/notice_list.html", context)


@require_GET
@page(None)
def notice_open(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """On to what it is about; who follows it has read it."""
    notice = notices_of(request.membership.pk).filter(pk=notice_id).first()
    if notice is None:
        raise Http404("There is no such notification.")
    read_notices(actor=request.actor, recipient=request.membership.pk, notices=[notice.pk], now=now())
    return redirect(f"/{request.organization.slug}/{notice.path}" if notice.path else reverse("notices", args=[request.organization.slug]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(None)
def preferences(request: HttpRequest) -> HttpResponse:
    """How often, when and about what mail comes."""
    chosen = preference_of(request.membership.pk) or Preference()
    first = {
        "mail": chosen.mail, "digest_hour": chosen.digest_hour, "quiet_from": chosen.quiet_from, "quiet_until": chosen.quiet_until,
        "zone": chosen.zone, "daily_budget": chosen.daily_budget, "events": [each for each in EVENTS if each not in chosen.muted],
    }  # fmt: skip
    form = PreferenceForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        wanted = given.pop("events")
        try:
            set_preference(actor=request.actor, member=request.membership, muted=[each for each in EVENTS if each not in wanted], **given)
        except ValidationError as error:
            refused(form, error, renamed={"muted": "events"})
        else:
            success(request, "Kept.")
            return redirect("preferences", request.organization.slug)
    context = {"form": form, "crumbs": [("Notifications", f"/{request.organization.slug}/notifications/"), ("How you are told", "")]}
    return render(request, "work/preferences.html", context, status=422 if form.errors else 200)
