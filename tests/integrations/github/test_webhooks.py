"""Webhooks: only what is signed counts, and it says what to read again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from integrations.sandbox.github.webhooks import sign
from integrations.vendors.github.connector import GithubConnector
from integrations.vendors.github.webhooks import READERS, Delivery, WebhookRefused, is_signed, read_delivery, targets_of

SECRET = "a shared secret"
HOME = {"id": 7, "name": "api", "default_branch": "main"}


def delivered(event: str, payload: dict, *, secret: str = SECRET, signature: str | None = None, **headers: str) -> Delivery:
    body = json.dumps({"organization": {"login": "Fernhill", "id": 1}, **payload}).encode()
    given_headers = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "X-Hub-Signature-256": sign(SECRET, body) if signature is None else signature,
        **headers,
    }
    return read_delivery(secret=secret, headers=given_headers, body=body, organization="fernhill")


def test_githubs_own_example_of_a_signature_holds() -> None:
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert is_signed("It's a Secret to Everybody", b"Hello, World!", signature)
    assert not is_signed("It's a Secret to Everybody", b"Hello, World?", signature)


@pytest.mark.parametrize("signature", ["", "sha256=", "sha1=757107ea", "sha256=" + "0" * 64, "sha256=é"])
def test_what_is_not_signed_with_the_secret_is_refused(signature: str) -> None:
    with pytest.raises(WebhookRefused, match="signature"):
        delivered("push", {}, signature=signature)


def test_without_a_secret_nothing_is_believed() -> None:
    with pytest.raises(WebhookRefused):
        delivered("push", {}, secret="", signature=sign("", b"{}"))


def test_events_of_another_organization_are_refused() -> None:
    with pytest.raises(WebhookRefused, match="another organization"):
        delivered("repository", {"organization": {"login": "brackwater"}, "repository": HOME})


def test_a_delivery_without_an_event_or_an_id_is_refused() -> None:
    with pytest.raises(WebhookRefused):
        delivered("", {})
    with pytest.raises(WebhookRefused):
        delivered("push", {}, **{"X-GitHub-Delivery": "../x"})


@pytest.mark.parametrize(
    ("event", "payload", "targets", "whole"),
    [
        ("repository", {"action": "publicized", "repository": HOME}, {"repository": "repository:7", "branch_rules": "repository:7"}, set()),
        ("branch_protection_rule", {"action": "deleted", "repository": HOME}, {"branch_rules": "repository:7"}, set()),
        ("repository_ruleset", {"action": "edited", "repository": HOME}, {"branch_rules": "repository:7"}, set()),
        ("repository_ruleset", {"action": "edited"}, {}, {"branch_rules"}),
        ("member", {"action": "added", "member": {"id": 5}}, {"account": "user:5", "outside_collaborator": "user:5"}, set()),
        (
            "organization",
            {"action": "member_removed", "membership": {"user": {"id": 5}}},
            {"account": "user:5", "federated_identity": "user:5"},
            {"code_organization"},
        ),
        ("pull_request", {"pull_request": {"number": 9, "merged": True}, "repository": HOME}, {"change": "repository:7/pull/9"}, set()),
        ("pull_request", {"pull_request": {"number": 9, "merged": False}, "repository": HOME}, {}, set()),
        (
            "pull_request_review",
            {"pull_request": {"number": 9, "merged_at": "2026-03-01T12:00:00Z"}, "repository": HOME},
            {"change": "repository:7/pull/9"},
            set(),
        ),
        ("push", {"ref": "refs/heads/main", "repository": HOME}, {}, {"mainline_commit"}),
        ("push", {"ref": "refs/heads/other", "repository": HOME}, {}, set()),
        ("dependabot_alert", {"action": "created", "repository": HOME}, {}, {"dependency_alert"}),
        ("secret_scanning_alert", {"action": "created", "repository": HOME}, {}, {"secret_alert"}),
        ("star", {"repository": HOME}, {}, set()),
    ],
)
def test_an_event_names_what_to_read_again(event: str, payload: dict, targets: dict, whole: set) -> None:
    delivery = delivered(event, payload)
    assert {kind: set(subjects) for kind, subjects in delivery.targets.items()} == {kind: {each} for kind, each in targets.items()}
    assert delivery.whole == whole
    assert delivery.kinds == set(targets) | whole


@given(event=some.sampled_from(sorted(READERS)), payload=some.dictionaries(some.text(), some.none() | some.text() | some.integers()))
def test_no_payload_breaks_the_reading_of_an_event(event: str, payload: dict) -> None:
    hostile = {**payload, "repository": payload, "pull_request": payload, "member": None, "membership": [], "ref": 5}
    targets, whole = targets_of(event, hostile)
    known = {stream.kind for stream in GithubConnector.STREAMS}
    assert set(targets) | whole <= known


@pytest.mark.parametrize("body", [b"", b"[]", b"payload=%7B%7D", b"{", b"[" * 200 + b"]" * 200])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    headers = {"x-github-event": "push", "x-github-delivery": "1", "x-hub-signature-256": sign(SECRET, body)}
    with pytest.raises(WebhookRefused):
        read_delivery(secret=SECRET, headers=headers, body=body, organization="fernhill")
