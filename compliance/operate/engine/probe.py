"""Health probe: ``python -m compliance.operate.engine.probe [/healthz|/readyz]`` ends with 0 where the web server says it is well.

It asks on loopback in the name of PUBLIC_URL's host, since the web server refuses names it was not told to serve.
"""

from __future__ import annotations

import argparse
import http.client
import os
import sys
from urllib.parse import urlsplit

from compliance.configuration import Configuration, ConfigurationError
from compliance.operate.engine.ports import LOOPBACK


def asked(port: int, path: str, host: str) -> int | None:
    """The status that the web server on loopback answers to ``path`` for ``host``; None where it does not answer."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def is_well(port: int, public_url: str, path: str = "/healthz") -> bool:
    """Whether the answer is 200."""
    return asked(port, path, urlsplit(public_url).netloc) == 200


def main() -> int:
    """Ask once; exit code 0 for well, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="probe", description="Ask the web server on loopback how it is.")
    parser.add_argument("path", nargs="?", default="/healthz")
    path = parser.parse_args().path
    try:
        configuration = Configuration.from_environment(os.environ)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    status = asked(configuration.port, path, urlsplit(configuration.public_url).netloc)
    print(f"{path} answered {status}" if status else f"{path} did not answer")
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
