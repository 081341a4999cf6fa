"""What is looked at, in order."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from compliance.operate.verify_store.blobs import kept_bytes, unknown_objects
from compliance.operate.verify_store.countersigned import cosignatures, timestamps
from compliance.operate.verify_store.findings import Looked
from compliance.operate.verify_store.links import links
from compliance.operate.verify_store.payloads import facts, statements
from compliance.operate.verify_store.tree import log, tiles

Stage = Callable[[dict[str, Any]], Iterator[Looked]]

STAGES: Mapping[str, Stage] = {
    "bytes": kept_bytes,
    "records": facts,
    "statements": statements,
    "log": log,
    "tiles": tiles,
    "timestamps": timestamps,
    "cosignatures": cosignatures,
    "links": links,
    "unknown objects": unknown_objects,
}
