"""The trust policy of a role, as far as AssumeRole by another account needs it: is the caller's ExternalId demanded and right?

moto hands out credentials whatever the ExternalId. AWS refuses unless a statement allows the call with its conditions met.
Source: docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

import fnmatch
import json
from collections.abc import Mapping, Sequence
from typing import Any

_ASSUMING = "sts:assumerole"
_KEY = "sts:externalid"


def permits(document: str, external_id: str | None) -> bool:
    """Whether the trust policy `document` (JSON) lets somebody assume the role with this ExternalId (None: none was sent)."""
    statements = [statement for statement in _list(json.loads(document).get("Statement", [])) if _is_about(statement)]
    met = [statement for statement in statements if _conditions_met(statement.get("Condition") or {}, external_id)]
    return any(statement["Effect"] == "Allow" for statement in met) and all(statement["Effect"] != "Deny" for statement in met)


def _is_about(statement: Mapping[str, Any]) -> bool:
    actions = [str(action).lower() for action in _list(statement.get("Action", []))]
    principal = statement.get("Principal", {})
    from_accounts = principal == "*" or "AWS" in principal
    return from_accounts and any(fnmatch.fnmatchcase(_ASSUMING, action) for action in actions)


def _conditions_met(conditions: Mapping[str, Mapping[str, Any]], external_id: str | None) -> bool:
    for operator, tests in conditions.items():
        for key, wanted in tests.items():
            if key.lower() == _KEY and not _compared(operator.lower(), [str(value) for value in _list(wanted)], external_id):
                return False
    return True


def _compared(operator: str, wanted: Sequence[str], given: str | None) -> bool:
    if operator == "null":
        return (given is None) == (wanted[0].lower() == "true")
    if given is None:
        return operator.endswith("ifexists") or operator.startswith("stringnot")
    operator = operator.removesuffix("ifexists")
    if operator == "stringequals":
        return given in wanted
    if operator == "stringequalsignorecase":
        return given.lower() in [value.lower() for value in wanted]
    if operator == "stringlike":
        return any(fnmatch.fnmatchcase(given, value) for value in wanted)
    return operator == "stringnotequals" and given not in wanted


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
