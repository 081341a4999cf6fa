"""The vendor's README says what the code asks for: the permissions, the scopes, the streams."""

from pathlib import Path

import integrations.vendors.jira
from integrations.vendors.jira.connector import JiraConnector
from integrations.vendors.jira.permissions import RIGHTS, scopes

TEXT = (Path(integrations.vendors.jira.__path__[0]) / "README.md").read_text()


def test_every_operation_stands_beside_its_permission_and_scope() -> None:
    for operation, right in RIGHTS.items():
        assert any(right.label in line and right.scope in line and f"`{operation}`" in line for line in TEXT.splitlines()), operation


def test_every_scope_of_the_sign_in_is_told() -> None:
    assert all(f"`{each}`" in TEXT for each in scopes() if each != "offline_access")


def test_every_operation_of_a_stream_has_its_right_and_every_stream_its_line() -> None:
    for stream in JiraConnector.STREAMS:
        assert set(stream.operations) <= set(RIGHTS)
        assert f"| `{stream.kind}` |" in TEXT
        assert stream.never in TEXT
