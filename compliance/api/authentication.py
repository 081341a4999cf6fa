"""Who calls the API: a program with a token (`Authorization: Bearer plumb_…`), or a browser with its session."""

from datetime import UTC, datetime
from typing import Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from compliance.members.models import ApiToken, User
from compliance.members.selectors.doors import token_by_text
from compliance.members.services.tokens import note_use
from compliance.tenancy.scope import scope

REFUSED = "This token does not open anything: it is unknown, revoked or expired. Make a new one under Settings, API tokens."


class TokenAuthentication(BaseAuthentication):
    """Bearer tokens (RFC 6750). `request.auth` is then the ApiToken."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The user and the token; None where no Bearer token is presented. Raises AuthenticationFailed for one that opens nothing."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("Send the token as “Authorization: Bearer plumb_…”, one token, no spaces in it.")
        token = token_by_text(parts[1].decode("ascii", errors="replace"))
        now = datetime.now(UTC)
        if token is None or not token.is_live(now) or not token.membership.user.is_active:
            raise AuthenticationFailed(REFUSED)
        with scope(token.organization_id, token.membership.user_id):
            note_use(token=token, now=now)
        return token.membership.user, token

    def authenticate_header(self, request: Any) -> str:
        """Named in the 401 answer."""
        return 'Bearer realm="plumbline"'
