"""Who calls: an API key as the user of HTTP Basic, or an OAuth token, with what each may see."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass

from integrations.sandbox.bamboohr.answers import refused
from integrations.sandbox.bamboohr.fields import PRIVATE, Column
from integrations.sandbox.bamboohr.state import State

KEY_RIGHTS = {"report": "report", "company:info": "company:info"}


@dataclass(frozen=True, slots=True)
class Caller:
    """`kind` is key or oauth; `rights` its permissions or scopes."""

    kind: str
    name: str
    rights: frozenset[str]
    email: str = ""

    def may_see(self, column: Column) -> bool:
        """Whether a field of that right is shown."""
        if column.right == PRIVATE:
            return "everything" in self.rights
        if self.kind == "key":
            return {"employee:name": "employees", "employee:job": "job"}[column.right] in self.rights
        return bool({column.right, "employee"} & self.rights)

    def demand(self, scopes: Iterable[str], rights: Iterable[str]) -> None:
        """One of these scopes, or all of these rights of a key. Raises Refused (403)."""
        if self.kind == "oauth" and not (set(scopes) & self.rights):
            raise refused(403, f"Insufficient scope: one of {', '.join(sorted(scopes))} is required")
        if self.kind == "key" and not set(rights) <= self.rights:
            raise refused(403, "You do not have permission to access this resource")


def caller_of(state: State, authorization: str) -> Caller:
    """Who it is. Raises Refused (401)."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "basic":
        key = state.keys.get(_user(value))
        if key is None or key.revoked:
            raise refused(401, "Invalid API key")
        return Caller("key", key.email, frozenset(key.rights), key.email)
    if scheme.lower() == "bearer":
        for application in state.applications.values():
            ends = application.tokens.get(value)
            if ends is not None and not application.revoked and ends > state.clock.now():
                return Caller("oauth", application.client_id, frozenset(application.scopes))
    raise refused(401, "Unauthorized", WWW_Authenticate='Basic realm="BambooHR API"')


def _user(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""
