"""App configuration of audits."""

from django.apps import AppConfig


class AuditsConfig(AppConfig):
    """What leaves the house for an audit: packages that are verified without us."""

    name = "audits"
    label = "audits"
