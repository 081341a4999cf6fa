"""One's own account: name, and the ways to password, second factor and sessions."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from compliance.members.forms.members import ROLE_NAMES, ProfileForm
from compliance.members.roles import Role
from compliance.members.selectors.entering import memberships_of
from compliance.members.services.accounts import end_session, rename


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, organizations, security."""
    form = ProfileForm(request.POST if request.method == "POST" else None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        rename(user=request.user, name=form.cleaned_data["name"])
        success(request, "Saved.")
        return redirect("profile")
    context = {
        "form": form,
        "second_factor": Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists(),
        "sessions": UserSession.objects.filter(user=request.user).count(),
        "memberships": [(each, ROLE_NAMES[Role(each.role)]) for each in memberships_of(request.user.pk)],
        "crumbs": [("Your account", "")],
    }
    return render(request, "members/profile.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def revoke_session(request: HttpRequest, sign_in_id: int) -> HttpResponse:
    """Sign one of one's own sessions out."""
    session = UserSession.objects.filter(pk=sign_in_id, user=request.user).first()
    if session is None:
        raise Http404("There is no such session.")
    end_session(session=session)
    success(request, "That session is signed out.")
    return redirect("usersessions_list")
