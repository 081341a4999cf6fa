"""Vendor accounts as the vendors report them."""

import uuid

from evidence.models import Source


def account_of(source_id: uuid.UUID) -> str | None:
    """The vendor's own identifier of the account, None when there is no such source."""
    return Source.objects.filter(pk=source_id).values_list("account", flat=True).first()
