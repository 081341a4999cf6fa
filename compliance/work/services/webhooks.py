"""Team webhooks: where Slack and Teams channels read along."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from compliance.tenancy import scope
from compliance.trail.action import action
from compliance.trail.actor import Actor
from compliance.trail.names import ActionName
from compliance.vault.encryption import decrypt, encrypt
from compliance.work.models import TeamWebhook
from compliance.work.models.notice import EVENTS

PURPOSE = "team webhook"


def add_webhook(*, actor: Actor, name: str, way: str, url: str, events: Sequence[str], now: datetime) -> TeamWebhook:
    """Keep an incoming webhook. The address is checked for its shape here and for where it leads when something is sent.
    Raises ValidationError naming the field."""
    parts = urlsplit(url.strip())
    wrong: dict[str, str] = {}
    if not name.strip():
        wrong["name"] = "Give it a name, such as the channel's."
    elif TeamWebhook.objects.filter(name=name.strip()).exists():
        wrong["name"] = "There is a webhook of that name; choose another."
    if way not in ("slack", "teams"):
        wrong["way"] = "Choose Slack or Teams."
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.password:
        wrong["url"] = "Paste the webhook's whole address; it starts with https://."
    if not events or set(events) - set(EVENTS):
        wrong["events"] = "Choose at least one of the events shown."
    if wrong:
        raise ValidationError(wrong)
    with action(ActionName.WEBHOOK_ADDED, actor=actor, subject_name=name.strip(), detail={"way": way, "host": parts.hostname}):
        return TeamWebhook.objects.create(
            name=name.strip(), way=way, host=parts.hostname, events=sorted(set(events)), created_at=now,
            ciphertext=encrypt(scope.organization_id(), PURPOSE, url.strip().encode()),
        )  # fmt: skip


def remove_webhook(*, actor: Actor, webhook: TeamWebhook) -> None:
    """Forget a webhook and its address; what waited for it is not sent."""
    with action(ActionName.WEBHOOK_REMOVED, actor=actor, subject=webhook):
        webhook.delete()


def webhook_address(webhook_id: uuid.UUID) -> str | None:
    """The address in the clear, for the moment of sending; None where it was removed. Raises CannotDecrypt."""
    webhook = TeamWebhook.objects.filter(pk=webhook_id).first()
    return None if webhook is None else decrypt(scope.organization_id(), PURPOSE, bytes(webhook.ciphertext)).decode()
