"""What pages show of a connector's calls, without loading its SDK, is what the connector states."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from integrations import operations
from integrations.cards import cards
from integrations.registry import CONNECTORS, load_connector


@pytest.mark.parametrize("vendor", sorted(CONNECTORS))
def test_the_file_holds_the_connectors_operations_and_nothing_else(vendor: str) -> None:
    written = json.loads(operations.operations_file(vendor).read_text())
    assert written == {stream.kind: list(stream.operations) for stream in load_connector(vendor).STREAMS}, (
        "run `python -m integrations.operations`"
    )


@pytest.mark.parametrize("vendor", sorted(CONNECTORS))
def test_the_file_is_what_the_command_would_write(vendor: str) -> None:
    assert operations.operations_file(vendor).read_text() == operations.operations_text(vendor)


@pytest.mark.parametrize("vendor", sorted(CONNECTORS))
def test_the_card_shows_the_file(vendor: str) -> None:
    assert cards()[vendor].operations == {stream.kind: stream.operations for stream in load_connector(vendor).STREAMS}


def test_the_command_mends_a_file_that_lags_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for vendor in CONNECTORS:
        (tmp_path / vendor).mkdir()
        (tmp_path / vendor / "operations.json").write_text(operations.operations_text(vendor))
    (tmp_path / "github" / "operations.json").write_text('{"account": []}')
    monkeypatch.setattr(operations, "VENDORS", tmp_path)
    assert operations.rewrite() == ["github"]
    assert (tmp_path / "github" / "operations.json").read_text() == operations.operations_text("github")
    assert operations.rewrite() == []


def test_the_command_runs_on_its_own() -> None:
    done = subprocess.run([sys.executable, "-m", "integrations.operations"], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "nothing to write\n"
