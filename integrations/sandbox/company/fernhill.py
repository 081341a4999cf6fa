"""The demo company's roster and resources, as written in `fernhill.yaml`. The sandboxes of all vendors agree about these people."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("fernhill.yaml")


def load() -> dict[str, Any]:
    """The whole file; a fresh copy, which a test may change."""
    return copy.deepcopy(_parsed())


@cache
def _parsed() -> dict[str, Any]:
    # Every sandbox and many steps of a story ask: parsing takes a hundred times as long as copying
    return yaml.load(FILE.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
