"""Webhooks are signed over the bytes sent; the clock, the search and seeding refuse what makes no sense."""

import hashlib
import hmac
import re
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from integrations.sandbox.clock import Clock
from integrations.sandbox.github.__main__ import main
from integrations.sandbox.github.scenario import OWNER_TOKEN
from integrations.sandbox.github.server import Running
from integrations.sandbox.github.webhooks import deliver, payload
from tests.integrations.sandbox.github.conftest import HTTP, NOON, Ask
from tests.integrations.sandbox.github.descriptions import REPOSITORY


def test_a_delivery_is_signed_over_its_raw_body(twin: Running) -> None:
    got: list[tuple[dict[str, str], bytes]] = []

    @Request.application
    def receiver(request: Request) -> Response:
        got.append((dict(request.headers), request.get_data()))
        return Response("taken", 202)

    server = make_server("127.0.0.1", 0, receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    answer = deliver(
        f"http://127.0.0.1:{server.server_port}/hook", "s3cret", "member", payload(twin.state, "removed", member={"login": "tom"})
    )
    server.shutdown()
    server.server_close()

    headers, body = got[0]
    assert answer.status_code == 202
    assert headers["X-Hub-Signature-256"] == "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    assert headers["X-Github-Event"] == "member"
    assert b'"action":"removed"' in body


def test_the_clock_stands_until_told() -> None:
    clock = Clock(NOON)

    assert clock.now() == NOON
    assert clock.advance(days=2) == NOON + timedelta(days=2)
    clock.set(NOON)
    assert clock() == NOON


def test_a_naive_instant_is_no_instant() -> None:
    with pytest.raises(ValueError, match="aware"):
        Clock(datetime(2026, 3, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("org:fernhill is:merged", {1, 2, 3}),
        ("is:merged merged:2026-02-27..2026-02-28", {1, 2}),
        ("is:merged merged:<2026-02-28", {2, 3}),
        ("is:merged merged:>2026-02-27T12:00:00Z", {1}),
        ("is:merged merged:2026-02-27", {2}),
        ("is:open", {4}),
        ("author:sam", {4}),
        ("repo:fernhill/docs", set()),
    ],
)
def test_the_search_understands_its_qualifiers(query: str, numbers: set[int], twin: Running, ask: Ask) -> None:
    for days in (1, 2, 3):
        pull = twin.state.open_pull("api", "tom", f"Change {days}", at=NOON - timedelta(days=days, hours=1))
        twin.state.merge("api", pull, "marta", at=NOON - timedelta(days=days))
    twin.state.open_pull("api", "sam", "Open")

    found = ask(f"/search/issues?q={query.replace('>', '%3E').replace('<', '%3C')}").json()

    assert {each["number"] for each in found["items"]} == numbers
    assert found["total_count"] == len(numbers)


def test_a_qualifier_the_search_does_not_know_is_refused_not_ignored(ask: Ask) -> None:
    assert ask("/search/issues?q=is:pr+reviewed-by:tom").status_code == 422


def test_a_member_who_leaves_loses_teams_and_sign_on(twin: Running) -> None:
    state = twin.state
    state.saml = {"tom": "tom@fernhill.example"}
    state.add_team("platform", ["tom", "sam"])

    state.remove_member("tom")

    assert state.teams["platform"].members == {"sam": "member"}
    assert state.saml == {}
    assert "tom" in state.people


def test_it_runs_on_its_own_and_says_where() -> None:
    command = [sys.executable, "-m", "integrations.sandbox.github", "--port", "0", "--at", "2026-03-01T12:00:00+00:00"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        url = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert url is not None
        answer = HTTP.get(f"{url[0]}/orgs/fernhill", headers={"Authorization": f"Bearer {OWNER_TOKEN}"})
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0

    assert answer.json()["two_factor_requirement_enabled"] is True


def test_a_port_that_is_taken_is_said_in_a_sentence(twin: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", twin.url.rsplit(":", 1)[1]]) == 1
    assert "choose another with --port" in capsys.readouterr().err
