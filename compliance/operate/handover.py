"""Who takes over what a leaving member owns: each app's owned things are counted and handed over here, over all storeys.

A new thing with an owner gets a line in HOLDINGS; a test finds foreign keys to memberships that have none.
"""

from dataclasses import dataclass

from django.db.models import Model, QuerySet

from compliance.members.models import Membership
from compliance.members.services.memberships import described, removal_step
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.work.models import Problem, Task
from controls.models import Control
from evidence.models import Item


@dataclass(frozen=True, slots=True)
class Holding:
    """Something that has an owner: what it is called, one and many, and which rows still matter (`open_only`: filter of those)."""

    one: str
    many: str
    model: type[Model]
    still: dict[str, object]

    def of(self, membership: Membership) -> QuerySet:
        """The rows of that owner which somebody has to look after."""
        return self.model.objects.filter(owner=membership, **self.still)


HOLDINGS = (
    Holding("control", "controls", Control, {"retired_at": None}),
    Holding("item of evidence", "items of evidence", Item, {}),
    Holding("open problem", "open problems", Problem, {"resolved_at": None}),
    Holding("open task", "open tasks", Task, {"ended_at": None}),
)


class NotATaker(ValueError):
    """What somebody owns can only go to another member."""


def owned_by(membership: Membership) -> list[tuple[str, int]]:
    """What a member owns, as (label, count), nothing that counts zero."""
    counted = [(each, each.of(membership).count()) for each in HOLDINGS]
    return [(each.one if count == 1 else each.many, count) for each, count in counted if count]


def hand_over(*, actor: Actor, from_: Membership, to: Membership | None) -> dict[str, int]:
    """Make `to` the owner of what `from_` owns (None: nobody), as one deed. Returns counts by label. Raises NotATaker."""
    taker = str(to.user) if to else "nobody"
    with action(ActionName.MEMBER_HANDED_OVER, actor=actor, subject=from_, subject_name=str(from_.user), detail={"to": taker}):
        return hand_over_step(from_, to)


def remove_and_hand_over(*, actor: Actor, membership: Membership, to: Membership | None) -> dict[str, int]:
    """Remove a member and give what they own to `to` (None: nobody), as one deed: both happen or neither.

    Returns counts by label. Raises LastAdmin, NotATaker.
    """
    owned = dict(owned_by(membership))
    detail = described(membership) | {"handed_over_to": str(to.user) if to else "nobody", "handed_over": owned}
    with action(ActionName.MEMBER_REMOVED, actor=actor, subject=membership, subject_name=str(membership.user), detail=detail):
        counts = hand_over_step(membership, to)
        removal_step(membership)
    return counts


def hand_over_step(from_: Membership, to: Membership | None) -> dict[str, int]:
    """Inner step of an action. `to` is fetched again in the organization in scope, since a foreign key would not ask whose it is."""
    taker = Membership.objects.filter(pk=to.pk).exclude(pk=from_.pk).first() if to is not None else None
    if to is not None and taker is None:
        raise NotATaker("Choose another member of this organization.")
    return {each.many: each.of(from_).update(owner=taker) for each in HOLDINGS}
