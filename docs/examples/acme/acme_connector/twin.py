"""Acme on loopback: pages by cursor, a total, rights, a clock, and troubles that a test may ask for."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = "acme-token-of-the-twin"


@dataclass
class Twin:
    """What it holds and what shall go wrong: `trouble` is a status with headers and body that the list answers from now on."""

    people: dict[int, dict] = field(default_factory=dict)
    page: int = 2
    trouble: tuple[int, dict[str, str], bytes] | None = None
    requests: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, method: str, target: str, authorization: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body. Unknown parameters and other methods are refused, as Acme does."""
        path, asked = urlsplit(target).path, parse_qs(urlsplit(target).query)
        self.requests.append(f"{method} {path}")
        if authorization != f"Bearer {TOKEN}":
            return _json(401, {"error": "unknown token"})
        if method != "GET":
            return _json(405, {"error": "only GET"})
        if path == "/v1/account":
            return _json(200, {"id": 7, "name": "Fernhill", "token_name": "plumbline"})
        if path != "/v1/people" or set(asked) - {"limit", "after"}:
            return _json(400, {"error": "no such resource or parameter"})
        return self.trouble or self._people(int(asked.get("limit", ["50"])[0]), int(asked.get("after", ["0"])[0]))

    def _people(self, limit: int, after: int) -> tuple[int, dict[str, str], bytes]:
        rows = [self.people[number] for number in sorted(self.people) if number > after][: min(limit, self.page)]
        last = rows[-1]["id"] if rows else 0
        more = any(number > last for number in self.people) and bool(rows)
        return _json(200, {"people": rows, "total": len(self.people), "next": str(last) if more else ""})


def _json(status: int, data: object) -> tuple[int, dict[str, str], bytes]:
    return status, {"content-type": "application/json"}, json.dumps(data).encode()


@contextmanager
def running(twin: Twin) -> Iterator[Twin]:
    """Serve the twin on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            status, headers, body = twin.answer(self.command, self.path, self.headers.get("authorization", ""))
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _answer

        def log_message(self, *_arguments: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    twin.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield twin
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
