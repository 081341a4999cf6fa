"""App configuration of the operate room."""

from django.apps import AppConfig


class OperateConfig(AppConfig):
    """Owns no table."""

    name = "compliance.operate"
    label = "operate"
