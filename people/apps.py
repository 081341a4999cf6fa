"""App configuration of people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Roster, pairing of accounts, decisions about accounts, privileged access."""

    name = "people"
    label = "people"
