"""Lists of members."""

from django.db.models import QuerySet

from compliance.members.models import Membership


def members_by_name() -> QuerySet:
    """(id, name) of every member of the organization in scope, by name."""
    return Membership.objects.order_by("user__name").values_list("pk", "user__name")
