"""App configuration of the vault."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Blobs and the log."""

    name = "compliance.vault"
    label = "vault"
