"""That a package was made: an entry of the trail, a statement in the log, and a checkpoint that covers it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audits.packages.scopes import PackageScope
from compliance.seal.leaf import utc_text
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.vault.selectors.log import position_of
from compliance.vault.selectors.packing import latest_checkpoint
from compliance.vault.selectors.statements import statement_of
from compliance.vault.services.sealing import seal_pending
from compliance.vault.services.statements import _state

ROUNDS = 50  # sealing takes what was pending before first


class NothingSealed(RuntimeError):
    """The log could not be sealed up to the export's own entry."""


@dataclass(frozen=True, slots=True)
class Export:
    """The statement about an export, and the checkpoint that covers it."""

    ref: uuid.UUID
    salt: bytes
    payload: str
    checkpoint: Any


def state_export(*, actor: Actor, scope: PackageScope, manifest: str, files: int, size: int, now: datetime) -> Export:
    """State that this manifest was given out, seal the log, and give back what the package needs to prove it. Raises NothingSealed."""
    detail = {"scope": scope.kind, "ref": scope.ref, "manifest": manifest, "files": files, "bytes": size}
    with action(ActionName.EXPORT_DOWNLOADED, actor=actor, subject_name=f"Package: {scope.title}", detail=detail) as entry:
        _state(
            "export", entry.pk, now,
            {
                "manifest": manifest, "scope": scope.kind, "ref": scope.ref, "from": utc_text(scope.start), "until": utc_text(scope.until),
                "files": files, "bytes": size, "made_by": actor.name, "role": scope.role,
            },
        )  # fmt: skip
    for _round in range(ROUNDS):
        if position_of(entry.pk) is not None or not seal_pending(now=now):
            break
    statement, checkpoint, position = statement_of(entry.pk), latest_checkpoint(), position_of(entry.pk)
    if statement is None or checkpoint is None or position is None or position >= checkpoint.size:
        raise NothingSealed("the log could not be sealed up to this export; try again in a minute")
    return Export(entry.pk, bytes(statement.salt), statement.payload or "", checkpoint)
