"""RDS, DynamoDB and the other stores through HTTP: what is set at AWS is what the checks judge."""

from datetime import UTC, datetime

import pytest

from controls.outcomes import Outcome
from evidence.facts.database.v1 import Database
from evidence.facts.database_snapshot.v1 import DatabaseSnapshot
from evidence.facts.database_table.v1 import DatabaseTable
from evidence.facts.datastore.v1 import Datastore
from integrations.errors import PermissionMissing
from integrations.sandbox.aws.server import Sandbox
from integrations.vendors.aws.collectors.databases.v1 import restorable_until, tls_switch
from tests.controls.checks.judging import outcome
from tests.integrations.aws.scanning import HOME, owner, reading

DAILY = {"aws.rds.encrypted", "aws.rds.not_public", "aws.rds.backup_7d", "aws.rds.multi_az", "aws.rds.deletion_protection"}
CHECKS = DAILY | {"aws.rds.tls_required", "aws.rds.minor_upgrades"}


def instance(aws: Sandbox, name: str, region: str = HOME, **more) -> None:
    basics = {"DBInstanceClass": "db.t4g.micro", "MasterUsername": "fernhill", "MasterUserPassword": "not-a-secret", "AllocatedStorage": 20}
    owner(aws, "rds", region).create_db_instance(
        **{"DBInstanceIdentifier": name, "Engine": "postgres", "EngineVersion": "17.2", **basics, **more}
    )


def strict_group(aws: Sandbox) -> str:
    rds = owner(aws, "rds")
    rds.create_db_parameter_group(DBParameterGroupName="strict", DBParameterGroupFamily="postgres17", Description="TLS only")
    force = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(DBParameterGroupName="strict", Parameters=[force])
    return "strict"


def guarded_instance(aws: Sandbox) -> None:
    instance(
        aws,
        "orders",
        StorageEncrypted=True,
        PubliclyAccessible=False,
        BackupRetentionPeriod=7,
        MultiAZ=True,
        DeletionProtection=True,
        AutoMinorVersionUpgrade=True,
        DBParameterGroupName=strict_group(aws),
        Tags=[{"Key": "env", "Value": "production"}],
    )


def databases(aws: Sandbox, **more) -> dict[str, Database]:
    with reading(aws, (Database.KIND,), **more) as reader:
        found = reader.facts(Database.KIND)
        assert reader.context.faults(Database.KIND) == ()
        return found


def now() -> datetime:
    return datetime.now(UTC)


def test_a_guarded_database_passes_every_check(aws):
    guarded_instance(aws)
    orders = databases(aws)["orders"]
    assert {check: outcome(check, orders, now=now()) for check in CHECKS} == dict.fromkeys(CHECKS, Outcome.PASS)
    assert outcome("aws.rds.multi_az", orders, production_tags=["env=production"]) is Outcome.PASS


def test_a_careless_database_fails_every_check(aws):
    instance(
        aws,
        "legacy",
        Engine="mysql",
        EngineVersion="5.7.44",
        PubliclyAccessible=True,
        BackupRetentionPeriod=0,
        AutoMinorVersionUpgrade=False,
    )
    legacy = databases(aws)["legacy"]
    assert {check: outcome(check, legacy, now=now()) for check in CHECKS} == dict.fromkeys(CHECKS, Outcome.FAIL)


def test_a_database_that_stands_without_a_group_of_its_own_offers_no_proof_of_tls(aws):
    instance(aws, "plain")
    assert outcome("aws.rds.tls_required", databases(aws)["plain"]) is Outcome.FAIL


