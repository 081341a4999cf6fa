"""The log's signing keys: turned, and announced in the log itself."""

from datetime import datetime

from django.core.exceptions import ValidationError

from compliance.seal.note import Signer
from compliance.tenancy.uuid7 import uuid7
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.vault.models import LogKey
from compliance.vault.selectors.log import log_size
from compliance.vault.services.sealing import _keep_key, _lock, _seal, _signer
from compliance.vault.services.statements import _state


def rotate_log_key(*, actor: Actor, reason: str, now: datetime) -> LogKey:
    """Let a new key sign the log of the organization in scope. The old key signs a last checkpoint, which holds a leaf of kind `key` that
    announces the new one; the new key signs the next, which holds a leaf that says it is in use. Old checkpoints stay verifiable under
    the old key. Raises ValidationError without a reason. What waits is sealed with it, so that nothing is between the two keys."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why the key is turned; whoever verifies the log will ask."})
    with action(ActionName.LOG_KEY_ROTATED, actor=actor, reason=reason) as entry:
        _lock()
        old = _signer(now)
        new = Signer.generate(old.name)
        said = {"actor": entry.actor_name, "new": new.verifier.vkey, "old": old.verifier.vkey, "reason": reason}
        _state("key", uuid7(), now, {**said, "event": "announced"})
        while _seal(now):
            pass
        kept = _keep_key(new, from_size=log_size(), now=now)
        _state("key", kept.pk, now, {**said, "event": "in_use"})
        _seal(now)
    return kept
