"""What happens at the demo company's Okta over a year: people come, move and go, and some things go wrong, each undone later.

Events stand at a fixed number of days after the start, so that intervals have both ends and others can count on them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.sandbox.okta import actions
from integrations.sandbox.okta.cast import Colleague, colleagues
from integrations.sandbox.okta.estate import password, second_factor, session
from integrations.sandbox.okta.state import State, group_target, okta_id, user_target

HELP_DESK = "jonas.weber"
LENGTH = 400  # days
SUSPENDED = frozenset({"tariq.aziz"})  # others on leave keep their account
REVOKED_SCOPE = "okta.policies.read"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens `at` an instant; `title` says what, `apply` does it."""

    at: datetime
    title: str
    apply: Callable[[State], None]


At = Callable[[float, str, Callable[[State], None]], None]


def play(state: State, steps: Iterable[Step], until: datetime | None = None) -> Iterator[Step]:
    """Apply steps in order, with the twin's clock standing at each, and yield each afterwards; then move on to `until`."""
    for step in steps:
        if until is not None and step.at > until:
            break
        with state.lock:
            state.clock.set(step.at)
            step.apply(state)
        yield step
    if until is not None:
        state.clock.set(until)


def story(start: datetime) -> list[Step]:
    """All events that begin at `start`, in order of time, without the daily sign-ins."""
    rows: list[Step] = []

    def at(days: float, title: str, apply: Callable[[State], None]) -> None:
        rows.append(Step(start + timedelta(days=days), title, apply))

    for who in colleagues():
        _life(at, who)
    _administrators(at)
    _settings(at)
    return sorted(rows, key=lambda each: each.at)


def sign_ins(start: datetime, begin: datetime, end: datetime) -> Iterator[Step]:
    """Everybody signs in once a week on an own weekday, unless away; they follow from the dates alone."""
    for who in colleagues():
        turn = int(okta_id("00u", who.user)[-4:], 16)
        number = (begin - start).days - 7
        number += (turn - number) % 7
        while (at := start + timedelta(days=number, minutes=turn % 500)) <= end:
            if at > begin and not _away(who, number):
                yield Step(at, f"{who.name} signs in", lambda state, who=who: _sign_in(state, who.user))
            number += 7


def join(state: State, who: Colleague, created: datetime | None = None) -> None:
    """The account is made, active, and in its groups."""
    made = state.add_user(
        who.user, who.name, login=who.login, created=created or state.clock.now(), factors=who.factors, employee_number=who.employee or None,
        user_type=who.user_type, title=who.title, roles=list(who.roles), second_email=who.aliases[0] if who.aliases else None,
    )  # fmt: skip
    for name in _groups(state, who):
        group = next(each for each in state.groups.values() if each.name == name)
        group.members.add(made.id)


def _life(at: At, who: Colleague) -> None:
    if who.joins_day is not None:
        at(who.joins_day - 2.8, f"the account of {who.name} is prepared", lambda state: _prepare(state, who))
        at(who.joins_day + 0.02, f"{who.name} joins", lambda state: _joins(state, who))
    for day, team, title in who.moves:
        at(day + 0.1, f"{who.name} moves to {team}", lambda state, team=team, title=title: _moves(state, who, team, title))
    for first, last in who.away:
        if who.user in SUSPENDED and first > 0 and last is not None:
            at(first + 0.1, f"{who.name} is away for long: suspended", lambda state: actions.suspend(state, who.user, HELP_DESK))
            at(last + 1.02, f"{who.name} is back", lambda state: actions.unsuspend(state, who.user, HELP_DESK))
    if who.leaves_day is not None:
        day = who.ends if who.ends is not None else who.leaves_day + 0.4
        at(day, f"the account of {who.name} ends", lambda state: actions.deactivate(state, who.user, HELP_DESK))
    if who.rejoins_day is not None:
        at(who.rejoins_day + 0.02, f"{who.name} comes back", lambda state: _returns(state, who))


def _administrators(at: At) -> None:
    at(40.3, "an accountant becomes administrator without a second factor", lambda state: _bare(state, "tobias.krause"))
    at(
        43.4,
        "and sets one up",
        lambda state: _if_there(state, "tobias.krause", lambda: actions.add_factor(state, "tobias.krause", "webauthn")),
    )
    at(118.4, "the administrator role ends", lambda state: _role(state, "tobias.krause", "USER_ADMIN", False))
    at(180.4, "a third super administrator for a holiday", lambda state: _role(state, "ines.moreau", "SUPER_ADMIN", True))
    at(195.4, "and no longer", lambda state: _role(state, "ines.moreau", "SUPER_ADMIN", False))
    at(96.3, "somebody loses the phone: all factors reset", lambda state: actions.reset_factors(state, "mateo.silva", HELP_DESK))
    at(97.4, "and enrolls anew", lambda state: actions.add_factor(state, "mateo.silva", "push"))