def test_members_of_a_cluster_are_judged_with_it(aws):
    rds = owner(aws, "rds")
    rds.create_db_cluster(
        DBClusterIdentifier="shop",
        Engine="aurora-postgresql",
        EngineVersion="16.4",
        MasterUsername="fernhill",
        MasterUserPassword="not-a-secret",
        StorageEncrypted=True,
        DeletionProtection=True,
        BackupRetentionPeriod=14,
    )
    for name, zone in (("shop-1", "a"), ("shop-2", "b")):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            Engine="aurora-postgresql",
            DBInstanceClass="db.t4g.medium",
            DBClusterIdentifier="shop",
            AvailabilityZone=HOME + zone,
        )
    found = databases(aws)
    assert (found["shop"].form, found["shop"].zones) == ("cluster", (f"{HOME}a", f"{HOME}b"))
    at_cluster = DAILY - {"aws.rds.encrypted", "aws.rds.not_public"}
    assert {check: outcome(check, found["shop"], now=now()) for check in at_cluster} == dict.fromkeys(at_cluster, Outcome.PASS)
    assert {check: outcome(check, found["shop-1"], now=now()) for check in at_cluster} == dict.fromkeys(at_cluster, Outcome.NOT_APPLICABLE)


def test_a_parameter_group_is_read_once_for_all_its_databases(aws):
    strict_group(aws)
    for number in range(5):
        instance(aws, f"orders-{number}", DBParameterGroupName="strict")
    with reading(aws, (Database.KIND,)) as reader:
        assert len(reader.facts(Database.KIND)) == 5
        asked = [each.operation for each in reader.context.ledger.calls()]
    assert asked.count("rds:DescribeDBParameters") == 1


def test_denied_parameters_leave_tls_unknown_and_nothing_else(aws):
    guarded_instance(aws)
    aws.faults.add("rds:DescribeDBParameters", "denied", times=100)
    with reading(aws, (Database.KIND,)) as reader:
        orders = reader.facts(Database.KIND)["orders"]
        [fault] = reader.context.faults(Database.KIND)
    assert fault.operation == "rds:DescribeDBParameters"
    assert outcome("aws.rds.tls_required", orders) is Outcome.NO_DATA
    assert {check: outcome(check, orders, now=now()) for check in DAILY} == dict.fromkeys(DAILY, Outcome.PASS)


def test_a_denied_list_means_that_databases_were_not_read(aws):
    guarded_instance(aws)
    aws.faults.add("rds:DescribeDBInstances", "denied", times=100)
    with reading(aws, (Database.KIND,)) as reader, pytest.raises(PermissionMissing):
        reader.observations(Database.KIND)


def test_one_region_that_fails_makes_the_stream_partial_and_the_others_are_read(aws):
    instance(aws, "orders")
    instance(aws, "orders-ie", "eu-west-1")
    aws.faults.add("rds:DescribeDBInstances", "denied", times=100, region="eu-west-1")
    with reading(aws, (Database.KIND,), regions=f"{HOME},eu-west-1") as reader:
        assert set(reader.facts(Database.KIND)) == {"orders"}
        [fault] = reader.context.faults(Database.KIND)
    assert (fault.kind, fault.partition) == ("permission_missing", "eu-west-1")


def test_reading_twice_gives_the_same_facts_although_the_restorable_time_moves(aws):
    guarded_instance(aws)
    assert databases(aws) == databases(aws)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 1, 11, 59, tzinfo=UTC), "2026-03-01T12:00:00Z"),
        (datetime(2026, 3, 1, 12, 0, tzinfo=UTC), "2026-03-01T12:00:00Z"),
        (datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC), "2026-03-01T18:00:00Z"),
        (datetime(2026, 3, 1, 23, 0, tzinfo=UTC), "2026-03-02T00:00:00Z"),
    ],
)
def test_the_restorable_time_is_kept_to_six_hours(moment, expected):
    assert restorable_until({"LatestRestorableTime": moment}) == expected


def test_a_database_that_was_never_backed_up_has_no_restorable_time():
    assert restorable_until({}) == ""


