"""Events that vendors send: what they name is read again at once, so that short exposures are seen. Never evidence by itself.

Who sends is proven by the connection's own secret; an unknown connection is answered like a wrong secret, after the same work.
"""

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection as database
from django.db import transaction
from redis.exceptions import RedisError

from compliance.seal.canonical import JsonError, parse_json
from compliance.tenancy import scope
from compliance.trail.actor import Actor, ActorKind
from evidence.selectors.demand import demanded_kinds
from evidence.selectors.sources import account_of
from integrations.bell import ring
from integrations.cards import cards
from integrations.models import Connection
from integrations.services.connections import ask_for_run
from integrations.services.credentials import reveal_secrets
from integrations.vendors.github.webhooks import WebhookRefused, read_delivery

REMEMBERED_SECONDS = 3 * 24 * 3600  # GitHub offers a delivery again for three days
MAX_DEPTH = 100
TOKEN_HEADER = "X-Plumbline-Token"
REGIONS_CALL = "ec2:DescribeRegions"  # needed by every kind that is read by region: says nothing about what an event concerns
# What EventBridge calls a service, where our operations are named otherwise (both as AWS names them).
AWS_NAMES = {
    "elasticloadbalancing": "elbv2", "monitoring": "cloudwatch", "es": "opensearch", "sso": "sso-admin", "elasticfilesystem": "efs",
}  # fmt: skip


class HookRefused(ValueError):
    """The request is no event of this connection. Says nothing to the sender; the message is for the log."""


@dataclass(frozen=True, slots=True)
class Event:
    """One proven event. `targets`: subjects to read again by kind; none means the kind as a whole."""

    id: str
    name: str
    targets: Mapping[str, list[str]]


def receive(vendor: str, connection_id: uuid.UUID, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Take one event in and make a re-read of what it names due. Returns whether anything became due (not for events that came before,
    or that concern nothing that is read). Raises HookRefused."""
    organization_id = _organization_of(connection_id, vendor)
    if organization_id is None:
        hmac.new(b"nobody", body, hashlib.sha256).digest()
        raise HookRefused("there is no such connection")
    with scope.scope(organization_id):
        connection = Connection.objects.get(pk=connection_id)
        event = READERS[vendor](connection, headers, body)
        demanded = set(demanded_kinds(vendor))
        targets = {kind: named for kind, named in event.targets.items() if kind in demanded}
        if not targets or not _is_new(connection_id, event.id):
            return False
        actor = Actor(ActorKind.SYSTEM, f"{cards()[vendor].name} event {event.name}"[:200])
        try:
            ask_for_run(actor=actor, connection=connection, now=now, targets=targets)
        except ValidationError as error:
            raise HookRefused("the connection is not active") from error
        transaction.on_commit(lambda: ring("compliance.refresh_connection", str(organization_id), str(connection_id)))
        return True


def _organization_of(connection_id: uuid.UUID, vendor: str) -> uuid.UUID | None:
    with database.cursor() as cursor:
        cursor.execute("SELECT organization_id FROM plumbline_hook(%s, %s)", [connection_id, vendor])
        row = cursor.fetchone()
        return row[0] if row else None


def _is_new(connection_id: uuid.UUID, event_id: str) -> bool:
    try:
        return cache.add(f"hook:{connection_id}:{event_id}", 1, timeout=REMEMBERED_SECONDS)
    except RedisError:
        return True  # reading twice what one event named costs a few calls, forgetting one costs the exposure


def _github_event(connection: Connection, headers: Mapping[str, str], body: bytes) -> Event:
    secret = reveal_secrets(connection).get("webhook_secret", "")
    try:
        delivery = read_delivery(secret=secret, headers=headers, body=body, organization=connection.settings.get("organization", ""))
    except WebhookRefused as refused:
        raise HookRefused(str(refused)) from refused
    named = {kind: sorted(subjects) for kind, subjects in delivery.targets.items()}
    return Event(delivery.id, delivery.event, {**named, **{kind: [] for kind in delivery.whole}})


def _aws_event(connection: Connection, headers: Mapping[str, str], body: bytes) -> Event:
    """An event of EventBridge, sent by an API destination with the connection's token in a header.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html"""
    token = reveal_secrets(connection).get("event_token", "")
    given = {name.lower(): value for name, value in headers.items()}.get(TOKEN_HEADER.lower(), "")
    if not token or not hmac.compare_digest(token.encode(), given.encode()):
        raise HookRefused("the token is not the connection's")
    event = _parsed(body)
    if connection.source_id and account_of(connection.source_id) != str(event.get("account")):
        raise HookRefused("the event is about another account")
    detail = event.get("detail") if isinstance(event.get("detail"), Mapping) else {}
    name = str(detail.get("eventName") or event.get("detail-type") or "")[:100]
    identity = event.get("id")
    if not isinstance(identity, str) or not 0 < len(identity) <= 64:
        raise HookRefused("the event has no id")
    if detail.get("readOnly") is True or detail.get("errorCode"):  # nothing was changed
        return Event(identity, name, {})
    return Event(identity, name, {kind: [] for kind in _aws_kinds(str(detail.get("eventSource") or event.get("source") or ""))})


def _aws_kinds(source: str) -> list[str]:
    """The kinds that are read from the service which `aws.ec2` or `ec2.amazonaws.com` names."""
    service = source.removeprefix("aws.").split(".")[0].lower()
    prefix = f"{AWS_NAMES.get(service, service)}:"
    return [
        kind
        for kind, operations in cards()["aws"].operations.items()
        if any(operation.startswith(prefix) and operation != REGIONS_CALL for operation in operations)
    ]


def _parsed(body: bytes) -> Mapping:
    try:
        event = parse_json(body, len(body), MAX_DEPTH)
    except JsonError as error:
        raise HookRefused(f"the event is no JSON that is read: {error}") from error
    if not isinstance(event, Mapping):
        raise HookRefused("the event is no object")
    return event


READERS = {"github": _github_event, "aws": _aws_event}
