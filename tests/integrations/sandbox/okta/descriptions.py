"""Okta's own description, read from VENDOR_SPECS_DIR (default: beside the repository, ../shared/data/vendor-specs)."""

import gzip
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator

REPOSITORY = Path(__file__).resolve().parents[4]
FOLDER = Path(os.environ.get("VENDOR_SPECS_DIR", REPOSITORY.parent / "shared" / "data" / "vendor-specs"))
MANAGEMENT = "okta-management-2026.06.3.yaml.gz"

needs_description = pytest.mark.skipif(
    not (FOLDER / MANAGEMENT).is_file(),
    reason=f"Okta's description is not at {FOLDER}: set VENDOR_SPECS_DIR; the sandbox is NOT checked against the vendor",
)


@cache
def management() -> dict[str, Any]:
    """The OpenAPI document. OpenAPI 3.0 leaves open whether `nullable` admits null to an enum; Okta means that it does."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load(gzip.decompress((FOLDER / MANAGEMENT).read_bytes()), Loader=loader)
    _admit_null(document)
    return document


def _admit_null(node: Any) -> None:
    if isinstance(node, dict):
        if node.get("nullable") is True and isinstance(node.get("enum"), list) and None not in node["enum"]:
            node["enum"].append(None)
        for value in node.values():
            _admit_null(value)
    elif isinstance(node, list):
        for value in node:
            _admit_null(value)


def operation(path: str) -> dict[str, Any]:
    """The GET of a path. Raises KeyError where Okta has none."""
    return management()["paths"][path]["get"]


def parameters(path: str) -> set[str]:
    """Names of its query parameters."""
    shared = management()["paths"][path].get("parameters", [])
    rows = [_resolved(each) for each in [*shared, *operation(path).get("parameters", [])]]
    return {each["name"] for each in rows if each["in"] == "query"}


def scopes(path: str) -> set[str]:
    """The OAuth scopes that it needs."""
    return {scope for each in operation(path).get("security", []) for scope in each.get("oauth2", [])}


def described(path: str) -> dict[str, Any]:
    """The schema of its answer, as one that a validator can resolve."""
    answer = _resolved(operation(path)["responses"]["200"])
    return {"allOf": [answer["content"]["application/json"]["schema"]], "components": management()["components"]}


def problems(schema: dict[str, Any], data: Any) -> set[str]:
    """Dotted paths (* for list elements) of what contradicts the schema; those of discriminated parts against their own schema."""
    found = set()
    for error in OAS30Validator(schema).iter_errors(data):
        found.add(_path(error.absolute_path))
    for place, row, inner in _parts(schema["allOf"][0], data, ""):
        for error in OAS30Validator({"allOf": [inner], "components": schema["components"]}).iter_errors(row):
            found.add(f"{place}.{_path(error.absolute_path)}".strip("."))
    return found


def _parts(schema: dict[str, Any], data: Any, place: str) -> list[tuple[str, Any, dict[str, Any]]]:
    """Rows whose schema follows from a discriminator (an app from its signOnMode), with that schema."""
    held = _resolved(schema)
    if isinstance(data, list):
        return [found for row in data for found in _parts(held.get("items", {}), row, f"{place}.*".strip("."))]
    rule = held.get("discriminator")
    if isinstance(data, dict) and rule and data.get(rule["propertyName"]) in rule.get("mapping", {}):
        return [(place, data, {"$ref": rule["mapping"][data[rule["propertyName"]]]})]
    return []


def _path(parts: Any) -> str:
    return ".".join("*" if isinstance(each, int) else str(each) for each in parts)


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = management()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node
