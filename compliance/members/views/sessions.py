"""The list of one's own sessions: django-allauth's page, with its effect on the trail."""

from allauth.usersessions.views import ListUserSessionsView
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse

from compliance.members.services.signing import tell_organizations
from compliance.trail.names import ActionName


class OwnSessions(ListUserSessionsView):
    """Signing all others out is told."""

    def form_valid(self, form: Form) -> HttpResponse:
        """End all other sessions."""
        answer = super().form_valid(form)
        tell_organizations(ActionName.MEMBER_SIGNED_OUT, self.request.user, reason="all other sessions ended by their owner")
        return answer


own_sessions = login_required(OwnSessions.as_view())
