"""App configuration of the trail."""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """The trail."""

    name = "compliance.trail"
    label = "trail"
