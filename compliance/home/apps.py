"""App configuration of the home room."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """Owns no table."""

    name = "compliance.home"
    label = "home"
