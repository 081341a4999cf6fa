"""Checks of trails, detection, keys, patches, alarms and backups: passing, failing, absent, and not observed."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from controls.checks.aws_alarms_capacity import v1 as alarms_capacity
from controls.checks.aws_alarms_routed import v1 as alarms_routed
from controls.checks.aws_backup_coverage import v1 as backup_coverage
from controls.checks.aws_backup_restore_tested import v1 as restore_tested
from controls.checks.aws_backup_vault_locked import v1 as vault_locked
from controls.checks.aws_cloudtrail_kms import v1 as trail_kms
from controls.checks.aws_cloudtrail_multi_region import v1 as trail_multi_region
from controls.checks.aws_cloudtrail_validation import v1 as trail_validation
from controls.checks.aws_config_recording import v1 as config_recording
from controls.checks.aws_guardduty_all_regions import v1 as guardduty_all_regions
from controls.checks.aws_guardduty_findings_sla import v1 as guardduty_findings
from controls.checks.aws_inspector_enabled import v1 as inspector_enabled
from controls.checks.aws_kms_rotation import v1 as kms_rotation
from controls.checks.aws_logs_retention_365 import v1 as logs_retention
from controls.checks.aws_secrets_rotation import v1 as secrets_rotation
from controls.checks.aws_securityhub_enabled import v1 as securityhub_enabled
from controls.checks.aws_ssm_patch_compliance import v1 as patch_compliance
from controls.outcomes import Judgement, Outcome
from evidence.facts.account_profile.v1 import AccountProfile
from evidence.facts.alarm.v1 import Alarm, AlarmAction, Measurement
from evidence.facts.audit_trail.v1 import AuditTrail
from evidence.facts.backup_vault.v1 import BackupVault
from evidence.facts.change_recorder.v1 import ChangeRecorder
from evidence.facts.data_resource.v1 import DataResource
from evidence.facts.encryption_key.v1 import EncryptionKey
from evidence.facts.findings_hub.v1 import FindingsHub
from evidence.facts.function.v1 import Function
from evidence.facts.log_group.v1 import LogGroup
from evidence.facts.machine_patching.v1 import MachinePatching
from evidence.facts.managed_secret.v1 import ManagedSecret
from evidence.facts.monitored_resource.v1 import MonitoredResource
from evidence.facts.restore_job.v1 import RestoreJob
from evidence.facts.tag import Tag
from evidence.facts.threat_detector.v1 import ThreatDetector
from evidence.facts.threat_finding.v1 import ThreatFinding
from evidence.facts.virtual_machine.v1 import VirtualMachine
from evidence.facts.vulnerability_scanner.v1 import VulnerabilityScanner

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ACCOUNT = "123456789012"
PROFILE = AccountProfile(subject=f"arn:aws:iam::{ACCOUNT}:root", number=ACCOUNT)
PASS, FAIL, NA, NO_DATA = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE, Outcome.NO_DATA


def judged(check: Any, fact: Any, others: dict[str, list[Any]] | None = None, at: datetime = NOW, **parameters: object) -> Judgement:
    """The check's answer with its default parameters, some of them replaced."""
    given = {**check.PARAMETERS, **parameters}
    if check.OTHERS:
        found = {kind.KIND: [] for kind in check.OTHERS} | (others or {})
        return check.judge(fact, given, at, found)
    return check.judge(fact, given, at)


# -- trails --------------------------------------------------------------------------------------------------------------


def trail(**fields: Any) -> AuditTrail:
    whole = {"multi_region": True, "logging": True, "management_reads": True, "management_writes": True}
    return AuditTrail(**{"subject": "t", "name": "all", "account": ACCOUNT, **whole, **fields})


