"""Databases, their snapshots, key-value tables and other stores of data: from the services' answers to facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from evidence.facts import instants
from evidence.facts.database.v1 import Database
from evidence.facts.database_snapshot.v1 import DatabaseSnapshot
from evidence.facts.database_table.v1 import DatabaseTable
from evidence.facts.datastore.v1 import Datastore
from integrations.vendors.aws.collectors.typed import Row, flag, inner, instant, number, rows, subject, tags, text, texts, word

STEP = timedelta(hours=6)
_STOPPED = frozenset({"stopped", "stopping"})  # other states pass by themselves every day and would only make records
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# The parameter by which an engine demands TLS. Source: RDS and Aurora user guides, "Using SSL/TLS"; DocumentDB and Neptune guides.
_TLS = (
    ("postgres", "rds.force_ssl"),
    ("aurora-postgresql", "rds.force_ssl"),
    ("sqlserver", "rds.force_ssl"),
    ("mysql", "require_secure_transport"),
    ("mariadb", "require_secure_transport"),
    ("aurora", "require_secure_transport"),
    ("docdb", "tls"),
    ("neptune", "neptune_enforce_ssl"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsParameter:
    """What a parameter group says of the engine's switch: `name` empty when the group has none, `value` empty when not set."""

    name: str
    value: str = ""


def tls_switch(engine: str) -> str:
    """Name of the parameter by which an engine demands TLS; empty where no parameter does (Oracle: an option; Db2)."""
    return next((name for start, name in _TLS if engine.startswith(start)), "")


def parameter_group(row: Row) -> str:
    """Name of the parameter group that an instance uses; empty when the row names none."""
    return next((word(each, "DBParameterGroupName") for each in rows(row, "DBParameterGroups")), "")


