"""Rows of any shape: a collector makes a fact with a canonical form of it, or says that the row is not as documented. Nothing else."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from compliance.seal.canonical import fact_bytes
from evidence.facts.fact import Fact
from integrations.vendors.github.collectors.alerts import v1 as alerts
from integrations.vendors.github.collectors.changes import v1 as changes
from integrations.vendors.github.collectors.organization import v1 as organization
from integrations.vendors.github.collectors.people import v1 as people
from integrations.vendors.github.collectors.repositories import v1 as repositories
from integrations.vendors.github.collectors.values import instant
from integrations.vendors.github.reading import UNSOUND, checked

NAMES = [
    "id",
    "databaseId",
    "number",
    "login",
    "name",
    "full_name",
    "nameWithOwner",
    "state",
    "severity",
    "created_at",
    "dismissed_at",
    "repository",
    "security_advisory",
    "owner",
    "token_expires_at",
    "permissions",
    "@timestamp",
    "_document_id",
    "action",
    "node",
    "role",
    "hasTwoFactorEnabled",
    "user",
    "samlIdentity",
    "visibility",
    "plan",
    "archived",
    "security_and_analysis",
    "secret_scanning",
    "status",
    "default_branch",
    "type",
    "parameters",
    "ruleset_id",
    "bypass_actors",
    "actor_type",
    "actor_id",
    "sources",
    "required_pull_request_reviews",
    "enforce_admins",
    "enabled",
    "required_status_checks",
    "contexts",
    "checks",
    "context",
    "mergedAt",
    "author",
    "reviews",
    "nodes",
    "commit",
    "authors",
    "email",
    "oid",
    "committedDate",
    "associatedPullRequests",
    "merged",
    "parents",
    "totalCount",
    "rule",
    "tool",
    "last_used",
    "read_only",
    "title",
]
VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False)
    | some.text(max_size=8)
    | some.sampled_from(
        ("2026-03-01T12:00:00Z", "2026-13-01T12:00:00Z", "9999-99-99T99:99:99Z", "0001-01-01T00:00:00+14:00", "MERGED", "enabled")
    ),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(NAMES), inner, max_size=6),
    max_leaves=25,
)
ROWS = some.dictionaries(some.sampled_from(NAMES), VALUES, max_size=12)
COLLECTORS: dict[str, Callable[[dict, dict], Fact]] = {
    "organization": lambda row, other: organization.organization(row, [other]),
    "pipeline_settings": lambda row, other: organization.pipeline_settings(row, other, other),
    "access_token": lambda row, _other: organization.access_token(row),
    "rule_event": lambda row, _other: organization.rule_event(row),
    "account": lambda row, _other: people.account(row),
    "outside_collaborator": lambda row, _other: people.outside_collaborator(row),
    "federated_identity": lambda row, other: people.federated_identity(row, other, shown=True),
    "repository": lambda row, _other: repositories.repository(row),
    "deploy_key": repositories.deploy_key,
    "branch_rules": lambda row, other: repositories.branch_rules(
        {"id": 1, "full_name": "a/b", "default_branch": "main", **row},
        classic=other,
        classic_known=True,
        rules=[other, row],
        rulesets={1: other},
    ),
    "change": lambda row, other: changes.change(row, reviews=[other], commits=[other], checks=[other, row], checks_shown=True),
    "mainline_commit": lambda row, other: changes.mainline_commit(other, row, changes_shown=True),
    "dependency_alert": lambda row, _other: alerts.dependency_alert(row),
    "code_alert": lambda row, _other: alerts.code_alert(row),
    "secret_alert": lambda row, _other: alerts.secret_alert(row),
}


@pytest.mark.parametrize("text", ["2026-13-01T12:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-01", "", 5])
def test_an_instant_that_is_none_is_unknown(text: object) -> None:
    assert instant({"at": text}, "at") is None


@pytest.mark.parametrize("kind", sorted(COLLECTORS))
@settings(deadline=None, max_examples=60)
@given(row=ROWS, other=ROWS)
def test_a_row_becomes_a_fact_or_is_told_apart(kind: str, row: dict, other: dict) -> None:
    with contextlib.suppress(*UNSOUND):
        fact = checked(COLLECTORS[kind](row, other))
        assert fact_bytes(fact.payload()) == fact_bytes(type(fact).load(fact.payload()).payload())
