"""What people do to their own account. Not tenant data: no organization is in scope, the trail of organizations is not concerned."""

from allauth.usersessions.models import UserSession

from compliance.members.models import User


def rename(*, user: User, name: str) -> None:
    """Change what a person is called; trail entries keep the name of their time."""
    user.name = name.strip()
    user.save(update_fields=["name"])


def end_session(*, session: UserSession) -> None:
    """Sign a session out at once."""
    session.end()
