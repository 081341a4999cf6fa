"""GitHub's own descriptions, read from VENDOR_SPECS_DIR (default: beside the repository, ../shared/data/vendor-specs)."""

import gzip
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

REPOSITORY = Path(__file__).resolve().parents[4]
FOLDER = Path(os.environ.get("VENDOR_SPECS_DIR", REPOSITORY.parent / "shared" / "data" / "vendor-specs"))
REST = "github-api.github.com-23.0.2.json.gz"
AUDIT = "github-ghec-audit-subset-23.0.2.json.gz"
GRAPH = "github-graphql-15.26.1.graphql.gz"

needs_descriptions = pytest.mark.skipif(
    not (FOLDER / REST).is_file(),
    reason=f"GitHub's description is not at {FOLDER}: set VENDOR_SPECS_DIR; the sandbox is NOT checked against the vendor",
)


@cache
def rest(name: str = REST) -> dict[str, Any]:
    """The OpenAPI document. OpenAPI 3.0 leaves open whether `nullable` admits null to an enum; GitHub means that it does."""
    return json.loads(gzip.decompress((FOLDER / name).read_bytes()), object_hook=_admit_null)


def _admit_null(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("nullable") is True and isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"].append(None)
    return schema


def graph() -> str:
    """The GraphQL schema document."""
    return gzip.decompress((FOLDER / GRAPH).read_bytes()).decode()


def described(operation: str, method: str, status: int) -> dict[str, Any] | None:
    """The schema of an operation's JSON answer; None when it has no body. Raises KeyError when GitHub has no such answer."""
    for name in (REST, AUDIT):
        path = next((own for own in rest(name)["paths"] if _blank(own) == _blank(operation)), None)
        if path is not None:
            answer = rest(name)["paths"][path][method.lower()]["responses"][str(status)]
            if "$ref" in answer:
                answer = rest(name)["components"]["responses"][answer["$ref"].rsplit("/", 1)[-1]]
            content = answer.get("content", {}).get("application/json")
            return {"allOf": [content["schema"]], "components": rest(name)["components"]} if content else None
    raise KeyError(operation)


def problems(schema: dict[str, Any], data: Any) -> list[str]:
    """What contradicts the schema, as `path: message`."""
    validator = OAS30Validator(schema)
    return [f"{'.'.join(str(each) for each in error.absolute_path)}: {error.message[:300]}" for error in validator.iter_errors(data)]


def unheard_of(schema: dict[str, Any], data: Any) -> set[str]:
    """Fields of the answer that the description does not know, as dotted paths with * for list elements."""
    return set(_unknown(schema["allOf"][0], data, schema["components"]["schemas"], ""))


def _unknown(schema: dict[str, Any], data: Any, schemas: dict[str, Any], path: str) -> list[str]:
    parts = _parts(schema, schemas)
    if isinstance(data, list):
        items = [each["items"] for each in parts if "items" in each]
        return [found for row in data for found in _unknown({"anyOf": items}, row, schemas, f"{path}.*")] if items else []
    if not isinstance(data, dict):
        return []
    known: dict[str, list[dict[str, Any]]] = {}
    for each in parts:
        for name, inner in each.get("properties", {}).items():
            known.setdefault(name, []).append(inner)
    free = not known or any(each.get("additionalProperties") not in (None, False) for each in parts)
    found = []
    for name, value in data.items():
        if name in known:
            found += _unknown({"anyOf": known[name]}, value, schemas, f"{path}.{name}")
        elif not free:
            found.append(f"{path}.{name}".lstrip("."))
    return found


def _parts(schema: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """The schema and everything it is composed of."""
    if "$ref" in schema:
        return _parts(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas)
    inner = [part for word in ("allOf", "anyOf", "oneOf") for each in schema.get(word, ()) for part in _parts(each, schemas)]
    return [schema, *inner]


def _blank(path: str) -> str:
    """`/repos/{owner}/{repo}` and `/repos/{o}/{r}` are the same operation."""
    return "/".join("{}" if each.startswith("{") else each for each in path.split("/"))
