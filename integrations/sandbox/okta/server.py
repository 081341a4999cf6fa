"""The twin on a loopback port: `running(state)` for tests, `python -m integrations.sandbox.okta` for the demo."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from integrations.sandbox.clock import Clock
from integrations.sandbox.okta.app import Twin, create
from integrations.sandbox.okta.faults import Faults
from integrations.sandbox.okta.log import RequestLog
from integrations.sandbox.okta.quotas import Quotas
from integrations.sandbox.okta.state import State


class QuietHandler(WSGIRequestHandler):
    """Writes no log, and leaves Date and Server to the twin's clock."""

    protocol_version = "HTTP/1.1"

    def send_response(self, code: int, message: str | None = None) -> None:
        """Without the machine's Date and Server."""
        self.send_response_only(code, message)

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: the twin keeps its own log."""


@dataclass(frozen=True)
class Running:
    """A twin that listens. `url` is the organization's address."""

    url: str
    twin: Twin

    @property
    def state(self) -> State:
        """What it holds."""
        return self.twin.state

    @property
    def requests(self) -> RequestLog:
        """What was asked."""
        return self.twin.requests

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self.twin.faults

    @property
    def quotas(self) -> Quotas:
        """Rate limit windows."""
        return self.twin.quotas

    @property
    def clock(self) -> Clock:
        """Its time."""
        return self.twin.state.clock


def serve(state: State, port: int = 0) -> tuple[BaseWSGIServer, Running]:
    """A server bound to loopback, not yet serving. Raises OSError when the port is taken."""
    twin = create(state)
    with socket.create_server(("127.0.0.1", port), backlog=128) as listening:  # werkzeug would end the process when the port is taken
        server = make_server("127.0.0.1", port, twin, threaded=True, request_handler=QuietHandler, fd=listening.fileno())
    return server, Running(f"http://127.0.0.1:{server.port}", twin)


@contextmanager
def running(state: State, port: int = 0) -> Iterator[Running]:
    """Serve `state` on 127.0.0.1 while the block runs; port 0 takes a free one."""
    server, twin = serve(state, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="okta-twin", daemon=True)
    thread.start()
    try:
        yield twin
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
