"""What the scanner is asked, and what is made of its answer: against a server that speaks clamd's INSTREAM, and against clamd itself
with a signature of our own."""

import dataclasses
import shutil
import socket
import socketserver
import subprocess
import threading
import time

import pytest

from compliance.operate.engine.ports import free_port
from compliance.vault.scanning import Clean, Infected, NotScanned, ScannerUnreachable, ping, scan

BAD = b"THIS-IS-OUR-OWN-TEST-SIGNATURE-AND-HARMLESS"
MEGABYTE = 1024 * 1024


class Talk(socketserver.BaseRequestHandler):
    """One connection of clamd(8): a null-terminated command; for INSTREAM pieces with their lengths, until a length of zero."""

    def handle(self):
        command = self._until_null()
        if command == b"zVERSION":
            self.request.sendall(b"ClamAV 1.4.2/1/Tue Mar  3 00:00:00 2026\0")
        elif command == b"zINSTREAM":
            self.request.sendall(self._judged() + b"\0")

    def _judged(self):
        data = b""
        while length := int.from_bytes(self._exactly(4), "big"):
            data += self._exactly(length)
            if len(data) > self.server.limit:
                return b"INSTREAM size limit exceeded. ERROR"
        self.server.seen.append(data)
        return b"stream: Plumbline.Test.UNOFFICIAL FOUND" if BAD in data else b"stream: OK"

    def _until_null(self):
        said = b""
        while not said.endswith(b"\0"):
            said += self._exactly(1)
        return said[:-1]

    def _exactly(self, number):
        data = b""
        while len(data) < number:
            piece = self.request.recv(number - len(data))
            if not piece:
                raise ConnectionError
            data += piece
        return data


class Scanner(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Talk)
        self.limit, self.seen = 5 * MEGABYTE, []

    def handle_error(self, request, client_address):
        pass  # a client that goes away in the middle is part of the tests


@pytest.fixture
def told(settings):
    def tell(url):
        settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, clamd_url=url)

    return tell


@pytest.fixture
def scanner(told):
    with Scanner() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        told(f"tcp://127.0.0.1:{server.server_address[1]}")
        yield server
        server.shutdown()


def test_harmless_bytes_are_clean_and_came_across_whole(scanner):
    data = bytes(range(256)) * 10_000
    assert scan([data[:7], b"", data[7:]]) == Clean()
    assert scanner.seen == [data]


def test_an_empty_file_is_clean(scanner):
    assert scan([]) == Clean()


def test_a_signature_is_named_even_across_two_pieces(scanner):
    assert scan([b"before " + BAD[:10], BAD[10:] + b" after"]) == Infected("Plumbline.Test.UNOFFICIAL")


def test_without_a_scanner_nothing_is_scanned_and_nothing_is_read(told):
    told(None)

    def never():
        raise AssertionError("read")
        yield

    answer = scan(never())
    assert isinstance(answer, NotScanned) and not answer.wanted and "CLAMD_URL" in answer.reason


def test_a_scanner_that_is_away_leaves_the_bytes_unscanned_and_wanted(told):
    told(f"tcp://127.0.0.1:{free_port()}")
    answer = scan([b"data"])
    assert isinstance(answer, NotScanned) and answer.wanted and "cannot be reached" in answer.reason


def test_more_than_the_scanner_takes_is_not_called_clean(scanner):
    scanner.limit = 10
    answer = scan([b"x" * MEGABYTE] * 4)
    assert isinstance(answer, NotScanned) and answer.wanted


def test_a_scanner_that_hangs_up_is_not_called_clean(told):
    with socket.create_server(("127.0.0.1", 0)) as server:
        told(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        threading.Thread(target=lambda: server.accept()[0].close(), daemon=True).start()
        answer = scan([b"x"])
    assert isinstance(answer, NotScanned) and answer.wanted


def test_bytes_that_cannot_be_read_are_the_callers_trouble(scanner):
    def broken():
        yield b"first"
        raise OSError("the disk broke")

    with pytest.raises(OSError, match="the disk broke"):
        scan(broken())


def test_the_version_is_asked_for_the_doctor(scanner):
    assert ping(f"tcp://127.0.0.1:{scanner.server_address[1]}").startswith("ClamAV 1.4.2")
    with pytest.raises(ScannerUnreachable):
        ping(f"tcp://127.0.0.1:{free_port()}")


@pytest.fixture
def clamd(tmp_path, told):
    """A real clamd that knows one signature, ours, and takes streams up to 4 MB."""
    program = shutil.which("clamd")
    if program is None:
        pytest.skip("clamd is not installed: apt-get install clamav-daemon")
    (tmp_path / "signatures").mkdir()
    (tmp_path / "signatures" / "own.ndb").write_text(f"Plumbline.Test:0:*:{BAD.hex()}\n")
    path = tmp_path / "clamd.ctl"
    (tmp_path / "clamd.conf").write_text(
        f"LocalSocket {path}\nDatabaseDirectory {tmp_path / 'signatures'}\nForeground yes\nStreamMaxLength 4M\nLogFile {tmp_path / 'log'}\n"
    )
    with subprocess.Popen([program, "--config-file", str(tmp_path / "clamd.conf")], stdout=subprocess.DEVNULL) as process:
        for _ in range(300):
            if path.exists() or process.poll() is not None:
                break
            time.sleep(0.1)
        told(f"unix://{path}")
        yield path
        process.terminate()


@pytest.mark.slow
def test_clamd_itself_answers_so(clamd):
    assert ping(f"unix://{clamd}").startswith("ClamAV")
    assert scan([b"minutes of the meeting"]) == Clean()
    assert scan([b"x" * MEGABYTE, BAD, b"y" * MEGABYTE]) == Infected("Plumbline.Test.UNOFFICIAL")
    too_much = scan([b"x" * MEGABYTE] * 6)
    assert isinstance(too_much, NotScanned) and too_much.wanted
