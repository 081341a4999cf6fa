"""What goes wrong and right at the demo company over twelve months, besides the daily changes: each event at a fixed number of days
after the start, each undone or followed up later, so that intervals have both ends."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.sandbox.github import actions
from integrations.sandbox.github.cast import JOINERS, LEAVERS, Colleague
from integrations.sandbox.github.state import CodeScanningAlert, DependabotAlert, DeployKey, SecretAlert, State


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens `at` an instant; `title` says what, `apply` does it."""

    at: datetime
    title: str
    apply: Callable[[State], None]


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
    """All events that begin at `start`, in order of time."""
    rows: list[Step] = []

    def at(days: float, title: str, apply: Callable[[State], None]) -> None:
        rows.append(Step(start + timedelta(days=days), title, apply))

    _people(at)
    _protection(at)
    _alerts(at)
    _rights(at)
    return sorted(rows, key=lambda each: each.at)


At = Callable[[float, str, Callable[[State], None]], None]


def _people(at: At) -> None:
    for who in JOINERS:
        at((who.joins_day or 0) + 0.35, f"{who.name} joins", lambda state, who=who: _join(state, who))
    for who in LEAVERS:
        at((who.leaves_day or 0) + 0.7, f"{who.name} leaves", lambda state, who=who: actions.remove_member(state, who.login))
    at(
        24.4,
        "a member replaces the authenticator app by text messages",
        lambda state: actions.set_second_factor(state, "noah-williams", "insecure"),
    )
    at(29.4, "and goes back", lambda state: actions.set_second_factor(state, "noah-williams", "secure"))
    at(
        84.3,
        "the requirement of a second factor is switched off",
        lambda state: actions.set_setting(state, "two_factor_requirement_enabled", False),
    )
    at(84.4, "a member removes the second factor", lambda state: actions.set_second_factor(state, "paula-sanchez", "disabled"))
    at(86.3, "the member sets it up again", lambda state: actions.set_second_factor(state, "paula-sanchez", "insecure"))
    at(86.6, "the requirement is switched on again", lambda state: actions.set_setting(state, "two_factor_requirement_enabled", True))
    at(180.4, "a third owner for a holiday", lambda state: actions.set_role(state, "ines-moreau", "admin"))
    at(195.4, "the third owner is a member again", lambda state: actions.set_role(state, "ines-moreau", "member"))


def _protection(at: At) -> None:
    rules = "Default branches"
    at(45.5, "billing-api is taken out of the ruleset", lambda state: actions.exclude_from_ruleset(state, rules, "billing-api"))
    at(
        46.45,
        "a hotfix is pushed directly",
        lambda state: actions.push_directly(state, "billing-api", "felix-hartmann", "Hotfix of invoice run"),
    )
    at(47.5, "billing-api is back under the ruleset", lambda state: actions.include_in_ruleset(state, rules, "billing-api"))
    at(121.4, "classic protection of marketing-site is removed", lambda state: actions.remove_protection(state, "marketing-site"))
    at(123.4, "and set again", lambda state: actions.protect(state, "marketing-site", reviews=1, contexts=["ci"]))
    at(165.4, "help-center is made public", lambda state: actions.set_visibility(state, "help-center", "public"))
    at(166.3, "help-center is private again", lambda state: actions.set_visibility(state, "help-center", "private"))
    at(210.3, "experiments is protected at last", lambda state: actions.protect(state, "experiments", reviews=1, contexts=["ci"]))


def _alerts(at: At) -> None:
    at(90.2, "a critical vulnerability in api", lambda state: _vulnerable(state, "api", 900, "cryptography", "critical"))
    at(102.5, "fixed five days after its deadline", lambda state: actions.fix_dependabot(state, "api", 900))
    for index, days in enumerate(range(15, 350, 25)):
        repository, severity = ("web-app", "ledger", "warehouse", "ios-app")[index % 4], ("medium", "high", "low")[index % 3]
        at(
            days + 0.3,
            f"a vulnerability in {repository}",
            lambda state, r=repository, n=910 + index, s=severity: _vulnerable(state, r, n, "urllib3", s),
        )
        at(days + 9.5, "fixed in time", lambda state, r=repository, n=910 + index: actions.fix_dependabot(state, r, n))
    at(128.3, "a key in the code of infrastructure", lambda state: _secret(state, "infrastructure", 950))
    at(131.6, "revoked after three days", lambda state: actions.resolve_secret(state, "infrastructure", 950, "tom-okafor"))
    at(150.3, "a finding of static analysis in admin-console", lambda state: _finding(state, "admin-console", 960))
    at(171.6, "fixed", lambda state: _fix_finding(state, "admin-console", 960))
    at(300.3, "a high vulnerability in billing-api", lambda state: _vulnerable(state, "billing-api", 970, "cryptography", "high"))
    at(318.5, "fixed in time", lambda state: actions.fix_dependabot(state, "billing-api", 970))
    at(187.4, "a deploy key that may write", lambda state: _key(state, "kubernetes-config", "deploy from laptop"))
    at(201.4, "the deploy key is removed", lambda state: _remove_key(state, "kubernetes-config", "deploy from laptop"))


def _rights(at: At) -> None:
    at(75.4, "the connection may no longer read Dependabot alerts", lambda state: actions.revoke_permission(state, "vulnerability_alerts"))
    at(78.4, "the permission is given back", lambda state: actions.grant_permission(state, "vulnerability_alerts"))
    at(219.4, "members may write everywhere", lambda state: actions.set_setting(state, "default_repository_permission", "write"))
    at(220.4, "members may read again", lambda state: actions.set_setting(state, "default_repository_permission", "read"))
    at(57.4, "workflows may write", lambda state: actions.set_setting(state, "default_workflow_permissions", "write"))
    at(61.4, "workflows may only read again", lambda state: actions.set_setting(state, "default_workflow_permissions", "read"))


def _join(state: State, who: Colleague) -> None:
    actions.add_member(state, who.login, name=who.name, email=who.email)
    state.teams[who.team].members[who.login] = "member"


def _vulnerable(state: State, repository: str, number: int, package: str, severity: str) -> None:
    alert = DependabotAlert(
        number=number, package=package, severity=severity, created_at=state.clock.now(), summary=f"{package} accepts crafted input"
    )
    state.repositories[repository].dependabot.append(alert)


def _secret(state: State, repository: str, number: int) -> None:
    alert = SecretAlert(number=number, secret_type="amazon_aws_access_key_id", created_at=state.clock.now(), validity="active")
    state.repositories[repository].secret_alerts.append(alert)


def _finding(state: State, repository: str, number: int) -> None:
    alert = CodeScanningAlert(
        number=number, rule="js/xss", created_at=state.clock.now(), description="Text of a user reaches the page unescaped"
    )
    state.repositories[repository].code_alerts.append(alert)


def _fix_finding(state: State, repository: str, number: int) -> None:
    alert = next(each for each in state.repositories[repository].code_alerts if each.number == number)
    alert.state, alert.fixed_at, alert.updated_at = "fixed", state.clock.now(), state.clock.now()


def _key(state: State, repository: str, title: str) -> None:
    key = DeployKey(id=77_001, title=title, created_at=state.clock.now(), read_only=False, added_by="aisha-rahman")
    state.repositories[repository].deploy_keys.append(key)


def _remove_key(state: State, repository: str, title: str) -> None:
    home = state.repositories[repository]
    home.deploy_keys = [each for each in home.deploy_keys if each.title != title]