def _settings(at: At) -> None:
    at(
        62.5, "the rule of all apps asks for one factor only",
        lambda state: actions.set_rule(state, "Any two factors", "Catch-all", HELP_DESK, **second_factor(mode="1FA")),
    )  # fmt: skip
    at(63.6, "and for two again", lambda state: actions.set_rule(state, "Any two factors", "Catch-all", HELP_DESK, **second_factor()))
    at(
        74.5, "sessions last for weeks",
        lambda state: actions.set_rule(state, "Default Policy", "Default Rule", HELP_DESK, **session(idle=1440, lifetime=43_200, persistent=True)),
    )  # fmt: skip
    at(81.4, "and for hours again", lambda state: actions.set_rule(state, "Default Policy", "Default Rule", HELP_DESK, **session()))
    at(
        130.4, "passwords of eight characters are enough",
        lambda state: actions.set_settings(state, "Default Policy of passwords", HELP_DESK, **password(length=8)),
    )  # fmt: skip
    at(131.4, "and no longer", lambda state: actions.set_settings(state, "Default Policy of passwords", HELP_DESK, **password()))
    at(150.2, "our app loses the right to read policies", lambda state: actions.revoke_scope(state, REVOKED_SCOPE))
    at(153.2, "and gets it back", lambda state: actions.grant_scope(state, REVOKED_SCOPE))
    at(160.5, "codes by text message are allowed", lambda state: actions.set_authenticator(state, "phone_number", "any"))
    at(168.5, "for recovery only", lambda state: actions.set_authenticator(state, "phone_number", "recovery"))
    at(220.5, "the log stream is switched off", lambda state: actions.set_stream(state, "EventBridge", "INACTIVE"))
    at(222.5, "and on", lambda state: actions.set_stream(state, "EventBridge", "ACTIVE"))


def _prepare(state: State, who: Colleague) -> None:
    join(state, who)
    made = state.user(who.user)
    made.activated = None
    state.set_status(made, "STAGED")
    state.log("user.lifecycle.create", state.user(HELP_DESK), user_target(made))


def _joins(state: State, who: Colleague) -> None:
    made, helper = state.user(who.user), state.user(HELP_DESK)
    state.set_status(made, "ACTIVE")
    made.activated = state.clock.now()
    state.log("user.lifecycle.activate", helper, user_target(made))
    for group in state.groups.values():
        if made.id in group.members and group.sort == "OKTA_GROUP":
            state.log("group.user_membership.add", helper, user_target(made), group_target(group))


def _returns(state: State, who: Colleague) -> None:
    actions.reactivate(state, who.user, HELP_DESK)
    for name in _groups(state, who):
        actions.add_to_group(state, who.user, name, HELP_DESK)


def _moves(state: State, who: Colleague, team: str, title: str) -> None:
    for group in list(state.groups.values()):
        if group.sort == "OKTA_GROUP" and okta_id("00u", who.user) in group.members:
            actions.remove_from_group(state, who.user, group.name, HELP_DESK)
    state.user(who.user).title = title
    if team not in {each.name for each in state.groups.values()}:
        state.add_group(team)
    actions.add_to_group(state, who.user, team, HELP_DESK)


def _groups(state: State, who: Colleague) -> list[str]:
    wanted = [who.team] if who.team else []
    for name in wanted:
        if name not in {each.name for each in state.groups.values()}:
            state.add_group(name)
    return wanted


def _bare(state: State, user: str) -> None:
    if okta_id("00u", user) in state.users:
        state.user(user).factors.clear()
        actions.grant_role(state, user, "USER_ADMIN", HELP_DESK)


def _role(state: State, user: str, role: str, given: bool) -> None:
    change = actions.grant_role if given else actions.revoke_role
    _if_there(state, user, lambda: change(state, user, role, HELP_DESK))


def _if_there(state: State, user: str, change: Callable[[], None]) -> None:
    if okta_id("00u", user) in state.users:
        change()


def _sign_in(state: State, user: str) -> None:
    number = okta_id("00u", user)
    if number in state.users and state.users[number].status == "ACTIVE":
        actions.sign_in(state, user)
        for token in state.ssws.values():  # programs work whenever people do
            if token.name != "Plumbline":
                token.used(state.clock.now())


def _away(who: Colleague, day: int) -> bool:
    return any(first <= day and (last is None or day <= last) for first, last in who.away)
