"""App configuration of controls."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ControlsConfig(AppConfig):
    """Criteria, controls, checks, verdicts, health."""

    name = "controls"
    label = "controls"

    def ready(self) -> None:
        """Load the criteria after every migrate."""
        from controls.services.catalogue import load_catalogue  # noqa: PLC0415  models are importable only once apps are ready

        post_migrate.connect(load_catalogue, sender=self, dispatch_uid="controls.catalogue")