@pytest.mark.parametrize(
    ("engine", "switch"),
    [
        ("postgres", "rds.force_ssl"),
        ("aurora-postgresql", "rds.force_ssl"),
        ("sqlserver-se", "rds.force_ssl"),
        ("mysql", "require_secure_transport"),
        ("mariadb", "require_secure_transport"),
        ("aurora-mysql", "require_secure_transport"),
        ("docdb", "tls"),
        ("oracle-ee", ""),
        ("db2-se", ""),
    ],
)
def test_each_engine_has_its_own_switch_for_tls(engine, switch):
    assert tls_switch(engine) == switch


# -- snapshots


def snapshots(aws: Sandbox) -> dict[str, DatabaseSnapshot]:
    with reading(aws, (DatabaseSnapshot.KIND,)) as reader:
        found = reader.facts(DatabaseSnapshot.KIND)
        assert reader.context.faults(DatabaseSnapshot.KIND) == ()
        return found


@pytest.fixture
def copied(aws: Sandbox) -> Sandbox:
    """Two plain databases and an encrypted one, each with a manual snapshot."""
    rds = owner(aws, "rds")
    for name, encrypted in (("orders", False), ("users", False), ("sealed", True)):
        instance(aws, name, StorageEncrypted=encrypted)
        rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-copy")
    return aws


def share(aws: Sandbox, name: str, *who: str) -> None:
    owner(aws, "rds").modify_db_snapshot_attribute(DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=list(who))


def test_a_snapshot_shared_with_all_fails_and_one_shared_with_an_account_passes(copied):
    share(copied, "orders-copy", "all")
    share(copied, "users-copy", "210987654321")
    found = snapshots(copied)
    judged = {name: outcome("aws.rds.snapshot_private", fact) for name, fact in found.items()}
    assert judged == {"orders-copy": Outcome.FAIL, "users-copy": Outcome.PASS, "sealed-copy": Outcome.PASS}
    assert found["users-copy"].shared_with == ("210987654321",)


def test_a_public_cluster_snapshot_fails(aws):
    rds = owner(aws, "rds")
    rds.create_db_cluster(DBClusterIdentifier="shop", Engine="aurora-mysql", MasterUsername="fernhill", MasterUserPassword="not-a-secret")
    rds.create_db_cluster_snapshot(DBClusterIdentifier="shop", DBClusterSnapshotIdentifier="shop-copy")
    assert outcome("aws.rds.snapshot_private", snapshots(aws)["shop-copy"]) is Outcome.PASS
    rds.modify_db_cluster_snapshot_attribute(DBClusterSnapshotIdentifier="shop-copy", AttributeName="restore", ValuesToAdd=["all"])
    assert outcome("aws.rds.snapshot_private", snapshots(aws)["shop-copy"]) is Outcome.FAIL


def test_automatic_snapshots_are_not_listed_since_they_cannot_be_shared(aws):
    instance(aws, "orders", BackupRetentionPeriod=7)
    assert snapshots(aws) == {}


def test_only_snapshots_that_can_be_public_are_asked_singly(copied):
    with reading(copied, (DatabaseSnapshot.KIND,)) as reader:
        reader.facts(DatabaseSnapshot.KIND)
        asked = [each.operation for each in reader.context.ledger.calls()]
    assert asked.count("rds:DescribeDBSnapshotAttributes") == 2


def test_denied_attributes_leave_the_snapshot_without_an_answer(copied):
    copied.faults.add("rds:DescribeDBSnapshotAttributes", "denied", times=100)
    with reading(copied, (DatabaseSnapshot.KIND,)) as reader:
        found = reader.facts(DatabaseSnapshot.KIND)
        [fault] = reader.context.faults(DatabaseSnapshot.KIND)
    assert fault.operation == "rds:DescribeDBSnapshotAttributes"
    assert outcome("aws.rds.snapshot_private", found["orders-copy"]) is Outcome.NO_DATA


# -- tables


def table(aws: Sandbox, name: str, *, recoverable: bool) -> None:
    dynamodb = owner(aws, "dynamodb")
    dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    if recoverable:
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})


