"""App configuration of integrations."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """How we look."""

    name = "integrations"
    label = "integrations"
