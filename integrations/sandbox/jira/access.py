"""Who calls and what they may: Basic with a person's API token on the site's own address, or a bearer token of an app on the gateway.

Scopes follow Atlassian's reference pages as generally known; README.md says which of them were not at hand.
"""

import base64
import binascii
from dataclasses import dataclass

from integrations.sandbox.jira.answers import Refused
from integrations.sandbox.jira.state import Grant, State


@dataclass(frozen=True)
class Need:
    """What an operation demands of an app: one classic scope, or all of the granular ones. `account` of anybody: a global permission."""

    classic: str = ""
    granular: tuple[str, ...] = ()
    browse_users: bool = False

    def met_by(self, scopes: frozenset[str]) -> bool:
        """Whether an app with these scopes may call."""
        return not self.classic or self.classic in scopes or (bool(self.granular) and set(self.granular) <= scopes)


@dataclass
class Viewer:
    """The caller: an account, and through which app (None: Basic)."""

    account: str
    grant: Grant | None = None

    @property
    def key(self) -> str:
        """For the quota and the log."""
        return f"app:{self.grant.client_id}" if self.grant else f"user:{self.account}"


def basic(state: State, header: str) -> Viewer:
    """The caller of the site's own address. Raises Refused(401)."""
    try:
        scheme, _, given = header.partition(" ")
        email, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        scheme, email, secret = "", "", ""
    token = state.api_tokens.get(secret)
    person = state.users.get(token.account) if token is not None else None
    over = token is not None and (token.revoked or (token.ends is not None and state.clock.now() >= token.ends))
    if scheme.lower() != "basic" or token is None or person is None or over or not person.active or person.email.lower() != email.lower():
        raise Refused(401, "Client must be authenticated to access this resource.", x_seraph_loginreason="AUTHENTICATED_FAILED")
    return Viewer(person.id)


def bearer(state: State, header: str) -> Viewer:
    """The caller of the gateway. Raises Refused(401)."""
    scheme, _, given = header.partition(" ")
    token = state.access_tokens.get(given)
    if scheme.lower() != "bearer" or token is None or token.grant.revoked or state.clock.now() >= token.ends:
        raise Refused.plainly(401, 401, "Unauthorized")
    return Viewer(token.grant.account, token.grant)


def demand(state: State, viewer: Viewer, need: Need) -> None:
    """Raise Refused unless the caller may. A scope that is missing is a 401 with other words than a bad token, as at Atlassian."""
    if viewer.grant is not None and not need.met_by(viewer.grant.scopes):
        raise Refused.plainly(401, 401, "Unauthorized; scope does not match")
    if need.browse_users and state.browse_users is not None and viewer.account not in state.browse_users:
        raise Refused(403, "You are not authorized to perform this action. Administrator privileges are required.")
