"""Messages to team channels: incoming webhooks of Slack and Teams, through the client that refuses private addresses.

Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (answers `ok`, 4xx for a webhook that is gone).
Teams: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook (Workflows take the same
adaptive card and answer 202).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import orjson
from django.conf import settings

from compliance.tenancy.models import Organization
from compliance.work.services.deliveries import settle_failed, settle_later, settle_sent
from compliance.work.services.webhooks import webhook_address
from integrations.errors import ForbiddenAddress, HostilePayload, Transient
from integrations.transport.addresses import check_address
from integrations.transport.exchange import Transport

if TYPE_CHECKING:
    from compliance.work.models import Delivery, Notice

READ_SECONDS = 10.0
LATER = frozenset([408, 425, 429])


def post_messages(deliveries: Sequence["Delivery"], organization: Organization, now: datetime) -> None:
    """Post what was taken, each to its webhook. What was removed meanwhile is not sent."""
    for delivery in deliveries:
        url = webhook_address(delivery.webhook)
        if url is None:
            settle_failed([delivery.pk], "The webhook was removed.", state="cancelled")
        else:
            _post(delivery, url, organization, now)


def _post(delivery: "Delivery", url: str, organization: Organization, now: datetime) -> None:
    host = urlsplit(url).hostname or ""
    transport = Transport(host, tls=url.startswith("https:"), read_seconds=READ_SECONDS)
    try:
        check_address(url, hosts=[host], allow=settings.CONFIGURATION.outgoing_allow)
        body = orjson.dumps(payload(delivery.way, delivery.notice, organization))
        answer = transport.send("POST", url, {"content-type": "application/json"}, body, lambda: datetime.now(UTC))
    except Transient as error:
        settle_later([delivery], f"{host} cannot be reached: {error}", now)
    except (ForbiddenAddress, HostilePayload) as error:
        settle_failed([delivery.pk], str(error))
    else:
        _settle(delivery, answer.status, host, now)
    finally:
        transport.close()


def _settle(delivery: "Delivery", status: int, host: str, now: datetime) -> None:
    if 200 <= status < 300:
        settle_sent([delivery.pk], now)
    elif status >= 500 or status in LATER:
        settle_later([delivery], f"{host} answered {status}", now)
    else:
        settle_failed([delivery.pk], f"{host} answered {status}; make a new webhook there and enter it here")


def payload(way: str, notice: "Notice", organization: Organization) -> Mapping[str, Any]:
    """The message as that channel takes it. Names come from vendors: nothing in them may become a link, a mention or markup."""
    url = urljoin(settings.CONFIGURATION.public_url + "/", f"{organization.slug}/{notice.path}")
    if way == "slack":
        text = f"*{_slack(organization.name)}*: {_slack(notice.title)}"
        return {"text": f"{text}\n<{url}|Open it in Plumbline>" if notice.path else text, "unfurl_links": False}
    lines = [{"type": "TextBlock", "text": _plain(f"{organization.name}: {notice.title}"), "wrap": True}]
    actions = [{"type": "Action.OpenUrl", "title": "Open it in Plumbline", "url": url}] if notice.path else []
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": lines,
        "actions": actions,
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}],
    }


def _slack(text: str) -> str:
    """Slack's three control characters (its formatting guide), and marks that would format, taken out of the way."""
    for sign, instead in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("*", "∗"), ("_", "＿"), ("`", "ˋ"), ("~", "∼")):
        text = text.replace(sign, instead)
    return text


def _plain(text: str) -> str:
    """Adaptive cards read a part of Markdown: links and emphasis are escaped."""
    for sign in "\\[]()*_`~#":
        text = text.replace(sign, f"\\{sign}")
    return text
