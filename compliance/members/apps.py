"""App configuration of the members room."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Users, memberships, invitations, tokens."""

    name = "compliance.members"
    label = "members"

    def ready(self) -> None:
        """Listen to what django-allauth says of sign-ins."""
        from compliance.members.listening import listen  # noqa: PLC0415  models are importable only once apps are ready

        listen()
