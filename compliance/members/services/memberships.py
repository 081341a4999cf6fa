"""Who belongs to the organization in scope, and as what."""

from compliance.members.models import Membership
from compliance.members.refusals import LastAdmin
from compliance.members.roles import Role
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import organization_id
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName


def change_role(*, actor: Actor, membership: Membership, role: Role) -> Membership:
    """Give a member another role. Raises LastAdmin when that would leave the organization without one."""
    if membership.role == role:
        return membership
    detail = {"before": {"role": membership.role}, "after": {"role": role.value}}
    with action(ActionName.MEMBER_ROLE_CHANGED, actor=actor, subject=membership, subject_name=str(membership.user), detail=detail):
        held = lock_membership(membership)
        if held.role == Role.ADMIN:
            refuse_last_admin(held)
        held.role = role
        held.save(update_fields=["role"])
    membership.role = role
    return held


def remove_member(*, actor: Actor, membership: Membership) -> None:
    """Take somebody out of the organization; API tokens of theirs end with it, what they owned has no owner any more.

    To hand over what they own in the same deed use `compliance.operate.handover.remove_and_hand_over`. Raises LastAdmin.
    """
    with action(
        ActionName.MEMBER_REMOVED, actor=actor, subject=membership, subject_name=str(membership.user), detail=described(membership)
    ):
        removal_step(membership)


def removal_step(membership: Membership) -> None:
    """Inner step of an action: remove the membership. Raises LastAdmin."""
    held = lock_membership(membership)
    if held.role == Role.ADMIN:
        refuse_last_admin(held)
    held.delete()


def described(membership: Membership) -> dict[str, str]:
    """What the trail keeps of a membership that ends."""
    return {"email": membership.user.email, "role": membership.role}


def lock_membership(membership: Membership) -> Membership:
    """The membership as it is now; changes of the organization's members wait for one another."""
    Organization.objects.select_for_update().get(pk=organization_id())
    return Membership.objects.select_related("user").get(pk=membership.pk)


def refuse_last_admin(membership: Membership) -> None:
    """Raises LastAdmin unless another admin stays. Call it with the lock held."""
    if not Membership.objects.filter(role=Role.ADMIN).exclude(pk=membership.pk).exists():
        raise LastAdmin
