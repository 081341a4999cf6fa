"""Dependabot, code scanning and secret scanning alerts of the organization, and Dependabot's of a repository."""

from collections.abc import Callable
from typing import Any

from integrations.sandbox.github.access import Need
from integrations.sandbox.github.answers import Answer, Refused, not_found
from integrations.sandbox.github.call import Call, route
from integrations.sandbox.github.rendering.alerts import code_scanning, dependabot, secret
from integrations.sandbox.github.state import Repository

DEPENDABOT = Need(permission="vulnerability_alerts", scopes=("security_events", "repo"), owner=True, denied=403)


@route("/orgs/{org}/dependabot/alerts", DEPENDABOT)
def organization_dependabot(call: Call) -> Answer:
    """By cursor; filters state, severity, ecosystem, package. Newest first unless direction=asc."""
    rows = [
        (home, each)
        for home in call.visible_repositories()
        if home.vulnerability_alerts
        for each in home.dependabot
        if _dependabot_fits(call, each)
    ]
    return call.cursored(rows, lambda row: dependabot(call.state, row[0], row[1], call.to, with_repository=True), _position(call))


@route(
    "/repos/{owner}/{repo}/dependabot/alerts",
    Need(permission="vulnerability_alerts", scopes=("security_events", "repo"), admin=True, denied=403),
)
def repository_dependabot(call: Call) -> Answer:
    """By cursor; 403 where Dependabot alerts are switched off."""
    home = call.repository()
    if not home.vulnerability_alerts:
        raise Refused(403, "Dependabot alerts are disabled for this repository.")
    rows = [(home, each) for each in home.dependabot if _dependabot_fits(call, each)]
    return call.cursored(rows, lambda row: dependabot(call.state, home, row[1], call.to, with_repository=False), _position(call))


@route("/orgs/{org}/code-scanning/alerts", Need(permission="security_events", scopes=("security_events", "repo"), owner=True, denied=404))
def organization_code_scanning(call: Call) -> Answer:
    """By page, or by cursor when after or before is given; filters state, severity, tool_name."""
    states, severity = call.query.get("state"), call.query.get("severity")
    rows = [
        (home, each)
        for home in call.visible_repositories()
        if home.code_scanning
        for each in home.code_alerts
        if states in (None, each.state) and severity in (None, each.severity)
    ]
    return _either(call, rows, lambda row: code_scanning(call.state, row[0], row[1], call.to))


@route(
    "/orgs/{org}/secret-scanning/alerts",
    Need(permission="secret_scanning_alerts", scopes=("security_events", "repo"), owner=True, denied=404),
)
def organization_secret_scanning(call: Call) -> Answer:
    """By page, or by cursor when after or before is given; filters state, secret_type, resolution; hide_secret."""
    wanted, types, resolutions = call.query.get("state"), call.listed("secret_type"), call.listed("resolution")
    rows = [
        (home, each)
        for home in call.visible_repositories()
        if home.security.get("secret_scanning") == "enabled"
        for each in home.secret_alerts
        if wanted in (None, each.state) and (not types or each.secret_type in types) and (not resolutions or each.resolution in resolutions)
    ]
    hidden = {"secret": ""} if call.query.get("hide_secret") == "true" else {}
    return _either(call, rows, lambda row: secret(call.state, row[0], row[1], call.to) | hidden)


@route(
    "/repos/{owner}/{repo}/dependabot/alerts/{alert_number}",
    Need(permission="vulnerability_alerts", scopes=("security_events", "repo"), admin=True, denied=403),
)
def one_dependabot(call: Call) -> Answer:
    """One of them."""
    home = call.repository()
    found = next((each for each in home.dependabot if str(each.number) == call.arguments["alert_number"]), None)
    if found is None or not home.vulnerability_alerts:
        raise not_found()
    return Answer(data=dependabot(call.state, home, found, call.to, with_repository=False))


@route(
    "/repos/{owner}/{repo}/code-scanning/alerts",
    Need(permission="security_events", scopes=("security_events", "repo"), admin=True, denied=403),
)
def repository_code_scanning(call: Call) -> Answer:
    """Of one repository; 403 where it is not enabled, 404 where nothing was ever analysed."""
    home, state = call.repository(), call.query.get("state")
    if not home.code_scanning:
        raise Refused(403, "Code scanning is not enabled for this repository.")
    if not home.code_alerts:
        raise Refused(404, "no analysis found")
    rows = [(home, each) for each in home.code_alerts if state in (None, each.state)]
    return _either(call, rows, lambda row: _alone(code_scanning(call.state, home, row[1], call.to)))


@route(
    "/repos/{owner}/{repo}/secret-scanning/alerts",
    Need(permission="secret_scanning_alerts", scopes=("security_events", "repo"), admin=True, denied=404),
)
def repository_secret_scanning(call: Call) -> Answer:
    """Of one repository; 404 where secret scanning is off."""
    home, state = call.repository(), call.query.get("state")
    if home.security.get("secret_scanning") != "enabled":
        raise Refused(404, "Secret scanning is disabled on this repository.")
    rows = [(home, each) for each in home.secret_alerts if state in (None, each.state)]
    return _either(call, rows, lambda row: _alone(secret(call.state, home, row[1], call.to)))


def _alone(alert: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in alert.items() if name != "repository"}


def _dependabot_fits(call: Call, alert: Any) -> bool:
    checks = {"state": alert.state, "severity": alert.severity, "ecosystem": alert.ecosystem, "package": alert.package}
    return all(not call.listed(name) or value in call.listed(name) for name, value in checks.items())


def _position(call: Call) -> Callable[[tuple[Repository, Any]], tuple[Any, ...]]:
    sign = 1 if call.query.get("direction", "desc") == "asc" else -1
    field = "updated_at" if call.query.get("sort") == "updated" else "created_at"
    return lambda row: (sign * int((getattr(row[1], field) or row[1].created_at).timestamp()), row[0].id, row[1].number)


def _either(call: Call, rows: list[tuple[Repository, Any]], render: Callable[[Any], Any]) -> Answer:
    position = _position(call)
    if "after" in call.query or "before" in call.query:
        return call.cursored(rows, render, position)
    return call.paged(sorted(rows, key=position), render)
