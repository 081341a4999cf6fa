"""API tokens: made for oneself, shown once, revoked by their member or an admin."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError

from compliance.members.models import ApiToken, Membership, TokenUse
from compliance.members.models.token import SCHEME
from compliance.members.refusals import TooManyRights
from compliance.members.roles import RIGHTS, Right, Role
from compliance.members.secrets import digest_of, new_secret, written
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName

LONGEST = timedelta(days=366)
USE_NOTED_EVERY = timedelta(minutes=1)


def create_token(
    *, actor: Actor, membership: Membership, name: str, rights: Iterable[Right], expires_at: datetime, now: datetime
) -> tuple[ApiToken, str]:
    """A token that acts for `membership`, and its text, which is not kept and cannot be shown again.

    Raises ValidationError (by field) and TooManyRights where it would be allowed more than its member.
    """
    wanted = sorted({Right(each) for each in rights})
    if not name.strip():
        raise ValidationError({"name": "Give the token a name that says what uses it."})
    if not wanted:
        raise ValidationError({"rights": "Choose at least one right."})
    if not now < expires_at <= now + LONGEST:
        raise ValidationError({"expires_at": "Choose an end within a year from now."})
    if missing := set(wanted) - RIGHTS[Role(membership.role)]:
        raise TooManyRights(f"Your role does not include {', '.join(sorted(missing))}; a token cannot have more rights than you.")
    secret = new_secret()
    detail = {"rights": wanted, "expires_at": expires_at.isoformat()}
    with action(ActionName.TOKEN_CREATED, actor=actor, subject_name=name.strip(), detail=detail):
        token = ApiToken.objects.create(
            membership=membership, name=name.strip()[:80], digest=digest_of(secret), rights=wanted, created_at=now, expires_at=expires_at
        )
    return token, SCHEME + written(token.pk, secret)


def revoke_token(*, actor: Actor, token: ApiToken, now: datetime) -> None:
    """End a token at once; one that is revoked already stays as it was."""
    if token.revoked_at is not None:
        return
    with action(ActionName.TOKEN_REVOKED, actor=actor, subject=token):
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])


def note_use(*, token: ApiToken, now: datetime) -> None:
    """Remember that the token was used, at most once a minute. Needs the token's organization in scope."""
    if not TokenUse.objects.filter(token=token, last_used_at__gt=now - USE_NOTED_EVERY).exists():
        TokenUse.objects.bulk_create(
            [TokenUse(token=token, last_used_at=now)],
            update_conflicts=True,
            unique_fields=["organization", "token"],
            update_fields=["last_used_at"],
        )
