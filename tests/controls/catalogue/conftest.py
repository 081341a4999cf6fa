"""The packaged catalogue, and copies of it that a test may break."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from controls.catalogue.loading import CriteriaSet, Library, load_criteria, load_library

PACKAGED = Path(str(files("controls.catalogue")))


@pytest.fixture(scope="session")
def criteria() -> CriteriaSet:
    return load_criteria()


@pytest.fixture(scope="session")
def library(criteria: CriteriaSet) -> Library:
    return load_library(criteria)


@pytest.fixture(scope="session")
def published_checks() -> list[str]:
    return (Path(__file__).parent / "published_checks.txt").read_text().split()


class Copy:
    """A folder of catalogue files in which one passage can be replaced by another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def replace(self, file: str, passage: str, replacement: str) -> None:
        """Replace the first occurrence, which must exist: a passage that is gone would leave the copy intact."""
        path = self.folder / file
        text = path.read_text()
        assert passage in text, f"{passage!r} no longer stands in {file}"
        path.write_text(text.replace(passage, replacement, 1))


@pytest.fixture
def criteria_copy(tmp_path: Path) -> Copy:
    return Copy(Path(shutil.copytree(PACKAGED / "criteria", tmp_path / "criteria")))


@pytest.fixture
def library_copy(tmp_path: Path) -> Copy:
    return Copy(Path(shutil.copytree(PACKAGED / "library", tmp_path / "library")))
