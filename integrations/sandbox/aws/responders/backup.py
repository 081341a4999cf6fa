"""AWS Backup: jobs, protected resources, restore tests and vault policies."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from moto.backup.models import backup_backends

from integrations.sandbox.aws.responders.answering import Desk, Refused, Responder


def _backup_jobs(desk: Desk) -> Mapping[str, Any]:
    asked = desk.parameters
    state, vault = asked.get("ByState"), asked.get("ByBackupVaultName")
    jobs = [
        job
        for job in desk.region.backup_jobs
        if state in (None, job["State"]) and vault in (None, job["BackupVaultName"]) and _created_within(job, asked)
    ]
    return {"BackupJobs": jobs}


def _restore_jobs(desk: Desk) -> Mapping[str, Any]:
    asked = desk.parameters
    status = asked.get("ByStatus")
    jobs = [job for job in desk.region.restore_jobs if status in (None, job["Status"]) and _created_within(job, asked)]
    return {"RestoreJobs": jobs}


def _created_within(job: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    created = job["CreationDate"].replace(tzinfo=None)
    after, before = asked.get("ByCreatedAfter"), asked.get("ByCreatedBefore")
    return (after is None or created >= after) and (before is None or created <= before)


def _protected(desk: Desk) -> Mapping[str, Any]:
    """Entries without a time of their own were backed up last night."""
    now = desk.clock.now()
    night = now.replace(hour=3, minute=4, second=0, microsecond=0)
    last = night if night <= now else night - timedelta(days=1)
    return {"Results": [{"LastBackupTime": last, **entry} for entry in desk.region.protected_resources]}


def _testing_plans(desk: Desk) -> Mapping[str, Any]:
    return {"RestoreTestingPlans": desk.region.restore_testing_plans}


def _recovery_points(desk: Desk) -> Mapping[str, Any]:
    return {"RecoveryPoints": desk.region.recovery_points.get(desk.parameters["BackupVaultName"], [])}


def _vault_policy(desk: Desk) -> Mapping[str, Any]:
    name = desk.parameters["BackupVaultName"]
    policy = desk.region.vault_policies.get(name)
    if policy is None:
        raise Refused("ResourceNotFoundException", f"Backup vault {name} has no access policy", 400)
    arn = f"arn:aws:backup:{desk.call.region}:{desk.account}:backup-vault:{name}"
    return {"BackupVaultName": name, "BackupVaultArn": arn, "Policy": policy}


def _vault(desk: Desk) -> Mapping[str, Any]:
    name = desk.parameters["BackupVaultName"]
    vault = backup_backends[desk.account][desk.call.region].vaults.get(name)
    if vault is None:
        raise Refused("ResourceNotFoundException", f"Backup vault {name} was not found", 400)
    return {key: value for key, value in vault.to_list_dict().items() if value not in ("", None)}


ANSWERS: Mapping[str, Responder] = {
    "backup:DescribeBackupVault": _vault,
    "backup:GetBackupVaultAccessPolicy": _vault_policy,
    "backup:ListBackupJobs": _backup_jobs,
    "backup:ListProtectedResources": _protected,
    "backup:ListRecoveryPointsByBackupVault": _recovery_points,
    "backup:ListRestoreJobs": _restore_jobs,
    "backup:ListRestoreTestingPlans": _testing_plans,
}
