"""App configuration of evidence."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """What was observed."""

    name = "evidence"
    label = "evidence"