@pytest.mark.parametrize(
    ("trails", "outcome"),
    [
        ([trail()], PASS),
        ([trail(multi_region=False), trail(subject="u")], PASS),
        ([], FAIL),
        ([trail(logging=False)], FAIL),
        ([trail(multi_region=False)], FAIL),
        ([trail(management_reads=False)], FAIL),
        ([trail(management_writes=False)], FAIL),
        ([trail(account="210987654321")], FAIL),
        ([trail(logging=None)], NO_DATA),
        ([trail(logging=None, multi_region=False)], FAIL),
    ],
)
def test_one_whole_trail_of_the_account_is_enough(trails: list[AuditTrail], outcome: Outcome) -> None:
    assert judged(trail_multi_region, PROFILE, {"audit_trail": trails}).outcome is outcome


def test_an_account_without_a_trail_is_told_so() -> None:
    assert judged(trail_multi_region, PROFILE).reason == "the account has no trail"


@pytest.mark.parametrize(("value", "outcome"), [(True, PASS), (False, FAIL), (None, NO_DATA)])
def test_trails_keep_digests(value: bool | None, outcome: Outcome) -> None:
    assert judged(trail_validation, trail(validation=value)).outcome is outcome


@pytest.mark.parametrize(("value", "outcome"), [("arn:key", PASS), ("", FAIL), (None, NO_DATA)])
def test_trails_are_encrypted_with_our_key(value: str | None, outcome: Outcome) -> None:
    assert judged(trail_kms, trail(key=value)).outcome is outcome


@pytest.mark.parametrize(("days", "outcome"), [(365, PASS), (0, PASS), (364, FAIL), (1, FAIL), (None, NO_DATA)])
def test_logs_are_kept_for_a_year(days: int | None, outcome: Outcome) -> None:
    assert judged(logs_retention, LogGroup(subject="g", retention_days=days)).outcome is outcome


def test_a_group_that_only_delivers_keeps_nothing() -> None:
    assert judged(logs_retention, LogGroup(subject="g", retention_days=2, tier="DELIVERY")).outcome is NA


# -- detection -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("enabled", "outcome"), [(True, PASS), (False, FAIL), (None, NO_DATA)])
def test_the_detector_is_on_in_each_region(enabled: bool | None, outcome: Outcome) -> None:
    assert judged(guardduty_all_regions, ThreatDetector(subject="r", enabled=enabled)).outcome is outcome


@pytest.mark.parametrize(("enabled", "outcome"), [(True, PASS), (False, FAIL), (None, NO_DATA)])
def test_the_hub_is_on_in_each_region(enabled: bool | None, outcome: Outcome) -> None:
    assert judged(securityhub_enabled, FindingsHub(subject="r", enabled=enabled)).outcome is outcome


@pytest.mark.parametrize(
    ("severity", "found", "outcome"),
    [
        (80, "2026-05-30T00:00:00Z", PASS),
        (80, "2026-05-01T00:00:00Z", FAIL),
        (70, "2026-05-01T00:00:00Z", FAIL),
        (69, "2026-05-01T00:00:00Z", NA),
        (None, "2026-05-01T00:00:00Z", NO_DATA),
        (80, None, NO_DATA),
    ],
)
def test_grave_findings_are_dealt_with_in_a_week(severity: int | None, found: str | None, outcome: Outcome) -> None:
    assert judged(guardduty_findings, ThreatFinding(subject="f", severity=severity, found=found)).outcome is outcome


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"exists": True, "recording": True, "last_status": "SUCCESS", "everything": True}, PASS),
        ({"exists": False}, FAIL),
        ({"exists": True, "recording": False, "last_status": "SUCCESS", "everything": True}, FAIL),
        ({"exists": True, "recording": True, "last_status": "FAILURE", "everything": True}, FAIL),
        ({"exists": True, "recording": True, "last_status": "SUCCESS", "everything": False}, FAIL),
        ({"exists": True, "recording": None, "last_status": None, "everything": False}, FAIL),
        ({"exists": True, "recording": None, "last_status": None, "everything": True}, NO_DATA),
        ({"exists": True, "recording": True, "last_status": "PENDING", "everything": True}, NO_DATA),
    ],
)
def test_changes_are_recorded_in_each_region(fields: dict[str, Any], outcome: Outcome) -> None:
    assert judged(config_recording, ChangeRecorder(subject="r", **fields)).outcome is outcome


