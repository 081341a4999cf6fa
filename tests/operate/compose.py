"""Reading of docker-compose.yml as a container engine would: variables filled in, commands as lists."""

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from compliance.configuration import CHECKOUT

VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>[A-Z_]+)(?:(?P<kind>:-|:\?)(?P<rest>[^}]*))?\})")


class MissingVariable(Exception):
    """A variable that the file demands is not set; the message is the file's own."""


def services(variables: Mapping[str, str]) -> dict[str, dict]:
    """The services with ``variables`` filled in. Raises MissingVariable with the file's message."""
    text = (CHECKOUT / "docker-compose.yml").read_text()
    return _filled(yaml.safe_load(text), variables)["services"]


def read_env_file(path: Path) -> dict[str, str]:
    """``NAME=value`` lines."""
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if line)


def _filled(node, variables: Mapping[str, str]):
    if isinstance(node, dict):
        return {key: _filled(value, variables) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, variables) for value in node]
    return VARIABLE.sub(lambda found: _value(found, variables), node) if isinstance(node, str) else node


def _value(found: re.Match, variables: Mapping[str, str]) -> str:
    name = found["name"]
    if name is None:
        return "$"
    value = variables.get(name, "")
    if value or found["kind"] is None:
        return value
    if found["kind"] == ":?":
        raise MissingVariable(f"{name}: {found['rest']}")
    return found["rest"]
