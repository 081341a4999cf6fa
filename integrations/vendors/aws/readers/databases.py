"""Reads RDS, DynamoDB, Redshift, ElastiCache, OpenSearch and EFS.

Parameter groups are read once each however many databases use them, from the owner's own changes first; of snapshots only
manual unencrypted ones are asked who may restore them, because no others can be public.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from evidence.facts.database.v1 import Database
from evidence.facts.database_snapshot.v1 import DatabaseSnapshot
from evidence.facts.database_table.v1 import DatabaseTable
from evidence.facts.datastore.v1 import Datastore
from evidence.facts.fact import Fact
from integrations.errors import Fault
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.aws.client import AwsPage
from integrations.vendors.aws.collectors.databases import v1 as collector
from integrations.vendors.aws.collectors.databases.v1 import TlsParameter
from integrations.vendors.aws.collectors.typed import Row, rows, texts, word
from integrations.vendors.aws.readers.fan import for_each_present
from integrations.vendors.aws.reading import Reader, Reading

_INSTANCES, _CLUSTERS = "rds:DescribeDBInstances", "rds:DescribeDBClusters"
_PARAMETERS = {"instance": ("rds:DescribeDBParameters", "DBParameterGroupName")}
_PARAMETERS["cluster"] = ("rds:DescribeDBClusterParameters", "DBClusterParameterGroupName")
_NO_GROUP = frozenset({"DBParameterGroupNotFound", "DBParameterGroupNotFoundFault"})
_AT_A_TIME = 5  # names that opensearch:DescribeDomains takes

STREAMS: tuple[Stream, ...] = (
    Stream(
        kind=Database.KIND,
        title="Databases (RDS, Aurora, DocumentDB, Neptune)",
        operations=(_INSTANCES, _CLUSTERS, "rds:DescribeDBParameters", "rds:DescribeDBClusterParameters"),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="what the databases hold, and their logs",
    ),
    Stream(
        kind=DatabaseSnapshot.KIND,
        title="Manual database snapshots",
        operations=(
            "rds:DescribeDBSnapshots",
            "rds:DescribeDBSnapshotAttributes",
            "rds:DescribeDBClusterSnapshots",
            "rds:DescribeDBClusterSnapshotAttributes",
        ),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="what the snapshots hold",
    ),
    Stream(
        kind=DatabaseTable.KIND,
        title="DynamoDB tables",
        operations=("dynamodb:ListTables", "dynamodb:DescribeContinuousBackups"),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="items",
    ),
    Stream(
        kind=Datastore.KIND,
        title="Warehouses, caches, search clusters and file systems",
        operations=(
            "redshift:DescribeClusters",
            "elasticache:DescribeReplicationGroups",
            "elasticache:DescribeCacheClusters",
            "opensearch:ListDomainNames",
            "opensearch:DescribeDomains",
            "efs:DescribeFileSystems",
        ),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="what the stores hold",
    ),
)


def read_databases(reading: Reading) -> Iterator[Observation]:
    """Instances and clusters of every region."""
    yield from reading.by_region(Database.KIND, partial(_databases, reading))


def _databases(reading: Reading, region: str) -> Iterator[Observation]:
    instances = _listed(reading, _INSTANCES, region, Database.KIND, "DBInstances")
    clusters = _listed(reading, _CLUSTERS, region, Database.KIND, "DBClusters")
    for row, page in instances:
        group = "" if word(row, "DBClusterIdentifier") else collector.parameter_group(row)
        tls, pages = _tls(reading, region, "instance", group, word(row, "Engine"))
        yield Observation(fact=collector.instance(row, region=region, tls=tls), pages=(page.digest, *pages))
    members = [row for row, _ in instances]
    for row, page in clusters:
        tls, pages = _tls(reading, region, "cluster", word(row, "DBClusterParameterGroup"), word(row, "Engine"))
        origin = dict.fromkeys((page.digest, *(each.digest for _, each in instances), *pages))
        yield Observation(fact=collector.cluster(row, region=region, members=members, tls=tls), pages=tuple(origin))


def _listed(reading: Reading, operation: str, region: str, kind: str, name: str) -> list[tuple[Row, AwsPage]]:
    return [(row, page) for page in reading.pages(operation, region=region, kind=kind) for row in rows(page.data, name)]


def _tls(reading: Reading, region: str, form: str, group: str, engine: str) -> tuple[TlsParameter | None, tuple[str, ...]]:
    """The engine's switch in the group with the digests it was read from; None when no parameter decides or it was not read."""
    switch = collector.tls_switch(engine)
    if not switch or not group:
        return None, ()
    operation = _PARAMETERS[form][0]
    once = (form, region, group, switch)
    found = reading.part(Database.KIND, operation, lambda: reading.memo(once, partial(_look_up, reading, region, form, group, switch)))
    return (None, ()) if found is None else found


