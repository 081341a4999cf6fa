"""Secrets of connections: encrypted when given, decrypted only inside a run, destroyed with the connection."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from compliance.tenancy import scope
from compliance.vault.encryption import decrypt, encrypt
from integrations.models import Connection, Credential

PURPOSE = "credential"


def _store_secrets(connection: Connection, secrets: Mapping[str, str], now: datetime) -> None:
    """Inner step of an action: replace the connection's secrets."""
    plain = json.dumps(dict(secrets), sort_keys=True).encode()
    Credential.objects.update_or_create(
        connection=connection,
        defaults={
            "ciphertext": encrypt(scope.organization_id(), PURPOSE, plain),
            "fingerprint": hashlib.sha256(str(connection.pk).encode() + plain).hexdigest()[:16],
            "created_at": now,
        },
    )


def reveal_secrets(connection: Connection) -> dict[str, str]:
    """The decrypted secrets, for the run that is about to use them. Raises CannotDecrypt when the key is gone."""
    credential = Credential.objects.filter(connection=connection).first()
    if credential is None:
        return {}
    return json.loads(decrypt(scope.organization_id(), PURPOSE, bytes(credential.ciphertext)))
