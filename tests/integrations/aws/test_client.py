"""The one way to AWS: what leaves, what is kept, what each trouble is called."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from integrations.errors import (
    AuthExpired,
    AuthRevoked,
    Cancelled,
    Fault,
    ForbiddenAddress,
    HostilePayload,
    Misconfigured,
    PermissionMissing,
    RateLimited,
    SchemaDrift,
    Transient,
    VendorOutage,
    WriteRefused,
)
from integrations.sandbox.aws.server import Sandbox
from integrations.transport.context import Context
from integrations.transport.spool import Spool
from integrations.vendors.aws import session as sessions
from integrations.vendors.aws.client import AwsClient, fault_of
from integrations.vendors.aws.errors import EndlessPaging, RegionRefused
from integrations.vendors.aws.readonly import DATA_READS, refuse_unless_read
from tests.integrations.aws.scanning import owner

KEYS = {"access_key_id": "AKIAFERNHILLTEST0001", "secret_access_key": "not-a-real-secret"}
ROLE = "arn:aws:iam::123456789012:role/plumbline-reader"
EXTERNAL_ID = "fernhill-external-id-000000000001"


@contextmanager
def client(url: str, **more: object) -> Iterator[AwsClient]:
    """A client against a loopback address. `settings` and `secrets` replace the usual ones."""
    settings = {"region": "eu-central-1", "endpoint_url": url, **more.pop("settings", {})}  # type: ignore[dict-item]
    with Spool() as spool:
        context = Context(
            settings=settings, secrets=more.pop("secrets", KEYS), kinds=frozenset(), spool=spool, **{"allow": ("127.0.0.0/8",), **more}
        )
        made = AwsClient(context)
        try:
            yield made
        finally:
            made.close()


@pytest.fixture
def few_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two attempts instead of eight, so that lasting trouble is over soon."""
    monkeypatch.setattr(sessions, "MAX_ATTEMPTS", 2)


def test_a_page_is_kept_as_received_and_stands_in_the_ledger(aws: Sandbox) -> None:
    owner(aws, "iam").create_user(UserName="sam")
    with client(aws.url) as reader:
        page = reader.one(operation="iam:ListUsers")
        raw = reader.context.spool.get(page.digest)
        (call,) = reader.context.ledger.calls()
    assert [each["UserName"] for each in page.data["Users"]] == ["sam"]
    assert "ResponseMetadata" not in page.data
    assert raw.startswith(b"<") and b"<UserName>sam</UserName>" in raw
    assert hashlib.sha256(raw).hexdigest() == page.digest == call.sha256
    assert (call.operation, call.partition, call.page, call.rows, call.more, call.status) == (
        "iam:ListUsers",
        "eu-central-1",
        1,
        1,
        False,
        200,
    )
    assert call.request_id and call.vendor_time is not None and call.size == len(raw)
    assert abs(call.vendor_time - datetime.now(UTC)) < timedelta(seconds=5)


def test_every_page_is_followed_and_counted(aws: Sandbox) -> None:
    for number in range(7):
        owner(aws, "iam").create_user(UserName=f"user-{number}")
    aws.page_size = 3
    try:
        with client(aws.url) as reader:
            names = [each["UserName"] for page in reader.call(operation="iam:ListUsers") for each in page.data["Users"]]
            calls = reader.context.ledger.calls()
    finally:
        aws.page_size = None
    assert sorted(names) == [f"user-{number}" for number in range(7)]
    assert [(call.page, call.rows, call.more) for call in calls] == [(1, 3, True), (2, 3, True), (3, 1, False)]


@pytest.mark.parametrize(
    "operation",
    ["iam:CreateUser", "iam:DeleteUser", "s3:PutBucketPolicy", "ec2:TerminateInstances", "sts:AssumeRoot", "kms:Decrypt", "dynamodb:Scan"]
    + [f"{service}:{name}" for service, names in DATA_READS.items() for name in names],
)
def test_what_changes_something_or_reads_data_never_leaves(operation: str) -> None:
    with pytest.raises(WriteRefused):
        refuse_unless_read(*operation.split(":"))


def test_a_refused_call_sends_nothing(aws: Sandbox) -> None:
    with client(aws.url) as reader:
        with pytest.raises(WriteRefused):
            reader.one(operation="s3:GetObject", parameters={"Bucket": "ledger", "Key": "2026"})
        assert len(reader.context.ledger) == 0
    assert aws.requests == ()


def test_the_sdk_itself_cannot_be_used_to_write(aws: Sandbox) -> None:
    with client(aws.url) as reader, pytest.raises(WriteRefused):
        reader.session.client("iam", "eu-central-1").create_user(UserName="mallory")
    assert aws.requests == ()


