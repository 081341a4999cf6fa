"""Own answers: by the service model, in the service's own protocol."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from integrations.sandbox.aws import wire
from integrations.sandbox.aws.operations import identify
from integrations.sandbox.aws.server import AlreadyRunning, Sandbox, running

FORM = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/x-www-form-urlencoded"}
DEMANDED = {"StringEquals": {"sts:ExternalId": "secret-7"}}
SEEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def signed(signing: str, **environ: str) -> dict[str, str]:
    scope = f"AWS4-HMAC-SHA256 Credential=AKIA/20260301/eu-central-1/{signing}/aws4_request, SignedHeaders=host, Signature=0"
    return {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "", "HTTP_AUTHORIZATION": scope, **environ}


@pytest.mark.parametrize(
    ("environ", "body", "name"),
    [
        (
            signed("iam", REQUEST_METHOD="POST", CONTENT_TYPE="application/x-www-form-urlencoded"),
            b"Action=ListUsers&Version=2010-05-08",
            "iam:ListUsers",
        ),
        (signed("kms", REQUEST_METHOD="POST", HTTP_X_AMZ_TARGET="TrentService.ListKeys"), b"{}", "kms:ListKeys"),
        (signed("s3", PATH_INFO="/bucket", QUERY_STRING="policyStatus"), b"", "s3:GetBucketPolicyStatus"),
        (signed("s3", PATH_INFO="/bucket", QUERY_STRING="publicAccessBlock"), b"", "s3:GetPublicAccessBlock"),
        (signed("s3", PATH_INFO="/v20180820/configuration/publicAccessBlock"), b"", "s3control:GetPublicAccessBlock"),
        (signed("lambda", PATH_INFO="/2015-03-31/functions/"), b"", "lambda:ListFunctions"),
        (
            signed("elasticloadbalancing", **FORM),
            b"Action=DescribeLoadBalancers&Version=2015-12-01",
            "elbv2:DescribeLoadBalancers",
        ),
        (signed("unheardof"), b"", ""),
    ],
)
def test_a_request_is_named_as_boto3_names_it(environ: dict[str, str], body: bytes, name: str) -> None:
    assert identify(dict(environ), body).name == name


def test_an_answer_with_a_field_that_aws_does_not_have_is_refused() -> None:
    call = identify(dict(signed("account", REQUEST_METHOD="POST", PATH_INFO="/listRegions")), b"{}")
    with pytest.raises(wire.OffModel, match="Colour"):
        wire.encode(call, {"Regions": [{"RegionName": "eu-central-1", "Colour": "blue"}]})


def test_only_the_chosen_regions_are_enabled(client) -> None:
    regions = client("ec2").describe_regions()["Regions"]
    assert [entry["RegionName"] for entry in regions] == ["eu-central-1", "eu-west-1", "us-east-1"]
    every = {entry["RegionName"]: entry["OptInStatus"] for entry in client("ec2").describe_regions(AllRegions=True)["Regions"]}
    assert every["me-south-1"] == "not-opted-in"


def test_the_credential_report_is_as_old_as_its_generation(aws: Sandbox, client) -> None:
    iam = client("iam")
    with pytest.raises(ClientError, match="ReportNotPresent"):
        iam.get_credential_report()
    aws.clock.set(SEEN)
    assert iam.generate_credential_report()["State"] == "STARTED"
    aws.clock.set(SEEN + timedelta(minutes=5))
    iam.create_user(UserName="late")
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    report = iam.get_credential_report()
    aws.clock.set(None)
    assert report["GeneratedTime"] == SEEN
    rows = list(csv.DictReader(io.StringIO(report["Content"].decode())))
    assert [row["user"] for row in rows] == ["<root_account>"]


def test_the_report_shows_devices_passwords_and_keys(aws: Sandbox, client) -> None:
    iam = client("iam")
    iam.create_user(UserName="jonas")
    iam.create_login_profile(UserName="jonas", Password="Only-for-the-sandbox-1")
    iam.create_access_key(UserName="jonas")
    aws.extras.root.mfa = True
    iam.generate_credential_report()
    root, jonas = csv.DictReader(io.StringIO(iam.get_credential_report()["Content"].decode()))
    assert (root["mfa_active"], root["password_enabled"]) == ("true", "not_supported")
    assert (jonas["password_enabled"], jonas["password_last_used"], jonas["mfa_active"]) == ("true", "no_information", "false")
    assert (jonas["access_key_1_active"], jonas["access_key_1_last_used_date"], jonas["access_key_2_active"]) == ("true", "N/A", "false")


def test_public_snapshots_are_found_by_who_may_restore_them(client) -> None:
    ec2 = client("ec2")
    volume = ec2.create_volume(AvailabilityZone="eu-central-1a", Size=1)["VolumeId"]
    shared, private = (ec2.create_snapshot(VolumeId=volume)["SnapshotId"] for _ in range(2))
    ec2.modify_snapshot_attribute(SnapshotId=shared, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"])
    found = ec2.describe_snapshots(OwnerIds=["self"], RestorableByUserIds=["all"])["Snapshots"]
    assert [entry["SnapshotId"] for entry in found] == [shared]
    assert {entry["SnapshotId"] for entry in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]} == {shared, private}


def test_a_mail_subscription_is_pending_until_somebody_confirms(client) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="jonas.weber@fernhill.example")
    assert [entry["SubscriptionArn"] for entry in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]] == [
        "PendingConfirmation"
    ]


def test_the_accounts_own_public_access_block_is_read_through_the_account_host(aws: Sandbox, client) -> None:
    control = client("s3control")
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        control.get_public_access_block(AccountId=aws.account)
    flags = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
    control.put_public_access_block(AccountId=aws.account, PublicAccessBlockConfiguration=flags)
    assert control.get_public_access_block(AccountId=aws.account)["PublicAccessBlockConfiguration"] == flags


def test_an_operation_nobody_answers_says_that_it_is_the_sandboxs_gap(client) -> None:
    with pytest.raises(ClientError) as caught:
        client("ssm").list_compliance_items()
    assert caught.value.response["Error"]["Code"] == "SandboxUnknownOperation"


def trust(condition: dict[str, object]) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize("external_id", ["wrong", "SECRET-7", None])
def test_a_role_that_demands_an_external_id_refuses_another(client, external_id: str | None) -> None:
    role = client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument=trust(DEMANDED))["Role"]["Arn"]
    given = {"ExternalId": external_id} if external_id else {}
    with pytest.raises(ClientError) as caught:
        client("sts").assume_role(RoleArn=role, RoleSessionName="plumbline", **given)
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_role_hands_out_credentials_for_the_right_external_id(client) -> None:
    role = client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument=trust(DEMANDED))["Role"]["Arn"]
    given = client("sts").assume_role(RoleArn=role, RoleSessionName="plumbline", ExternalId="secret-7")
    assert given["Credentials"]["AccessKeyId"].startswith("ASIA")
    assert given["Credentials"]["Expiration"] > datetime.now(UTC)


def test_a_role_without_the_condition_admits_everybody_as_aws_would(client) -> None:
    role = client("iam").create_role(RoleName="careless", AssumeRolePolicyDocument=trust({}))["Role"]["Arn"]
    assert client("sts").assume_role(RoleArn=role, RoleSessionName="plumbline")["Credentials"]


def test_a_role_that_does_not_exist_is_refused(client) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        client("sts").assume_role(RoleArn="arn:aws:iam::123456789012:role/none", RoleSessionName="plumbline")


def test_the_request_log_says_what_was_asked_where(aws: Sandbox, client) -> None:
    client("kms", "eu-west-1").list_keys()
    (entry,) = aws.requests
    assert (entry.operation, entry.region, entry.status, entry.by) == ("kms:ListKeys", "eu-west-1", 200, "moto")
    assert aws.counted() == {"kms:ListKeys": 1}


def test_resources_are_as_old_as_the_sandboxs_clock_says(aws: Sandbox, client) -> None:
    aws.clock.set(SEEN)
    created = client("iam").create_user(UserName="sam")["User"]["CreateDate"]
    aws.clock.set(None)
    assert created == SEEN


def test_a_reset_leaves_nothing(aws: Sandbox, client) -> None:
    client("iam").create_user(UserName="sam")
    aws.faults.add("*", "denied")
    aws.reset()
    assert client("iam").list_users()["Users"] == []
    assert aws.faults.listed() == []


def test_two_sandboxes_in_one_process_are_refused(aws: Sandbox) -> None:
    with pytest.raises(AlreadyRunning), running():
        pass
