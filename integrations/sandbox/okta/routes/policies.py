"""Policies of the four types and their rules. Rules have a limit and no cursor: what is beyond it cannot be read."""

from typing import Any

from integrations.sandbox.okta.answers import Answer, Refused, invalid, not_found
from integrations.sandbox.okta.call import Call, route
from integrations.sandbox.okta.clock import stamp
from integrations.sandbox.okta.state import Policy

POLICIES = "okta.policies.read"
TYPES = frozenset({"OKTA_SIGN_ON", "ACCESS_POLICY", "PASSWORD", "MFA_ENROLL"})
OTHER_TYPES = frozenset({"IDP_DISCOVERY", "PROFILE_ENROLLMENT", "ENTITY_RISK", "POST_AUTH_SESSION"})
RULE_TYPES = {"OKTA_SIGN_ON": "SIGN_ON"}
MOST_RULES = 100


@route("/api/v1/policies", POLICIES, "type", "status", "q", "expand", "sortBy", "limit", "resourceId", "after", limits=(20, 1, 100))
def policies(call: Call) -> Answer:
    """The policies of one type, by priority; the type must be named."""
    sort = call.query.get("type")
    if sort is None:
        raise invalid("type", "type: The field is required.")
    if sort not in TYPES | OTHER_TYPES:
        raise invalid("type", f"type: {sort[:40]} is no policy type.")
    if sort == "ACCESS_POLICY" and "ACCESS_POLICIES" not in call.state.features:
        raise Refused(400, "E0000001", "Api validation failed: type", ["type: The feature is not enabled."])
    rows = [each for each in call.state.policies if each.sort == sort and call.query.get("status") in (None, each.status)]
    numbered = list(enumerate(rows, 1))
    return call.paged(numbered, lambda row: policy(call, row[1], row[0]), lambda row: (row[0],))


@route("/api/v1/policies/{policyId}/rules", POLICIES, "limit", limits=(MOST_RULES, 1, MOST_RULES), bucket="/api/v1/policies/{id}")
def rules(call: Call) -> Answer:
    """The first rules of one policy."""
    number = call.arguments["policyId"]
    held = next((each for each in call.state.policies if each.id == number), None)
    if held is None:
        raise not_found("Policy", number)
    return call.whole(_rule(call, held, row, place) for place, row in enumerate(held.rules[: call.size], 1))


def policy(call: Call, row: Policy, priority: int) -> dict[str, Any]:
    """A policy as Okta writes it."""
    found: dict[str, Any] = {
        "id": row.id,
        "status": row.status,
        "name": row.name,
        "description": row.description,
        "priority": priority,
        "system": row.system,
        "created": stamp(row.created),
        "lastUpdated": stamp(row.created),
        "type": row.sort,
        "conditions": None if row.sort == "ACCESS_POLICY" else {"people": {"groups": {"include": row.groups}}},
        "_links": {"self": call.link(f"/api/v1/policies/{row.id}"), "rules": call.link(f"/api/v1/policies/{row.id}/rules")},
    }
    if row.settings:
        found["settings"] = row.settings
    return found


def _rule(call: Call, held: Policy, row: dict[str, Any], priority: int) -> dict[str, Any]:
    return {
        "priority": priority,
        "status": "ACTIVE",
        "system": False,
        "created": stamp(held.created),
        "lastUpdated": stamp(held.created),
        "type": RULE_TYPES.get(held.sort, held.sort),
        "_links": {"self": call.link(f"/api/v1/policies/{held.id}/rules/{row['id']}")},
        **row,
    }
