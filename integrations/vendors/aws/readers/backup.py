"""Reads what is backed up, where backups are kept, and which were ever brought back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from integrations.transport.contract import Completeness, Mode, Observation, Stream
from integrations.vendors.aws.collectors.backup import v1 as collector
from integrations.vendors.aws.reading import Reader, Reading

LIST_VAULTS, ACCESS = "backup:ListBackupVaults", "backup:GetBackupVaultAccessPolicy"
LOOK_BACK = timedelta(days=365)
OVERLAP = timedelta(days=7)  # a restore that was running at the last look is listed by when it was started

STREAMS = (
    Stream(
        kind="data_resource",
        title="Databases, tables, volumes, file systems and buckets, with their last backup",
        operations=("resourcegroupstaggingapi:GetResources", "backup:ListProtectedResources"),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="A resource that never carried a tag is not listed by AWS here. No backup's contents are read.",
    ),
    Stream(
        kind="restore_job",
        title="Restores from backup",
        operations=("backup:ListRestoreJobs",),
        completeness=Completeness.LAST_PAGE,
        mode=Mode.INCREMENTAL,
        partition="region",
        keeps="AWS keeps finished restore jobs for a limited time; what was seen once stays recorded here.",
    ),
    Stream(
        kind="backup_vault",
        title="Backup vaults",
        operations=(LIST_VAULTS, ACCESS),
        completeness=Completeness.LAST_PAGE,
        partition="region",
    ),
)


def _data_resources(reading: Reading) -> Iterator[Observation]:
    kind, account = "data_resource", reading.account

    def read(region: str) -> Iterator[Observation]:
        protected, digests = _protected(reading, region)
        given = {"ResourceTypeFilters": sorted(collector.FORMS)}
        for page in reading.client.call(operation="resourcegroupstaggingapi:GetResources", region=region, parameters=given, kind=kind):
            rows = page.data.get("ResourceTagMappingList", ())
            yield from reading.facts(
                kind, page, rows, lambda row: collector.data_resources([row], protected, account, region), also=digests
            )

    yield from reading.by_region(kind, read)


def _protected(reading: Reading, region: str) -> tuple[dict[str, Any], list[str]]:
    pages = list(reading.client.call(operation="backup:ListProtectedResources", region=region, kind="data_resource"))
    return {each["ResourceArn"]: each for page in pages for each in page.data.get("Results", ())}, [page.digest for page in pages]


def _restore_jobs(reading: Reading) -> Iterator[Observation]:
    kind, account, partition = "restore_job", reading.account, reading.partition
    now = reading.context.now()
    since = _since(reading, now)

    def read(region: str) -> Iterator[Observation]:
        given = {"ByCreatedAfter": since}
        for page in reading.client.call(operation="backup:ListRestoreJobs", region=region, parameters=given, kind=kind):
            rows = page.data.get("RestoreJobs", ())
            yield from reading.facts(kind, page, rows, lambda row: collector.restore_jobs([row], account, region, partition))

    yield from reading.by_region(kind, read)
    reading.context.advance(kind, {"since": (now - OVERLAP).isoformat()})


def _since(reading: Reading, now: datetime) -> datetime:
    known = reading.context.cursor("restore_job").get("since")
    if known:
        return datetime.fromisoformat(known)
    earliest = now - LOOK_BACK
    return min(earliest, reading.context.since) if reading.context.since else earliest


def _vaults(reading: Reading) -> Iterator[Observation]:
    kind = "backup_vault"

    def read(region: str) -> Iterator[Observation]:
        for page in reading.client.call(operation=LIST_VAULTS, region=region, kind=kind):
            for entry in page.data.get("BackupVaultList", ()):
                given = {"BackupVaultName": entry.get("BackupVaultName", "")}
                access = reading.part(
                    kind, ACCESS, lambda given=given: reading.client.one(operation=ACCESS, region=region, parameters=given, kind=kind)
                )
                policy = None if access is None else access.data.get("Policy", "")
                also = [access.digest] if access else []
                yield from reading.facts(
                    kind, page, [entry], lambda row, policy=policy: [collector.backup_vault(row, policy, region)], also=also
                )

    yield from reading.by_region(kind, read)


READERS: dict[str, Reader] = {"data_resource": _data_resources, "restore_job": _restore_jobs, "backup_vault": _vaults}
