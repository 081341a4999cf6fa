"""The AWS session of one run: credentials, the shared loader of service models, and how long they are kept.

Nothing here outlives a run: a session belongs to one connection, and no module-level client exists.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from functools import lru_cache
from typing import Any

import botocore.session
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import CredentialProvider, CredentialResolver, RefreshableCredentials
from botocore.loaders import Loader
from botocore.model import ServiceModel

from integrations.errors import Misconfigured
from integrations.transport.context import Context

DEFAULT_REGION = "us-east-1"
SESSION_NAME = "plumbline"
SESSION_SECONDS = 3600
MAX_ATTEMPTS = 8
CONNECT_SECONDS = 10
READ_SECONDS = 60
MODELS_KEPT = 4  # parsed service models are most of an SDK's memory (EC2 alone about 30 MB)


Aside = Callable[[str, Mapping[str, Any]], AbstractContextManager[None]]


class BoundedLoader(Loader):
    """A loader of service models that forgets those not used lately, because keeping all of them would cost hundreds of MB.
    Everything else (partitions, retry tables) stays shared."""

    def __init__(self, kept: int = MODELS_KEPT) -> None:
        super().__init__()
        self._kept = kept
        self._models: OrderedDict[str, Loader] = OrderedDict()
        self._models_lock = threading.RLock()

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        """See Loader. One inner loader a service, the least recently used dropped."""
        with self._models_lock:
            loader = self._models.setdefault(service_name, Loader())
            self._models.move_to_end(service_name)
            while len(self._models) > self._kept:
                self._models.popitem(last=False)
            return loader.load_service_model(service_name, type_name, api_version=api_version)


@lru_cache(maxsize=2)
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service_name=service)


def required_members(service: str, operation: str) -> tuple[str, ...]:
    """The parameters without which the SDK does not send the operation, by the service's own model."""
    shape = _model(service).operation_model(operation).input_shape
    return tuple(shape.required_members) if shape is not None else ()


def config(*, local: bool) -> Config:
    """How every client behaves: adaptive retries, bounded waits; path-style buckets where the endpoint is one local address."""
    return Config(
        retries={"mode": "adaptive", "total_max_attempts": MAX_ATTEMPTS},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_pool_connections=10,
        s3={"addressing_style": "path"} if local else None,
        user_agent_extra="plumbline",
    )


class RoleProvider(CredentialProvider):
    """Credentials by AssumeRole, refreshed before they end."""

    METHOD = "assume-role"
    CANONICAL_NAME = "plumbline-assume-role"

    def __init__(self, fetch: Callable[[], dict[str, str]]) -> None:
        super().__init__()
        self._fetch = fetch

    def load(self) -> RefreshableCredentials:
        """See CredentialProvider."""
        return RefreshableCredentials.create_from_metadata(metadata=self._fetch(), refresh_using=self._fetch, method=self.METHOD)


class AwsSession:
    """Credentials of one connection and a factory of clients. `prepare` is called with every new client (event hooks).

    Which credentials: `role_arn` (assumed with `external_id`, on top of the connection's access keys or else the operator's
    own credentials), else access keys, else, only when `credentials` says `ambient` (the command line), whatever the AWS
    tools would find. Raises Misconfigured when none of these is given."""

    def __init__(self, context: Context, prepare: Callable[[BaseClient], None], aside: Aside) -> None:
        self._aside = aside
        self._settings: Mapping[str, str] = context.settings
        self._secrets = context.secrets
        self._prepare = prepare
        self._lock = threading.Lock()
        self.loader = BoundedLoader()
        self.role_arn = self._settings.get("role_arn", "").strip()
        self.external_id = self._settings.get("external_id", "").strip()
        self.endpoint_url = self._settings.get("endpoint_url", "").strip() or None
        self._config = config(local=self.endpoint_url is not None)
        self._base = self._bare()
        self.region = self._settings.get("region", "").strip() or self._ambient_region() or DEFAULT_REGION
        self._own = self._authorised()

    def _bare(self) -> botocore.session.Session:
        session = botocore.session.Session()
        session.register_component("data_loader", self.loader)
        return session

    def _ambient_region(self) -> str:
        return (self._base.get_config_variable("region") or "") if self._settings.get("credentials") == "ambient" else ""

    def _authorised(self) -> botocore.session.Session:
        key, secret = self._secrets.get("access_key_id", ""), self._secrets.get("secret_access_key", "")
        if key and secret:
            self._base.set_credentials(key, secret, self._secrets.get("session_token") or None)
        elif not self.role_arn and self._settings.get("credentials") != "ambient":
            raise Misconfigured("give the ARN of the role to assume, or an access key")
        if not self.role_arn:
            return self._base
        if not self.external_id:
            raise Misconfigured("the connection has no ExternalId; create it anew so that one is generated")
        return self._in_role()

    def _in_role(self) -> botocore.session.Session:
        session = self._bare()
        session.register_component("credential_provider", CredentialResolver([RoleProvider(self._assumed)]))
        return session

    def renew(self) -> bool:
        """Forget the role's session, so that the next client takes it anew. False when there is nothing to take anew
        (access keys): the credential itself is over."""
        if not self.role_arn:
            return False
        with self._lock:
            self._own = self._in_role()
        return True

    def _assumed(self) -> dict[str, str]:
        return self.assume_role(ExternalId=self.external_id)

    def assume_role(self, **more: str) -> dict[str, str]:
        """One AssumeRole call with the base credentials; the answer in the form botocore refreshes from. Raises
        AuthRevoked when the role does not let us in."""
        client = self._client(self._base, "sts", self.region)
        given = {"RoleArn": self.role_arn, "RoleSessionName": SESSION_NAME, "DurationSeconds": SESSION_SECONDS, **more}
        with closing(client), self._aside("sts:AssumeRole", {"RoleArn": self.role_arn}):
            answer = client.assume_role(**given)
        taken = answer["Credentials"]
        return {
            "access_key": taken["AccessKeyId"],
            "secret_key": taken["SecretAccessKey"],
            "token": taken["SessionToken"],
            "expiry_time": taken["Expiration"].isoformat(),
        }

    def client(self, service: str, region: str) -> BaseClient:
        """A new client of the connection's identity. Not cached here. Thread-safe."""
        with self._lock:
            return self._client(self._own, service, region)

    def offers(self, service: str, region: str) -> bool:
        """Whether the SDK knows the service in that region. True where it knows nothing of the service's regions."""
        partition = self._base.get_partition_for_region(region)
        known = self._base.get_available_regions(service, partition_name=partition)
        return not known or region in known

    def _client(self, session: botocore.session.Session, service: str, region: str) -> BaseClient:
        client = session.create_client(service, region_name=region, endpoint_url=self.endpoint_url, config=self._config)
        self._prepare(client)
        return client
