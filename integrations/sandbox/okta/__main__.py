"""`python -m integrations.sandbox.okta`: Fernhill's Okta on a loopback port, until interrupted."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from integrations.sandbox.clock import Clock
from integrations.sandbox.okta.scenario import API_TOKEN, CLIENT_ID, fernhill
from integrations.sandbox.okta.server import serve


def main(arguments: list[str] | None = None) -> int:
    """Serve; `--at` makes the clock stand still at an instant, `--app-key` registers the service app with that public key."""
    parser = argparse.ArgumentParser(prog="python -m integrations.sandbox.okta", description=__doc__)
    parser.add_argument("--port", type=int, default=8192)
    parser.add_argument(
        "--at", type=datetime.fromisoformat, help="the twin's instant (2026-03-01T12:00:00+00:00); else the machine's clock"
    )
    parser.add_argument("--app-key", type=Path, help="PEM file with the public key of the service app")
    chosen = parser.parse_args(arguments)
    if chosen.at is not None and chosen.at.tzinfo is None:
        chosen.at = chosen.at.replace(tzinfo=UTC)
    state = fernhill(Clock(chosen.at), chosen.app_key.read_text() if chosen.app_key else None)
    try:
        server, twin = serve(state, chosen.port)
    except OSError as error:
        print(f"port {chosen.port} cannot be used: {error}; choose another with --port", file=sys.stderr)
        return 1
    print(f"Okta's twin of {state.company}: {twin.url}")
    print(f"API token: {API_TOKEN}")
    print(f"service app: {CLIENT_ID if state.clients else 'not registered (--app-key)'}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
