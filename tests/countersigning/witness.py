"""A strict witness, written by https://c2sp.org/tlog-witness: it refuses whatever it must refuse, and remembers what it cosigned."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compliance.seal import base64_text
from compliance.seal.checkpoint import parse_checkpoint
from compliance.seal.cosignature import WitnessKey
from compliance.seal.merkle import ProofError, verify_consistency
from compliance.seal.note import NoteError, Verifier, open_note, split_note

OLD = re.compile(r"old (0|[1-9][0-9]*)")


class Witness(ThreadingHTTPServer):
    """Knows the logs in `logs` (origin -> keys). `seen` is the size and root that it cosigned last, by origin. `answers` lists the status
    of each answer. `forged` signs something else than it says; `hushed` signs and loses the answer on the way."""

    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", 0), _Cosigns)
        self.secret = Ed25519PrivateKey.generate()
        self.key = WitnessKey(name, self.secret.public_key().public_bytes_raw())
        self.logs: dict[str, list[str]] = {}
        self.seen: dict[str, tuple[int, bytes]] = {}
        self.answers: list[int] = []
        self.bodies: list[bytes] = []
        self.forged = self.hushed = False
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """Its submission prefix."""
        return f"http://127.0.0.1:{self.server_port}/w1"

    def answer_to(self, body: bytes) -> tuple[int, str, bytes]:
        """(status, content type, body) for an add-checkpoint."""
        head, blank, note = body.partition(b"\n\n")
        lines = head.decode().split("\n")
        old = OLD.fullmatch(lines[0])
        if not blank or old is None or len(lines) > 64:
            return 400, "text/plain", b"malformed\n"
        try:
            text = split_note(note)[0]
            checkpoint = parse_checkpoint(text)
            proof = [base64_text.decode(line) for line in lines[1:]]
        except ValueError:
            return 400, "text/plain", b"malformed\n"
        if checkpoint.origin not in self.logs:
            return 404, "text/plain", b"unknown log\n"
        try:
            open_note(note, [Verifier.from_vkey(each) for each in self.logs[checkpoint.origin]])
        except NoteError:
            return 403, "text/plain", b"no known key signed this\n"
        return self._judged(int(old[1]), proof, checkpoint, text)

    def _judged(self, old, proof, checkpoint, text) -> tuple[int, str, bytes]:
        if old > checkpoint.size:
            return 400, "text/plain", b"old is larger\n"
        size, root = self.seen.get(checkpoint.origin, (0, b""))
        if old != size:
            return 409, "text/x.tlog.size", f"{size}\n".encode()
        if size == checkpoint.size and root != checkpoint.root:
            return 409, "text/plain", b"another root\n"
        try:
            if size:
                verify_consistency(size, checkpoint.size, root, checkpoint.root, proof)
            elif proof:
                raise ProofError("a proof from nothing must be empty")
        except ProofError:
            return 422, "text/plain", b"not consistent\n"
        self.seen[checkpoint.origin] = (checkpoint.size, checkpoint.root)
        return 200, "text/plain", (self._unknown(text) + self._line(text)).encode()

    def _line(self, text: str) -> str:
        seconds = int(time.time())
        said = f"cosignature/v1\ntime {seconds - (1 if self.forged else 0)}\n{text}".encode()
        return f"— {self.key.name} {base64_text.encode(self.key.id + seconds.to_bytes(8, 'big') + self.secret.sign(said))}\n"

    def _unknown(self, text: str) -> str:
        """A line by a key that nobody configured, which a client must pass over."""
        return f"— {self.key.name} {base64_text.encode(b'newk' + bytes(72))}\n"


class _Cosigns(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path != "/w1/add-checkpoint":
            self.send_error(405)
            return
        with self.server.lock:
            status, kind, answer = self.server.answer_to(body)
        self.server.answers.append(status)
        self.server.bodies.append(body)
        if self.server.hushed:
            self.server.hushed = False
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments) -> None:
        """Nothing on the terminal."""


@contextmanager
def witness(name: str = "witness.example/w1") -> Iterator[Witness]:
    """A running witness that knows no log yet."""
    server = Witness(name)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
