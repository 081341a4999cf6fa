"""App configuration of the work room."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Problems."""

    name = "compliance.work"
    label = "work"
