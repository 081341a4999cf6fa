"""Backups of an AWS account: what has one, where they are kept, and whether any was ever brought back.

Pure: parsed payloads in, facts out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from evidence.facts import instants
from evidence.facts.backup_vault.v1 import BackupVault
from evidence.facts.data_resource.v1 import DataResource
from evidence.facts.restore_job.v1 import RestoreJob
from evidence.facts.tag import ordered

# Types of the tagging API whose resources hold data that AWS Backup can take, and the word AWS Backup has for them.
FORMS = {
    "rds:db": "RDS",
    "rds:cluster": "Aurora",
    "dynamodb:table": "DynamoDB",
    "elasticfilesystem:file-system": "EFS",
    "ec2:volume": "EBS",
    "s3": "S3",
}


def data_resources(
    tagged: Iterable[Mapping[str, Any]], protected: Mapping[str, Mapping[str, Any]], account: str, region: str
) -> Iterator[DataResource]:
    """tagging:GetResources' mappings, joined with backup:ListProtectedResources' entries by ARN."""
    for each in tagged:
        arn = each["ResourceARN"]
        form = form_of(arn)
        if form is None:
            continue
        entry = protected.get(arn)
        tags = ordered((tag.get("Key", ""), tag.get("Value", "")) for tag in each.get("Tags", ()))
        yield DataResource(
            subject=arn,
            name=next((tag.value for tag in tags if tag.key == "Name"), "") or arn.rpartition(":")[2],
            region=region,
            form=form,
            account=account,
            protected=entry is not None,
            last_backup="" if entry is None else _day(entry.get("LastBackupTime")),
            tags=tags,
        )


def form_of(arn: str) -> str | None:
    """The tagging API's type of an ARN, None for what holds no data or cannot be backed up."""
    _arn, _partition, service, _region, _account, rest = arn.split(":", 5)
    if service == "s3":
        return "s3" if "/" not in rest else None
    form = f"{service}:{rest.replace('/', ':').split(':')[0]}"
    return form if form in FORMS else None


def _day(instant: datetime | None) -> str:
    text = instants.to_text(instant)
    return f"{text[:10]}T00:00:00Z" if text else ""


def restore_jobs(listed: Iterable[Mapping[str, Any]], account: str, region: str, partition: str = "aws") -> Iterator[RestoreJob]:
    """backup:ListRestoreJobs' RestoreJobs that are over."""
    for each in listed:
        if each.get("CompletionDate") is None and each.get("Status") in ("PENDING", "RUNNING"):
            continue
        yield RestoreJob(
            subject=f"arn:{partition}:backup:{region}:{account}:restore-job:{each['RestoreJobId']}",
            name=each["RestoreJobId"],
            region=region,
            resource_type=each.get("ResourceType", ""),
            status=str(each.get("Status", "")).upper(),
            created=instants.to_text(each.get("CreationDate")),
            completed=instants.to_text(each.get("CompletionDate")) or "",
            by_plan=bool(each.get("CreatedBy", {}).get("RestoreTestingPlanArn")),
            validation=each.get("ValidationStatus", ""),
        )


def backup_vault(entry: Mapping[str, Any], policy: str | None, region: str) -> BackupVault:
    """backup:ListBackupVaults' entry with GetBackupVaultAccessPolicy's document ("" for none, None when it was not read)."""
    return BackupVault(
        subject=entry["BackupVaultArn"],
        name=entry.get("BackupVaultName", ""),
        region=region,
        locked=entry.get("Locked", False),
        minimum_days=entry.get("MinRetentionDays"),
        maximum_days=entry.get("MaxRetentionDays"),
        key=entry.get("EncryptionKeyArn", ""),
        policy=_canonical(policy),
    )


def _canonical(policy: str | None) -> str | None:
    if not policy:
        return policy
    try:
        return json.dumps(json.loads(policy), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except ValueError:
        return None