def scanner(**fields: Any) -> VulnerabilityScanner:
    return VulnerabilityScanner(subject=f"arn:aws:inspector2:eu-central-1:{ACCOUNT}:region", region="eu-central-1", **fields)


def machine(region: str = "eu-central-1", account: str = ACCOUNT) -> VirtualMachine:
    return VirtualMachine(subject=f"arn:aws:ec2:{region}:{account}:instance/i-1", region=region)


@pytest.mark.parametrize(
    ("fields", "machines", "outcome"),
    [
        ({"machines": "ENABLED"}, [machine()], PASS),
        ({"machines": "DISABLED"}, [machine()], FAIL),
        ({"machines": None}, [machine()], NO_DATA),
        ({"machines": "ENABLING"}, [machine()], NO_DATA),
        ({"machines": "DISABLED"}, [], NA),
        ({"machines": "DISABLED"}, [machine(region="eu-west-1")], NA),
        ({"machines": "DISABLED"}, [machine(account="210987654321")], NA),
    ],
)
def test_what_runs_in_a_region_is_searched_for_vulnerabilities(fields: dict[str, Any], machines: list[Any], outcome: Outcome) -> None:
    assert judged(inspector_enabled, scanner(**fields), {"virtual_machine": machines}).outcome is outcome


def test_a_known_gap_beats_an_unknown_one() -> None:
    function = Function(subject=f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:f", region="eu-central-1")
    others = {"virtual_machine": [machine()], "function": [function]}
    assert judged(inspector_enabled, scanner(machines=None, functions="DISABLED"), others).outcome is FAIL


# -- keys and secrets ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"rotation": True}, PASS),
        ({"rotation": False}, FAIL),
        ({"rotation": None}, NO_DATA),
        ({"state": "", "rotation": None}, NO_DATA),
        ({"state": "PendingDeletion"}, NA),
        ({"spec": "RSA_2048"}, NA),
        ({"origin": "EXTERNAL"}, NA),
    ],
)
def test_symmetric_keys_of_ours_rotate(fields: dict[str, Any], outcome: Outcome) -> None:
    usual = {"state": "Enabled", "spec": "SYMMETRIC_DEFAULT", "origin": "AWS_KMS"}
    assert judged(kms_rotation, EncryptionKey(**{"subject": "k", **usual, **fields})).outcome is outcome


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"rotation": True, "changed": "2020-01-01T00:00:00Z"}, PASS),
        ({"rotation": False, "changed": "2026-01-01T00:00:00Z"}, PASS),
        ({"rotation": False, "changed": "2025-01-01T00:00:00Z"}, FAIL),
        ({"rotation": False, "changed": "", "created": "2025-01-01T00:00:00Z"}, FAIL),
        ({"rotation": False, "changed": None}, NO_DATA),
        ({"rotation": None, "changed": "2025-01-01T00:00:00Z"}, NO_DATA),
        ({"rotation": False, "changed": "2025-01-01T00:00:00Z", "owner": "rds"}, NA),
    ],
)
def test_secrets_are_replaced_within_a_year(fields: dict[str, Any], outcome: Outcome) -> None:
    assert judged(secrets_rotation, ManagedSecret(subject="s", **fields)).outcome is outcome


# -- patches and alarms --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"managed": True, "critical_missing": 0, "scanned": "2026-05-31T00:00:00Z"}, PASS),
        ({"managed": False}, FAIL),
        ({"managed": True, "critical_missing": 2, "scanned": "2026-05-31T00:00:00Z"}, FAIL),
        ({"managed": True, "critical_missing": 0, "scanned": "2026-05-01T00:00:00Z"}, FAIL),
        ({"managed": True, "scanned": ""}, FAIL),
        ({"managed": None}, NO_DATA),
        ({"managed": True, "critical_missing": None, "scanned": "2026-05-31T00:00:00Z"}, NO_DATA),
    ],
)
def test_running_machines_are_managed_and_patched(fields: dict[str, Any], outcome: Outcome) -> None:
    assert judged(patch_compliance, MachinePatching(subject="m", **fields)).outcome is outcome


