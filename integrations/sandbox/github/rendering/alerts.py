"""Dependabot, code scanning and secret scanning alerts."""

import hashlib
from typing import Any

from integrations.sandbox.github.clock import stamp
from integrations.sandbox.github.rendering.addresses import Addresses
from integrations.sandbox.github.rendering.people import simple_user
from integrations.sandbox.github.rendering.repositories import simple_repository
from integrations.sandbox.github.state import CodeScanningAlert, DependabotAlert, Repository, SecretAlert, State

SCORES = {"critical": 9.8, "high": 7.5, "medium": 5.3, "low": 3.1}


def dependabot(state: State, repository: Repository, alert: DependabotAlert, to: Addresses, *, with_repository: bool) -> dict[str, Any]:
    """A vulnerable dependency. The advisory's ids follow from package and severity."""
    digest = hashlib.sha256(f"{alert.package} {alert.severity} {alert.number}".encode()).hexdigest()
    ghsa = "GHSA-" + "-".join(digest[start : start + 4] for start in (0, 4, 8))
    package = {"ecosystem": alert.ecosystem, "name": alert.package}
    vulnerability = {
        "package": package,
        "severity": alert.severity,
        "vulnerable_version_range": "< 2.0.0",
        "first_patched_version": {"identifier": "2.0.0"},
    }
    answer = {
        "number": alert.number,
        "state": alert.state,
        "dependency": {"package": package, "manifest_path": alert.manifest, "scope": "runtime", "relationship": "direct"},
        "security_advisory": {
            "ghsa_id": ghsa,
            "cve_id": f"CVE-2026-{int(digest[:8], 16) % 90000 + 10000}",
            "summary": alert.summary,
            "description": alert.summary,
            "vulnerabilities": [vulnerability],
            "severity": alert.severity,
            "classification": "general",
            "cvss": {"score": SCORES[alert.severity], "vector_string": None},
            "cwes": [],
            "identifiers": [{"type": "GHSA", "value": ghsa}],
            "references": [],
            "published_at": stamp(alert.created_at),
            "updated_at": stamp(alert.created_at),
            "withdrawn_at": None,
        },
        "security_vulnerability": vulnerability,
        "url": f"{to.api}/repos/{state.login}/{repository.name}/dependabot/alerts/{alert.number}",
        "html_url": f"{to.html}/{state.login}/{repository.name}/security/dependabot/{alert.number}",
        "created_at": stamp(alert.created_at),
        "updated_at": stamp(alert.updated_at or alert.created_at),
        "dismissed_at": stamp(alert.dismissed_at),
        "dismissed_by": simple_user(state, alert.dismissed_by, to),
        "dismissed_reason": alert.dismissed_reason,
        "dismissed_comment": alert.dismissed_comment,
        "fixed_at": stamp(alert.fixed_at),
        "auto_dismissed_at": stamp(alert.auto_dismissed_at),
    }
    return answer | {"repository": simple_repository(state, repository, to)} if with_repository else answer


def code_scanning(state: State, repository: Repository, alert: CodeScanningAlert, to: Addresses) -> dict[str, Any]:
    """A finding of static analysis, as the organization's list shows it."""
    url = f"{to.api}/repos/{state.login}/{repository.name}/code-scanning/alerts/{alert.number}"
    return {
        "number": alert.number,
        "created_at": stamp(alert.created_at),
        "updated_at": stamp(alert.updated_at or alert.created_at),
        "url": url,
        "html_url": f"{to.html}/{state.login}/{repository.name}/security/code-scanning/{alert.number}",
        "instances_url": f"{url}/instances",
        "state": alert.state,
        "fixed_at": stamp(alert.fixed_at),
        "dismissed_by": simple_user(state, alert.dismissed_by, to),
        "dismissed_at": stamp(alert.dismissed_at),
        "dismissed_reason": alert.dismissed_reason,
        "dismissed_comment": None,
        "rule": {
            "id": alert.rule,
            "name": alert.rule,
            "severity": "error",
            "security_severity_level": alert.severity,
            "description": alert.description,
            "tags": ["security"],
        },
        "tool": {"name": alert.tool, "guid": None, "version": "2.20.0"},
        "most_recent_instance": {
            "ref": f"refs/heads/{repository.default_branch}",
            "analysis_key": ".github/workflows/codeql.yml:analyze",
            "environment": "{}",
            "category": "/language:python",
            "state": "fixed" if alert.state == "fixed" else "open",
            "commit_sha": repository.commits[-1].sha,
            "message": {"text": alert.description},
            "location": {"path": "app/main.py", "start_line": 10, "end_line": 10, "start_column": 1, "end_column": 20},
            "classifications": [],
        },
        "repository": simple_repository(state, repository, to),
    }


def secret(state: State, repository: Repository, alert: SecretAlert, to: Addresses) -> dict[str, Any]:
    """A secret in the code, as the organization's list shows it; GitHub shows the secret itself, the twin a made-up one."""
    url = f"{to.api}/repos/{state.login}/{repository.name}/secret-scanning/alerts/{alert.number}"
    return {
        "number": alert.number,
        "created_at": stamp(alert.created_at),
        "updated_at": stamp(alert.updated_at or alert.created_at),
        "url": url,
        "html_url": f"{to.html}/{state.login}/{repository.name}/security/secret-scanning/{alert.number}",
        "locations_url": f"{url}/locations",
        "state": alert.state,
        "resolution": alert.resolution,
        "resolved_at": stamp(alert.resolved_at),
        "resolved_by": simple_user(state, alert.resolved_by, to),
        "secret_type": alert.secret_type,
        "secret_type_display_name": alert.secret_type.replace("_", " ").title(),
        "secret": f"SANDBOX-SECRET-{alert.number:06d}",
        "push_protection_bypassed": alert.push_protection_bypassed,
        "push_protection_bypassed_by": None,
        "push_protection_bypassed_at": None,
        "push_protection_bypass_request_reviewer": None,
        "push_protection_bypass_request_reviewer_comment": None,
        "push_protection_bypass_request_comment": None,
        "push_protection_bypass_request_html_url": None,
        "resolution_comment": None,
        "validity": alert.validity,
        "publicly_leaked": alert.publicly_leaked,
        "multi_repo": False,
        "is_base64_encoded": False,
        "repository": simple_repository(state, repository, to),
    }
