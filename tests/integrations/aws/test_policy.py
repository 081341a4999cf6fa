"""The shipped policy: enough to read everything, and nothing beyond. moto enforces it as AWS would, where it knows the service."""

import json
from collections.abc import Iterator

import boto3
import moto.iam.access_control
import moto.settings
import pytest
from botocore.exceptions import ClientError

from integrations.errors import Fault
from integrations.sandbox.aws.server import Sandbox
from integrations.transport.context import Context
from integrations.transport.spool import Spool
from integrations.vendors.aws.connector import AwsConnector, new_external_id
from integrations.vendors.aws.permissions import DATA_READS, permission
from integrations.vendors.aws.policy import UnknownKind, cloudformation_template, operations_of, policy_document
from integrations.vendors.aws.readonly import refuse_unless_read
from tests.integrations.aws.scanning import HOME, owner

ALL = frozenset(stream.kind for stream in AwsConnector.STREAMS)
PLATFORM = "123456789012"
ROLE = f"arn:aws:iam::{PLATFORM}:role/plumbline-reader"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

# Where moto asks for another permission than AWS does, reviewed one by one against AWS's service authorization reference.
MOTO_NAMES = {
    "monitoring:DescribeAlarms": "cloudwatch:DescribeAlarms",
    "tagging:GetResources": "tag:GetResources",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:ListBucket": "s3:GetEncryptionConfiguration",
}


