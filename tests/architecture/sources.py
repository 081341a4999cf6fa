"""The project's own Python files, parsed."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("compliance", "controls", "evidence", "integrations")


@cache
def modules() -> tuple[Path, ...]:
    """Every Python file of the product, migrations left out."""
    return tuple(sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts))


@cache
def tree(path: Path) -> ast.Module:
    """Its syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    """The path inside the project, as it is listed in tests."""
    return path.relative_to(ROOT).as_posix()


def migrations() -> Iterator[Path]:
    """Every migration."""
    for package in PACKAGES:
        yield from sorted(path for path in (ROOT / package).rglob("migrations/[0-9]*.py"))


def templates() -> list[Path]:
    """Every template."""
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
