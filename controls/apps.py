"""App configuration of controls."""

from django.apps import AppConfig


class ControlsConfig(AppConfig):
    """Criteria, controls, checks, verdicts, health."""

    name = "controls"
    label = "controls"
