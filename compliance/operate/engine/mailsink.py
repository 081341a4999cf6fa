"""Local mail sink: an SMTP server on loopback that keeps each message as a file and sends nothing on.

``python -m compliance.operate.engine.mailsink`` writes ``VAR_DIR/mail/<time>-<random>.eml``. The file starts with
``X-Envelope-From`` and ``X-Envelope-To`` lines, since Bcc recipients stand only in the envelope.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from compliance.configuration import Configuration, ConfigurationError
from compliance.operate.engine.ports import LOOPBACK, free_port

LONGEST_MESSAGE = 25 * 1024 * 1024  # bytes
KEPT_MESSAGES = 500


class Sink:
    """aiosmtpd handler that writes each message into ``folder`` and keeps the newest :data:`KEPT_MESSAGES`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Store one message; the reply names its file."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}.eml"
        recipients = ", ".join(envelope.rcpt_tos)
        head = f"X-Envelope-From: {envelope.mail_from or '<>'}\r\nX-Envelope-To: {recipients}\r\n"
        draft = self._folder / f".{name}"
        draft.write_bytes(head.encode(errors="replace") + (envelope.content or b""))
        draft.rename(self._folder / name)  # a reader never sees half a message
        self._drop_oldest()
        return f"250 kept as {name}"

    def _drop_oldest(self) -> None:
        for old in sorted(self._folder.glob("*.eml"))[:-KEPT_MESSAGES]:
            old.unlink(missing_ok=True)


def serve(folder: Path, port: int) -> Controller:
    """Start the sink on loopback in a thread and return its controller; ``stop()`` ends it."""
    controller = Controller(Sink(folder), hostname=LOOPBACK, port=port, data_size_limit=LONGEST_MESSAGE, enable_SMTPUTF8=True)
    controller.start()
    return controller


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="mailsink", description="Keep all mail as files and send nothing on.")
    parser.add_argument("--port", type=int, help="port on loopback (default: a free one, written to VAR_DIR/run/mailsink.port)")
    port = parser.parse_args().port or free_port()
    try:
        var_dir = Configuration.from_environment(os.environ).var_dir
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    controller = serve(var_dir / "mail", port)
    remembered = var_dir / "run" / "mailsink.port"
    remembered.parent.mkdir(parents=True, exist_ok=True)
    remembered.write_text(f"{port}\n")
    print(f"mail goes to {var_dir / 'mail'} (port {port})", flush=True)
    ended.wait()
    controller.stop()
    remembered.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
