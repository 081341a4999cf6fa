"""Sealing everything anew under the newest of SECRET_KEYS, so that an older key can be removed.

Runs as the role that owns the tables, because the logs' keys are insert-only for the application. Each batch is committed by itself:
stopped and started again, it goes on with what is still under an older key.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import connection as database
from django.db import transaction

from compliance.members.adapter import second_factor_sealed_anew
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import OPERATOR
from compliance.trail.names import ActionName
from compliance.vault.encryption import newest_head, sealed_anew
from compliance.vault.services.streams import seal_blob_anew

BATCH = 200


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of a tenant table that holds sealed bytes, the name of their purpose, and what they are in words."""

    table: str
    column: str
    purpose: str
    meaning: str


SEALED = (
    SealedColumn("integrations_credential", "ciphertext", "credential", "credentials"),
    SealedColumn("integrations_importedfile", "content", "imported file", "imported files"),
    SealedColumn("integrations_pushchunk", "content", "pushed piece", "pushed pieces"),
    SealedColumn("work_teamwebhook", "ciphertext", "team webhook", "team webhooks"),
    SealedColumn("vault_logkey", "ciphertext", "log key", "log keys"),
)


def rotate_keys() -> Iterator[tuple[str, str, int]]:
    """Seal anew what is not under the newest key; yields organization (empty for people), what, and how many, as each is done.
    Raises CannotDecrypt where a key is missing from the list; what was done before stays done."""
    for organization in Organization.objects.order_by("slug"):
        with scope(organization.pk):
            turned: dict[str, int] = {}
            try:
                for each in SEALED:
                    turned[each.meaning] = _column(organization, each)
                turned["raw responses and files"] = _blobs(organization)
            finally:
                if any(turned.values()):
                    with action(ActionName.ORGANIZATION_KEYS_ROTATED, actor=OPERATOR, subject=organization, detail=turned):
                        pass  # the entry is all there is to write: content and meaning of what was sealed anew are the same
        for meaning, number in turned.items():
            yield organization.slug, meaning, number
    yield "", "second factors", _second_factors()


def _column(organization: Organization, sealed: SealedColumn) -> int:
    """Rows of one organization and column that an older key sealed, batch by batch."""
    number = 0
    while True:
        with transaction.atomic(), database.cursor() as cursor:
            cursor.execute(
                f'SELECT id, "{sealed.column}" FROM "{sealed.table}" WHERE organization_id = %s AND "{sealed.column}" IS NOT NULL '
                f'AND substring("{sealed.column}" FROM 1 FOR %s) <> %s ORDER BY id LIMIT %s FOR UPDATE',
                [organization.pk, len(newest_head()), newest_head(), BATCH],
            )
            rows = cursor.fetchall()
            for key, content in rows:
                anew = sealed_anew(organization.pk, sealed.purpose, bytes(content))
                cursor.execute(
                    f'UPDATE "{sealed.table}" SET "{sealed.column}" = %s WHERE organization_id = %s AND id = %s',
                    [anew, organization.pk, key],
                )
        number += len(rows)
        if len(rows) < BATCH:
            return number


def _blobs(organization: Organization) -> int:
    with database.cursor() as cursor:
        cursor.execute("SELECT digest FROM vault_blob WHERE organization_id = %s ORDER BY id", [organization.pk])
        digests = [bytes(digest) for (digest,) in cursor.fetchall()]
    return sum(seal_blob_anew(organization.pk, digest) for digest in digests)


def _second_factors() -> int:
    number = 0
    for key in list(Authenticator.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            each = Authenticator.objects.select_for_update().get(pk=key)
            anew = {name: second_factor_sealed_anew(value) for name, value in each.data.items() if name in ("secret", "seed")}
            if any(each.data[name] != value for name, value in anew.items()):
                each.data |= anew
                each.save(update_fields=["data"])
                number += 1
    return number
