"""A time-stamping authority: `openssl ts` behind a web server on loopback, with keys and certificates of its own."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
SETTINGS = """
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamps]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[authority]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
accuracy = secs:1
ordering = no
tsa_name = no
"""


class Authority(ThreadingHTTPServer):
    """Stamps what is posted. `stale` answers with the first answer it ever gave; `garbage` and `status` are what they say."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Stamps)
        self.folder = folder
        self.questions: list[bytes] = []
        self.answers: list[bytes] = []
        self.stale = False
        self.garbage: bytes | None = None
        self.status = 200
        _write_keys(folder)

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self.server_port}/tsr"

    @property
    def root(self) -> Path:
        """The root certificate."""
        return self.folder / "root.pem"

    def answer_to(self, question: bytes) -> bytes:
        """What the authority says."""
        (self.folder / "question").write_bytes(question)
        _openssl(
            self.folder, "ts", "-reply", "-config", "settings", "-section", "authority", "-queryfile", "question", "-signer", "tsa.pem",
            "-inkey", "tsa.key", "-out", "answer",
        )  # fmt: skip
        return (self.folder / "answer").read_bytes()

    def verified_by_openssl(self, data: bytes, answer: bytes) -> bool:
        """Whether `openssl ts -verify` agrees, trusting this authority's root."""
        (self.folder / "data").write_bytes(data)
        (self.folder / "kept").write_bytes(answer)
        command = ["openssl", "ts", "-verify", "-data", "data", "-in", "kept", "-CAfile", "root.pem"]
        return subprocess.run(command, cwd=self.folder, capture_output=True, check=False).returncode == 0


class _Stamps(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        question = self.rfile.read(int(self.headers["content-length"]))
        assert self.headers["content-type"] == "application/timestamp-query"
        self.server.questions.append(question)
        if self.server.garbage is not None:
            answer = self.server.garbage
        elif self.server.stale:
            answer = self.server.answers[0]
        else:
            answer = self.server.answer_to(question)
            self.server.answers.append(answer)
        self.send_response(self.server.status)
        self.send_header("content-type", "application/timestamp-reply")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments) -> None:
        """Nothing on the terminal."""


def _write_keys(folder: Path) -> None:
    (folder / "settings").write_text(SETTINGS.format(folder=folder))
    (folder / "serial").write_text("01\n")
    _openssl(
        folder, "req", "-x509", *CURVE, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root", "-config", "settings", "-extensions",
        "root",
    )  # fmt: skip
    _openssl(folder, "req", "-new", *CURVE, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Stamps", "-config", "settings")
    _openssl(
        folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-out", "tsa.pem", "-extfile", "settings",
        "-extensions", "stamps", "-set_serial", "7",
    )  # fmt: skip


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    """A running authority that keeps its files in `folder`."""
    server = Authority(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
