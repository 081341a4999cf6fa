"""The ledger of released versions: SHA-256 of every module that an old verdict needs to be reached again.

Listed are the versions of checks, facts and collectors with their data tables (`v1.py`, `runtimes_v1.yaml`), and the modules that these
share. What is listed is never edited: another behaviour is another version. `python -m controls.checks.ledger` adds what is new and
refuses what differs; how to make a new version is told in docs/checks.md.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEDGER = "controls/checks/ledger.json"
PLACES = ("controls/checks", "evidence/facts", "integrations/vendors/*/collectors")
VERSIONED = re.compile(r"v\d+\.py|\w+_v\d+\.(yaml|json)")


@dataclass(frozen=True, slots=True)
class Difference:
    """How the tree departs from the ledger, as paths in order."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    missing: tuple[str, ...]


def digests(root: Path = ROOT) -> dict[str, str]:
    """SHA-256 in hexadecimal of every file whose content decides a verdict, by path below `root`."""
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(_files(root))}


def read_ledger(root: Path = ROOT) -> dict[str, str]:
    """What was released, empty where nothing was. Raises ValueError when the ledger is damaged."""
    path = root / LEDGER
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def compare(released: Mapping[str, str], present: Mapping[str, str]) -> Difference:
    """What was added, edited and removed since."""
    return Difference(
        new=tuple(sorted(present.keys() - released.keys())),
        changed=tuple(sorted(path for path in present.keys() & released.keys() if present[path] != released[path])),
        missing=tuple(sorted(released.keys() - present.keys())),
    )


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Add new versions to the ledger. Returns 1, writing nothing, when a listed file was edited or removed."""
    parser = argparse.ArgumentParser(
        prog="python -m controls.checks.ledger", description="Add new versions to the ledger of released ones."
    )
    parser.add_argument("--unreleased", action="store_true", help="also take over edits: only of versions that no release contains yet")
    given = parser.parse_args(arguments)
    present = digests(root)
    found = compare(read_ledger(root), present)
    if (found.changed or found.missing) and not given.unreleased:
        for path in (*found.changed, *found.missing):
            print(f"{path} was released and may not change: restore it and make a new version (docs/checks.md)", file=sys.stderr)
        return 1
    (root / LEDGER).write_text(json.dumps(present, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(present)} files listed, {len(found.new)} new")
    return 0


def _files(root: Path) -> Iterator[Path]:
    for place in PLACES:
        for folder in root.glob(place):
            for path in folder.rglob("*"):
                shared = path.suffix == ".py" and path.name not in ("__init__.py", "ledger.py")
                if path.is_file() and (shared or VERSIONED.fullmatch(path.name)):
                    yield path


if __name__ == "__main__":
    sys.exit(main())
