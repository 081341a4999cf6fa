"""`python -m integrations.sandbox.bamboohr [PORT]`: the demo company's personnel system on a loopback port, until interrupted."""

import sys

from integrations.sandbox.bamboohr.scenario import API_KEY, fernhill
from integrations.sandbox.bamboohr.server import serve
from integrations.sandbox.clock import Clock


def main(port: int = 8093) -> None:
    """Serve until interrupted."""
    server, twin = serve(fernhill(Clock()), port)
    twin.clock.follow_machine()
    sys.stdout.write(f"BambooHR sandbox at {twin.url}, API key {API_KEY}\n")
    server.serve_forever()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