AT_ONCE = [
    ("denied", PermissionMissing),
    ("expired", AuthExpired),
    ("revoked", AuthRevoked),
    ("html", VendorOutage),
    ("deep", HostilePayload),
]
AFTER_RETRIES = [
    ("throttle", RateLimited),
    ("too_many", RateLimited),
    ("unavailable", Transient),
    ("internal", Transient),
    ("disconnected", Transient),
]


@pytest.mark.parametrize(
    ("operation", "kind", "fault"),
    [(operation, *each) for operation in ("iam:ListUsers", "kms:ListKeys", "accessanalyzer:ListAnalyzers") for each in AT_ONCE]
    + [("kms:ListKeys", *each) for each in AFTER_RETRIES],
)
def test_trouble_has_one_name_in_every_protocol(aws: Sandbox, few_attempts: None, operation: str, kind: str, fault: type[Fault]) -> None:
    aws.faults.add(operation, kind)
    with client(aws.url) as reader:
        with pytest.raises(Fault) as raised:
            reader.one(operation=operation)
        calls = reader.context.ledger.calls()
    assert type(raised.value) is fault, raised.value
    assert raised.value.operation == operation
    assert calls[-1].fault == raised.value.kind


def test_a_passing_trouble_is_retried_and_each_attempt_is_in_the_ledger(aws: Sandbox) -> None:
    aws.faults.add("kms:ListKeys", "internal", nth=1)
    with client(aws.url) as reader:
        page = reader.one(operation="kms:ListKeys")
        assert [(call.status, call.fault) for call in reader.context.ledger.calls()] == [(500, "retried"), (200, "")]
    assert page.data["Keys"] == []


def test_a_truncated_document_is_no_empty_list(aws: Sandbox, few_attempts: None) -> None:
    owner(aws, "kms").create_key(Description="ledger")
    aws.faults.add("kms:ListKeys", "truncated")
    with client(aws.url) as reader, pytest.raises((VendorOutage, Transient)):
        reader.one(operation="kms:ListKeys")


def test_a_web_page_is_an_outage_and_never_an_empty_list(aws: Sandbox) -> None:
    aws.faults.add("guardduty:ListDetectors", "html")
    with client(aws.url) as reader, pytest.raises(VendorOutage, match="web page"):
        reader.one(operation="guardduty:ListDetectors")


def test_a_page_of_a_hundred_megabytes_is_not_read(aws: Sandbox, few_attempts: None) -> None:
    aws.faults.add("kms:ListKeys", "huge")
    with client(aws.url) as reader, pytest.raises(HostilePayload, match="32 MB"):
        reader.one(operation="kms:ListKeys")


def test_a_key_named_twice_is_refused(aws: Sandbox) -> None:
    aws.faults.add("kms:ListKeys", "duplicate_keys")
    with client(aws.url) as reader, pytest.raises(HostilePayload, match="twice"):
        reader.one(operation="kms:ListKeys")


def test_a_nul_character_is_left_out_and_reported(aws: Sandbox) -> None:
    owner(aws, "secretsmanager").create_secret(Name="ledger", SecretString="x")
    aws.faults.add("secretsmanager:ListSecrets", "nul")
    with client(aws.url) as reader:
        page = reader.one(operation="secretsmanager:ListSecrets", kind="managed_secret")
        (fault,) = reader.context.faults("managed_secret")
        assert b"\\u0000" in reader.context.spool.get(page.digest)
    assert isinstance(fault, SchemaDrift) and "NUL" in fault.detail
    assert "\x00" not in json.dumps(page.data, default=str) and "\\u0000" not in json.dumps(page.data, default=str)


def test_an_absent_configuration_is_a_value(aws: Sandbox) -> None:
    with client(aws.url) as reader:
        page = reader.one(operation="iam:GetAccountPasswordPolicy")
        assert reader.context.ledger.calls()[0].fault == ""
        assert b"NoSuchEntity" in reader.context.spool.get(page.digest)
    assert (page.absent, dict(page.data)) == ("NoSuchEntity", {})


def test_the_account_block_of_buckets_is_read_from_a_local_endpoint(aws: Sandbox) -> None:
    with client(aws.url) as reader:
        page = reader.one(operation="s3control:GetPublicAccessBlock", parameters={"AccountId": "123456789012"})
    assert page.absent == "NoSuchPublicAccessBlockConfiguration"


def test_a_continuation_that_comes_back_ends_the_reading() -> None:
    with _answering(b'{"Keys": [], "Truncated": true, "NextMarker": "again"}') as url, client(url) as reader:
        with pytest.raises(EndlessPaging):
            list(reader.call(operation="kms:ListKeys"))
        assert len(reader.context.ledger) == 2


def test_a_cancelled_run_stops_between_pages() -> None:
    asked = iter([False, True])
    with (
        _answering(b'{"Keys": [], "Truncated": true, "NextMarker": "more"}') as url,
        client(url, is_cancelled=lambda: next(asked)) as reader,
    ):
        with pytest.raises(Cancelled):
            list(reader.call(operation="kms:ListKeys"))
        assert len(reader.context.ledger) == 1


