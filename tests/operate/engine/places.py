"""Folders for servers in tests: pytest's own are closed to the user the servers run as."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that every user may pass; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="plumbline-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
