"""Sending webhooks as GitHub does: JSON, signed with HMAC-SHA256 of the raw body in X-Hub-Signature-256."""

import hashlib
import hmac
import json
import uuid
from typing import Any

import httpx


def sign(secret: str, body: bytes) -> str:
    """The signature header's value."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def deliver(
    url: str, secret: str, event: str, payload: dict[str, Any] | None = None, *, delivery: str = "", timeout: float = 10
) -> httpx.Response:
    """POST one event (`member`, `branch_protection_rule`, `repository_ruleset` …) and give the receiver's answer.

    `delivery` is the GUID, made up when empty; give one twice to play a replay. Raises httpx.HTTPError when unreachable."""
    body = json.dumps(payload or {}, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/sandbox",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery or str(uuid.uuid4()),
        "X-GitHub-Hook-ID": "1",
        "X-Hub-Signature-256": sign(secret, body),
    }
    return httpx.post(url, content=body, headers=headers, timeout=timeout)


def payload(state: Any, action: str, **more: Any) -> dict[str, Any]:
    """The common part of an event of the organization, with `more` (member=…, repository=…)."""
    return {"action": action, "organization": {"login": state.login, "id": state.id}, "sender": {"login": "github", "id": 1}, **more}
