"""Files, links, statements and snapshots on their way into the library and to a control: one deed each, or a refusal that leaves nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from compliance.trail.actor import Actor
from controls.services.links import Place, bring_item
from evidence.files.names import ending
from evidence.services.freezing import Frozen
from evidence.services.items import Dated, Described, check_dated, check_described
from evidence.services.receiving import receive, receive_text

if TYPE_CHECKING:
    from evidence.models import Item

Places = Sequence[tuple[Place, str]]


def title_of(filename: str) -> str:
    """A title made of a file's name: `q2_access-review.pdf` is “Q2 access review”."""
    stem = filename[: -len(ending(filename)) - 1] if ending(filename) else filename
    words = " ".join(re.sub(r"[_-]+", " ", stem).split()) or filename
    return words[:1].upper() + words[1:200]


def bring_file(
    *, actor: Actor, role: str, pieces: Iterator[bytes], filename: str, described: Described, dated: Dated, places: Places, now: datetime,
    kind: str = "file", again: bool = False, sha256: str = "",
) -> "Item":  # fmt: skip
    """An uploaded file, or what a link showed (`kind` link, with its address in `described`). What is said is checked before a byte is
    stored. Raises ValidationError, NotTaken, Duplicate."""
    if not described.title.strip():
        described = replace(described, title=title_of(filename))
    check_described(described)
    check_dated(dated, now)
    received = receive(pieces, filename, role=role, again=again, expected_sha256=sha256)
    return bring_item(actor=actor, kind=kind, described=described, dated=dated, received=received, places=places, now=now)


def bring_statement(*, actor: Actor, signer: str, text: str, described: Described, dated: Dated, places: Places, now: datetime) -> "Item":
    """What a named person states: the text with who, when and for what, kept as bytes and in the log. Raises ValidationError."""
    check_described(described)
    check_dated(dated, now)
    said = "\n".join(
        [
            described.title.strip(), "", text.strip(), "",
            f"Stated and signed by typing the name by {signer} on {now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC.", "",
        ]
    )  # fmt: skip
    received = receive_text(said, "statement.txt", "text/plain")
    return bring_item(
        actor=actor,
        kind="statement",
        described=described,
        dated=replace(dated, stated_by=signer),
        received=received,
        places=places,
        now=now,
    )


def bring_snapshot(*, actor: Actor, frozen: Frozen, source: str, described: Described, places: Places, now: datetime) -> "Item":
    """What was observed, frozen as it stands. Raises ValidationError."""
    check_described(described)
    received = receive(frozen.lines, frozen.filename, role="", again=True)
    dated = Dated(performed_at=frozen.observed_at, stated_by=source)
    return bring_item(actor=actor, kind="snapshot", described=described, dated=dated, received=received, places=places, now=now)