def restorable_until(row: Row) -> str | None:
    """LatestRestorableTime rounded up to six hours: an instant that moves every five minutes would make a record at every look.
    "" when the vendor gives none."""
    moment = row.get("LatestRestorableTime")
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return ""
    steps = -((_EPOCH - moment) // STEP)
    return instants.to_text(_EPOCH + steps * STEP)


def instance(row: Row, *, region: str, tls: TlsParameter | None) -> Database:
    """An instance of DescribeDBInstances."""
    group = next(iter(rows(row, "DBParameterGroups")), {})
    zones = {word(row, "AvailabilityZone"), word(row, "SecondaryAvailabilityZone")} - {""}
    return Database(
        subject=subject(row, "DBInstanceArn"),
        name=word(row, "DBInstanceIdentifier"),
        region=region,
        form="instance",
        engine=word(row, "Engine"),
        engine_version=word(row, "EngineVersion"),
        cluster=word(row, "DBClusterIdentifier"),
        stopped=word(row, "DBInstanceStatus") in _STOPPED,
        replica=bool(word(row, "ReadReplicaSourceDBInstanceIdentifier") or word(row, "ReadReplicaSourceDBClusterIdentifier")),
        encrypted=flag(row, "StorageEncrypted"),
        public=flag(row, "PubliclyAccessible"),
        backup_days=number(row, "BackupRetentionPeriod"),
        restorable_until=restorable_until(row),
        multi_zone=flag(row, "MultiAZ"),
        zones=tuple(sorted(zones)),
        deletion_protection=flag(row, "DeletionProtection"),
        minor_upgrades=flag(row, "AutoMinorVersionUpgrade"),
        tls_setting=None if tls is None else tls.name,
        tls_value=None if tls is None else tls.value,
        tls_pending=word(group, "ParameterApplyStatus") == "pending-reboot",
        tags=tags(rows(row, "TagList")),
    )


def cluster(row: Row, *, region: str, members: Sequence[Row], tls: TlsParameter | None) -> Database:
    """A cluster of DescribeDBClusters with its members' rows of DescribeDBInstances."""
    own = word(row, "DBClusterIdentifier")
    zones = {word(each, "AvailabilityZone") for each in members if word(each, "DBClusterIdentifier") == own} - {""}
    pending = any(word(each, "DBClusterParameterGroupStatus") == "pending-reboot" for each in rows(row, "DBClusterMembers"))
    return Database(
        subject=subject(row, "DBClusterArn"),
        name=own,
        region=region,
        form="cluster",
        engine=word(row, "Engine"),
        engine_version=word(row, "EngineVersion"),
        stopped=word(row, "Status") in _STOPPED,
        replica=bool(word(row, "ReplicationSourceIdentifier")),
        encrypted=flag(row, "StorageEncrypted"),
        public=flag(row, "PubliclyAccessible"),
        backup_days=number(row, "BackupRetentionPeriod"),
        restorable_until=restorable_until(row),
        multi_zone=flag(row, "MultiAZ"),
        zones=tuple(sorted(zones)),
        deletion_protection=flag(row, "DeletionProtection"),
        minor_upgrades=flag(row, "AutoMinorVersionUpgrade"),
        tls_setting=None if tls is None else tls.name,
        tls_value=None if tls is None else tls.value,
        tls_pending=pending,
        tags=tags(rows(row, "TagList")),
    )


def is_encrypted_snapshot(row: Row) -> bool:
    """Whether a row of either snapshot list is encrypted; such a snapshot cannot be shared with everyone (RDS user guide,
    "Sharing encrypted snapshots")."""
    return bool(flag(row, "Encrypted") or flag(row, "StorageEncrypted"))


def snapshot(row: Row, *, region: str, attributes: Row | None) -> DatabaseSnapshot:
    """A manual snapshot of an instance; `attributes` is DescribeDBSnapshotAttributes' answer, None when it was not read."""
    return DatabaseSnapshot(
        subject=subject(row, "DBSnapshotArn"),
        name=word(row, "DBSnapshotIdentifier"),
        region=region,
        database=word(row, "DBInstanceIdentifier"),
        form="instance",
        created=instant(row, "SnapshotCreateTime"),
        encrypted=flag(row, "Encrypted"),
        shared_with=_shared(attributes, "DBSnapshotAttributesResult", "DBSnapshotAttributes"),
    )


def cluster_snapshot(row: Row, *, region: str, attributes: Row | None) -> DatabaseSnapshot:
    """A manual snapshot of a cluster; `attributes` is DescribeDBClusterSnapshotAttributes' answer."""
    return DatabaseSnapshot(
        subject=subject(row, "DBClusterSnapshotArn"),
        name=word(row, "DBClusterSnapshotIdentifier"),
        region=region,
        database=word(row, "DBClusterIdentifier"),
        form="cluster",
        created=instant(row, "SnapshotCreateTime"),
        encrypted=flag(row, "StorageEncrypted"),
        shared_with=_shared(attributes, "DBClusterSnapshotAttributesResult", "DBClusterSnapshotAttributes"),
    )


def _shared(attributes: Row | None, result: str, listed: str) -> tuple[str, ...] | None:
    if attributes is None:
        return None
    found = [
        texts(each, "AttributeValues") or () for each in rows(inner(attributes, result), listed) if each.get("AttributeName") == "restore"
    ]
    return tuple(sorted(value for values in found for value in values))


def table(name: str, *, arn: str, region: str, backups: Row | None) -> DatabaseTable:
    """A DynamoDB table; `backups` is DescribeContinuousBackups' answer, None when it was not read."""
    status = None
    if backups is not None:
        described = inner(inner(backups, "ContinuousBackupsDescription"), "PointInTimeRecoveryDescription")
        status = text(described, "PointInTimeRecoveryStatus")
    return DatabaseTable(subject=arn, name=name, region=region, continuous_backup=None if status is None else status == "ENABLED")


def warehouse(row: Row, *, arn: str, region: str) -> Datastore:
    """A Redshift cluster."""
    return Datastore(
        subject=arn,
        name=word(row, "ClusterIdentifier"),
        region=region,
        form="warehouse",
        engine="redshift",
        encrypted_at_rest=flag(row, "Encrypted"),
        tags=tags(rows(row, "Tags")),
    )


def cache_group(row: Row, *, region: str) -> Datastore:
    """An ElastiCache replication group."""
    return Datastore(
        subject=subject(row, "ARN"),
        name=word(row, "ReplicationGroupId"),
        region=region,
        form="cache",
        engine=word(row, "Engine") or "redis",
        encrypted_at_rest=flag(row, "AtRestEncryptionEnabled"),
        encrypted_in_transit=flag(row, "TransitEncryptionEnabled"),
    )


def cache_cluster(row: Row, *, region: str) -> Datastore:
    """An ElastiCache cluster outside every replication group (memcached, or a single Redis node)."""
    return Datastore(
        subject=subject(row, "ARN"),
        name=word(row, "CacheClusterId"),
        region=region,
        form="cache",
        engine=word(row, "Engine"),
        encrypted_at_rest=flag(row, "AtRestEncryptionEnabled"),
        encrypted_in_transit=flag(row, "TransitEncryptionEnabled"),
    )


def search_domain(row: Row, *, region: str) -> Datastore:
    """An OpenSearch domain. In transit: plain HTTP is refused and nodes talk encrypted to each other."""
    https = flag(inner(row, "DomainEndpointOptions"), "EnforceHTTPS")
    nodes = flag(inner(row, "NodeToNodeEncryptionOptions"), "Enabled")
    return Datastore(
        subject=subject(row, "ARN"),
        name=word(row, "DomainName"),
        region=region,
        form="search",
        engine="opensearch",
        encrypted_at_rest=flag(inner(row, "EncryptionAtRestOptions"), "Enabled"),
        encrypted_in_transit=None if https is None or nodes is None else https and nodes,
    )


def file_system(row: Row, *, region: str) -> Datastore:
    """An EFS file system."""
    return Datastore(
        subject=subject(row, "FileSystemArn"),
        name=word(row, "Name") or word(row, "FileSystemId"),
        region=region,
        form="files",
        engine="efs",
        encrypted_at_rest=flag(row, "Encrypted"),
        tags=tags(rows(row, "Tags")),
    )
