"""Hostile answers of both vendors, from the wire to the page: the run ends with a clear problem, the other streams go on, pages stay safe."""

from datetime import UTC, datetime

import boto3
import pytest

from compliance.pipeline import refresh
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.work.models import Problem
from controls.models import Check, Verdict
from controls.services.adoption import adopt_controls, library
from evidence.models import RunStream, Stream, Subject
from integrations.registry import load_connector
from integrations.sandbox.aws.server import running as running_aws
from integrations.sandbox.clock import Clock
from integrations.sandbox.github.server import running as running_github
from integrations.sandbox.github.state import State
from integrations.services.connections import create_connection, start_connection


@pytest.fixture(autouse=True)
def allowed(settings):
    object.__setattr__(settings.CONFIGURATION, "outgoing_allow", ("127.0.0.1/32",))


@pytest.fixture(scope="module")
def aws_server():
    with running_aws() as sandbox:
        yield sandbox


@pytest.fixture
def aws(aws_server):
    aws_server.reset()
    iam = boto3.client(
        "iam", endpoint_url=aws_server.url, region_name="us-east-1", aws_access_key_id="AKIATEST", aws_secret_access_key="test"
    )
    iam.create_user(UserName="ben")
    iam.create_login_profile(UserName="ben", Password="a Long 1 password!")
    return aws_server


@pytest.fixture
def github():
    state = State(login="fernhill", clock=Clock(datetime.now(UTC)), created_at=datetime(2024, 1, 8, tzinfo=UTC))
    state.add_member("marta", role="admin", name="Marta Lindqvist")
    state.add_member("tom", second_factor="disabled")
    state.add_repository("api")
    state.add_token("ghp_owner", "classic", "marta", scopes={"repo", "admin:org", "security_events", "admin:org_hook"})
    with running_github(state) as twin:
        yield twin


def connected(organization, vendor, given):
    now = datetime.now(UTC)
    with scope(organization.pk):
        adopt_controls(actor=SYSTEM, codes=library(), now=now)
        vendor_settings = load_connector(vendor).SETTINGS
        made = create_connection(
            actor=SYSTEM, vendor=vendor, name=vendor, vendor_settings=vendor_settings, given=given, external_id="", now=now
        )
        start_connection(actor=SYSTEM, connection=made, now=now)
    return made


@pytest.fixture
def aws_connection(fernhill, aws):
    return connected(
        fernhill, "aws", {"access_key_id": "AKIATEST", "secret_access_key": "test", "endpoint_url": aws.url, "regions": "us-east-1"}
    )


@pytest.fixture
def github_connection(fernhill, github):
    return connected(fernhill, "github", {"organization": "fernhill", "token": "ghp_owner", "base_url": github.url})


def run(organization, connection, kinds):
    """(run, {kind: outcome})."""
    with scope(organization.pk):
        made = refresh(connection.pk, beat=False, kinds=frozenset(kinds))
        return made, dict(RunStream.objects.filter(run=made).values_list("kind", "outcome"))


@pytest.mark.parametrize("fault", ["huge", "deep", "html", "truncated", "empty"])
def test_one_hostile_answer_of_aws_costs_its_stream_and_no_other(fernhill, aws, aws_connection, fault):
    aws.faults.add("iam:GetAccountPasswordPolicy", fault)
    made, outcomes = run(fernhill, aws_connection, ["password_policy", "root_user"])
    assert made.state == "ended" and made.outcome == "partial"
    assert outcomes["password_policy"] != "complete" and outcomes["root_user"] == "complete"
    with scope(fernhill.pk):
        problem = Problem.objects.get(resolved_at=None)
        assert problem.about_id == aws_connection.pk and problem.detail
        assert Stream.objects.get(kind="password_policy").observed_until is None
        assert not Check.objects.filter(check_id__startswith="aws.iam.password_policy", state="pass").exists()


@pytest.mark.parametrize("fault", ["duplicate_keys", "wrong_types"])
def test_an_answer_of_another_shape_neither_passes_nor_stops_the_run(fernhill, aws, aws_connection, fault):
    aws.faults.add("iam:GetAccountSummary", fault)
    made, outcomes = run(fernhill, aws_connection, ["root_user", "password_policy"])
    assert made.state == "ended" and outcomes["password_policy"] == "complete"
    with scope(fernhill.pk):
        states = set(Check.objects.filter(check_id__in=["aws.iam.root_mfa", "aws.iam.root_no_access_keys"]).values_list("state", flat=True))
    assert "pass" not in states or fault == "duplicate_keys"


@pytest.mark.parametrize("fault", ["huge", "gzip_bomb", "html", "cut_json", "foreign_link"])
def test_one_hostile_answer_of_github_costs_its_stream_and_no_other(fernhill, github, github_connection, fault):
    github.faults.add(fault, "/orgs/fernhill/outside_collaborators", times=None)
    made, outcomes = run(fernhill, github_connection, ["outside_collaborator", "code_organization"])
    assert made.state == "ended"
    assert outcomes["outside_collaborator"] != "complete" and outcomes["code_organization"] == "complete"
    with scope(fernhill.pk):
        assert Problem.objects.filter(resolved_at=None, about_id=github_connection.pk).count() == 1
    assert all("attacker" not in str(entry) for entry in github.requests.entries)


def test_after_the_hostile_answer_the_next_run_is_whole_and_the_problem_is_over(fernhill, aws, aws_connection):
    aws.faults.add("iam:GetAccountPasswordPolicy", "deep", nth=1, times=1)
    run(fernhill, aws_connection, ["password_policy"])
    made, outcomes = run(fernhill, aws_connection, ["password_policy"])
    assert (made.outcome, outcomes) == ("complete", {"password_policy": "complete"})
    with scope(fernhill.pk):
        assert not Problem.objects.filter(resolved_at=None).exists()


def test_script_in_a_name_is_shown_as_text_on_every_page_that_names_it(fernhill, aws, aws_connection, priya, browser_of):
    aws.faults.add("iam:GetAccountAuthorizationDetails", "markup")
    run(fernhill, aws_connection, ["principal"])
    with scope(fernhill.pk):
        named = [each for each in Subject.objects.all() if "<script>" in each.name or "<script>" in each.key]
        checks = set(Verdict.objects.filter(subject__in=named).values_list("check_row__check_id", flat=True))
    assert named and checks
    client = browser_of(priya)
    pages = [f"/fernhill/subjects/{each.pk}/" for each in named] + [f"/fernhill/checks/{each}/" for each in checks]
    for address in (*pages, "/fernhill/controls/", "/fernhill/"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert b"<script>alert" not in answer.content and b"<img src=x" not in answer.content, address
    assert b"&lt;script&gt;" in client.get(pages[0]).content


def test_a_nul_in_a_name_is_left_out_and_said(fernhill, aws, aws_connection):
    aws.faults.add("iam:GetAccountAuthorizationDetails", "nul")
    made, outcomes = run(fernhill, aws_connection, ["principal"])
    assert made.state == "ended" and outcomes["principal"] in ("complete", "partial", "failed")
    with scope(fernhill.pk):
        assert all("\x00" not in each.name for each in Subject.objects.all())
