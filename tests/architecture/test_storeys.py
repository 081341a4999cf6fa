"""Who may import whom: the contracts of `.importlinter`, one test each."""

import configparser
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

LINT = Path(sys.executable).with_name("lint-imports")


def contracts() -> list[str]:
    """Names of the contracts."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    return [config[section]["name"] for section in config.sections() if section.startswith("importlinter:contract:")]


@cache
def report() -> str:
    """What the linter says; run once."""
    done = subprocess.run([LINT, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("contract", contracts())
def test_the_contract_is_kept(contract):
    said = report()
    details = said[said.find("Broken contracts") :].partition(f"\n{contract}\n")[2].partition("\n\n\n")[0]
    assert any(line.startswith(f"{contract} KEPT") for line in said.splitlines()), f"{contract} is broken:\n{details}"


def test_a_planted_upward_import_is_caught(tmp_path):
    """The linter looks at what it is told to: a small house with one import that goes up the stairs."""
    house = tmp_path / "house"
    for storey, text in {"": "", "cellar": "import house.roof\n", "roof": ""}.items():
        (house / storey).mkdir(parents=True, exist_ok=True)
        (house / storey / "__init__.py").write_text(text)
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\nroot_package = house\n"
        "[importlinter:contract:s]\nname = S\ntype = layers\nlayers =\n    house.roof\n    house.cellar\n"
    )
    done = subprocess.run([LINT, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "house.cellar -> house.roof" in done.stdout