def test_tables_are_judged_by_their_continuous_backup_on_every_page(aws):
    for number in range(7):
        table(aws, f"orders-{number}", recoverable=number % 2 == 0)
    aws.page_size = 3
    try:
        with reading(aws, (DatabaseTable.KIND,)) as reader:
            found = reader.facts(DatabaseTable.KIND)
    finally:
        aws.page_size = None
    judged = {name: outcome("aws.dynamodb.pitr", fact) for name, fact in found.items()}
    assert judged == {f"orders-{number}": Outcome.PASS if number % 2 == 0 else Outcome.FAIL for number in range(7)}
    assert found["orders-0"].subject == "arn:aws:dynamodb:eu-central-1:123456789012:table/orders-0"


def test_a_table_whose_backups_may_not_be_read_is_without_an_answer(aws):
    table(aws, "orders", recoverable=True)
    aws.faults.add("dynamodb:DescribeContinuousBackups", "denied", times=100)
    with reading(aws, (DatabaseTable.KIND,)) as reader:
        assert outcome("aws.dynamodb.pitr", reader.facts(DatabaseTable.KIND)["orders"]) is Outcome.NO_DATA
        assert [each.operation for each in reader.context.faults(DatabaseTable.KIND)] == ["dynamodb:DescribeContinuousBackups"]


# -- other stores

STORE = "aws.redshift_cache_search.encrypted"


def stores(aws: Sandbox, *, encrypted: bool) -> None:
    owner(aws, "redshift").create_cluster(
        ClusterIdentifier="reports", NodeType="ra3.large", MasterUsername="fernhill", MasterUserPassword="Not1secret", Encrypted=encrypted
    )
    owner(aws, "elasticache").create_replication_group(
        ReplicationGroupId="sessions",
        ReplicationGroupDescription="sessions",
        AtRestEncryptionEnabled=encrypted,
        TransitEncryptionEnabled=encrypted,
    )
    for number in range(6):
        owner(aws, "opensearch").create_domain(DomainName=f"search-{number}", EncryptionAtRestOptions={"Enabled": encrypted})
    owner(aws, "efs").create_file_system(CreationToken="shared", Encrypted=encrypted, Tags=[{"Key": "Name", "Value": "shared"}])


NAMES = {"reports", "sessions", "shared", *(f"search-{number}" for number in range(6))}


@pytest.mark.parametrize(("encrypted", "expected"), [(True, Outcome.PASS), (False, Outcome.FAIL)])
def test_every_kind_of_store_is_judged(aws, encrypted, expected):
    stores(aws, encrypted=encrypted)
    with reading(aws, (Datastore.KIND,)) as reader:
        found = reader.facts(Datastore.KIND)
        assert reader.context.faults(Datastore.KIND) == ()
        asked = [each.operation for each in reader.context.ledger.calls()]
    assert {name: outcome(STORE, fact) for name, fact in found.items()} == dict.fromkeys(NAMES, expected)
    assert asked.count("opensearch:DescribeDomains") == 2


def test_a_cache_outside_every_group_is_seen(aws):
    owner(aws, "elasticache").create_cache_cluster(
        CacheClusterId="single", Engine="redis", CacheNodeType="cache.t4g.micro", NumCacheNodes=1
    )
    with reading(aws, (Datastore.KIND,)) as reader:
        assert outcome(STORE, reader.facts(Datastore.KIND)["single"]) is Outcome.NO_DATA


def test_one_denied_service_means_that_the_stores_were_not_read_whole(aws):
    stores(aws, encrypted=True)
    aws.faults.add("redshift:DescribeClusters", "denied", times=100)
    found = []
    with reading(aws, (Datastore.KIND,)) as reader, pytest.raises(PermissionMissing, match="redshift"):
        found.extend(each.fact.name for each in reader.connector.collect(reader.context, Datastore.KIND))
    assert "reports" not in found
