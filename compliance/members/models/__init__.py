"""Models of the members room."""

from compliance.members.models.membership import Membership
from compliance.members.models.user import User

__all__ = ["Membership", "User"]
