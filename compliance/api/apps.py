"""App configuration of the api room."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Owns no table."""

    name = "compliance.api"
    label = "api"
