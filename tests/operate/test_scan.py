"""`manage.py scan`: the same connectors and checks against the sandboxes over HTTP, without a database.

No test here asks for a database, so that pytest refuses any query."""

import csv
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from django.core.management import CommandError, call_command

from integrations.sandbox.aws.server import running as running_aws
from integrations.sandbox.clock import Clock
from integrations.sandbox.github.server import running as running_github
from integrations.sandbox.github.state import State

ROOT = Path(__file__).resolve().parents[2]
MFA = "aws.iam.console_user_mfa"
HEADER = "check_id,kind,subject,region,outcome,reason"


@pytest.fixture(scope="module")
def aws_server():
    with running_aws() as sandbox:
        yield sandbox


@pytest.fixture
def aws(aws_server, monkeypatch):
    """An account with Ben, who can sign in without a second factor, read with keys in the environment."""
    aws_server.reset()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    iam = boto3.client("iam", endpoint_url=aws_server.url, region_name="us-east-1")
    iam.create_user(UserName="ben")
    iam.create_login_profile(UserName="ben", Password="a Long 1 password!")
    return aws_server


@pytest.fixture
def github(monkeypatch):
    """An organization whose member Tom has no second factor, read with an owner's token."""
    state = State(login="fernhill", clock=Clock(datetime(2026, 3, 1, 12, tzinfo=UTC)), created_at=datetime(2024, 1, 8, tzinfo=UTC))
    state.add_member("marta", role="admin", name="Marta Lindqvist", email="marta@fernhill.example")
    state.add_member("tom", name="Tom Okafor", second_factor="disabled")
    state.add_repository("api")
    state.add_token("ghp_owner", "classic", "marta", scopes={"repo", "admin:org", "security_events", "admin:org_hook"})
    monkeypatch.delenv("GH_TOKEN", raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_owner")
    with running_github(state) as twin:
        yield twin


def scanned(*arguments):
    """(exit code, standard output, standard error)."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("scan", *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        return ended.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def of_aws(aws, form, *more, checks=(MFA, "aws.rds.encrypted", "aws.iam.no_star_star_policy")):
    narrowed = [part for check in checks for part in ("--check", check)]
    return scanned("aws", "--endpoint-url", aws.url, "--region", "us-east-1", "--format", form, *narrowed, *more)


def test_the_csv_has_six_columns_and_a_failure_does_not_change_the_exit_code(aws):
    code, out, err = of_aws(aws, "csv")
    assert code == 0, err
    assert out.splitlines()[0] == HEADER
    rows = [row for row in csv.DictReader(io.StringIO(out)) if row["check_id"] == MFA]
    assert rows == [
        {
            "check_id": MFA, "kind": "account", "subject": "arn:aws:iam::123456789012:user/ben", "region": "", "outcome": "fail",
            "reason": "can sign in to the console without a second factor",
        }
    ]  # fmt: skip
    assert "NO_POPULATION aws.rds." in err


def test_a_refused_call_is_named_and_ends_with_2_and_its_check_passes_nothing(aws):
    aws.faults.add("iam:GenerateCredentialReport", "denied", times=100)
    code, out, err = of_aws(aws, "csv")
    assert code == 2
    assert "NOT READ account" in err and "iam:GenerateCredentialReport" in err
    assert f"ERROR {MFA}" in err
    assert not [row for row in csv.DictReader(io.StringIO(out)) if row["check_id"] == MFA]


def test_a_refused_credential_is_named_and_ends_with_2(aws):
    aws.faults.add("sts:GetCallerIdentity", "revoked", times=100)
    code, out, err = of_aws(aws, "csv")
    assert (code, out) == (2, HEADER + "\n")
    assert "NOT READ the account: auth_revoked" in err


def test_without_any_credential_it_says_what_to_set(aws_server, monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    code, _out, err = of_aws(aws_server, "table")
    assert code == 2
    assert "no credentials were found" in err


def test_ocsf_lines_are_compliance_findings_with_the_status_of_the_outcome(aws, tmp_path):
    target = tmp_path / "findings.json"
    code, out, err = of_aws(aws, "ocsf", "--output", str(target))
    assert (code, out) == (0, ""), err
    findings = [json.loads(line) for line in target.read_text().splitlines()]
    assert {finding["class_uid"] for finding in findings} == {2003}
    assert {finding["type_uid"] for finding in findings} == {200301}
    (ben,) = [finding for finding in findings if finding["compliance"]["control"] == MFA]
    assert (ben["compliance"]["status_id"], ben["compliance"]["status"], ben["severity_id"]) == (3, "Fail", 5)
    assert ben["resources"][0]["uid"] == "arn:aws:iam::123456789012:user/ben"
    assert ben["cloud"]["account"]["uid"] == "123456789012"
    assert os.listdir(tmp_path) == ["findings.json"]


def test_json_says_the_state_of_every_check_also_of_those_without_subjects(aws):
    _code, out, _err = of_aws(aws, "json")
    document = json.loads(out)
    states = {each["check_id"]: each["state"] for each in document["checks"]}
    assert states[MFA] == "fail"
    assert document["account"] == "123456789012"
    assert not [check for check, state in states.items() if state == "pass" and not [r for r in document["rows"] if r["check_id"] == check]]


def test_github_is_read_with_the_token_of_the_environment(github):
    code, out, err = scanned("github", "--endpoint-url", github.url, "--organization", "fernhill", "--format", "csv")
    assert code == 0, err
    assert "NOT OFFERED federated_identity" in err and "NOT READ" not in err
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["check_id"].split(".")[0] for row in rows} == {"gh"}
    assert github.requests.writes() == [] and github.requests.of("/orgs/{org}/members")


def test_a_github_stream_that_fails_is_named_and_the_others_are_still_judged(github):
    github.faults.add("html", "/orgs/*/members", times=None)
    code, out, err = scanned("github", "--endpoint-url", github.url, "--organization", "fernhill", "--format", "csv")
    assert code == 2
    assert "NOT READ" in err and "vendor_outage" in err
    assert {row["kind"] for row in csv.DictReader(io.StringIO(out))}


def test_names_cannot_drive_a_spreadsheet_or_a_terminal(aws):
    iam = boto3.client("iam", endpoint_url=aws.url, region_name="us-east-1")
    iam.create_user(UserName="=cmd+1")
    aws.faults.add("iam:GetAccountAuthorizationDetails", "markup", times=100)
    _code, out, _err = of_aws(aws, "table")
    assert "\x1b" not in out
    _code, out, _err = of_aws(aws, "csv")
    assert not [row for row in csv.reader(io.StringIO(out)) for cell in row if cell.startswith(("=", "+", "@", "\t"))]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["github"], "--organization NAME"),
        (["aws", "--organization", "fernhill"], "belongs to GitHub"),
        (["github", "--organization", "fernhill", "--region", "us-east-1"], "belongs to AWS"),
        (["aws", "--check", "aws.iam.nothing"], "has no check aws.iam.nothing"),
        (["aws", "--output", "/nowhere/at/all.csv"], "does not exist"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_before_anything_is_called(arguments, says):
    with pytest.raises(CommandError, match=says):
        call_command("scan", *arguments)


def test_it_runs_where_no_database_answers(aws, tmp_path):
    environment = {
        **os.environ, "DATABASE_URL": "postgresql://nobody:wrong@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0", "PUBLIC_URL": "http://localhost",
        "BLOB_STORE_URL": (tmp_path / "blobs").as_uri(), "SECRET_KEYS": "k" * 40, "VAR_DIR": str(tmp_path),
    }  # fmt: skip
    environment.pop("DATABASE_ADMIN_URL", None)
    options = ["--endpoint-url", aws.url, "--region", "us-east-1", "--format", "csv", "--check", MFA]
    command = [sys.executable, "manage.py", "scan", "aws", *options]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(HEADER)
    assert list(tmp_path.iterdir()) == []
