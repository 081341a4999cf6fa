"""Settings: team channels, the letterhead, and what did not arrive."""

import uuid

from django.contrib.messages import success
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from compliance.members.gates.page import page
from compliance.members.roles import Right
from compliance.members.views.settings_tabs import crumbs, settings_tabs
from compliance.tenancy.clock import now
from compliance.work.forms.telling import LetterheadForm, WebhookForm
from compliance.work.selectors.notices import last_posts, letterhead, not_delivered, webhook_by_id, webhooks
from compliance.work.services.preferences import set_letterhead
from compliance.work.services.webhooks import add_webhook, remove_webhook
from compliance.work.views.asked import refused


@require_http_methods(["GET", "HEAD", "POST"])
@page(Right.MANAGE_ORGANIZATION)
def channels(request: HttpRequest) -> HttpResponse:
    """Both forms on one page: `form` says which was sent."""
    sent = request.POST.get("form", "") if request.method == "POST" else ""
    head = letterhead()
    first = {"sender_name": head.sender_name, "reply_to": head.reply_to} if head else {}
    letter = LetterheadForm(request.POST if sent == "letterhead" else None, initial=first)
    hook = WebhookForm(request.POST if sent == "webhook" else None, initial={"events": ["failed", "problem"]})
    if sent == "letterhead" and letter.is_valid() and _kept(request, letter):
        return redirect("channels", request.organization.slug)
    if sent == "webhook" and hook.is_valid() and _added(request, hook):
        return redirect("channels", request.organization.slug)
    hooks = webhooks()
    last = last_posts([each.pk for each in hooks])
    context = {
        "letter": letter,
        "hook": hook,
        "hooks": [(each, last.get(each.pk)) for each in hooks],
        "troubled": not_delivered(),
        "tabs": settings_tabs(request, "channels"),
        "crumbs": crumbs(request, ("Notifications", "")),
    }
    wrong = letter.errors or hook.errors or (request.method == "POST" and not sent)
    return render(request, "work/channels.html", context, status=422 if wrong else 200)


@require_POST
@page(Right.MANAGE_ORGANIZATION)
def channel_remove(request: HttpRequest, webhook_id: uuid.UUID) -> HttpResponse:
    """Forget a channel."""
    found = webhook_by_id(webhook_id)
    if found is None:
        raise Http404("There is no such channel.")
    remove_webhook(actor=request.actor, webhook=found)
    success(request, f"“{found.name}” is removed.")
    return redirect("channels", request.organization.slug)


def _kept(request: HttpRequest, form: LetterheadForm) -> bool:
    try:
        set_letterhead(actor=request.actor, **form.cleaned_data)
    except ValidationError as error:
        refused(form, error)
        return False
    success(request, "Kept.")
    return True


def _added(request: HttpRequest, form: WebhookForm) -> bool:
    try:
        add_webhook(actor=request.actor, now=now(), **form.cleaned_data)
    except ValidationError as error:
        refused(form, error)
        return False
    success(request, "The channel reads along from now on.")
    return True
