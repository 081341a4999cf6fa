"""The live canary against the twins: permissions told one by one, nothing secret or personal in what is written, and what it marks."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import yaml
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as some

from compliance.operate.canary.cassette import MAIL, without_persons, without_secrets
from compliance.operate.canary.looking import account_digest, read_report
from compliance.operate.canary.secrets import secrets_in
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from evidence.readings import Reading
from evidence.services.runs import Account, record_run, start_run
from integrations.models import Connection
from integrations.sandbox.aws.server import running as running_aws
from integrations.sandbox.clock import Clock
from integrations.sandbox.github.server import running as running_github
from integrations.sandbox.github.state import State
from integrations.sandbox.okta.server import running as running_okta
from integrations.services.verification import attach_live_report
from tests.integrations.aws.scanning import owner
from tests.integrations.okta.conftest import TOKEN as OKTA_TOKEN
from tests.integrations.okta.conftest import small

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOKEN = "ghp_0123456789abcdefghijklmnopqrstuvwx"


@pytest.fixture
def github(monkeypatch):
    """Marta's organization, read with a classic token of hers."""
    state = State(login="fernhill", clock=Clock(NOON), created_at=datetime(2024, 1, 8, tzinfo=UTC))
    state.add_member("marta", role="admin", name="Marta Lindqvist", email="marta@fernhill.example")
    state.add_member("tom", name="Tom Okafor", email="tom@fernhill.example")
    state.add_repository("api")
    state.add_token(TOKEN, "classic", "marta", scopes={"repo", "admin:org", "security_events", "read:user", "read:audit_log"})
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    with running_github(state) as twin:
        yield twin


def check(*arguments):
    """(exit code, what was said)."""
    said = io.StringIO()
    try:
        call_command("connector_check", *arguments, stdout=said)
    except SystemExit as end:
        return end.code, said.getvalue()
    return 0, said.getvalue()


def look(twin, folder, *more):
    return check("github", "--live", "--record", str(folder), "--endpoint-url", twin.url, "--organization", "fernhill", *more)


def test_every_stream_is_told_with_its_permissions(github, tmp_path):
    code, said = look(github, tmp_path)
    assert "READ account: 2 of 2, " in said, said
    assert "    ok           POST /graphql organization.membersWithRole" in said
    report = read_report(tmp_path / "report.json")
    account = next(each for each in report.streams if each.kind == "account")
    assert (account.outcome, account.received, account.operations) == ("complete", 2, {"POST /graphql organization.membersWithRole": "ok"})
    assert (report.vendor, report.verified, report.live) == ("github", code == 0, False)
    assert "verifies nothing live" in said


def test_a_missing_permission_is_named_and_the_rest_goes_on(github, tmp_path):
    github.faults.add("forbidden", "/orgs/*/outside_collaborators", times=None)
    code, said = look(github, tmp_path)
    assert code == 2 and "NOT READ outside_collaborator: 0, none" in said and "READ account" in said
    assert "    missing      GET /orgs/{org}/outside_collaborators" in said
    assert read_report(tmp_path / "report.json").verified is False


def test_the_cassette_is_vcrpys_and_holds_neither_secret_nor_person(github, tmp_path):
    look(github, tmp_path)
    text = (tmp_path / "cassette.yaml").read_text()
    held = yaml.safe_load(text)
    assert held["version"] == 1 and {"request", "response"} == set(held["interactions"][0])
    members = next(each for each in held["interactions"] if "membersWithRole" in each["response"]["body"]["string"])
    assert members["response"]["status"]["code"] == 200 and "totalCount" in members["response"]["body"]["string"]
    assert json.loads(members["response"]["body"]["string"])["data"]["organization"]["membersWithRole"]["totalCount"] == 2
    for word in (TOKEN, "marta", "fernhill", "Lindqvist", "tom@"):
        assert word not in text, word
    assert "person-1" in text
    assert all(each.endswith("@redacted.example") for each in MAIL.findall(text))


