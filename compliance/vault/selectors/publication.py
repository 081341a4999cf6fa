"""Whether the log has a public page."""

from compliance.vault.models import Publication


def is_log_public() -> bool:
    """Whether strangers may see key, checkpoints and hashes of the log of the organization in scope: so unless it was switched off."""
    public = Publication.objects.values_list("public", flat=True).first()
    return public is not False
