"""Whatever a row of Okta holds, making its fact ends in a fact of plain values or in an error that costs this row alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.vendors.okta.collectors.apps.v1 import Assigned, identity_app
from integrations.vendors.okta.collectors.directory.v1 import identity, identity_group, roles
from integrations.vendors.okta.collectors.events.v1 import identity_event
from integrations.vendors.okta.collectors.policies.v1 import password_policy, session_rule, sign_on_rule
from integrations.vendors.okta.collectors.settings import v1 as others
from integrations.vendors.okta.reading import UNSOUND, checked

pytestmark = pytest.mark.slow  # each takes minutes of the time that all fast tests share

NAMES = (
    "id", "status", "profile", "login", "email", "lastLogin", "created", "type", "label", "name", "features", "_links", "accessPolicy", "href",
    "actions", "appSignOn", "verificationMethod", "factorMode", "constraints", "possession", "chains", "next", "authenticationMethods",
    "conditions", "people", "groups", "include", "signon", "session", "settings", "password", "complexity", "key", "network", "connection",
    "expiresAt", "tokenWindow", "gateways", "value", "_embedded", "users", "user", "uuid", "target", "actor", "outcome", "result", "debugContext",
    "debugData", "privilegeGranted", "factorType", "priority", "allowedFor", "excludeZones",
)  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(
        ["ACTIVE", "ASSURANCE", "AUTH_METHOD_CHAIN", "2FA", "P30D", "P9999D", "0001-01-01T00:00:00.000Z", "2026-03-01T12:00:00.000Z"]
    )
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6), max_leaves=25
)
ROWS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=12)
MAKERS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda row: identity(row, factors=[row], roles=(), groups={"g"}),
    "identity_group": lambda row: identity_group(row, members=None),
    "identity_app": lambda row: identity_app(row, Assigned()),
    "sign_on_rule": lambda row: sign_on_rule(row, row),
    "session_rule": lambda row: session_rule(row, row),
    "identity_password_policy": password_policy,
    "identity_organization": lambda row: others.organization(row, ()),
    "authenticator": others.authenticator,
    "identity_token": lambda row: others.token(row, status=None, roles=None),
    "network_zone": others.zone,
    "identity_device": others.device,
    "log_stream": others.log_stream,
    "threat_setting": others.threat_setting,
    "identity_event": identity_event,
}


@pytest.mark.parametrize("kind", sorted(MAKERS))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(row=ROWS)
def test_a_row_makes_a_plain_fact_or_an_error_of_its_own(kind: str, row: dict[str, Any]) -> None:
    try:
        fact = checked(MAKERS[kind](row))
    except UNSOUND:
        return
    assert kind == fact.KIND and json.loads(json.dumps(fact.payload())) == fact.payload()


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(ROWS, max_size=4))
def test_roles_are_texts_or_an_error(rows: list[dict[str, Any]]) -> None:
    try:
        held = roles(rows)
    except UNSOUND:
        return
    assert all(isinstance(each, str) for each in held) and list(held) == sorted(set(held))


def test_a_token_whose_days_begin_before_the_first_year_has_no_last_use() -> None:
    row = {"id": "t", "expiresAt": "0001-01-01T00:00:00.000Z", "tokenWindow": "P9999D"}
    assert others.token(row, status=None, roles=None).last_used is None
