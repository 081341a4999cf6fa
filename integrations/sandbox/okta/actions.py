"""Changes of the state by name, for the fault script and the control address; each writes the events that Okta would write."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from integrations.sandbox.okta.state import State, User, group_target, user_target


def deactivate(state: State, user: str, actor: str = "") -> None:
    """The user is deprovisioned."""
    who = state.user(user)
    for group in [each for each in state.groups.values() if who.id in each.members and each.sort == "OKTA_GROUP"]:
        state.log("group.user_membership.remove", _actor(state, actor), user_target(who), group_target(group))
    state.set_status(who, "DEPROVISIONED")
    state.log("user.lifecycle.deactivate", _actor(state, actor), user_target(who))


def reactivate(state: State, user: str, actor: str = "") -> None:
    """A deprovisioned user is active again, with a push factor."""
    who = state.user(user)
    state.set_status(who, "ACTIVE")
    who.activated = state.clock.now()
    state.add_factor(who, "push")
    state.log("user.lifecycle.activate", _actor(state, actor), user_target(who))


def suspend(state: State, user: str, actor: str = "") -> None:
    """The user cannot sign in for a while."""
    state.set_status(state.user(user), "SUSPENDED")
    state.log("user.lifecycle.suspend", _actor(state, actor), user_target(state.user(user)))


def unsuspend(state: State, user: str, actor: str = "") -> None:
    """And can again."""
    state.set_status(state.user(user), "ACTIVE")
    state.log("user.lifecycle.unsuspend", _actor(state, actor), user_target(state.user(user)))


def sign_in(state: State, user: str) -> None:
    """The user signs in now."""
    who = state.user(user)
    who.last_login = state.clock.now()
    state.log("user.session.start", who, user_target(who))


def add_to_group(state: State, user: str, group: str, actor: str = "") -> None:
    """The user becomes a member of the group of that name."""
    who, where = state.user(user), _group(state, group)
    where.members.add(who.id)
    where.membership_updated = state.clock.now()
    state.log("group.user_membership.add", _actor(state, actor), user_target(who), group_target(where))


def remove_from_group(state: State, user: str, group: str, actor: str = "") -> None:
    """And is one no longer."""
    who, where = state.user(user), _group(state, group)
    where.members.discard(who.id)
    where.membership_updated = state.clock.now()
    state.log("group.user_membership.remove", _actor(state, actor), user_target(who), group_target(where))


def grant_role(state: State, user: str, role: str, actor: str = "") -> None:
    """The user gets an administrator role."""
    who = state.user(user)
    if role not in who.roles:
        who.roles.append(role)
    debug = {"privilegeGranted": role.replace("_", " ").capitalize()}
    state.log("user.account.privilege.grant", _actor(state, actor), user_target(who), debug=debug)


def revoke_role(state: State, user: str, role: str, actor: str = "") -> None:
    """And loses it."""
    who = state.user(user)
    who.roles = [each for each in who.roles if each != role]
    debug = {"privilegeRevoked": role.replace("_", " ").capitalize()}
    state.log("user.account.privilege.revoke", _actor(state, actor), user_target(who), debug=debug)


def add_factor(state: State, user: str, kind: str) -> None:
    """The user enrolls a factor."""
    who = state.user(user)
    if not any(each.kind == kind for each in who.factors):
        state.add_factor(who, kind)
    state.log("user.mfa.factor.activate", who, user_target(who))


def reset_factors(state: State, user: str, actor: str = "") -> None:
    """All factors of the user are gone."""
    who = state.user(user)
    who.factors.clear()
    state.log("user.mfa.factor.reset_all", _actor(state, actor), user_target(who))


def set_rule(state: State, policy: str, rule: str, actor: str = "", **actions: Any) -> None:
    """Another `actions` of a policy's rule."""
    row = next(each for each in state.policy(policy).rules if each["name"] == rule)
    row["actions"] = actions
    target = {"id": row["id"], "type": "PolicyRule", "alternateId": "unknown", "displayName": rule, "detailEntry": None}
    state.log("policy.rule.update", _actor(state, actor), target)


def set_settings(state: State, policy: str, actor: str = "", **settings: Any) -> None:
    """Another `settings` of a policy."""
    held = state.policy(policy)
    held.settings = settings
    target = {"id": held.id, "type": "PolicyEntity", "alternateId": "unknown", "displayName": policy, "detailEntry": None}
    state.log("policy.lifecycle.update", _actor(state, actor), target)


def set_authenticator(state: State, key: str, allowed_for: str) -> None:
    """What an authenticator may be used for: any, sso, recovery, none."""
    next(each for each in state.authenticators if each["key"] == key)["settings"]["allowedFor"] = allowed_for


def set_threat_action(state: State, action: str) -> None:
    """What ThreatInsight does: none, audit, block."""
    state.threats["action"] = action


def set_stream(state: State, name: str, status: str) -> None:
    """A log stream is switched on or off."""
    next(each for each in state.streams if each["name"] == name)["status"] = status


def revoke_scope(state: State, scope: str) -> None:
    """A grant is taken from every service app; tokens that were given out before do not help."""
    for client in state.clients.values():
        client.scopes.discard(scope)


def grant_scope(state: State, scope: str) -> None:
    """And given back."""
    for client in state.clients.values():
        client.scopes.add(scope)


def deny(state: State, operation: str) -> None:
    """One operation answers 403 to everybody."""
    state.denied.add(operation)


def allow(state: State, operation: str) -> None:
    """And no longer."""
    state.denied.discard(operation)


def expire_tokens(state: State) -> None:
    """Every access token that was given out is over."""
    for each in state.access_tokens.values():
        each.revoked = True


def revoke_ssws(state: State) -> None:
    """Every API token is revoked."""
    for each in state.ssws.values():
        each.revoked = True


ACTIONS: Mapping[str, Callable[..., None]] = MappingProxyType(
    {
        each.__name__: each
        for each in (
            deactivate, reactivate, suspend, unsuspend, sign_in, add_to_group, remove_from_group, grant_role, revoke_role, add_factor,
            reset_factors, set_rule, set_settings, set_authenticator, set_threat_action, set_stream, revoke_scope, grant_scope, deny, allow,
            expire_tokens, revoke_ssws,
        )
    }
)  # fmt: skip


def _actor(state: State, name: str) -> User | None:
    return state.user(name) if name else None


def _group(state: State, name: str):
    return next(each for each in state.groups.values() if each.name == name)
