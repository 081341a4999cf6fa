"""Fixtures of the engine's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operate.engine.places import open_folder


@pytest.fixture
def var_dir() -> Iterator[Path]:
    """A VAR_DIR of its own."""
    with open_folder() as folder:
        yield folder
