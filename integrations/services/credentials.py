"""Secrets of connections: encrypted when given, decrypted only inside a run, destroyed with the connection."""

import hashlib
import json
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from django.db import connection as database

from compliance.tenancy import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM, Actor
from compliance.trail.names import ActionName
from compliance.vault.encryption import decrypt, encrypt
from evidence.facts import instants
from integrations.errors import AuthRevoked
from integrations.models import Connection, Credential
from integrations.registry import load_grant
from integrations.transport.grants import Grant

PURPOSE = "credential"
RENEW_BEFORE = timedelta(minutes=5)
Renew = Callable[[str], Mapping[str, str]]


class _Held(Exception):
    """Another worker has renewed the credential meanwhile; nothing is to be written."""

    def __init__(self, secrets: dict[str, str]) -> None:
        super().__init__()
        self.secrets = secrets


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


def renew_secrets(
    connection: Connection, refused: str, *, grant: Grant, allow: Iterable[str], now: datetime, actor: Actor = SYSTEM
) -> dict[str, str]:
    """The secrets that hold now, after `refused` (an access token; "" for none) did not: refreshed and committed before anybody calls
    with them. The row of the credential is locked while the vendor is asked, so that of several workers one refreshes and the others
    take what it got: a refresh token is good once. This is the one place where a vendor is called in a transaction, for seconds at most.
    Raises AuthRevoked, Misconfigured or Transient; then nothing is changed."""
    try:
        with action(ActionName.CONNECTION_CREDENTIAL_RENEWED, actor=actor, subject=connection):
            row = Credential.objects.select_for_update().filter(connection=connection).first()
            if row is None:
                raise AuthRevoked("the credential was destroyed when the connection was paused; sign in again")
            secrets = json.loads(decrypt(scope.organization_id(), PURPOSE, bytes(row.ciphertext)))
            if _still_good(secrets, refused, now):
                raise _Held(secrets)
            secrets |= grant.renew(connection.settings, secrets, allow=allow, now=now)
            _store_secrets(connection, secrets, now)
    except _Held as held:
        return held.secrets
    return secrets


def _still_good(secrets: Mapping[str, str], refused: str, now: datetime) -> bool:
    token, ends = secrets.get("access_token", ""), secrets.get("access_ends", "")
    return bool(token and ends) and token != refused and instants.from_text(ends) - RENEW_BEFORE > now


def renewing(connection: Connection, *, allow: Iterable[str], clock: Callable[[], datetime]) -> Renew | None:
    """What a run calls when its access token does not hold (`Context.renew`); None for vendors where nobody signs in. Threads of the
    connector give their database connection back at once."""
    grant = load_grant(connection.vendor)
    if grant is None:
        return None
    known, home, own_id = grant, threading.get_ident(), uuid.UUID(str(connection.pk))

    def renew(refused: str) -> Mapping[str, str]:
        try:
            now = Connection.objects.get(pk=own_id)
            return renew_secrets(now, refused, grant=known, allow=allow, now=clock())
        finally:
            if threading.get_ident() != home:
                database.close()

    return renew
