"""The demo company's roster and resources, as written in `fernhill.yaml`. The sandboxes of all vendors agree about these people."""

from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("fernhill.yaml")


def load() -> dict[str, Any]:
    """The whole file; a fresh copy, which a test may change."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))
