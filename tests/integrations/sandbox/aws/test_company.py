"""The demo company: one roster for all vendors, a mostly healthy account, and a history that breaks and heals it."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from integrations.sandbox.aws import history, scenario
from integrations.sandbox.aws.estate.site import Site
from integrations.sandbox.aws.server import Sandbox
from integrations.sandbox.clock import Clock
from integrations.sandbox.company import fernhill
from integrations.sandbox.github.scenario import fernhill as organization

pytestmark = pytest.mark.slow  # each takes minutes of the time that all fast tests share

START = datetime(2026, 3, 25, 8, tzinfo=UTC)
PLAYED = history.steps(START)


@pytest.fixture(scope="module")
def site(sandbox: Sandbox) -> Iterator[Site]:
    sandbox.reset()
    sandbox.clock.set(START)
    yield scenario.populate(sandbox)
    sandbox.clock.set(None)


def report(site: Site) -> dict[str, dict[str, str]]:
    iam = site.client("iam")
    iam.generate_credential_report()
    return {row["user"]: row for row in csv.DictReader(io.StringIO(iam.get_credential_report()["Content"].decode()))}


def without_mfa(site: Site) -> list[str]:
    return sorted(name for name, row in report(site).items() if row["password_enabled"] == "true" and row["mfa_active"] == "false")


def test_the_roster_agrees_with_the_members_at_github(site: Site) -> None:
    at_start = {person["github"]: person for person in fernhill.load()["people"] if "github" in person and "joins_day" not in person}
    twin = organization(Clock(START))
    assert set(twin.members) == set(at_start)
    users = {entry["UserName"] for entry in site.client("iam").list_users()["Users"]}
    assert {person["user"] for person in at_start.values()} | set(site.plan["service_users"]) == users


def test_the_account_begins_with_two_people_without_mfa(site: Site) -> None:
    assert without_mfa(site) == ["amir.nazari", "noah.williams"]
    rows = report(site)
    assert (rows["<root_account>"]["mfa_active"], len(rows) > 65) == ("true", True)
    assert rows["tom.okafor"]["user_creation_time"] < "2026-01-01"
    assert rows["svc-legacy-import"]["access_key_1_active"] == "false"


def test_the_account_has_its_known_weak_spots(site: Site) -> None:
    databases = {
        entry["DBInstanceIdentifier"]: entry
        for region in site.plan["regions"]
        for entry in site.client("rds", region).describe_db_instances()["DBInstances"]
    }
    assert [name for name, entry in databases.items() if not entry["StorageEncrypted"]] == ["reporting"]
    assert [name for name, entry in databases.items() if entry["PubliclyAccessible"]] == ["marketing-cms"]
    buckets = [bucket["Name"] for bucket in site.client("s3").list_buckets()["Buckets"]]
    assert [name for name in buckets if public(site, name)] == ["fernhill-press-kit"]
    assert [region for region in site.plan["regions"] if not site.client("guardduty", region).list_detectors()["DetectorIds"]] == [
        "us-east-1"
    ]
    groups = site.client("ec2").describe_security_groups(GroupNames=["partner-import"])["SecurityGroups"]
    assert [row["CidrIp"] for rule in groups[0]["IpPermissions"] for row in rule["IpRanges"]] == ["0.0.0.0/1", "128.0.0.0/1"]


def public(site: Site, bucket: str) -> bool:
    try:
        return bool(site.client("s3").get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"])
    except ClientError as error:
        assert error.response["Error"]["Code"] == "NoSuchBucketPolicy"
        return False


def test_nothing_of_the_account_is_younger_than_its_clock(site: Site) -> None:
    found: list[datetime] = []
    for service, operation in (
        ("ec2", "describe_instances"),
        ("ec2", "describe_volumes"),
        ("rds", "describe_db_instances"),
        ("iam", "list_users"),
        ("iam", "list_roles"),
        ("s3", "list_buckets"),
        ("lambda", "list_functions"),
        ("eks", "list_clusters"),
        ("autoscaling", "describe_auto_scaling_groups"),
        ("secretsmanager", "list_secrets"),
        ("elbv2", "describe_load_balancers"),
        ("ecr", "describe_repositories"),
        ("logs", "describe_log_groups"),
    ):
        found += instants(getattr(site.client(service), operation)())
    assert len(found) > 100
    assert max(found) <= START


def instants(value: Any) -> list[datetime]:
    if isinstance(value, datetime):
        return [value.astimezone(UTC)]
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [found for child in children for found in instants(child)]


def test_the_same_start_gives_the_same_history() -> None:
    again = history.steps(START)
    assert [(step.at, step.title) for step in again] == [(step.at, step.title) for step in PLAYED]
    assert [step.at for step in again] == sorted(step.at for step in again)
    assert again[0].at > START and again[-1].at <= START + history.LENGTH
    assert history.steps(START, START + timedelta(days=10))[-1].at <= START + timedelta(days=10)


def test_a_replay_breaks_and_heals_the_account(sandbox: Sandbox) -> None:
    sandbox.reset()
    sandbox.clock.set(START)
    site = scenario.populate(sandbox)
    replay = history.Replay(site, history.steps(START))

    def until(days: float) -> list[str]:
        return [step.title for step in replay.advance(START + timedelta(days=days))]

    until(9)
    assert without_mfa(site) == []
    until(19)
    assert public(site, "fernhill-app-assets")
    until(22)
    assert not public(site, "fernhill-app-assets")
    until(32)
    assert "dmitri.sokolov" not in report(site)
    until(46)
    (trial,) = site.client("rds").describe_db_instances(DBInstanceIdentifier="events-trial")["DBInstances"]
    assert trial["StorageEncrypted"] is False
    until(59)
    with pytest.raises(ClientError, match="AccessDenied"):
        site.client("guardduty").list_detectors()
    until(61)
    assert site.client("guardduty").list_detectors()["DetectorIds"]
    until(120)
    oldest = report(site)["wei.chen"]["access_key_1_last_rotated"]
    assert datetime.fromisoformat(oldest) < START + timedelta(days=120 - 90)
    until(128)
    assert datetime.fromisoformat(report(site)["wei.chen"]["access_key_1_last_rotated"]) > START + timedelta(days=127)
    until(232)
    assert without_mfa(site) == ["ben.adeyemi", "clara.jensen"]
    until(365)
    assert without_mfa(site) == ["clara.jensen"]
    assert replay.left == []
    assert sandbox.faults.listed() == []
    assert sandbox.clock.now() == START + timedelta(days=365)
    rows = report(site)
    assert {"bianca.weiss", "kim.andersson"} <= set(rows) and not {"hugo.laurent", "omar.khalil"} & set(rows)
    sandbox.clock.set(None)


def test_a_connection_is_granted_its_role_and_only_with_its_own_external_id(aws: Sandbox, client) -> None:
    role = scenario.grant(aws, "first")
    assert scenario.grant(aws, "second") == role
    with pytest.raises(ClientError, match="AccessDenied"):
        client("sts").assume_role(RoleArn=role, RoleSessionName="plumbline", ExternalId="first")
    assert client("sts").assume_role(RoleArn=role, RoleSessionName="plumbline", ExternalId="second")["Credentials"]
