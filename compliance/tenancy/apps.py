"""App configuration of the tenancy room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    """Issues the walls once all migrations have run."""

    name = "compliance.tenancy"
    label = "tenancy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the step that follows every migrate."""
        from compliance.tenancy.walls import build_walls  # noqa: PLC0415  models are importable only once apps are ready

        post_migrate.connect(build_walls, sender=self, dispatch_uid="tenancy.walls")
