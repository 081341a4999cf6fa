"""Turns Okta's policies and their rules into facts."""

from collections.abc import Iterable
from typing import Any

from evidence.facts.identity_password_policy.v1 import IdentityPasswordPolicy
from evidence.facts.session_rule.v1 import SessionRule
from evidence.facts.sign_on_rule.v1 import SignOnRule
from integrations.vendors.okta.collectors.values import Row, flag, identifier, inner, lower, number, one_of, rows, text, word, words

ASSURANCE = "ASSURANCE"
CHAIN = "AUTH_METHOD_CHAIN"
MODES = {"1FA": 1, "2FA": 2}


def sign_on_rule(policy: Row, rule: Row) -> SignOnRule:
    """Of a rule of a policy of the type ACCESS_POLICY."""
    action = inner(inner(rule, "actions"), "appSignOn")
    method = inner(action, "verificationMethod")
    people = inner(inner(inner(rule, "conditions"), "people"), "groups")
    return SignOnRule(
        **_shared(policy, rule),
        access=lower(action, "access"),
        factors=_factors(method),
        phishing_resistant=_resistant(method),
        groups=words(people, "include") or (),
        excluded_groups=words(people, "exclude") or (),
    )


def session_rule(policy: Row, rule: Row) -> SessionRule:
    """Of a rule of a policy of the type OKTA_SIGN_ON."""
    action = inner(inner(rule, "actions"), "signon")
    session = inner(action, "session")
    return SessionRule(
        **_shared(policy, rule),
        access=lower(action, "access"),
        idle_minutes=number(session, "maxSessionIdleMinutes"),
        lifetime_minutes=number(session, "maxSessionLifetimeMinutes"),
        persistent=flag(session, "usePersistentCookie"),
        second_factor=flag(action, "requireFactor"),
    )


def password_policy(policy: Row) -> IdentityPasswordPolicy:
    """Of a policy of the type PASSWORD."""
    settings = inner(inner(policy, "settings"), "password")
    complexity = inner(settings, "complexity")
    age = inner(settings, "age")
    return IdentityPasswordPolicy(
        subject=identifier(policy),
        name=word(policy, "name"),
        active=one_of(policy, "status", "ACTIVE", "INACTIVE"),
        priority=number(policy, "priority"),
        minimum_length=number(complexity, "minLength"),
        refuses_login=flag(complexity, "excludeUsername"),
        refuses_common=flag(inner(inner(complexity, "dictionary"), "common"), "exclude"),
        lockout_attempts=number(inner(settings, "lockout"), "maxAttempts"),
        history=number(age, "historyCount"),
        maximum_age_days=number(age, "maxAgeDays"),
        groups=words(inner(inner(inner(policy, "conditions"), "people"), "groups"), "include"),
    )


def _shared(policy: Row, rule: Row) -> dict[str, Any]:
    name = word(policy, "name")
    return {
        "subject": identifier(rule),
        "name": f"{name}: {word(rule, 'name')}",
        "policy": identifier(policy),
        "policy_name": name,
        "policy_active": one_of(policy, "status", "ACTIVE", "INACTIVE"),
        "priority": number(rule, "priority"),
        "active": one_of(rule, "status", "ACTIVE", "INACTIVE"),
    }


def _factors(method: Row) -> int | None:
    """How many factors the method demands at least. A chain asks for one method after the other: its shortest way counts."""
    if word(method, "type") == ASSURANCE:
        return MODES.get(word(method, "factorMode"))
    if word(method, "type") == CHAIN:
        ways = _ways(rows(method, "chains"))
        return min((len(way) for way in ways), default=None)
    return None


def _resistant(method: Row) -> bool | None:
    """Whether every way to satisfy the method holds a factor that resists phishing. Constraints are alternatives."""
    if word(method, "type") == ASSURANCE:
        constraints = method.get("constraints")
        if constraints is None:
            return False
        if not isinstance(constraints, list):
            return None
        held = [each if isinstance(each, dict) else {} for each in constraints]
        return bool(held) and all(text(inner(each, "possession"), "phishingResistant") == "REQUIRED" for each in held)
    if word(method, "type") == CHAIN:
        ways = _ways(rows(method, "chains"))
        return all(any(every) for every in ways) if ways else None
    return None


def _ways(chains: Iterable[Row], depth: int = 0) -> list[tuple[bool, ...]]:
    """Every way through the chains, as whether each step resists phishing; the methods of one step are alternatives."""
    found: list[tuple[bool, ...]] = []
    for chain in chains:
        methods = rows(chain, "authenticationMethods")
        step = bool(methods) and all(word(each, "phishingResistant") == "REQUIRED" for each in methods)
        further = _ways(rows(chain, "next"), depth + 1) if depth < 10 else []
        found += [(step, *way) for way in further] or [(step,)]
    return found