DATABASE = MonitoredResource(
    subject=f"arn:aws:rds:eu-central-1:{ACCOUNT}:db:ledger",
    region="eu-central-1",
    form="database",
    variant="postgres",
    measured_as="DBInstanceIdentifier=ledger",
)


def alarm(*metrics: str, namespace: str = "AWS/RDS", dimension: str = "DBInstanceIdentifier=ledger", **fields: Any) -> Alarm:
    watches = tuple(Measurement(namespace=namespace, metric=each, dimensions=(dimension,)) for each in metrics)
    usual = {"subject": f"arn:aws:cloudwatch:eu-central-1:{ACCOUNT}:alarm:a", "region": "eu-central-1", "actions_enabled": True}
    return Alarm(**{**usual, "watches": watches, **fields})


@pytest.mark.parametrize(
    ("alarms", "outcome"),
    [
        ([alarm("CPUUtilization"), alarm("FreeStorageSpace")], PASS),
        ([alarm("CPUUtilization", "FreeStorageSpace")], PASS),
        ([alarm("CPUUtilization")], FAIL),
        ([], FAIL),
        ([alarm("CPUUtilization", "FreeStorageSpace", actions_enabled=False)], FAIL),
        ([alarm("CPUUtilization", "FreeStorageSpace", dimension="DBInstanceIdentifier=other")], FAIL),
        ([alarm("CPUUtilization", "FreeStorageSpace", region="eu-west-1")], FAIL),
    ],
)
def test_a_database_has_alarms_on_processor_and_storage(alarms: list[Alarm], outcome: Outcome) -> None:
    assert judged(alarms_capacity, DATABASE, {"alarm": alarms}).outcome is outcome


@pytest.mark.parametrize(
    ("form", "variant", "namespace", "metric", "outcome"),
    [
        ("queue", "standard", "AWS/SQS", "ApproximateAgeOfOldestMessage", PASS),
        ("queue", "standard", "AWS/SQS", "NumberOfMessagesSent", FAIL),
        ("load_balancer", "application", "AWS/ApplicationELB", "UnHealthyHostCount", PASS),
        ("load_balancer", "network", "AWS/NetworkELB", "HTTPCode_ELB_5XX_Count", FAIL),
        ("load_balancer", "gateway", "AWS/GatewayELB", "UnHealthyHostCount", NA),
        ("database", "aurora-postgresql", "AWS/RDS", "CPUUtilization", PASS),
    ],
)
def test_each_kind_has_its_own_measurements(form: str, variant: str, namespace: str, metric: str, outcome: Outcome) -> None:
    subject = f"arn:aws:x:eu-central-1:{ACCOUNT}:thing"
    thing = MonitoredResource(subject=subject, region="eu-central-1", form=form, variant=variant, measured_as="Name=thing")
    others = {"alarm": [alarm(metric, namespace=namespace, dimension="Name=thing")]}
    assert judged(alarms_capacity, thing, others).outcome is outcome


TOPIC = f"arn:aws:sns:eu-central-1:{ACCOUNT}:oncall"


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"actions": (AlarmAction(target=TOPIC, listeners=1),)}, PASS),
        ({"actions": (AlarmAction(target=TOPIC, listeners=0),)}, FAIL),
        ({"actions": ()}, FAIL),
        ({"actions": (AlarmAction(target="arn:aws:autoscaling:eu-central-1:1:policy"),)}, FAIL),
        ({"actions": (AlarmAction(target=TOPIC, listeners=1),), "actions_enabled": False}, FAIL),
        ({"actions": (AlarmAction(target=TOPIC, listeners=None),)}, NO_DATA),
        ({"actions": (), "actions_enabled": None}, NO_DATA),
    ],
)
def test_alarms_on_capacity_reach_somebody(fields: dict[str, Any], outcome: Outcome) -> None:
    assert judged(alarms_routed, alarm("CPUUtilization", **fields)).outcome is outcome


