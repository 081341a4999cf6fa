"""The twin on a loopback port: `running(state)` for tests, `python -m integrations.sandbox.bamboohr` for a demo."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from werkzeug.serving import BaseWSGIServer, make_server

from integrations.sandbox.bamboohr.app import Entry, Twin
from integrations.sandbox.bamboohr.faults import Faults
from integrations.sandbox.bamboohr.state import State
from integrations.sandbox.clock import Clock
from integrations.sandbox.github.server import QuietHandler


@dataclass(frozen=True)
class Running:
    """A twin that listens at `url`."""

    url: str
    twin: Twin

    @property
    def state(self) -> State:
        """What it holds."""
        return self.twin.state

    @property
    def requests(self) -> list[Entry]:
        """What was asked."""
        return self.twin.requests

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self.twin.faults

    @property
    def clock(self) -> Clock:
        """Its time."""
        return self.twin.state.clock


def serve(state: State, port: int = 0) -> tuple[BaseWSGIServer, Running]:
    """A server bound to loopback, not yet serving. Raises OSError when the port is taken."""
    twin = Twin(state)
    with socket.create_server(("127.0.0.1", port), backlog=128) as listening:  # werkzeug would end the process when the port is taken
        server = make_server("127.0.0.1", port, twin, threaded=True, request_handler=QuietHandler, fd=listening.fileno())
    return server, Running(f"http://127.0.0.1:{server.port}", twin)


@contextmanager
def running(state: State, port: int = 0) -> Iterator[Running]:
    """Serve `state` on 127.0.0.1 while the block runs; port 0 takes a free one."""
    server, twin = serve(state, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="bamboohr-twin", daemon=True)
    thread.start()
    try:
        yield twin
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
