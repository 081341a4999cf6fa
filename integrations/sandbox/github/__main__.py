"""`python -m integrations.sandbox.github`: Fernhill's GitHub on a loopback port, until interrupted."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from integrations.sandbox.clock import Clock
from integrations.sandbox.github.scenario import APP_ID, MEMBER_TOKEN, OWNER_TOKEN, READER_TOKEN, fernhill
from integrations.sandbox.github.server import serve


def main(arguments: list[str] | None = None) -> int:
    """Serve; `--at` makes the clock stand still at an instant, `--app-key` installs the GitHub App with that public key."""
    parser = argparse.ArgumentParser(prog="python -m integrations.sandbox.github", description=__doc__)
    parser.add_argument("--port", type=int, default=8190)
    parser.add_argument(
        "--at", type=datetime.fromisoformat, help="the twin's instant (2026-03-01T12:00:00+00:00); else the machine's clock"
    )
    parser.add_argument("--app-key", type=Path, help="PEM file with the public key of the GitHub App")
    chosen = parser.parse_args(arguments)
    if chosen.at is not None and chosen.at.tzinfo is None:
        chosen.at = chosen.at.replace(tzinfo=UTC)
    state = fernhill(Clock(chosen.at), chosen.app_key.read_text() if chosen.app_key else None)
    try:
        server, twin = serve(state, chosen.port)
    except OSError as error:
        print(f"port {chosen.port} cannot be used: {error}; choose another with --port", file=sys.stderr)
        return 1
    print(f"GitHub's twin of {state.name}: {twin.url} (own server: {twin.enterprise_url})")
    print(f"tokens: owner {OWNER_TOKEN}, read only {READER_TOKEN}, member {MEMBER_TOKEN}")
    print(f"app: {APP_ID if state.apps else 'not installed (--app-key)'}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
