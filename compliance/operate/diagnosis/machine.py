"""The machine: what PDF needs, and room on the disk."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from compliance.configuration import Configuration
from compliance.operate.diagnosis.finding import Finding, fail, ok, warn

GIB = 1024**3
LEAST_FREE, COMFORTABLE_FREE = 1 * GIB, 5 * GIB


def look_at_machine(configuration: Configuration) -> Iterator[Finding]:
    """Findings about Pango and the disks that data is written to."""
    yield _pango()
    for folder in _folders(configuration):
        yield _room(folder)


def _pango() -> Finding:
    # asked in a process of its own: a half-loaded library would stay in this one
    asked = subprocess.run([sys.executable, "-c", "import weasyprint"], capture_output=True, text=True, timeout=60, check=False)
    if asked.returncode == 0:
        return ok("PDF", "Pango is there")
    return warn(
        "PDF",
        "Pango is missing: everything but PDF works",
        "Run apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 (macOS: brew install pango).",
    )


def _folders(configuration: Configuration) -> list[Path]:
    folders = [configuration.var_dir]
    store = urlsplit(configuration.blob_store_url)
    if store.scheme == "file":
        folders.append(Path(unquote(store.path)))
    existing = [_existing(folder) for folder in folders]
    by_disk = {folder.stat().st_dev: folder for folder in reversed(existing)}
    return list(by_disk.values())


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    seen = f"{free / GIB:.1f} GiB free for {folder}"
    if free < LEAST_FREE:
        return fail("disk", seen, "Make room now: the database stops when the disk is full.")
    if free < COMFORTABLE_FREE:
        return warn("disk", seen, "Make room soon.")
    return ok("disk", seen)
