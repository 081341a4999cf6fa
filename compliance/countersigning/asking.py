"""One request to an authority or a witness, through the client that refuses private addresses, unless the operator allows them."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings

from integrations.errors import ForbiddenAddress, HostilePayload, Transient
from integrations.transport.addresses import check_address
from integrations.transport.exchange import Exchange, Transport

READ_SECONDS = 10.0


class NotReached(Exception):
    """No answer, or one that says to come again; the message says who and why."""


class Refused(Exception):
    """An answer that asking again will not change; the message says who, why, and what to do."""


def post(url: str, body: bytes, content_type: str) -> Exchange:
    """Post `body`. Raises NotReached where the host is down, busy or unknown, Refused where the address is not allowed or the answer is too
    long to be read."""
    host = urlsplit(url).hostname or ""
    transport = Transport(host, tls=url.startswith("https:"), read_seconds=READ_SECONDS)
    try:
        check_address(url, hosts=[host], allow=settings.CONFIGURATION.outgoing_allow)
        answer = transport.send("POST", url, {"content-type": content_type}, body, lambda: datetime.now(UTC))
    except Transient as error:
        raise NotReached(f"{host} cannot be reached: {error}") from error
    except (ForbiddenAddress, HostilePayload) as error:
        raise Refused(f"{host}: {error}") from error
    finally:
        transport.close()
    if answer.status >= 500 or answer.status in (408, 425, 429):
        raise NotReached(f"{host} answered {answer.status}")
    return answer
