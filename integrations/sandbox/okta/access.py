"""Who calls, and what it may: SSWS tokens act with their owner's administrator role, OAuth tokens with granted scopes."""

from dataclasses import dataclass

from integrations.sandbox.okta.answers import Refused, forbidden
from integrations.sandbox.okta.state import AccessToken, ApiToken, State, User

READERS = frozenset({"SUPER_ADMIN", "ORG_ADMIN", "READ_ONLY_ADMIN"})


@dataclass(frozen=True, slots=True)
class Caller:
    """One of the two is set, or neither (anonymous)."""

    state: State
    ssws: ApiToken | None = None
    oauth: AccessToken | None = None

    @property
    def key(self) -> str:
        """For the log; no credential."""
        return f"ssws:{self.ssws.id}" if self.ssws else f"oauth:{self.oauth.client}" if self.oauth else "anonymous"

    @property
    def owner(self) -> User | None:
        """Whose SSWS token it is."""
        return self.state.users.get(self.ssws.user_id) if self.ssws else None

    def demand(self, scope: str, operation: str) -> None:
        """Raises Refused unless the caller may make a call that needs this scope."""
        if operation in self.state.denied:
            raise forbidden()
        if self.oauth is not None:
            self._demand_scope(scope)
            return
        if self.owner is None:
            raise Refused(401, "E0000005", "Invalid session")
        if scope and not READERS & set(self.owner.roles):
            raise forbidden()

    def _demand_scope(self, scope: str) -> None:
        assert self.oauth is not None
        client = self.state.clients.get(self.oauth.client)
        if client is None:
            raise Refused(401, "E0000011", "Invalid token provided")
        if scope and (scope not in self.oauth.scopes or scope not in client.scopes):
            said = 'error="insufficient_scope", error_description="The access token provided does not contain the required scopes."'
            raise Refused(
                403, "E0000006", "You do not have permission to perform the requested action",
                ["The access token provided does not contain the required scopes."],
                WWW_Authenticate=f'Bearer authorization_uri="http://okta/oauth2/v1/authorize", realm="http://okta", scope="{scope}", {said}',
            )  # fmt: skip
        if scope and not READERS & set(client.roles):
            raise forbidden()


def caller_of(state: State, header: str) -> Caller:
    """Whose credential the header carries. Raises Refused(401) for one that is unknown, expired or revoked."""
    sort, _, text = header.partition(" ")
    if not header:
        return Caller(state)
    now = state.clock.now()
    if sort == "SSWS":
        token = state.ssws.get(text)
        owner = state.users.get(token.user_id) if token else None
        if token is None or token.revoked or now >= token.expires or owner is None or owner.status != "ACTIVE":
            raise Refused(401, "E0000011", "Invalid token provided")
        token.used(now)
        return Caller(state, ssws=token)
    if sort == "Bearer":
        held = state.access_tokens.get(text)
        if held is None or held.revoked or now >= held.expires:
            raise Refused(401, "E0000011", "Invalid token provided", WWW_Authenticate='Bearer error="invalid_token"')
        return Caller(state, oauth=held)
    raise Refused(401, "E0000005", "Invalid session")