def test_other_alarms_are_not_judged() -> None:
    assert judged(alarms_routed, alarm("Invocations", namespace="AWS/Lambda")).outcome is NA


# -- backups -------------------------------------------------------------------------------------------------------------


def data(**fields: Any) -> DataResource:
    usual = {"subject": f"arn:aws:rds:eu-central-1:{ACCOUNT}:db:ledger", "form": "rds:db", "account": ACCOUNT, "tags": ()}
    return DataResource(**{**usual, "protected": True, "last_backup": "2026-05-31T00:00:00Z", **fields})


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, PASS),
        ({"last_backup": "2026-05-29T00:00:00Z"}, FAIL),
        ({"protected": False, "last_backup": ""}, FAIL),
        ({"protected": None, "last_backup": None}, NO_DATA),
        ({"last_backup": None}, NO_DATA),
    ],
)
def test_data_has_a_recent_backup(fields: dict[str, Any], outcome: Outcome) -> None:
    assert judged(backup_coverage, data(**fields)).outcome is outcome


def test_only_production_data_needs_one_where_production_is_told_apart() -> None:
    scratch = data(protected=False, last_backup="", tags=(Tag(key="env", value="test"),))
    assert judged(backup_coverage, scratch, production_tags=["env=prod"]).outcome is NA


def job(**fields: Any) -> RestoreJob:
    usual = {"subject": f"arn:aws:backup:eu-central-1:{ACCOUNT}:restore-job:1", "resource_type": "RDS", "status": "COMPLETED"}
    return RestoreJob(**{**usual, "completed": "2026-01-10T00:00:00Z", **fields})


@pytest.mark.parametrize(
    ("jobs", "found", "outcome"),
    [
        ([job()], [data()], PASS),
        ([job(completed="2025-01-10T00:00:00Z")], [data()], FAIL),
        ([job(status="FAILED")], [data()], FAIL),
        ([job(validation="FAILED")], [data()], FAIL),
        ([], [data()], FAIL),
        ([job()], [data(), data(subject="t", form="dynamodb:table")], FAIL),
        ([job()], [data(protected=False, last_backup="")], FAIL),
        ([job(subject="arn:aws:backup:eu-central-1:210987654321:restore-job:1")], [data()], FAIL),
        ([], [], NA),
    ],
)
def test_each_class_of_data_was_restored_within_a_year(jobs: list[RestoreJob], found: list[DataResource], outcome: Outcome) -> None:
    assert judged(restore_tested, PROFILE, {"restore_job": jobs, "data_resource": found}).outcome is outcome


def test_a_rehearsal_is_due_again_after_a_year() -> None:
    first = judged(restore_tested, PROFILE, {"restore_job": [job()], "data_resource": [data()]})
    assert first.holds_until == datetime(2027, 1, 10, tzinfo=UTC)


def denying(**changes: Any) -> str:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*", **changes}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    ("locked", "policy", "outcome"),
    [
        (True, "", PASS),
        (False, denying(), PASS),
        (False, denying(Action=["backup:Delete*"]), PASS),
        (False, "", FAIL),
        (False, denying(Effect="Allow"), FAIL),
        (False, denying(Principal={"AWS": "arn:aws:iam::123456789012:user/sam"}), FAIL),
        (False, denying(Condition={"StringNotEquals": {"aws:PrincipalArn": "x"}}), FAIL),
        (False, None, NO_DATA),
        (True, None, PASS),
        (None, "", NO_DATA),
    ],
)
def test_backups_cannot_be_deleted_before_their_time(locked: bool | None, policy: str | None, outcome: Outcome) -> None:
    assert judged(vault_locked, BackupVault(subject="v", locked=locked, policy=policy)).outcome is outcome
