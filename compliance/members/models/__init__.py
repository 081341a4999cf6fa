"""Models of the members room."""

from compliance.members.models.invitation import Invitation
from compliance.members.models.membership import Membership
from compliance.members.models.operator_link import OperatorLink
from compliance.members.models.token import ApiToken, TokenUse
from compliance.members.models.user import User

__all__ = ["ApiToken", "Invitation", "Membership", "OperatorLink", "TokenUse", "User"]
