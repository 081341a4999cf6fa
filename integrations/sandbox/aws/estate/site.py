"""Where building happens: the running sandbox, boto3 clients to it, and what earlier builders made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config

from integrations.sandbox.aws.extras import HOME, RegionExtras
from integrations.sandbox.aws.server import Sandbox

_CONFIG = Config(
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
_CREDENTIALS = {"aws_access_key_id": "AKIASANDBOXBUILDER00", "aws_secret_access_key": "of-the-sandbox"}


@dataclass
class Site:
    """One sandbox under construction. `plan` is the scenario's `aws` part, `people` its roster."""

    sandbox: Sandbox
    plan: dict[str, Any]
    people: list[dict[str, Any]]
    made: dict[str, str] = field(default_factory=dict)  # "network:prod" -> vpc id, and so on
    refusals: dict[str, int] = field(default_factory=dict)  # operation -> number of its line in the fault script
    label: str = "populate"  # with the number of a request it seeds moto's identifiers, whoever else asks in between
    sent: int = 0
    _session: boto3.Session = field(default_factory=lambda: boto3.Session(**_CREDENTIALS))
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region: str = HOME) -> Any:
        """A boto3 client that speaks to the sandbox."""
        key = (service, region)
        if key not in self._clients:
            client = self._session.client(service, region_name=region, endpoint_url=self.sandbox.url, config=_CONFIG)
            client.meta.events.register("before-send", self._seed)
            if service == "s3control":
                client.meta.events.register("before-send.s3-control", _to_loopback(self.sandbox.url))
            self._clients[key] = client
        return self._clients[key]

    def _seed(self, **_: Any) -> None:
        self.sent += 1
        self.sandbox.seed(f"{self.label} {self.sent}")

    @property
    def now(self) -> datetime:
        """The sandbox's instant, aware."""
        return self.sandbox.clock.now()

    def ago(self, days: float) -> datetime:
        """An instant `days` before now; negative days lie ahead."""
        return self.now - timedelta(days=days)

    def extras(self, region: str) -> RegionExtras:
        """What moto does not hold of a region."""
        return self.sandbox.extras.region(region)

    def region_of(self, network: str) -> str:
        """The region that a network of the plan lies in."""
        return str(self.plan["networks"][network]["region"])


def naive(instant: datetime) -> datetime:
    """As moto keeps instants: UTC without zone."""
    return instant.replace(tzinfo=None)


def tags(values: dict[str, str]) -> list[dict[str, str]]:
    """AWS's list of tags."""
    return [{"Key": key, "Value": str(value)} for key, value in values.items()]


def _to_loopback(url: str) -> Callable[..., None]:
    """s3control puts the account before the host (123456789012.127.0.0.1), which no resolver knows: back to the endpoint."""

    def move(request: Any, **_: Any) -> None:
        path = request.url.split("/", 3)[3]
        request.url = f"{url}/{path}"

    return move
