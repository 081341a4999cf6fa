"""Django app of the user interface: it owns tags and static files, and no table."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Registers the ``plumbline`` tag library and the static files under ``ui/``."""

    name = "compliance.ui"
    label = "ui"
    verbose_name = "User interface"
