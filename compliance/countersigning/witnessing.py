"""Asking a witness to cosign the latest checkpoint (https://c2sp.org/tlog-witness, add-checkpoint)."""

import re
from typing import TYPE_CHECKING

from compliance.countersigning.asking import Refused, post
from compliance.seal.cosignature import CosignatureError, WitnessKey, add_checkpoint_body
from compliance.seal.tiles import consistency_from_tiles
from compliance.vault.selectors.countersigned import checkpoint_to_cosign, cosigned_size
from compliance.vault.selectors.log import read_tile
from compliance.vault.services.countersigned import keep_cosignature
from integrations.transport.exchange import Exchange

if TYPE_CHECKING:
    from compliance.vault.models import Checkpoint

CONTENT = "text/plain; charset=utf-8"
SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")
SIZE_TYPE = "text/x.tlog.size"
SAID = {
    400: "it found the request malformed",
    403: "it does not know the key that signed: give it the log's public key (its page shows it), anew after the key was turned",
    404: "it does not know this log: give it the log's origin and public key, which the log's page shows",
}


class Disagrees(Refused):
    """The witness saw another log than we show it: the gravest thing that it can say."""


def cosign_latest(url: str, key: WitnessKey) -> bool:
    """Have the latest checkpoint of the organization in scope cosigned, where this witness has not done so. Returns whether it was asked
    and did. Raises NotReached, Disagrees where the witness saw a log that ours does not extend, and Refused for another refusal."""
    checkpoint = checkpoint_to_cosign(key.name)
    if checkpoint is None:
        return False
    answer = _submitted(url, checkpoint, cosigned_size(key.name))
    if answer.status == 409:
        answer = _submitted(url, checkpoint, _size_seen(key.name, answer, checkpoint))
    _check_status(key.name, answer, checkpoint)
    try:
        cosigned = key.find(checkpoint.note.encode(), answer.body)
    except CosignatureError as error:
        raise Refused(f"{key.name} gave an answer that is not kept: {error}") from error
    keep_cosignature(size=checkpoint.size, witness=key.name, cosigned=cosigned)
    return True


def _submitted(url: str, checkpoint: "Checkpoint", old: int) -> Exchange:
    proof = consistency_from_tiles(old, checkpoint.size, read_tile) if old else []
    return post(f"{url}/add-checkpoint", add_checkpoint_body(old, proof, checkpoint.note.encode()), CONTENT)


def _size_seen(name: str, answer: Exchange, checkpoint: "Checkpoint") -> int:
    """The size that the witness cosigned last, which it tells where we did not know (an answer that was lost on the way)."""
    said = SIZE.fullmatch(answer.body)
    if said is None or answer.headers.get("content-type", "").partition(";")[0].strip().lower() != SIZE_TYPE:
        raise Refused(f"{name} answered 409 without the size of the log that it saw")
    size = int(said[1])
    if size > checkpoint.size:
        raise Disagrees(
            f"{name} cosigned this log at {size:,} entries, and it has {checkpoint.size:,} now: entries were lost, for example by "
            "restoring an older backup"
        )
    return size


def _check_status(name: str, answer: Exchange, checkpoint: "Checkpoint") -> None:
    if answer.status == 200:
        return
    if answer.status in (409, 422):
        raise Disagrees(
            f"{name} answered {answer.status} for {checkpoint.size:,} entries: what it saw of this log before is not the beginning of it now"
        )
    raise Refused(f"{name} answered {answer.status}: {SAID.get(answer.status, 'it gave no cosignature')}")
