"""App configuration of the operate room."""

from django.apps import AppConfig


class OperateConfig(AppConfig):
    """Owns what is known of verifications."""

    name = "compliance.operate"
    label = "operate"