@pytest.fixture
def enforced(aws: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Sandbox, dict[str, str], str]]:
    """An account where the shipped template made the role, and where from now on policies are obeyed. With the sandbox come the
    platform's own keys and the connection's ExternalId."""
    external_id = new_external_id()
    iam = owner(aws, "iam")
    iam.create_user(UserName="platform")
    iam.put_user_policy(UserName="platform", PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING))
    key = iam.create_access_key(UserName="platform")["AccessKey"]
    template = cloudformation_template(external_id, ALL, PLATFORM)
    owner(aws, "cloudformation").create_stack(StackName="plumbline", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"])
    (inline,) = iam.list_role_policies(RoleName="plumbline-reader")["PolicyNames"]
    made = json.loads(template)["Resources"]["Reader"]["Properties"]["Policies"][0]["PolicyDocument"]
    # moto keeps a template's inline policy in a form that its own enforcement cannot read; written back through the API it can
    iam.put_role_policy(RoleName="plumbline-reader", PolicyName=inline, PolicyDocument=json.dumps(made))
    owner(aws, "s3").create_bucket(Bucket="fernhill-ledger", CreateBucketConfiguration={"LocationConstraint": HOME})
    owner(aws, "s3").put_object(Bucket="fernhill-ledger", Key="2026", Body=b"figures")
    owner(aws, "secretsmanager").create_secret(Name="ledger", SecretString="x")
    owner(aws, "kms").create_key(Description="ledger")
    owner(aws, "iam").create_user(UserName="sam")
    owner(aws, "guardduty").create_detector(Enable=True)
    # moto compares a trusted principal letter by letter, so that an account's root admits nobody; the sandbox judges trust itself
    monkeypatch.setattr(moto.iam.access_control, "REQUIRE_RESOURCE_ACCESS_POLICIES_CHECK", [])
    monkeypatch.setattr(moto.iam.access_control.IAMRequestBase, "check_signature", lambda _request: None)  # wrong for paths with a query
    asked = moto.iam.access_control.IAMPolicy.is_action_permitted

    def by_its_name(policy: object, action: str, *more: object, **named: object) -> object:
        return asked(policy, MOTO_NAMES.get(action, action), *more, **named)

    monkeypatch.setattr(moto.iam.access_control.IAMPolicy, "is_action_permitted", by_its_name)
    monkeypatch.setattr(moto.settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0.0)
    yield aws, {"access_key_id": key["AccessKeyId"], "secret_access_key": key["SecretAccessKey"]}, external_id


def test_every_kind_can_be_read_with_the_shipped_role(enforced: tuple[Sandbox, dict[str, str], str]) -> None:
    sandbox, keys, external_id = enforced
    settings = {"region": HOME, "regions": HOME, "endpoint_url": sandbox.url, "role_arn": ROLE, "external_id": external_id}
    denied: list[str] = []
    read: dict[str, int] = {}
    with Spool() as spool:
        context = Context(settings=settings, secrets=keys, kinds=ALL, spool=spool, allow=("127.0.0.0/8",))
        connector = AwsConnector()
        for kind in sorted(ALL):
            try:
                read[kind] = len(list(connector.collect(context, kind)))
            except Fault as fault:
                denied.append(f"{kind}: {fault.kind} {fault.detail}")
            denied += [f"{kind}: {fault.kind} {fault.detail}" for fault in context.faults(kind)]
        connector.close()
    assert denied == []
    assert read["account"] == 2 and read["object_store"] >= 1 and read["managed_secret"] == 1 and read["encryption_key"] == 1
    assert read["threat_detector"] == 1


def test_the_shipped_role_can_neither_write_nor_read_data(enforced: tuple[Sandbox, dict[str, str], str]) -> None:
    sandbox, keys, external_id = enforced
    platform = boto3.client(
        "sts",
        endpoint_url=sandbox.url,
        region_name=HOME,
        aws_access_key_id=keys["access_key_id"],
        aws_secret_access_key=keys["secret_access_key"],
    )
    taken = platform.assume_role(RoleArn=ROLE, RoleSessionName="canary", ExternalId=external_id)["Credentials"]

    def as_reader(service: str) -> object:
        return boto3.client(
            service,
            endpoint_url=sandbox.url,
            region_name=HOME,
            aws_access_key_id=taken["AccessKeyId"],
            aws_secret_access_key=taken["SecretAccessKey"],
            aws_session_token=taken["SessionToken"],
        )

    canaries = (
        ("iam", "create_user", {"UserName": "mallory"}),
        ("iam", "delete_user", {"UserName": "sam"}),
        ("iam", "create_access_key", {"UserName": "sam"}),
        ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16"}),
        ("kms", "create_key", {}),
        ("s3", "put_object", {"Bucket": "fernhill-ledger", "Key": "2026", "Body": b"forged"}),
        ("s3", "get_object", {"Bucket": "fernhill-ledger", "Key": "2026"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "ledger"}),
        ("ssm", "get_parameter", {"Name": "ledger"}),
        ("dynamodb", "scan", {"TableName": "ledger"}),
        ("logs", "get_log_events", {"logGroupName": "ledger", "logStreamName": "1"}),
        ("sqs", "receive_message", {"QueueUrl": f"{sandbox.url}/{PLATFORM}/ledger"}),
    )
    for service, operation, given in canaries:
        with pytest.raises(ClientError) as refused:
            getattr(as_reader(service), operation)(**given)
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403, operation
        assert any(word in str(refused.value) for word in ("AccessDenied", "UnauthorizedOperation", "Access Denied")), operation
    users = as_reader("iam").get_account_authorization_details(Filter=["User"])["UserDetailList"]  # type: ignore[attr-defined]
    assert {each["UserName"] for each in users} == {"platform", "sam"}


def test_the_policy_holds_only_what_the_kinds_need() -> None:
    document = policy_document({"account"})
    allowed = document["Statement"][0]["Action"]
    assert allowed == [
        "ec2:DescribeRegions",
        "iam:GenerateCredentialReport",
        "iam:GetCredentialReport",
        "iam:ListAccountAliases",
        "sts:GetCallerIdentity",
    ]


def test_the_policy_of_all_kinds_fits_into_a_role() -> None:
    assert len(json.dumps(policy_document(ALL), separators=(",", ":"))) < 10_240


def test_no_kind_needs_an_operation_that_the_code_or_the_policy_refuses() -> None:
    for operation in operations_of(ALL):
        refuse_unless_read(*operation.split(":"))
        needed = permission(operation)
        assert not any(needed == each or (each.endswith("*") and needed.startswith(each[:-1])) for each in DATA_READS), needed


def test_the_template_demands_the_connections_own_external_id() -> None:
    template = json.loads(cloudformation_template("id-of-fernhill", {"account"}, "210987654321"))
    properties = template["Resources"]["Reader"]["Properties"]
    (statement,) = properties["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "id-of-fernhill"}}
    assert statement["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::210987654321:root"}}
    assert properties["Policies"][0]["PolicyDocument"]["Statement"][1]["Effect"] == "Deny"


@pytest.mark.parametrize("account", ["", "12345", "12345678901x", "arn:aws:iam::210987654321:root"])
def test_a_template_for_what_is_no_account_is_refused(account: str) -> None:
    with pytest.raises(ValueError, match="12 digits"):
        cloudformation_template("id-of-fernhill", {"account"}, account)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownKind, match="pull_request"):
        policy_document({"pull_request"})


def test_external_ids_are_random_and_long() -> None:
    assert len({new_external_id() for _ in range(100)}) == 100
    assert all(len(new_external_id()) >= 40 for _ in range(10))
