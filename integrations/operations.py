"""`python -m integrations.operations` writes each vendor's `operations.json` anew: what pages show of a connector's calls without
loading its SDK. Run it whenever a stream's operations change; a test holds the files to the connectors."""

import json
import sys
from pathlib import Path

from integrations.registry import CONNECTORS, load_connector

VENDORS = Path(__file__).resolve().parent / "vendors"


def operations_file(vendor: str) -> Path:
    """Where the operations of a vendor stand."""
    return VENDORS / vendor / "operations.json"


def operations_text(vendor: str) -> str:
    """What has to stand there: the operations of every stream by its kind, in the connector's own order. Raises UnknownVendor."""
    by_kind = {stream.kind: list(stream.operations) for stream in load_connector(vendor).STREAMS}
    return json.dumps(by_kind, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def rewrite() -> list[str]:
    """Write the files that differ. Returns the vendors whose file changed."""
    changed = []
    for vendor in sorted(CONNECTORS):
        path, text = operations_file(vendor), operations_text(vendor)
        if not path.is_file() or path.read_text() != text:
            path.write_text(text)
            changed.append(vendor)
    return changed


if __name__ == "__main__":
    sys.stdout.write("".join(f"{vendor}: operations.json written\n" for vendor in rewrite()) or "nothing to write\n")
