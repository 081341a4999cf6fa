"""Alarms and backups."""

from datetime import timedelta
from typing import Any

from moto.backup.models import backup_backends

from integrations.sandbox.aws.estate.site import Site, naive


def build(site: Site) -> None:
    """Alarms look at what exists, so this comes last."""
    _alarms(site)
    for region, wanted in site.plan["backup"].items():
        _backup(site, region, wanted)


def _alarms(site: Site) -> None:
    for name, wanted in site.plan["databases"].items():
        if wanted["tags"]["env"] == "prod":
            watch_database(site, name, wanted["region"])
    for wanted in site.plan["database_clusters"].values():
        for name in wanted["instances"]:
            watch_database(site, name, wanted["region"])
    for name, wanted in site.plan["load_balancers"].items():
        if name != "staging-app":
            where = {"LoadBalancer": site.made[f"load_balancer:{name}"].split("loadbalancer/")[1]}
            _alarm(site, site.region_of(wanted["network"]), f"{name} errors", "AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", where, 20.0)
    for region, queues in site.plan["queues"].items():
        for name in queues:
            _alarm(site, region, f"{name} age", "AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": name}, 900.0)


def watch_database(site: Site, name: str, region: str) -> None:
    """Alarms on a database's load and room."""
    for metric, threshold in (("CPUUtilization", 80.0), ("FreeStorageSpace", 2e10)):
        _alarm(site, region, f"{name} {metric}", "AWS/RDS", metric, {"DBInstanceIdentifier": name}, threshold)


def protect(site: Site, region: str, kind: str, arn: str) -> None:
    """The nightly plan takes this along."""
    site.extras(region).protected_resources.append({"ResourceArn": arn, "ResourceType": kind})


def _alarm(site: Site, region: str, name: str, namespace: str, metric: str, dimensions: dict[str, str], threshold: float) -> None:
    topic = site.made["topic:operations-alerts" if region == site.plan["home"] else "topic:recovery-alerts"]
    site.client("cloudwatch", region).put_metric_alarm(
        AlarmName=name,
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        Statistic="Average",
        Period=300,
        EvaluationPeriods=3,
        Threshold=threshold,
        ComparisonOperator="GreaterThanThreshold",
        ActionsEnabled=True,
        AlarmActions=[topic],
    )


def _backup(site: Site, region: str, wanted: dict[str, Any]) -> None:
    client = site.client("backup", region)
    key = site.made["key:databases" if region == site.plan["home"] else "key:recovery"]
    client.create_backup_vault(BackupVaultName=wanted["vault"], EncryptionKeyArn=key, BackupVaultTags={"env": "prod"})
    backup_backends[site.sandbox.account][region].vaults[wanted["vault"]].locked = wanted["locked"]
    rule = {"RuleName": "nightly", "TargetBackupVaultName": wanted["vault"], "ScheduleExpression": "cron(0 3 * * ? *)"}
    client.create_backup_plan(BackupPlan={"BackupPlanName": f"{wanted['vault']}-nightly", "Rules": [rule]}, BackupPlanTags={"env": "prod"})
    kinds = [("RDS", [site.made[f"database:{name}"] for name in wanted["databases"]])]
    kinds.append(("DynamoDB", [site.made[f"table:{name}"] for name in wanted["tables"]]))
    buckets = [name for name, bucket in site.plan["buckets"].items() if bucket["region"] == region and bucket["versioning"]]
    files = [site.made[f"file_system:{name}"] for name, one in site.plan["file_systems"].items() if one["region"] == region]
    kinds.append(("S3", [f"arn:aws:s3:::{name}" for name in buckets]))
    where = f"arn:aws:elasticfilesystem:{region}:{site.sandbox.account}:file-system"
    kinds.append(("EFS", [f"{where}/{identifier}" for identifier in files]))
    for kind, arns in kinds:
        for arn in arns:
            protect(site, region, kind, arn)
    for days, kind, arn in ((74, "RDS", kinds[0][1][0]), (71, "DynamoDB", kinds[1][1][0])):
        record_restore(site, region, kind, arn, days_ago=days)
    schedule = {
        "RestoreTestingPlanArn": f"arn:aws:backup:{region}:{site.sandbox.account}:restore-testing-plan:quarterly",
        "RestoreTestingPlanName": "quarterly",
        "ScheduleExpression": "cron(0 6 1 1/3 ? *)",
        "CreationTime": naive(site.ago(300)),
    }
    site.extras(region).restore_testing_plans.append(schedule)


def record_restore(site: Site, region: str, kind: str, arn: str, *, days_ago: float, status: str = "COMPLETED") -> None:
    """A restore job that ended then."""
    jobs = site.extras(region).restore_jobs
    ended = naive(site.ago(days_ago)).replace(microsecond=0)
    jobs.append(
        {
            "AccountId": site.sandbox.account,
            "RestoreJobId": f"{len(jobs) + 1:08d}-0000-4000-8000-restoretest00",
            "RecoveryPointArn": f"arn:aws:backup:{region}:{site.sandbox.account}:recovery-point:{kind.lower()}-{len(jobs) + 1}",
            "SourceResourceArn": arn,
            "CreationDate": ended - timedelta(minutes=40),
            "CompletionDate": ended,
            "Status": status,
            "PercentDone": "100.00%",
            "BackupSizeInBytes": 21474836480,
            "IamRoleArn": site.made["role:backup"],
            "ResourceType": kind,
        }
    )
