"""What GitHub's webhooks tell us: that something changed, and what to read again. Never evidence by itself.

Pure: bytes and headers in, subjects out. Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads and, for the
signature, https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from compliance.seal.canonical import JsonError, parse_json
from integrations.vendors.github.collectors.changes.v1 import change_subject
from integrations.vendors.github.collectors.values import Row, flag, inner, number, repository_subject, user_subject, word

MAX_BYTES = 25 * 1024 * 1024  # GitHub sends no larger payload
MAX_DEPTH = 100
DELIVERY = re.compile(r"[0-9A-Za-z-]{1,64}")
EVENT = re.compile(r"[a-z_]{1,64}")


class WebhookRefused(ValueError):
    """The request is not a delivery of the connection's webhook; the message is fit for a log and tells the sender nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One verified delivery. `targets`: subjects to read again, by kind (`Context.only`). `whole`: kinds to read again as a whole,
    because the event names nothing that could be read singly. `id` is unique per delivery: the receiver refuses it twice."""

    id: str
    event: str
    organization: str
    targets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()

    @property
    def kinds(self) -> frozenset[str]:
        """Everything that is to be read again, by subject or as a whole; empty when the event concerns nothing that is read."""
        return frozenset(self.targets) | self.whole


def is_signed(secret: str, body: bytes, signature: str) -> bool:
    """Whether `X-Hub-Signature-256` is the HMAC-SHA256 of the raw body. False without a secret: then anybody could have sent it."""
    if not secret or not signature.isascii():
        return False
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)


def read_delivery(*, secret: str, headers: Mapping[str, str], body: bytes, organization: str) -> Delivery:
    """The delivery of a request, once its signature holds. `organization` is the connection's: events of others are refused.
    Raises WebhookRefused."""
    given = {name.lower(): value for name, value in headers.items()}
    if len(body) > MAX_BYTES:
        raise WebhookRefused("the delivery is larger than GitHub sends any")
    if not is_signed(secret, body, given.get("x-hub-signature-256", "")):
        raise WebhookRefused("the signature does not hold; the secret here and at GitHub must be the same")
    event, delivery = given.get("x-github-event", ""), given.get("x-github-delivery", "")
    if not EVENT.fullmatch(event) or not DELIVERY.fullmatch(delivery):
        raise WebhookRefused("the delivery names no event or has no id")
    payload = _payload(body)
    of = word(inner(payload, "organization"), "login") or word(inner(inner(payload, "installation"), "account"), "login")
    if of.lower() != organization.lower():
        raise WebhookRefused("the delivery is about another organization")
    targets, whole = targets_of(event, payload)
    return Delivery(id=delivery, event=event, organization=of, targets=targets, whole=whole)


def _payload(body: bytes) -> Row:
    try:
        payload = parse_json(body, MAX_BYTES, MAX_DEPTH)
    except JsonError as error:
        raise WebhookRefused(f"the delivery is no JSON that is read ({error}); choose the content type application/json") from error
    if not isinstance(payload, Mapping):
        raise WebhookRefused("the delivery is no object")
    return payload


Targets = tuple[Mapping[str, frozenset[str]], frozenset[str]]


def targets_of(event: str, payload: Row) -> Targets:
    """(subjects by kind, kinds as a whole) that an event asks to be read again; nothing for events that concern nothing we read."""
    reader = READERS.get(event)
    return reader(payload) if reader is not None else ({}, frozenset())


def _about(subject: str | None, *kinds: str) -> Targets:
    """Exactly these kinds of one subject; as a whole when the event does not say which."""
    if subject is None:
        return {}, frozenset(kinds)
    return {kind: frozenset({subject}) for kind in kinds}, frozenset()


def _whole(*kinds: str) -> Callable[[Row], Targets]:
    return lambda _payload: ({}, frozenset(kinds))


def _home(payload: Row) -> str | None:
    of = number(inner(payload, "repository"), "id")
    return None if of is None else repository_subject(of)


def _person(row: Row) -> str | None:
    of = number(row, "id")
    return None if of is None else user_subject(of)


def _organization(payload: Row) -> Targets:
    targets, whole = _about(_person(inner(inner(payload, "membership"), "user")), "account", "federated_identity")
    return targets, whole | {"code_organization"}


def _member(payload: Row) -> Targets:
    """Somebody was given or lost a repository: a member, or an outside collaborator."""
    return _about(_person(inner(payload, "member")), "account", "outside_collaborator")


def _repository(payload: Row) -> Targets:
    return _about(_home(payload), "repository", "branch_rules")


def _rules(payload: Row) -> Targets:
    """A ruleset of the organization comes without a repository: then all are read."""
    return _about(_home(payload), "branch_rules")


def _change(payload: Row) -> Targets:
    home, pull = number(inner(payload, "repository"), "id"), inner(payload, "pull_request")
    of = number(pull, "number")
    merged = flag(pull, "merged") is True or bool(word(pull, "merged_at"))
    if not merged:
        return {}, frozenset()
    return _about(None if home is None or of is None else change_subject(home, of), "change")


def _push(payload: Row) -> Targets:
    default = word(inner(payload, "repository"), "default_branch")
    return ({}, frozenset({"mainline_commit"})) if word(payload, "ref") == f"refs/heads/{default}" else ({}, frozenset())


READERS: Mapping[str, Callable[[Row], Targets]] = {
    "organization": _organization,
    "member": _member,
    "membership": lambda payload: _about(_person(inner(payload, "member")), "account"),
    "repository": _repository,
    "branch_protection_rule": _rules,
    "branch_protection_configuration": _rules,
    "repository_ruleset": _rules,
    "pull_request": _change,
    "pull_request_review": _change,
    "push": _push,
    "deploy_key": _whole("deploy_key"),
    "dependabot_alert": _whole("dependency_alert"),
    "code_scanning_alert": _whole("code_alert"),
    "secret_scanning_alert": _whole("secret_alert"),
    "security_and_analysis": _repository,
    "personal_access_token_request": _whole("access_token"),
}
