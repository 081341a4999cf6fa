"""Sessions end after a time without use; the organization's setting, the strictest of the member's organizations."""

import time
from collections.abc import Callable

from django.contrib.auth import logout
from django.contrib.messages import info
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from compliance.members.selectors.entering import idle_minutes

SEEN = "plumbline_seen"
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
            logout(request)
            info(request, "You were signed out because the session was idle.")
            return redirect("account_login")
        if SEEN not in request.session or now - seen > WRITE_EVERY:
            request.session[SEEN] = now
        return self.get_response(request)
