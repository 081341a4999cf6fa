"""What happens to somebody's sign-in stands on the trail of each organization that the person belongs to: each of them relies on it.

A sign-in belongs to no organization, so nothing of one is in scope here; whoever belongs to none (an operator) is told in the log.
"""

import logging
from collections.abc import Mapping
from functools import partial

from django.db import transaction

from compliance.members.models import User
from compliance.members.selectors.entering import memberships_of
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM, Actor, ActorKind
from compliance.trail.names import ActionName

log = logging.getLogger(__name__)
NOT_PROVEN = frozenset({ActionName.MEMBER_SIGN_IN_FAILED, ActionName.MEMBER_LOCKED_OUT})  # nobody knows who that was


def tell_organizations(name: ActionName, user: User, detail: Mapping[str, str] | None = None, reason: str = "") -> None:
    """One entry in each organization of the user, once an open transaction is committed (at once where none is)."""
    person = User.objects.get(pk=user.pk)  # a request's user is a lazy stand-in, which the trail would not know for a user
    transaction.on_commit(partial(_tell, name, person, dict(detail or {}), reason))


def _tell(name: ActionName, user: User, detail: dict[str, str], reason: str) -> None:
    memberships = memberships_of(user.pk)
    if not memberships:
        log.info("%s: %s %s", name, user.pk, detail)
    actor = SYSTEM if name in NOT_PROVEN else Actor(ActorKind.USER, user.name, user.pk)
    for membership in memberships:
        with (
            scope(membership.organization_id),
            action(name, actor=actor, subject=user, subject_name=user.name, reason=reason, detail=detail),
        ):
            pass  # the entry is all there is to write