def test_a_private_endpoint_needs_the_operators_leave(aws: Sandbox) -> None:
    with pytest.raises(ForbiddenAddress), client(aws.url, allow=()):
        pass
    assert aws.requests == ()


def test_an_endpoint_on_the_internet_that_is_not_amazons_is_refused() -> None:
    with pytest.raises(Fault) as raised, client("https://1.1.1.1", allow=()):
        pass
    assert isinstance(raised.value, ForbiddenAddress)


def test_without_a_role_or_key_nothing_is_tried() -> None:
    with pytest.raises(Misconfigured, match="role"), client("http://127.0.0.1:9", secrets={}):
        pass


def test_a_role_without_an_external_id_is_refused() -> None:
    with pytest.raises(Misconfigured, match="ExternalId"), client("http://127.0.0.1:9", settings={"role_arn": ROLE}):
        pass


def trust(aws: Sandbox) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    owner(aws, "iam").create_role(RoleName="plumbline-reader", AssumeRolePolicyDocument=document)


def test_the_answer_that_holds_a_credential_is_never_kept(aws: Sandbox) -> None:
    trust(aws)
    with client(aws.url, settings={"role_arn": ROLE, "external_id": EXTERNAL_ID}) as reader:
        caller = reader.one(operation="sts:GetCallerIdentity").data
        calls = reader.context.ledger.calls()
        kept = b"".join(reader.context.spool.get(each) for each in reader.context.spool.digests())
    assert caller["Arn"] == "arn:aws:sts::123456789012:assumed-role/plumbline-reader/plumbline"
    assert [(call.operation, bool(call.sha256)) for call in calls] == [("sts:AssumeRole", False), ("sts:GetCallerIdentity", True)]
    assert b"SecretAccessKey" not in kept and b"SessionToken" not in kept
    assert EXTERNAL_ID not in repr(calls)


def test_a_role_that_does_not_let_us_in_is_a_revoked_credential(aws: Sandbox) -> None:
    trust(aws)
    with client(aws.url, settings={"role_arn": ROLE, "external_id": "somebody-elses-id"}) as reader:
        with pytest.raises(AuthRevoked, match="cannot be assumed"):
            reader.one(operation="iam:ListUsers")
        assert [call.operation for call in reader.context.ledger.calls()][0] == "sts:AssumeRole"


def test_a_session_that_ended_early_is_taken_anew_once(aws: Sandbox) -> None:
    trust(aws)
    aws.faults.add("iam:ListUsers", "expired", nth=1)
    with client(aws.url, settings={"role_arn": ROLE, "external_id": EXTERNAL_ID}) as reader:
        assert reader.one(operation="iam:ListUsers").data["Users"] == []
        operations = [call.operation for call in reader.context.ledger.calls()]
    assert operations == ["sts:AssumeRole", "iam:ListUsers", "sts:AssumeRole", "iam:ListUsers"]


def test_a_refusal_by_the_organizations_policy_is_told_from_a_missing_permission() -> None:
    message = "User is not authorized to perform: kms:ListKeys with an explicit deny in a service control policy"
    where = {"operation": "kms:ListKeys", "partition": "eu-west-1", "now": datetime.now(UTC)}
    assert type(fault_of("AccessDeniedException", message, None, **where)) is RegionRefused
    assert type(fault_of("AccessDeniedException", "not authorized", None, **where)) is PermissionMissing


def test_clients_are_dropped_so_that_memory_stays_bounded(aws: Sandbox) -> None:
    with client(aws.url) as reader:
        for number in range(20):
            reader.one(operation="kms:ListKeys", region=f"eu-west-{number % 3 + 1}")
            reader.one(operation=("iam:ListUsers", "ec2:DescribeVpcs", "logs:DescribeLogGroups", "sns:ListTopics")[number % 4])
        assert len(reader._clients) <= 8


@contextmanager
def _answering(body: bytes) -> Iterator[str]:
    """A server that answers everything alike."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(200)
            self.send_header("content-type", "application/x-amz-json-1.1")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.mark.parametrize("operation", ["iam:ListUsers", "secretsmanager:ListSecrets", "ec2:DescribeVpcs"])
@pytest.mark.parametrize("kind", ["wrong_types", "markup", "empty"])
def test_an_answer_of_another_shape_is_a_fault_or_harmless_and_never_a_crash(aws: Sandbox, operation: str, kind: str) -> None:
    owner(aws, "iam").create_user(UserName="sam")
    owner(aws, "secretsmanager").create_secret(Name="ledger", SecretString="x")
    aws.faults.add(operation, kind)
    with client(aws.url) as reader:
        try:
            page = reader.one(operation=operation)
        except Fault as fault:
            assert fault.kind in ("schema_drift", "vendor_outage", "hostile_payload")
        else:
            assert isinstance(page.data, dict)
            assert kind != "empty", "a body of nothing must not read as an empty list"
