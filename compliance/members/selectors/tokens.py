"""API tokens of the organization in scope."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from compliance.members.models import ApiToken, Membership, TokenUse


@dataclass(frozen=True, slots=True)
class ListedToken:
    """A token as the list shows it; `state` is live, expired or revoked."""

    token: ApiToken
    last_used_at: datetime | None
    state: str


def tokens(*, now: datetime, of: Membership | None = None) -> list[ListedToken]:
    """Tokens, newest first; `of` one member only."""
    rows = ApiToken.objects.select_related("membership__user").order_by("-created_at")
    if of is not None:
        rows = rows.filter(membership=of)
    used = dict(TokenUse.objects.values_list("token_id", "last_used_at"))
    return [ListedToken(each, used.get(each.pk), _state(each, now)) for each in rows]


def token(token_id: uuid.UUID) -> ApiToken | None:
    """One token of the organization in scope."""
    return ApiToken.objects.select_related("membership__user").filter(pk=token_id).first()


def _state(token: ApiToken, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "live" if token.is_live(now) else "expired"
