"""Lists of members."""

from compliance.members.models import Membership


def members_by_name() -> list[Membership]:
    """Every member of the organization in scope, by name."""
    return list(Membership.objects.select_related("user").order_by("user__name"))