def test_an_aws_account_is_read_with_the_credentials_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAFERNHILLTEST0001")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00")
    with running_aws() as aws:
        owner(aws, "iam").create_user(UserName="jonas.weber")
        code, said = check("aws", "--live", "--record", str(tmp_path), "--endpoint-url", aws.url, "--region", "eu-central-1")
    text = (tmp_path / "cassette.yaml").read_text()
    assert "READ account: 1, consistent_read" in said and code in (0, 2)
    for word in ("AKIAFERNHILLTEST0001", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00", "jonas.weber", "123456789012"):
        assert word not in text, word


def test_any_other_connector_is_read_with_secrets_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("OKTA_TOKEN", OKTA_TOKEN)
    with running_okta(small()) as okta:
        code, said = check("okta", "--live", "--record", str(tmp_path), "--set", f"org_url={okta.url}")
    text = (tmp_path / "cassette.yaml").read_text()
    assert "READ identity: 4" in said and code in (0, 2), said
    assert OKTA_TOKEN not in text and "Lindqvist" not in text and "marta@" not in text


def test_nothing_is_called_without_saying_live(github):
    with pytest.raises(CommandError, match="Say --live"):
        call_command("connector_check", "github", "--organization", "fernhill", "--endpoint-url", github.url)
    assert github.requests.entries == []


def test_a_secret_on_the_command_line_is_refused(settings):
    with pytest.raises(CommandError, match="put it into the environment as OKTA_"):
        call_command("connector_check", "okta", "--live", "--set", "token=00abc", "--set", "api_token=00abc", "--set", "private_key=x")


@pytest.mark.parametrize(
    "secret",
    [
        TOKEN,
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
        "SSWS 00aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcd",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjMifQ.c2lnbmF0dXJl",
        "xoxb-123456789012-abcdefGHIJKL",
        "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00",
    ],
)
def test_secrets_are_found_by_shape_or_by_chance(secret):
    text = f"before {secret} after"
    assert secrets_in(text) and secret not in without_secrets(text, ())


@pytest.mark.parametrize(
    "word",
    [
        "0f" * 32,
        "018f0000-0000-7000-8000-000000000001",
        "organization-members-with-role-and-state",
        "membersWithRoleOfTheOrganization",
        "1" * 40,
    ],
)
def test_digests_ids_and_words_are_no_secrets(word):
    assert secrets_in(f'"{word}"') == []


@given(some.lists(some.text("abc.-x", min_size=3, max_size=8), min_size=1, max_size=6))
def test_the_same_person_is_the_same_everywhere_and_nobody_is_left(names):
    text = " | ".join([*names, *names])
    found = without_persons(text, names)
    half = found.split(" | ")
    assert half[: len(names)] == half[len(names) :]


@pytest.fixture
def connection(fernhill):
    """A connection that has read the account 42."""
    with scope(fernhill.pk):
        with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
            made = Connection.objects.create(vendor="github", name="GitHub", created_at=NOON)
        run = start_run(
            actor=SYSTEM, connection_id=made.pk, vendor="github", connector_version="1", kinds=["account"], started_by="t", now=NOON
        )
        reading = Reading(vendor="github", kind="account", mode="snapshot", complete=True, completeness="total")
        record_run(
            actor=SYSTEM, run=run, account=Account("42", "fernhill", "u"), readings=[reading], calls=(), read_page=lambda _d: b"", now=NOON
        )
        with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
            made.source_id = run.source_id
            made.save()
        yield made


def attach(report, **more):
    given = {
        "vendor": report.vendor,
        "connector_version": report.connector_version,
        "at": report.at,
        "verified": report.verified,
        "live": report.live,
    }
    return attach_live_report(
        actor=SYSTEM, is_account=lambda account: account_digest(account) == report.account, now=datetime.now(UTC), **{**given, **more}
    )


def test_a_report_of_the_sandbox_never_marks_a_connection(github, tmp_path, connection):
    look(github, tmp_path)
    with pytest.raises(ValidationError, match="private network"):
        attach(read_report(tmp_path / "report.json"))
    connection.refresh_from_db()
    assert connection.live_verified_at is None


def test_a_live_report_marks_the_connections_of_its_account_and_is_shown(github, tmp_path, connection, priya, browser_of):
    look(github, tmp_path)
    report = replace(read_report(tmp_path / "report.json"), live=True, verified=True, account=account_digest("42"))
    page = "/fernhill/connections/"
    assert "live-verified" not in browser_of(priya).get(page).content.decode()
    assert attach(report) == [connection]
    connection.refresh_from_db()
    assert connection.live_verified_at.isoformat() == report.at
    assert "live-verified" in browser_of(priya).get(page).content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"verified": False}, "Not every stream"),
        ({"connector_version": "0"}, "version 0"),
        ({"at": "2999-01-01T00:00:00+00:00"}, "lies ahead"),
        ({"is_account": None}, "No connection"),
    ],
)
def test_a_report_that_proves_nothing_is_refused(github, tmp_path, connection, change, said):
    look(github, tmp_path)
    report = replace(read_report(tmp_path / "report.json"), live=True, verified=True, account=account_digest("42"))
    if "is_account" in change:
        report, change = replace(report, account=account_digest("43")), {}
    with pytest.raises(ValidationError, match=said):
        attach(report, **change)
