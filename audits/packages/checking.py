"""Verifying a package with the very program that lies in every package."""

import importlib.util
from functools import lru_cache
from pathlib import Path
from types import ModuleType


def check_package(path: Path, key: str) -> tuple[list[str], dict[str, int]]:
    """What does not hold, each beginning with the file's name, and how much was verified. `key` is the log's public key."""
    return program().verify(str(path), key)


@lru_cache(maxsize=1)
def program() -> ModuleType:
    """The verifier as a module. It is loaded by path, because it stands alone and is no part of the product's code."""
    place = Path(__file__).resolve().parent / "inside" / "verify.py"
    spec = importlib.util.spec_from_file_location("plumbline_verify_package", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
