"""The vendor's README says what the code asks for: the manifest, the permissions, the streams."""

import json
import re
from pathlib import Path

import integrations.vendors.github
from integrations.vendors.github.connector import GithubConnector
from integrations.vendors.github.manifest import app_manifest
from integrations.vendors.github.permissions import RIGHTS

TEXT = (Path(integrations.vendors.github.__path__[0]) / "README.md").read_text()


def test_the_manifest_in_the_readme_is_the_one_that_is_made() -> None:
    shown = json.loads(re.search(r"```json\n(.*?)\n```", TEXT, re.DOTALL)[1])
    assert shown == app_manifest(name="Plumbline (read-only)", url="https://plumbline.example")


def test_every_operation_stands_beside_its_permission() -> None:
    for operation, right in RIGHTS.items():
        assert any(right.label in line and f"`{operation}`" in line for line in TEXT.splitlines()), operation


def test_every_operation_of_a_stream_has_its_right_and_every_stream_its_line() -> None:
    for stream in GithubConnector.STREAMS:
        assert set(stream.operations) <= set(RIGHTS)
        assert f"| `{stream.kind}` |" in TEXT
        assert stream.never in TEXT
