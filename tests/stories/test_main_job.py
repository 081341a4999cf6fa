"""The main job on real protocol traffic: AWS over HTTP, through the official SDK, into records, verdicts, health and the log."""

from base64 import b64decode
from datetime import UTC, datetime

import boto3
import pytest

from compliance.pipeline import refresh
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.vault.selectors.blobs import read_blob
from compliance.vault.selectors.log import log_state, proof_of
from compliance.vault.services.sealing import seal_pending
from compliance.work.models import Problem
from controls.models import Check, Control, Health, Verdict
from controls.registry import definitions
from controls.services.adoption import adopt_controls, library
from evidence.models import LedgerEntry, Record, Subject
from integrations.models import Connection
from integrations.registry import load_connector
from integrations.sandbox.aws.server import running
from integrations.services.connections import create_connection, start_connection

CHECK = "aws.iam.console_user_mfa"
IDENTITY = frozenset({"account"})


@pytest.fixture
def aws():
    with running() as sandbox:
        yield sandbox


def client(aws, service):
    return boto3.client(service, endpoint_url=aws.url, region_name="us-east-1", aws_access_key_id="AKIATEST", aws_secret_access_key="test")


@pytest.fixture
def connection(fernhill, aws, settings):
    object.__setattr__(settings.CONFIGURATION, "outgoing_allow", ("127.0.0.1/32",))
    now = datetime.now(UTC)
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=library(), now=now)
        connection = create_connection(
            actor=SYSTEM, vendor="aws", name="Production", vendor_settings=load_connector("aws").SETTINGS, external_id="", now=now,
            given={"access_key_id": "AKIATEST", "secret_access_key": "test", "endpoint_url": aws.url, "regions": "us-east-1"},
        )  # fmt: skip
        start_connection(actor=SYSTEM, connection=connection, now=now)
        yield connection


def test_a_console_user_without_a_second_factor_is_seen_judged_proven_and_seen_mended(connection, aws):
    iam = client(aws, "iam")
    for name in ("ada", "ben"):
        iam.create_user(UserName=name)
        iam.create_login_profile(UserName=name, Password="a Long 1 password!")
    run = refresh(connection.pk, beat=False, kinds=IDENTITY)
    assert run is not None and run.outcome == "complete", [run.fault]
    verdict = Verdict.objects.get(check_row__check_id=CHECK, subject__name="ben")
    assert (verdict.outcome, Check.objects.get(check_id=CHECK).failing) == (1, 2)
    assert Health.objects.get(control=Control.objects.get(code="AC-07"), until_at=None).state == "failed"
    record = Record.objects.get(pk=verdict.record_id)
    page = b"".join(read_blob(digest) for digest in record.pages.split())
    assert b"arn:aws:iam::123456789012:user/ben" in b64decode(page.split(b"<Content>")[1].split(b"</Content>")[0])
    assert LedgerEntry.objects.filter(run=run, operation="iam:GetCredentialReport").exists()
    assert seal_pending(now=datetime.now(UTC)) > 0
    _leaf, proof = proof_of(record.pk)
    assert proof.index < log_state().size
    for name in ("ada", "ben"):
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
        iam.enable_mfa_device(UserName=name, SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321")
    refresh(connection.pk, beat=False, kinds=IDENTITY)
    assert Check.objects.get(check_id=CHECK).state == "pass"


def test_an_unchanged_account_writes_no_record(connection, aws):
    refresh(connection.pk, beat=False, kinds=IDENTITY)
    before = Record.objects.count(), Subject.objects.count()
    second = refresh(connection.pk, beat=False, kinds=IDENTITY)
    assert (Record.objects.count(), Subject.objects.count()) == before
    assert (second.changed, second.gone) == (0, 0)


def test_a_refused_credential_breaks_the_connection_with_one_problem(connection, aws):
    refresh(connection.pk, beat=False, kinds=IDENTITY)
    aws.faults.add("sts:GetCallerIdentity", "expired")
    refresh(connection.pk, beat=False, kinds=IDENTITY)
    assert Connection.objects.get().state == "broken"
    problem = Problem.objects.get(resolved_at=None)
    reading = {each.id for each in definitions().values() if each.version and each.vendor == "aws"}
    blinded = set(Check.objects.filter(enabled=True, check_id__in=reading).values_list("check_id", flat=True))
    assert blinded and problem.affected >= len(blinded), "all at once, while their last states still stand"
    assert all(check_id in problem.detail for check_id in blinded)
    assert not [check_id for check_id in problem.detail.split() if check_id.startswith("gh.")]
