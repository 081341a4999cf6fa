"""Memory of one web worker after it has served pages."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import TextIO

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from bench.figures import Figure
from bench.pages import BACKEND
from compliance.configuration import CHECKOUT
from compliance.members.models import User
from compliance.operate.engine.ports import free_port

REQUESTS = 60
PAGES = (
    "",
    "controls/",
    "controls/AC-07/",
    "checks/aws.iam.console_user_mfa/",
    "criteria/",
    "connections/",
    "settings/trail/",
    "settings/members/",
    "log/",
)


def measure(quick: bool) -> Iterator[Figure]:
    """A worker of the web server as `make start` runs it, after pages of every sort."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "compliance.wsgi",
        "--preload",
        "--workers",
        "1",
        "--threads",
        "4",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_ADMIN_URL"} | {
        "MALLOC_ARENA_MAX": "1"
    }  # as the product starts it
    with tempfile.TemporaryFile("w+") as said:
        server = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=said, stderr=said)
        try:
            cookie = f"sessionid={_session()}"
            _await(server, port, said)
            for number in range(10 if quick else REQUESTS):
                for path in PAGES:
                    address = f"/bench-{'short' if number % 2 else 'long'}/{path}"
                    if (status := _get(port, address, cookie)) != 200:
                        raise RuntimeError(f"the web server answered {status} to {address}")
            children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
            sizes = [_resident(int(pid)) for pid in children]
            yield Figure(
                "memory of a web worker", max(sizes) / 1024, 120, "at most", " MB", "resident, pages shared with its parent included"
            )
        finally:
            server.terminate()
            server.wait(timeout=30)


def _session() -> str:
    user = User.objects.get(email="bench@fernhill.example")
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), BACKEND, user.get_session_auth_hash()
    session.create()
    return session.session_key


def _await(server: subprocess.Popen, port: int, said: TextIO) -> None:
    for _ in range(900):
        if server.poll() is not None:
            said.seek(0)
            raise RuntimeError(f"the web server ended at its start: {said.read()[-2000:].strip()}")
        try:
            if _get(port, "/healthz", "") == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the web server did not answer within 90 seconds")


def _get(port: int, path: str, cookie: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie, "Host": "localhost"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def _resident(pid: int) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1])