def _look_up(reading: Reading, region: str, form: str, group: str, switch: str) -> tuple[TlsParameter, tuple[str, ...]] | None:
    """What the owner changed is one short page; the whole group, hundreds of parameters, is read only as far as needed. None when
    the group was deleted since."""
    operation, argument = _PARAMETERS[form]
    digests: list[str] = []
    for narrowed in ({"Source": "user"}, {}):
        if narrowed and group.startswith("default."):
            continue  # nobody can change a default group
        parameters = {argument: group, **narrowed}
        for page in reading.client.call(operation=operation, region=region, parameters=parameters, kind=Database.KIND, absent=_NO_GROUP):
            if page.absent:
                return None
            digests.append(page.digest)
            for each in rows(page.data, "Parameters"):
                if each.get("ParameterName") == switch:
                    return TlsParameter(name=switch, value=word(each, "ParameterValue")), tuple(digests)
    return TlsParameter(name=""), tuple(digests)


def read_snapshots(reading: Reading) -> Iterator[Observation]:
    """Manual snapshots of instances and clusters of every region."""
    yield from reading.by_region(DatabaseSnapshot.KIND, partial(_snapshots, reading))


def _snapshots(reading: Reading, region: str) -> Iterator[Observation]:
    yield from _snapshots_of(reading, region, "DBSnapshot", collector.snapshot)
    yield from _snapshots_of(reading, region, "DBClusterSnapshot", collector.cluster_snapshot)


def _snapshots_of(reading: Reading, region: str, name: str, make: Callable[..., DatabaseSnapshot]) -> Iterator[Observation]:
    kind, operation = DatabaseSnapshot.KIND, f"rds:Describe{name}s"
    pages = reading.client.call(operation=operation, region=region, parameters={"SnapshotType": "manual"}, kind=kind)
    listed = [(row, page) for page in pages for row in rows(page.data, f"{name}s") if row.get("SnapshotType", "manual") == "manual"]

    def read(found: tuple[Row, AwsPage]) -> Observation | None:
        row, page = found
        if collector.is_encrypted_snapshot(row):
            nobody = {f"{name}AttributesResult": {f"{name}Attributes": []}}
            return Observation(fact=make(row, region=region, attributes=nobody), pages=(page.digest,))
        asked = f"rds:Describe{name}Attributes"
        answer = reading.part(kind, asked, lambda: _attributes(reading, asked, region, f"{name}Identifier", word(row, f"{name}Identifier")))
        if answer is not None and answer.absent:
            return None
        attributes = None if answer is None else answer.data
        digests = (page.digest,) if answer is None else (page.digest, answer.digest)
        return Observation(fact=make(row, region=region, attributes=attributes), pages=digests)

    yield from for_each_present(listed, read)


def _attributes(reading: Reading, operation: str, region: str, argument: str, name: str) -> AwsPage:
    gone = frozenset({"DBSnapshotNotFound", "DBSnapshotNotFoundFault", "DBClusterSnapshotNotFoundFault"})
    return reading.client.one(operation=operation, region=region, parameters={argument: name}, kind=DatabaseSnapshot.KIND, absent=gone)


def read_tables(reading: Reading) -> Iterator[Observation]:
    """DynamoDB tables of every region."""
    yield from reading.by_region(DatabaseTable.KIND, partial(_tables, reading))


