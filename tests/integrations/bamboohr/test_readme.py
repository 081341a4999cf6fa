"""The README says what the code asks for."""

from pathlib import Path

import integrations.vendors.bamboohr
from integrations.vendors.bamboohr.connector import BamboohrConnector
from integrations.vendors.bamboohr.permissions import RIGHTS, SCOPES
from integrations.vendors.bamboohr.redactions import COMPANY

TEXT = (Path(integrations.vendors.bamboohr.__path__[0]) / "README.md").read_text()


def test_every_operation_stands_in_the_table_of_permissions() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| `")]
    for operation, right in RIGHTS.items():
        (row,) = [line for line in rows if f"`{operation}`" in line]
        assert all(f"`{scope}`" in row for scope in right.scope.split(", "))


def test_every_operation_of_a_stream_has_its_right_and_every_stream_its_line() -> None:
    for stream in BamboohrConnector.STREAMS:
        assert set(stream.operations) <= set(RIGHTS)
        assert f"| {stream.title} | `{stream.kind}` | {stream.mode} |" in TEXT
    assert COMPANY in RIGHTS


def test_the_scopes_are_those_that_are_needed() -> None:
    assert all(f"`{scope}`" in TEXT for scope in SCOPES)
    assert {scope for right in RIGHTS.values() for scope in right.scope.split(", ")} <= set(SCOPES)
