"""`python -m integrations.sandbox` as a process of its own: held at its start, moved on over HTTP, and deterministic."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import httpx
import pytest

START = "2026-03-25T08:00:00+00:00"


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    command = [sys.executable, "-m", "integrations.sandbox", "--port", "0", "--start", START, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line == "ready\n":
                break
        url = re.search(r"aws: (http://\S+)", "".join(lines))
        assert url, lines
        yield url.group(1)
    finally:
        process.terminate()
        process.wait(20)


def identifiers(url: str) -> dict[str, list[str]]:
    def client(service: str):
        return boto3.client(service, region_name="eu-central-1", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b")

    return {
        "groups": [entry["GroupId"] for entry in client("ec2").describe_security_groups()["SecurityGroups"]],
        "instances": [entry["Instances"][0]["InstanceId"] for entry in client("ec2").describe_instances()["Reservations"]],
        "keys": [entry["KeyId"] for entry in client("kms").list_keys()["Keys"]],
        "users": [entry["UserId"] for entry in client("iam").list_users()["Users"]],
        "certificates": [entry["CertificateArn"] for entry in client("acm").list_certificates()["CertificateSummaryList"]],
    }


@pytest.mark.slow
def test_a_sandbox_moved_on_step_by_step_ends_where_a_restarted_one_does() -> None:
    with served("--hold") as url:
        state = httpx.get(f"{url}/_sandbox/state").json()
        assert (state["now"], state["start"]) == (START, START)
        first = httpx.post(f"{url}/_sandbox/advance", json={"until": "2026-04-10T08:00:00+00:00"}, timeout=60).json()
        assert any("noah.williams sets up MFA" in line for line in first["happened"])
        identifiers(url)  # somebody reads in between
        back = httpx.post(f"{url}/_sandbox/advance", json={"until": START})
        assert (back.status_code, "already at" in back.json()["error"]) == (400, True)
        httpx.post(f"{url}/_sandbox/advance", json={"until": None}, timeout=60)
        stepwise = identifiers(url)
    with served() as url:
        assert identifiers(url) == stepwise
