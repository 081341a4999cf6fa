"""What people do to their own account. Not tenant data: no organization is in scope; what concerns signing in is told to each of theirs."""

from allauth.usersessions.models import UserSession

from compliance.members.models import User
from compliance.members.services.signing import tell_organizations
from compliance.trail.names import ActionName


def rename(*, user: User, name: str) -> None:
    """Change what a person is called; trail entries keep the name of their time."""
    user.name = name.strip()
    user.save(update_fields=["name"])


def end_session(*, session: UserSession) -> None:
    """Sign a session out at once."""
    session.end()
    tell_organizations(ActionName.MEMBER_SIGNED_OUT, session.user, {"from": session.ip}, reason="ended by its owner from another session")
