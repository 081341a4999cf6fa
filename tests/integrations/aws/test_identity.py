"""Reading who may enter an AWS account, over HTTP."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from controls.checks.aws_iam_console_user_mfa import v1 as console_user_mfa
from controls.outcomes import Outcome
from integrations.errors import PermissionMissing, SchemaDrift
from integrations.sandbox.aws.server import Sandbox
from integrations.vendors.aws.collectors.identity import v1 as collector
from tests.integrations.aws.scanning import owner, reading, stored

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)


def console_user(aws: Sandbox, name: str, *, mfa: bool = False) -> None:
    iam = owner(aws, "iam")
    iam.create_user(UserName=name)
    iam.create_login_profile(UserName=name, Password="Long-enough-123456")
    if mfa:
        serial = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]
        iam.enable_mfa_device(UserName=name, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321")


def test_a_console_user_without_mfa_fails_from_the_report_to_the_verdict(aws: Sandbox) -> None:
    console_user(aws, "sam")
    console_user(aws, "priya", mfa=True)
    owner(aws, "iam").create_user(UserName="deploy")
    with reading(aws, ("account",)) as run:
        observations = run.observations("account")
        facts = {each.fact.name: each.fact for each in observations}
        raw = stored(run, observations[0])
        operations = [call.operation for call in run.context.ledger.calls()]
    assert facts["sam"].subject == "arn:aws:iam::123456789012:user/sam"
    verdicts = {name: console_user_mfa.judge(fact, {}, NOW).outcome for name, fact in facts.items()}
    assert verdicts == {"sam": Outcome.FAIL, "priya": Outcome.PASS, "deploy": Outcome.NOT_APPLICABLE}
    assert operations.count("iam:GetCredentialReport") == 1 and "iam:ListUsers" not in operations
    assert all(b"GetCredentialReportResponse" in body for body in raw.values())


def test_a_report_counts_as_observed_when_it_was_made(aws: Sandbox) -> None:
    console_user(aws, "sam")
    with reading(aws, ("account",)) as run:
        (observation,) = run.observations("account")
    assert observation.observed_at is not None
    assert abs(observation.observed_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_one_report_serves_all_kinds_that_need_it(aws: Sandbox) -> None:
    console_user(aws, "sam")
    owner(aws, "iam").create_access_key(UserName="sam")
    with reading(aws, ("account", "access_key", "root_use")) as run:
        assert list(run.facts("account")) == ["sam"]
        (key,) = run.facts("access_key").values()
        (root,) = run.facts("root_use").values()
    assert aws.counted()["iam:GetCredentialReport"] == 1
    assert (key.owner, key.active, key.last_used) == ("arn:aws:iam::123456789012:user/sam", True, "")
    assert (root.subject, root.last_sign_in) == ("arn:aws:iam::123456789012:root", "")


def test_without_permission_for_the_report_nothing_is_read_and_nothing_passes(aws: Sandbox) -> None:
    console_user(aws, "sam")
    aws.faults.add("iam:GetCredentialReport", "denied")
    with reading(aws, ("account",)) as run, pytest.raises(PermissionMissing) as raised:
        run.observations("account")
    assert raised.value.operation == "iam:GetCredentialReport"


def test_a_report_that_is_no_table_is_a_drift_and_not_an_empty_account() -> None:
    with pytest.raises(collector.ReportError, match="mfa_active"):
        collector.report_rows(b"user,arn\nsam,arn:aws:iam::123456789012:user/sam\n")


def test_equal_reports_make_equal_facts(aws: Sandbox) -> None:
    console_user(aws, "sam")
    with reading(aws, ("account",)) as first:
        before = first.facts("account")
    with reading(aws, ("account",)) as second:
        assert second.facts("account") == before


def test_the_root_user_is_read_from_the_summary(aws: Sandbox) -> None:
    aws.extras.root.mfa = True
    with reading(aws, ("root_user",)) as run:
        (root,) = run.facts("root_user").values()
    assert (root.mfa, root.password, root.access_keys) == (True, True, False)


def test_an_account_without_a_password_policy_says_so(aws: Sandbox) -> None:
    with reading(aws, ("password_policy",)) as run:
        (policy,) = run.facts("password_policy").values()
    assert policy.configured is False


def test_a_password_policy_is_read(aws: Sandbox) -> None:
    owner(aws, "iam").update_account_password_policy(MinimumPasswordLength=14, PasswordReusePrevention=24)
    with reading(aws, ("password_policy",)) as run:
        (policy,) = run.facts("password_policy").values()
    assert (policy.configured, policy.minimum_length, policy.reuse_prevented) == (True, 14, 24)


def test_policies_of_the_customer_are_read_with_those_written_into_identities(aws: Sandbox) -> None:
    iam = owner(aws, "iam")
    arn = iam.create_policy(PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING))["Policy"]["Arn"]
    iam.create_policy(PolicyName="unused", PolicyDocument=json.dumps(EVERYTHING))
    iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="deployer", PolicyArn=arn)
    iam.put_role_policy(RoleName="deployer", PolicyName="inline", PolicyDocument=json.dumps(EVERYTHING))
    with reading(aws, ("permission_policy",)) as run:
        found = run.facts("permission_policy")
    assert {name: (each.form, each.attached) for name, each in found.items()} == {
        "everything": ("managed", True),
        "unused": ("managed", False),
        "inline": ("inline", True),
    }
    assert json.loads(found["inline"].document) == EVERYTHING


def test_administrators_are_found_through_every_way(aws: Sandbox) -> None:
    iam = owner(aws, "iam")
    arn = iam.create_policy(PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING))["Policy"]["Arn"]
    for name in ("sam", "priya", "vera"):
        iam.create_user(UserName=name)
    iam.create_group(GroupName="owners")
    iam.attach_group_policy(GroupName="owners", PolicyArn=arn)
    iam.add_user_to_group(GroupName="owners", UserName="sam")
    iam.put_user_policy(UserName="priya", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
    iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="deployer", PolicyArn=arn)
    with reading(aws, ("principal",)) as run:
        found = run.facts("principal")
        calls = len(run.context.ledger)
    assert {name: each.administers_through for name, each in found.items()} == {
        "sam": ("group owners: everything",),
        "priya": ("inline all",),
        "vera": (),
        "deployer": ("everything",),
    }
    assert calls <= 6, "details in one call, whatever the number of users"


def test_people_of_single_sign_on_are_principals_too(aws: Sandbox) -> None:
    sso = owner(aws, "sso-admin")
    (instance,) = sso.list_instances()["Instances"]
    arn, store = instance["InstanceArn"], instance["IdentityStoreId"]
    directory = owner(aws, "identitystore")
    marta = directory.create_user(
        IdentityStoreId=store,
        UserName="marta@fernhill.example",
        DisplayName="Marta Lindqvist",
        Name={"GivenName": "Marta", "FamilyName": "Lindqvist"},
    )["UserId"]
    given = sso.create_permission_set(InstanceArn=arn, Name="Administrators")["PermissionSet"]["PermissionSetArn"]
    sso.put_inline_policy_to_permission_set(InstanceArn=arn, PermissionSetArn=given, InlinePolicy=json.dumps(EVERYTHING))
    sso.create_account_assignment(
        InstanceArn=arn, TargetId="123456789012", TargetType="AWS_ACCOUNT", PermissionSetArn=given, PrincipalType="USER", PrincipalId=marta
    )
    sso.provision_permission_set(InstanceArn=arn, PermissionSetArn=given, TargetId="123456789012", TargetType="AWS_ACCOUNT")
    with reading(aws, ("principal",)) as run:
        found = run.facts("principal")
        assert run.context.faults("principal") == ()
    person = found["marta@fernhill.example in 123456789012"]
    assert person.form == "workforce_user"
    assert person.administers_through == ("permission set Administrators",)


def test_without_permission_for_single_sign_on_iam_is_still_read_and_the_gap_is_told(aws: Sandbox) -> None:
    owner(aws, "iam").create_user(UserName="sam")
    aws.faults.add("sso-admin:ListInstances", "denied")
    with reading(aws, ("principal",)) as run:
        assert list(run.facts("principal")) == ["sam"]
        (fault,) = run.context.faults("principal")
    assert isinstance(fault, PermissionMissing) and fault.operation == "sso-admin:ListInstances"


def test_one_bad_row_loses_no_other(aws: Sandbox) -> None:
    console_user(aws, "priya")
    good = {"user": "sam", "arn": "arn:aws:iam::123456789012:user/sam", "user_creation_time": "2026-01-01T00:00:00+00:00"}
    good |= {"password_enabled": "true", "password_last_used": "N/A", "mfa_active": "false"}
    with reading(aws, ("account",)) as run:
        inside = run.connector._started(run.context)
        page = inside.client.one(operation="iam:GenerateCredentialReport")
        rows = [{"user": "broken"}, good, "no row at all"]
        read = [each.fact.name for each in inside.facts("account", page, rows, lambda row: collector.accounts([row]))]
        faults = run.context.faults("account")
    assert read == ["sam"]
    assert [type(each) for each in faults] == [SchemaDrift, SchemaDrift]
    assert all(each.partition for each in faults), "a lost row makes the stream partial"
