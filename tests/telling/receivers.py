"""A mail server and a web server that keep what they get: the real protocols on loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller

from compliance.operate.engine.ports import free_port


class Letterbox:
    """An SMTP handler. Recipients in `refused` are answered with their code and words."""

    def __init__(self) -> None:
        self.mails: list = []
        self.refused: dict[str, str] = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Refuse or take a recipient."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        """Keep the mail."""
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 kept"


@contextmanager
def mail_server(settings) -> Iterator[Letterbox]:
    """A mail server that the product is told to use."""
    box = Letterbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = "127.0.0.1", controller.port, False, ""
    try:
        yield box
    finally:
        controller.stop()


class Channel(ThreadingHTTPServer):
    """Takes posts at any path; answers `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.posts: list[dict] = []
        self.status = 200

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self.server_port}/services/T0/B0/secret"


class _Taker(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.posts.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(self.server.status)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_arguments) -> None:
        """Nothing on the terminal."""


@contextmanager
def channel() -> Iterator[Channel]:
    """A running channel."""
    server = Channel()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
