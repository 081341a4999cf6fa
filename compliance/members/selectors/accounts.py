"""Accounts, whatever their organizations."""

from compliance.members.models import User
from compliance.tenancy.models import Organization


def has_account(email: str) -> bool:
    """Whether that address signs in here. To be told only to who has proven to hold the address."""
    return User.objects.filter(email__iexact=email.strip()).exists()


def is_demo_only() -> bool:
    """Whether this installation holds demo organizations and no other."""
    return set(Organization.objects.values_list("is_demo", flat=True).distinct()) == {True}
