"""`python -m integrations.sandbox`: the vendor sandboxes of the demo company on loopback ports, until interrupted."""

import argparse
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from integrations.sandbox.aws import history
from integrations.sandbox.aws import server as aws_server
from integrations.sandbox.demonstration import Demonstration, instant
from integrations.sandbox.twins import TWINS


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; 1 where a port cannot be used."""
    chosen = _parser().parse_args(arguments)
    start = chosen.start or (datetime.now(UTC) - history.LENGTH).replace(minute=0, second=0, microsecond=0)
    with ExitStack() as stack:
        try:
            aws = stack.enter_context(aws_server.running(port=chosen.port, report_max_age=timedelta(hours=chosen.report_hours)))
            keys = (chosen.github_app_key.read(),) if chosen.github_app_key else ()
            ports = {vendor: port for vendor in TWINS if (port := getattr(chosen, f"{vendor}_port")) is not None}
            twins = [
                stack.enter_context(TWINS[vendor](start, port, *(keys if vendor == "github" else ()))) for vendor, port in ports.items()
            ]
        except OSError as problem:
            print(f"the sandbox cannot listen: {problem}; choose other ports with --port, --github-port and their like", file=sys.stderr)
            return 1
        demonstration = Demonstration(aws, twins, start)
        aws.commanded_by(demonstration.control)
        if chosen.external_id:
            print(f"role: {demonstration.control('grant', 'POST', {'external_id': chosen.external_id})['role_arn']}")
        if not chosen.hold:
            demonstration.advance(None)
        print(f"aws: {aws.url} as of {aws.clock.now().isoformat()}")
        for twin in twins:
            print(f"{twin.vendor}: {twin.url}")
        print("ready", flush=True)
        _wait()
    return 0


def _wait() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m integrations.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8180, help="port of AWS on 127.0.0.1; 0 takes a free one")
    for vendor in TWINS:
        parser.add_argument(f"--{vendor}-port", type=int, help=f"port of {vendor}; without it that vendor is not served")
    parser.add_argument("--github-app-key", type=argparse.FileType("r"), help="PEM file with the public key of the GitHub App")
    parser.add_argument("--start", type=instant, help="when the history begins, e.g. 2026-03-01T08:00:00+00:00; else 365 days ago")
    parser.add_argument("--hold", action="store_true", help="stand at the start until told to advance over HTTP")
    parser.add_argument("--external-id", help="create the reader's role, which demands this ExternalId")
    parser.add_argument("--report-hours", type=float, default=0, help="age from which a credential report is made anew (AWS: 4)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
