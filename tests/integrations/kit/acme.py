"""The worked example of the guide, installed as pip would: a folder on sys.path with the metadata of its pyproject.toml."""

import importlib
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from integrations.cards import cards
from integrations.entrypoints import GROUP, _found

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "acme"


@contextmanager
def installed(folder: Path, *allowed: str) -> Iterator[None]:
    """While open, the example is installed, and CONNECTORS_ALLOWED says `allowed`."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    metadata = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    metadata.mkdir(exist_ok=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    offered = "\n".join(f"{key} = {value}" for key, value in project["entry-points"][GROUP].items())
    (metadata / "entry_points.txt").write_text(f"[{GROUP}]\n{offered}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        patch.syspath_prepend(str(EXAMPLE))
        patch.setattr(
            settings, "CONFIGURATION", replace(settings.CONFIGURATION, connectors_allowed=allowed, outgoing_allow=("127.0.0.0/8",))
        )
        _forget()
        try:
            yield
        finally:
            for name in [each for each in sys.modules if each.partition(".")[0] == "acme_connector"]:
                del sys.modules[name]
    _forget()


def _forget() -> None:
    importlib.invalidate_caches()
    _found.cache_clear()
    cards.cache_clear()
