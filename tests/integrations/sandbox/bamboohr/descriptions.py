"""BambooHR's own description, read from VENDOR_SPECS_DIR (default: beside the repository, ../shared/data/vendor-specs)."""

import gzip
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS31Validator

REPOSITORY = Path(__file__).resolve().parents[4]
FOLDER = Path(os.environ.get("VENDOR_SPECS_DIR", REPOSITORY.parent / "shared" / "data" / "vendor-specs"))
NAME = "bamboohr-public-2026-04-27.yaml.gz"

needs_description = pytest.mark.skipif(
    not (FOLDER / NAME).is_file(),
    reason=f"BambooHR's description is not at {FOLDER}: set VENDOR_SPECS_DIR; the sandbox is NOT checked against the vendor",
)


@cache
def description() -> dict[str, Any]:
    """The OpenAPI document."""
    text = gzip.decompress((FOLDER / NAME).read_bytes())
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def operation(path: str, method: str) -> dict[str, Any]:
    """One operation. Raises KeyError when BambooHR has none."""
    return description()["paths"][path][method.lower()]


def schema(path: str, method: str, status: int) -> dict[str, Any] | None:
    """The schema of an operation's JSON answer; None when none is described. Raises KeyError when BambooHR has no such answer."""
    content = operation(path, method)["responses"][str(status)].get("content", {})
    described = next((each["schema"] for name, each in content.items() if "json" in name and "schema" in each), None)
    return {"allOf": [described], "components": description()["components"]} if described is not None else None


def problems(held: dict[str, Any], data: Any) -> list[str]:
    """What contradicts the schema, as `path: message`."""
    errors = OAS31Validator(held).iter_errors(data)
    return [f"{'.'.join(str(each) for each in error.absolute_path)}: {error.message[:300]}" for error in errors]


def schemes(path: str, method: str) -> set[str]:
    """The kinds of credential that an operation accepts: basic, oauth."""
    return {name for each in operation(path, method)["security"] for name in each}


def parameters(path: str, method: str) -> set[str]:
    """The names of the query parameters that an operation knows, `page[limit]` as `page`."""
    found = [_resolved(each) for each in operation(path, method).get("parameters", ())]
    return {each["name"] for each in found if each["in"] == "query"}


def _resolved(held: dict[str, Any]) -> dict[str, Any]:
    return description()["components"]["parameters"][held["$ref"].rsplit("/", 1)[-1]] if "$ref" in held else held
