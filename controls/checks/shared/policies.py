"""Policy documents attached to resources (buckets, functions, queues, keys): who is let in, and what is refused.

Names of elements, actions, condition keys and operators are compared without regard to case, single values and lists are the
same, as AWS documents it (IAM user guide, "Grammar of the IAM JSON policy language").
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from controls.checks.shared.network import RangeError, is_world


class PolicyError(ValueError):
    """A text that is no policy document."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One key of a condition block: operator and key in lower case, values as written. All conditions of a statement must hold."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResourceStatement:
    """One statement. `principals` are texts like `*`, `aws:*`, `aws:arn:…` or `service:s3.amazonaws.com`; actions are in lower case."""

    effect: str
    principals: tuple[str, ...]
    not_principals: tuple[str, ...]
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    sid: str = ""


# Positive operators: the request must carry the key with one of the values. "…IfExists", negations and "ForAllValues:" also
# hold when the key is absent, so they keep nobody out.
_POSITIVE = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"})
# Keys whose value the caller cannot choose and that name an account, an organization, a network or a resource. Not aws:username and
# not aws:VpcSourceIp: anybody can have a user of that name, or that private address, in an account of his own.
# Source: IAM user guide, "AWS global condition context keys"; S3 user guide, "The meaning of public".
RESTRICTING_KEYS = frozenset(
    {
        "aws:sourceaccount", "aws:sourceowner", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalaccount",
        "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourcevpc", "aws:sourcevpce",
        "aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:sourceip", "aws:userid", "aws:principalservicename",
        "s3:dataaccesspointaccount", "s3:dataaccesspointarn", "kms:calleraccount", "lambda:eventsourcetoken", "alexa-appkit:skillid",
    }
)  # fmt: skip
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_SESSIONS_OF_ROLE = re.compile(r"AROA[A-Z0-9]{12,}:\*")  # aws:userid of every session of one role


def read_resource_policy(text: str) -> tuple[ResourceStatement, ...]:
    """The statements of a policy document. Raises PolicyError when the text is none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PolicyError("the policy is not JSON") from error
    statements = _element(document, "statement") if isinstance(document, dict) else None
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not all(isinstance(each, dict) for each in statements):
        raise PolicyError("the policy has no statements")
    return tuple(_statement(each) for each in statements)


def _element(mapping: Mapping[str, Any], name: str) -> Any:
    return next((value for key, value in mapping.items() if key.lower() == name), None)


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    values = value if isinstance(value, list) else [value]
    return tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in values)


def _principals(value: Any) -> tuple[str, ...]:
    if not isinstance(value, dict):
        return _texts(value)
    return tuple(f"{kind.lower()}:{each}" for kind, held in value.items() for each in _texts(held))


def _conditions(value: Any) -> tuple[Condition, ...]:
    if value is None:
        return ()
    if not isinstance(value, dict) or not all(isinstance(keys, dict) for keys in value.values()):
        raise PolicyError("a condition block is not what it should be")
    return tuple(Condition(operator.lower(), key.lower(), _texts(held)) for operator, keys in value.items() for key, held in keys.items())


def _statement(raw: Mapping[str, Any]) -> ResourceStatement:
    return ResourceStatement(
        effect=str(_element(raw, "effect") or "").lower(),
        principals=_principals(_element(raw, "principal")),
        not_principals=_principals(_element(raw, "notprincipal")),
        actions=tuple(each.lower() for each in _texts(_element(raw, "action"))),
        not_actions=tuple(each.lower() for each in _texts(_element(raw, "notaction"))),
        resources=_texts(_element(raw, "resource")),
        not_resources=_texts(_element(raw, "notresource")),
        conditions=_conditions(_element(raw, "condition")),
        sid=str(_element(raw, "sid") or ""),
    )


def names_everyone(statement: ResourceStatement) -> bool:
    """Whether the statement speaks of everyone: `*`, `{"AWS": "*"}`, or everyone but some (NotPrincipal)."""
    return bool(statement.not_principals) or any(each in ("*", "aws:*") for each in statement.principals)


def restricts(condition: Condition) -> bool:
    """Whether a condition keeps strangers out: a positive operator on a key that the caller cannot choose, with values that name
    somebody. `*`, a source range that is the world, or a key like lambda:FunctionUrlAuthType do not."""
    operator = condition.operator.removeprefix("foranyvalue:")
    if operator not in _POSITIVE or condition.key not in RESTRICTING_KEYS or not condition.values:
        return False
    if condition.key == "aws:sourceip":
        return not _reaches_the_world(condition.values)
    return all(_names_somebody(each) for each in condition.values)


def _reaches_the_world(ranges: Iterable[str]) -> bool:
    try:
        return is_world(ranges)
    except RangeError:
        return True


def _names_somebody(value: str) -> bool:
    if "*" not in value and "?" not in value:
        return bool(value)
    return bool(_ACCOUNT.search(value) or _SESSIONS_OF_ROLE.fullmatch(value) or re.match(r"o-[a-z0-9]{10,32}(/|$)", value))


def lets_everyone_in(statement: ResourceStatement) -> bool:
    """Whether an Allow statement opens the resource to anyone on the internet or in any AWS account."""
    return statement.effect == "allow" and names_everyone(statement) and not any(restricts(each) for each in statement.conditions)


def refuses_plain_http(statements: Iterable[ResourceStatement], arn: str) -> bool:
    """Whether the bucket `arn` and all its objects refuse every request without TLS: Deny for everyone, all actions, on nothing
    but aws:SecureTransport being false. Several statements may cover bucket and objects between them."""
    denials = [each for each in statements if _denies_plain_http(each)]
    return all(any(_covers(each.resources, target) for each in denials) for target in (arn, f"{arn}/*"))


def _denies_plain_http(statement: ResourceStatement) -> bool:
    return (
        statement.effect == "deny"
        and any(each in ("*", "aws:*") for each in statement.principals)
        and not statement.not_principals
        and _covers(statement.actions, "s3:*")
        and not statement.not_actions
        and not statement.not_resources
        and len(statement.conditions) == 1
        and _is_plain_http(statement.conditions[0])
    )


def _is_plain_http(condition: Condition) -> bool:
    return (
        condition.key == "aws:securetransport"
        and condition.operator in ("bool", "boolifexists")
        and tuple(each.lower() for each in condition.values) == ("false",)
    )


def _covers(patterns: Iterable[str], target: str) -> bool:
    return any(re.fullmatch(_pattern(each), target, re.DOTALL) for each in patterns)


def _pattern(text: str) -> str:
    return "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in text)
