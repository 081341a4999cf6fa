"""`python -m integrations.sandbox.jira`: Fernhill's Jira on a loopback port, until interrupted."""

import argparse
import sys
from datetime import UTC, datetime, timedelta

from integrations.sandbox.clock import Clock
from integrations.sandbox.jira.cast import READER
from integrations.sandbox.jira.scenario import CLIENT_ID, CLIENT_SECRET, READER_EMAIL, READER_TOKEN, fernhill, steps
from integrations.sandbox.jira.server import serve
from integrations.sandbox.jira.story import play


def main(arguments: list[str] | None = None) -> int:
    """Serve; the story begins `--days` ago and is played to now, then the clock follows the machine."""
    parser = argparse.ArgumentParser(prog="python -m integrations.sandbox.jira", description=__doc__)
    parser.add_argument("--port", type=int, default=8193)
    parser.add_argument("--days", type=int, default=243, help="how long ago the story began")
    chosen = parser.parse_args(arguments)
    now = datetime.now(UTC).replace(microsecond=0)
    start = now - timedelta(days=chosen.days)
    state = fernhill(Clock(start))
    for _step in play(state, steps(start, now), until=now):
        continue
    state.clock.follow_machine()
    try:
        server, twin = serve(state, chosen.port, consents=READER)
    except OSError as error:
        print(f"port {chosen.port} cannot be used: {error}; choose another with --port", file=sys.stderr)
        return 1
    print(f"Jira's twin of {state.name}: {twin.url}")
    print(f"API token: {READER_EMAIL} {READER_TOKEN}; app: {CLIENT_ID} {CLIENT_SECRET}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
