"""The AWS sandbox as a server on loopback: moto with our gateway in front.

    with running() as aws:
        boto3.client("iam", endpoint_url=aws.url, region_name="eu-central-1", ...)

moto keeps its state in module globals: there is one AWS per process. `running` starts from an empty account and leaves an empty
one; two at once in one process are refused. Never imported by the web process or the settings: only by tests, by
`python -m integrations.sandbox` and by whoever seeds a demo.
"""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from integrations.sandbox.aws import clock as clocks
from integrations.sandbox.aws import managed_policies
from integrations.sandbox.aws.clock import Clock
from integrations.sandbox.aws.extras import ACCOUNT, Extras
from integrations.sandbox.aws.faults import Faults
from integrations.sandbox.aws.gateway import Control, Gateway, Logged

LOOPBACK = "127.0.0.1"
# Loaded before the first request, so that their modules follow the clock; STS first, since it keeps real time.
LOADED = ("sts", "iam", "ec2", "s3", "rds", "kms", "guardduty", "config")
_NO_IMAGES = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}  # moto's 1,285 public image snapshots would pass for the account's own
_one_per_process = threading.Lock()


class AlreadyRunning(RuntimeError):
    """A second sandbox was started in a process whose moto state is in use."""


class Handler(MotoRequestHandler):
    """Keeps connections open as AWS does, and keeps silent."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Requests are in `Sandbox.requests`."""


class Sandbox:
    """A running AWS. `url` is its endpoint, whatever the service and region."""

    def __init__(self, url: str, gateway: Gateway) -> None:
        self.url = url
        self._gateway = gateway
        self.account = ACCOUNT

    @property
    def requests(self) -> Sequence[Logged]:
        """Every AWS request since the start or the last reset, oldest first."""
        return tuple(self._gateway.log)

    @property
    def faults(self) -> Faults:
        """The fault script."""
        return self._gateway.faults

    @property
    def extras(self) -> Extras:
        """What the account holds beyond moto."""
        return self._gateway.extras

    @property
    def clock(self) -> Clock:
        """The sandbox's time."""
        return self._gateway.clock

    @property
    def page_size(self) -> int | None:
        """Largest page of every list operation; None leaves it to the client's limits."""
        return self._gateway.page_size

    @page_size.setter
    def page_size(self, size: int | None) -> None:
        self._gateway.page_size = size

    def reset(self) -> None:
        """An empty account, no faults, no log, identifiers as after a start."""
        _empty()
        self._gateway.extras = Extras()
        self._gateway.faults.clear()
        self._gateway.log.clear()

    def seed(self, text: str) -> None:
        """Identifiers that moto draws from here on follow from `text`, so that a replay gives the same ones."""
        mock_random.seed(text)

    def counted(self) -> Mapping[str, int]:
        """How often each operation was called."""
        counts: dict[str, int] = {}
        for entry in self.requests:
            counts[entry.operation] = counts.get(entry.operation, 0) + 1
        return counts

    def forget_requests(self, keeping: int = 0) -> None:
        """Drop the request log's entries after the first `keeping`."""
        kept = list(self._gateway.log)[:keeping]
        self._gateway.log.clear()
        self._gateway.log.extend(kept)

    def commanded_by(self, control: Control) -> None:
        """Let `control(path, method, document)` answer under `/_sandbox/`; None from it is a 404."""
        self._gateway.control = control


@contextmanager
def running(
    port: int = 0,
    enforce_external_id: bool = True,
    clock: Callable[[], datetime] | None = None,
    page_size: int | None = None,
    report_max_age: timedelta = timedelta(0),
) -> Iterator[Sandbox]:
    """An AWS on 127.0.0.1, empty at first. `port` 0 takes a free one. `clock` gives the time (aware), else the real one.

    `enforce_external_id`: AssumeRole obeys the role's trust policy. `report_max_age`: a credential report that was read is made
    anew only when older (AWS: four hours). Raises AlreadyRunning, OSError where the port is taken.
    """
    if not _one_per_process.acquire(blocking=False):
        raise AlreadyRunning("moto's state belongs to the process; stop the running sandbox, or reset() and use that one")
    with ExitStack() as stack:
        stack.callback(_one_per_process.release)
        stack.enter_context(_environment(_NO_IMAGES))
        time = Clock(clock)
        clocks.load(LOADED)
        stack.enter_context(clocks.governing(time))
        _empty()
        gateway = Gateway(clock=time, enforce_external_id=enforce_external_id, page_size=page_size, report_max_age=report_max_age)
        server = make_server(LOOPBACK, port, gateway, threaded=True, request_handler=Handler)
        stack.callback(_empty)
        stack.enter_context(_serving(server))
        yield Sandbox(f"http://{LOOPBACK}:{server.server_port}", gateway)


@contextmanager
def _serving(server: BaseWSGIServer) -> Iterator[None]:
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.block_on_close = False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="aws-sandbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before: dict[str, Any] = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _empty() -> None:
    mock_random.seed("plumbline")
    BackendDict.reset()
    reset_model_data()
    managed_policies.install()
