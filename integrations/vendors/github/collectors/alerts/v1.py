"""Turns GitHub's alerts into facts. `updated_at` and locations are not used: they change without the alert changing."""

from evidence.facts.code_alert.v1 import CodeAlert
from evidence.facts.dependency_alert.v1 import DependencyAlert
from evidence.facts.secret_alert.v1 import SecretAlert
from integrations.vendors.github.collectors.values import Row, flag, inner, instant, needed, numbered, repository_subject, text, word


def _place(row: Row, sort: str) -> dict[str, str]:
    home = inner(row, "repository")
    subject, name = repository_subject(numbered(home)), str(needed(home, "full_name"))
    return {"subject": f"{subject}/{sort}/{numbered(row, 'number')}", "repository": subject, "repository_name": name}


def dependency_alert(row: Row) -> DependencyAlert:
    """Of `GET /orgs/{org}/dependabot/alerts`."""
    place, advisory = _place(row, "dependency"), inner(row, "security_advisory")
    package = word(inner(inner(row, "dependency"), "package"), "name")
    severity = text(inner(row, "security_vulnerability"), "severity") or text(advisory, "severity")
    return DependencyAlert(
        **place,
        name=f"{place['repository_name']}: {package} {word(advisory, 'ghsa_id')}",
        package=package,
        advisory=word(advisory, "ghsa_id"),
        severity=severity,
        state=text(row, "state"),
        created=instant(row, "created_at"),
        closed=instant(row, "fixed_at") or instant(row, "dismissed_at") or instant(row, "auto_dismissed_at"),
        dismissed_by=text(inner(row, "dismissed_by"), "login"),
        dismissed_reason=word(row, "dismissed_reason"),
    )


def code_alert(row: Row) -> CodeAlert:
    """Of `GET /orgs/{org}/code-scanning/alerts`. A rule without a security severity (a matter of quality) has null there."""
    place, rule = _place(row, "code"), inner(row, "rule")
    stated = "security_severity_level" in rule and rule["security_severity_level"] is None
    return CodeAlert(
        **place,
        name=f"{place['repository_name']}: {word(rule, 'id')} ({numbered(row, 'number')})",
        rule=word(rule, "id"),
        tool=word(inner(row, "tool"), "name"),
        severity="" if stated else text(rule, "security_severity_level"),
        state=text(row, "state"),
        created=instant(row, "created_at"),
        closed=instant(row, "fixed_at") or instant(row, "dismissed_at"),
        dismissed_by=text(inner(row, "dismissed_by"), "login"),
        dismissed_reason=word(row, "dismissed_reason"),
    )


def secret_alert(row: Row) -> SecretAlert:
    """Of `GET /orgs/{org}/secret-scanning/alerts`, asked with the secret hidden."""
    place = _place(row, "secret")
    return SecretAlert(
        **place,
        name=f"{place['repository_name']}: {word(row, 'secret_type')} ({numbered(row, 'number')})",
        type=word(row, "secret_type"),
        state=text(row, "state"),
        created=instant(row, "created_at"),
        publicly_leaked=flag(row, "publicly_leaked"),
    )
