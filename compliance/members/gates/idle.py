"""Sessions end after a time without use; the organization's setting, the strictest of the member's organizations.

Here is also noted when and from where a session was last used, for its owner's list of sessions: once a minute, and at once when it comes
from another address or browser. Noting it on every page would cost each of them five statements and a commit.
"""

import hashlib
import time
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.contrib.messages import info
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from compliance.members.selectors.entering import idle_minutes
from compliance.members.services.signing import tell_organizations
from compliance.trail.names import ActionName

SEEN = "plumbline_seen"
CLIENT = "plumbline_client"
WRITE_EVERY = 60  # seconds between two writes of the session


class IdleTimeout:
    """Signs out a session that was not used for longer than allowed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out or note the visit."""
        if not request.session.session_key or not request.user.is_authenticated:
            return self.get_response(request)
        now = int(time.time())
        seen = request.session.get(SEEN, now)
        # Within a minute of the last visit no setting can have run out: the shortest is five minutes.
        if now - seen > WRITE_EVERY and now - seen > idle_minutes(request.user.pk) * 60:
            user = request.user
            logout(request)
            tell_organizations(ActionName.MEMBER_SIGNED_OUT, user, reason="the session was idle for too long")
            info(request, "You were signed out because the session was idle.")
            return redirect("account_login")
        client = _client(request)
        if SEEN not in request.session or now - seen > WRITE_EVERY or request.session.get(CLIENT) != client:
            request.session[SEEN], request.session[CLIENT] = now, client
            UserSession.objects.create_from_request(request)
        return self.get_response(request)


def _client(request: HttpRequest) -> str:
    seen = f"{get_adapter().get_client_ip(request)} {request.headers.get('User-Agent', '')}"
    return hashlib.sha256(seen.encode()).hexdigest()[:32]
