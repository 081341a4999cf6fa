"""Reading trails, watches, keys, secrets, patches, alarms and backups of an AWS account, over HTTP."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from integrations.errors import PermissionMissing, VendorOutage
from integrations.sandbox.aws.server import Sandbox
from tests.integrations.aws.scanning import HOME, owner, reading

ACCOUNT = "123456789012"
TODAY = datetime.now(UTC)


def test_an_organization_lists_its_accounts(aws: Sandbox) -> None:
    organizations = owner(aws, "organizations")
    organizations.create_organization(FeatureSet="ALL")
    organizations.create_account(AccountName="ledger", Email="ledger@fernhill.example")
    with reading(aws, ("cloud_account",)) as run:
        found = run.facts("cloud_account")
    assert found["ledger"].status == "ACTIVE" and not found["ledger"].own
    assert [each.number for each in found.values() if each.own] == [ACCOUNT]
    assert "fernhill.example" not in repr(found)


def test_an_account_without_an_organization_is_its_own(aws: Sandbox) -> None:
    with reading(aws, ("cloud_account",)) as run:
        (alone,) = run.facts("cloud_account").values()
    assert (alone.number, alone.own, alone.status) == (ACCOUNT, True, "ACTIVE")


def test_a_member_that_may_not_list_accounts_says_so(aws: Sandbox) -> None:
    aws.faults.add("organizations:ListAccounts", "denied")
    with reading(aws, ("cloud_account",)) as run, pytest.raises(PermissionMissing):
        run.observations("cloud_account")


def test_a_trail_of_all_regions_is_read_once(aws: Sandbox) -> None:
    owner(aws, "s3").create_bucket(Bucket="trail", CreateBucketConfiguration={"LocationConstraint": HOME})
    trails = owner(aws, "cloudtrail")
    trails.create_trail(Name="all", S3BucketName="trail", IsMultiRegionTrail=True, EnableLogFileValidation=True)
    trails.start_logging(Name="all")
    with reading(aws, ("audit_trail",), regions="eu-central-1 eu-west-1") as run:
        (trail,) = run.facts("audit_trail").values()
    assert (trail.multi_region, trail.logging, trail.validation, trail.key) == (True, True, True, "")
    assert (trail.management_reads, trail.management_writes, trail.account) == (True, True, ACCOUNT)


@pytest.mark.parametrize(
    ("selectors", "logged"),
    [
        ([{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "DataResources": []}], (False, True)),
        ([{"ReadWriteType": "All", "IncludeManagementEvents": False, "DataResources": []}], (False, False)),
        ([{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}], (True, True)),
    ],
)
def test_a_trail_tells_which_events_are_in_it(aws: Sandbox, selectors: list[dict[str, object]], logged: tuple[bool, bool]) -> None:
    owner(aws, "s3").create_bucket(Bucket="trail", CreateBucketConfiguration={"LocationConstraint": HOME})
    trails = owner(aws, "cloudtrail")
    trails.create_trail(Name="all", S3BucketName="trail")
    trails.put_event_selectors(TrailName="all", EventSelectors=selectors)
    with reading(aws, ("audit_trail",)) as run:
        (trail,) = run.facts("audit_trail").values()
    assert (trail.management_reads, trail.management_writes) == logged


def test_a_trail_whose_state_may_not_be_read_stays_unknown(aws: Sandbox) -> None:
    owner(aws, "s3").create_bucket(Bucket="trail", CreateBucketConfiguration={"LocationConstraint": HOME})
    owner(aws, "cloudtrail").create_trail(Name="all", S3BucketName="trail")
    aws.faults.add("cloudtrail:GetTrailStatus", "denied")
    with reading(aws, ("audit_trail",)) as run:
        (trail,) = run.facts("audit_trail").values()
        (fault,) = run.context.faults("audit_trail")
    assert trail.logging is None and trail.multi_region is False
    assert fault.operation == "cloudtrail:GetTrailStatus"


def test_log_groups_tell_how_long_they_keep(aws: Sandbox) -> None:
    logs = owner(aws, "logs")
    logs.create_log_group(logGroupName="/fernhill/ledger")
    logs.create_log_group(logGroupName="/fernhill/web")
    logs.put_retention_policy(logGroupName="/fernhill/web", retentionInDays=30)
    with reading(aws, ("log_group",)) as run:
        found = run.facts("log_group")
    assert {name: each.retention_days for name, each in found.items()} == {"/fernhill/ledger": 0, "/fernhill/web": 30}


def test_watches_are_told_per_region_also_where_they_are_off(aws: Sandbox) -> None:
    owner(aws, "guardduty").create_detector(Enable=True)
    owner(aws, "securityhub").enable_security_hub()
    config = owner(aws, "config")
    role = f"arn:aws:iam::{ACCOUNT}:role/config"
    config.put_configuration_recorder(ConfigurationRecorder={"name": "all", "roleARN": role, "recordingGroup": {"allSupported": True}})
    aws.extras.region(HOME).analyzers.append(
        {
            "arn": f"arn:aws:access-analyzer:{HOME}:{ACCOUNT}:analyzer/outside",
            "name": "outside",
            "type": "ACCOUNT",
            "status": "ACTIVE",
            "createdAt": TODAY,
        }
    )
    kinds = ("threat_detector", "findings_hub", "change_recorder", "access_analyzer")
    with reading(aws, kinds, regions="eu-central-1 eu-west-1") as run:
        found = {kind: run.facts(kind) for kind in kinds}
    assert {region: each.enabled for region, each in found["threat_detector"].items()} == {"eu-central-1": True, "eu-west-1": False}
    assert {region: each.enabled for region, each in found["findings_hub"].items()} == {"eu-central-1": True, "eu-west-1": False}
    assert {region: each.exists for region, each in found["change_recorder"].items()} == {"eu-central-1": True, "eu-west-1": False}
    assert {region: each.active for region, each in found["access_analyzer"].items()} == {"eu-central-1": ("outside",), "eu-west-1": ()}


def test_a_hub_that_answers_with_a_web_page_is_not_a_hub_that_is_off(aws: Sandbox) -> None:
    aws.faults.add("securityhub:DescribeHub", "html")
    with reading(aws, ("findings_hub",)) as run, pytest.raises(VendorOutage, match="web page"):
        run.observations("findings_hub")


def test_open_findings_are_read_with_their_age(aws: Sandbox) -> None:
    owner(aws, "guardduty").create_detector(Enable=True)
    finding = {
        "AccountId": ACCOUNT,
        "Arn": f"arn:aws:guardduty:{HOME}:{ACCOUNT}:detector/d/finding/f1",
        "Id": "f1",
        "CreatedAt": "2026-05-01T10:00:00.000Z",
        "UpdatedAt": "2026-05-01T10:00:00.000Z",
        "Partition": "aws",
        "Region": HOME,
        "Resource": {"ResourceType": "Instance"},
        "SchemaVersion": "2.0",
        "Severity": 7.5,
        "Title": "Unusual traffic",
        "Type": "Recon:EC2/PortProbeUnprotectedPort",
        "Service": {"Archived": False},
    }
    aws.extras.region(HOME).threat_findings.append(finding)
    with reading(aws, ("threat_finding",)) as run:
        (found,) = run.facts("threat_finding").values()
    assert (found.severity, found.found, found.resource) == (75, "2026-05-01T10:00:00Z", "Instance")


def test_scanning_is_told_per_kind(aws: Sandbox) -> None:
    owner(aws, "inspector2").enable(accountIds=[ACCOUNT], resourceTypes=["EC2"])
    with reading(aws, ("vulnerability_scanner",)) as run:
        (scanner,) = run.facts("vulnerability_scanner").values()
    assert (scanner.machines, scanner.functions) == ("ENABLED", "DISABLED")


def test_keys_of_ours_are_read_and_those_of_aws_left_out(aws: Sandbox) -> None:
    kms = owner(aws, "kms")
    rotating = kms.create_key(Description="ledger")["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=rotating)
    kms.create_alias(AliasName="alias/ledger", TargetKeyId=rotating)
    kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    with reading(aws, ("encryption_key",)) as run:
        found = [each.fact for each in run.observations("encryption_key")]
    assert sorted((each.spec, each.rotation) for each in found) == [("RSA_2048", None), ("SYMMETRIC_DEFAULT", True)]
    assert "alias/ledger" in {each.name for each in found}
    assert aws.counted()["kms:GetKeyRotationStatus"] == 1


def test_secrets_are_listed_and_never_read(aws: Sandbox) -> None:
    owner(aws, "secretsmanager").create_secret(Name="ledger", SecretString="correct horse", Tags=[{"Key": "env", "Value": "prod"}])
    with reading(aws, ("managed_secret",)) as run:
        (secret,) = run.facts("managed_secret").values()
        kept = b"".join(run.context.spool.get(each) for each in run.context.spool.digests())
    assert (secret.rotation, secret.tags[0].value) == (False, "prod")
    assert b"correct horse" not in kept


def test_running_machines_are_told_with_their_patches_and_unmanaged_ones_too(aws: Sandbox) -> None:
    ec2 = owner(aws, "ec2")
    image = ec2.register_image(Name="base", RootDeviceName="/dev/xvda")["ImageId"]
    ids = [each["InstanceId"] for each in ec2.run_instances(ImageId=image, MinCount=3, MaxCount=3)["Instances"]]
    ec2.stop_instances(InstanceIds=[ids[2]])
    extras = aws.extras.region(HOME)
    extras.managed_instances.append({"InstanceId": ids[0], "PingStatus": "Online", "PlatformName": "Amazon Linux"})
    extras.patch_states.append(
        {
            "InstanceId": ids[0],
            "PatchGroup": "web",
            "BaselineId": "pb-0123456789abcdef0",
            "OperationStartTime": TODAY,
            "OperationEndTime": TODAY,
            "Operation": "Scan",
            "CriticalNonCompliantCount": 2,
        }
    )
    with reading(aws, ("machine_patching",)) as run:
        found = run.facts("machine_patching")
    assert set(found) == set(ids[:2])
    assert (found[ids[0]].managed, found[ids[0]].critical_missing) == (True, 2)
    assert (found[ids[1]].managed, found[ids[1]].critical_missing, found[ids[1]].scanned) == (False, None, "")


def test_an_alarm_knows_how_many_listen(aws: Sandbox) -> None:
    sns = owner(aws, "sns")
    topic = sns.create_topic(Name="oncall")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{HOME}:{ACCOUNT}:oncall")
    owner(aws, "cloudwatch").put_metric_alarm(
        AlarmName="ledger-cpu",
        Namespace="AWS/RDS",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "DBInstanceIdentifier", "Value": "ledger"}],
        Statistic="Average",
        Period=300,
        EvaluationPeriods=1,
        Threshold=90.0,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic],
    )
    with reading(aws, ("alarm",)) as run:
        (alarm,) = run.facts("alarm").values()
    assert [(each.namespace, each.metric, each.dimensions) for each in alarm.watches] == [
        ("AWS/RDS", "CPUUtilization", ("DBInstanceIdentifier=ledger",))
    ]
    assert [(each.target, each.listeners) for each in alarm.actions] == [(topic, 1)]


def test_what_can_run_short_is_listed(aws: Sandbox) -> None:
    owner(aws, "rds").create_db_instance(
        DBInstanceIdentifier="ledger",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        MasterUsername="a",
        MasterUserPassword="not-a-secret",
    )
    owner(aws, "sqs").create_queue(QueueName="invoices")
    with reading(aws, ("monitored_resource",)) as run:
        found = run.facts("monitored_resource")
    assert {name: (each.form, each.measured_as) for name, each in found.items()} == {
        "ledger": ("database", "DBInstanceIdentifier=ledger"),
        "invoices": ("queue", "QueueName=invoices"),
    }
    assert found["invoices"].subject == f"arn:aws:sqs:{HOME}:{ACCOUNT}:invoices"


def test_data_is_joined_with_its_last_backup(aws: Sandbox) -> None:
    dynamodb = owner(aws, "dynamodb")
    for name in ("ledger", "sessions"):
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=[{"Key": "env", "Value": "prod"}],
        )
    arn = f"arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/ledger"
    aws.extras.region(HOME).protected_resources.append({"ResourceArn": arn, "ResourceType": "DynamoDB", "LastBackupTime": TODAY})
    with reading(aws, ("data_resource",)) as run:
        found = {each.fact.subject.rpartition("/")[2]: each.fact for each in run.observations("data_resource")}
    assert {name: (each.form, each.protected) for name, each in found.items()} == {
        "ledger": ("dynamodb:table", True),
        "sessions": ("dynamodb:table", False),
    }
    assert found["ledger"].last_backup == TODAY.strftime("%Y-%m-%dT00:00:00Z")
    assert found["sessions"].last_backup == ""


def test_restores_are_read_from_a_year_back_and_go_on_where_they_ended(aws: Sandbox) -> None:
    def job(number: int, days: int) -> dict[str, object]:
        made = TODAY - timedelta(days=days)
        return {
            "RestoreJobId": f"job-{number}",
            "AccountId": ACCOUNT,
            "ResourceType": "RDS",
            "Status": "COMPLETED",
            "CreationDate": made,
            "CompletionDate": made + timedelta(minutes=20),
        }

    aws.extras.region(HOME).restore_jobs += [job(1, 10), job(2, 300), job(3, 500)]
    with reading(aws, ("restore_job",)) as run:
        assert sorted(run.facts("restore_job")) == ["job-1", "job-2"]
        advanced = run.context.advanced("restore_job")
    assert advanced is not None
    since = datetime.fromisoformat(advanced["since"])
    assert timedelta(days=6) < TODAY - since < timedelta(days=8)


def test_vaults_tell_their_lock_and_policy(aws: Sandbox) -> None:
    backup = owner(aws, "backup")
    backup.create_backup_vault(BackupVaultName="kept")
    backup.put_backup_vault_lock_configuration(BackupVaultName="kept", MinRetentionDays=30)
    backup.create_backup_vault(BackupVaultName="guarded")
    backup.create_backup_vault(BackupVaultName="open")
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}],
    }
    aws.extras.region(HOME).vault_policies["guarded"] = json.dumps(policy)
    with reading(aws, ("backup_vault",)) as run:
        found = run.facts("backup_vault")
    assert {name: each.locked for name, each in found.items()} == {"kept": True, "guarded": False, "open": False}
    assert json.loads(found["guarded"].policy) == policy
    assert found["open"].policy == ""


def test_open_findings_of_access_from_outside_are_read_and_closed_ones_left_out(aws: Sandbox) -> None:
    extras = aws.extras.region(HOME)
    arn = f"arn:aws:access-analyzer:{HOME}:{ACCOUNT}:analyzer/outside"
    extras.analyzers.append({"arn": arn, "name": "outside", "type": "ACCOUNT", "status": "ACTIVE", "createdAt": TODAY})

    def finding(name: str, status: str) -> dict[str, object]:
        made = {"analyzedAt": TODAY, "createdAt": TODAY, "updatedAt": TODAY, "resourceOwnerAccount": ACCOUNT}
        return {"id": name, "resource": f"arn:aws:s3:::{name}", "resourceType": "AWS::S3::Bucket", "status": status, **made}

    extras.external_findings += [finding("ledger", "ACTIVE"), finding("site", "ARCHIVED"), finding("old", "RESOLVED")]
    with reading(aws, ("exposure_finding",)) as run:
        (found,) = run.facts("exposure_finding").values()
    assert (found.resource, found.region) == ("arn:aws:s3:::ledger", HOME)
    assert found.subject == f"{arn}/finding/ledger"


def test_nothing_new_at_aws_makes_nothing_new_here(aws: Sandbox) -> None:
    owner(aws, "secretsmanager").create_secret(Name="ledger", SecretString="x")
    owner(aws, "kms").create_key(Description="ledger")
    owner(aws, "logs").create_log_group(logGroupName="/fernhill/ledger")
    kinds = ("managed_secret", "encryption_key", "log_group", "threat_detector", "change_recorder", "principal", "region", "root_user")
    with reading(aws, kinds) as first:
        before = {kind: [each.fact for each in first.observations(kind)] for kind in kinds}
    with reading(aws, kinds) as second:
        assert {kind: [each.fact for each in second.observations(kind)] for kind in kinds} == before
    assert all(before[kind] for kind in ("managed_secret", "encryption_key", "log_group"))
