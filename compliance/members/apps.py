"""App configuration of the members room."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Users, memberships, invitations, tokens."""

    name = "compliance.members"
    label = "members"