def _tables(reading: Reading, region: str) -> Iterator[Observation]:
    kind, asked = DatabaseTable.KIND, "dynamodb:DescribeContinuousBackups"
    pages = reading.client.call(operation="dynamodb:ListTables", region=region, kind=kind)
    listed = [(name, page) for page in pages for name in texts(page.data, "TableNames") or ()]

    def read(found: tuple[str, AwsPage]) -> Observation | None:
        name, page = found
        answer = reading.part(kind, asked, lambda: _continuous(reading, asked, region, name))
        if answer is not None and answer.absent:
            return None
        arn = reading.arn("dynamodb", f"table/{name}", region)
        fact = collector.table(name, arn=arn, region=region, backups=None if answer is None else answer.data)
        return Observation(fact=fact, pages=(page.digest,) if answer is None else (page.digest, answer.digest))

    yield from for_each_present(listed, read)


def _continuous(reading: Reading, operation: str, region: str, name: str) -> AwsPage:
    gone = frozenset({"TableNotFoundException", "ResourceNotFoundException"})
    return reading.client.one(operation=operation, region=region, parameters={"TableName": name}, kind=DatabaseTable.KIND, absent=gone)


def read_datastores(reading: Reading) -> Iterator[Observation]:
    """Four services, each over every region. One that cannot be read does not keep the others from being read; its fault is raised
    at the end, because the stream was not read whole."""
    first: Fault | None = None
    for read in (_warehouses, _caches, _search_domains, _file_systems):
        try:
            yield from reading.by_region(Datastore.KIND, partial(read, reading))
        except Fault as fault:
            if fault.ends_run:
                raise
            first = first or fault
    if first is not None:
        raise first


def _made(pages: Iterable[AwsPage], name: str, make: Callable[[Row], Fact], also: Iterable[str] = ()) -> Iterator[Observation]:
    for page in pages:
        for row in rows(page.data, name):
            yield Observation(fact=make(row), pages=(page.digest, *also))


def _warehouses(reading: Reading, region: str) -> Iterator[Observation]:
    def make(row: Row) -> Datastore:
        arn = reading.arn("redshift", f"cluster:{word(row, 'ClusterIdentifier')}", region)
        return collector.warehouse(row, arn=arn, region=region)

    yield from _made(reading.client.call(operation="redshift:DescribeClusters", region=region, kind=Datastore.KIND), "Clusters", make)


def _caches(reading: Reading, region: str) -> Iterator[Observation]:
    groups = reading.client.call(operation="elasticache:DescribeReplicationGroups", region=region, kind=Datastore.KIND)
    yield from _made(groups, "ReplicationGroups", partial(collector.cache_group, region=region))
    single = {"ShowCacheClustersNotInReplicationGroups": True}
    pages = reading.client.call(operation="elasticache:DescribeCacheClusters", region=region, parameters=single, kind=Datastore.KIND)
    yield from _made(pages, "CacheClusters", partial(collector.cache_cluster, region=region))


def _search_domains(reading: Reading, region: str) -> Iterator[Observation]:
    pages = list(reading.client.call(operation="opensearch:ListDomainNames", region=region, kind=Datastore.KIND))
    listed = [page.digest for page in pages]
    names = [word(each, "DomainName") for page in pages for each in rows(page.data, "DomainNames")]
    for start in range(0, len(names), _AT_A_TIME):
        parameters = {"DomainNames": names[start : start + _AT_A_TIME]}
        described = reading.client.call(operation="opensearch:DescribeDomains", region=region, parameters=parameters, kind=Datastore.KIND)
        yield from _made(described, "DomainStatusList", partial(collector.search_domain, region=region), listed)


def _file_systems(reading: Reading, region: str) -> Iterator[Observation]:
    pages = reading.client.call(operation="efs:DescribeFileSystems", region=region, kind=Datastore.KIND)
    yield from _made(pages, "FileSystems", partial(collector.file_system, region=region))


READERS: dict[str, Reader] = {
    Database.KIND: read_databases,
    DatabaseSnapshot.KIND: read_snapshots,
    DatabaseTable.KIND: read_tables,
    Datastore.KIND: read_datastores,
}
