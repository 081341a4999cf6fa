"""RDS, Redshift, ElastiCache and OpenSearch."""

from typing import Any

from moto.rds.models import rds_backends

from integrations.sandbox.aws.estate.site import Site, naive, tags

FAMILIES = {"postgres": ("postgres16", "rds.force_ssl", "1"), "mysql": ("mysql8.0", "require_secure_transport", "ON")}


def build(site: Site) -> None:
    """Parameter groups first: databases name them."""
    for region in site.plan["regions"]:
        for engine, (family, parameter, value) in FAMILIES.items():
            client, name = site.client("rds", region), f"{engine}-tls"
            client.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily=family, Description="TLS is demanded")
            change = {"ParameterName": parameter, "ParameterValue": value, "ApplyMethod": "immediate"}
            client.modify_db_parameter_group(DBParameterGroupName=name, Parameters=[change])
    for name, wanted in site.plan["databases"].items():
        create_database(site, name, wanted)
        take_snapshot(site, name, wanted["region"], f"{name}-before-upgrade")
    for name, wanted in site.plan["database_clusters"].items():
        _cluster(site, name, wanted)
    _warehouses(site)
    _caches(site)
    _search(site)


def create_database(site: Site, name: str, wanted: dict[str, Any], *, age_days: float = 400) -> None:
    """One instance, available, of that age."""
    region = wanted["region"]
    encrypted = wanted.get("encrypted", True)
    key = {"KmsKeyId": site.made["key:databases" if region == site.plan["home"] else "key:recovery"]} if encrypted else {}
    site.client("rds", region).create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.m6g.large",
        Engine=wanted["engine"],
        EngineVersion=wanted["version"],
        AllocatedStorage=200,
        MasterUsername="fernhill",
        MasterUserPassword="not-a-secret-1",
        StorageEncrypted=encrypted,
        PubliclyAccessible=wanted.get("public", False),
        MultiAZ=wanted["multi_az"],
        DeletionProtection=wanted["protected"],
        BackupRetentionPeriod=wanted["backup_days"],
        AutoMinorVersionUpgrade=True,
        VpcSecurityGroupIds=[site.made["firewall:databases" if region == site.plan["home"] else "firewall:recovery-databases"]],
        DBParameterGroupName=f"{wanted['engine']}-tls",
        Tags=tags(wanted["tags"]),
        **key,
    )
    held = rds_backends[site.sandbox.account][region].databases[name]
    held.created = naive(site.ago(age_days))
    site.made[f"database:{name}"] = held.arn


def delete_database(site: Site, name: str, region: str) -> None:
    """A database goes, without a last snapshot."""
    client = site.client("rds", region)
    client.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
    client.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)


def take_snapshot(site: Site, name: str, region: str, snapshot: str) -> None:
    """A manual snapshot, private."""
    site.client("rds", region).create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=snapshot)


def share_snapshot(site: Site, snapshot: str, region: str, *, with_all: bool) -> None:
    """Everybody may restore a snapshot, or nobody else."""
    change = {"ValuesToAdd": ["all"]} if with_all else {"ValuesToRemove": ["all"]}
    site.client("rds", region).modify_db_snapshot_attribute(DBSnapshotIdentifier=snapshot, AttributeName="restore", **change)


def _cluster(site: Site, name: str, wanted: dict[str, Any]) -> None:
    region = wanted["region"]
    client, group = site.client("rds", region), f"{name}-tls"
    client.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=group, DBParameterGroupFamily="aurora-postgresql15", Description="TLS is demanded"
    )
    change = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    client.modify_db_cluster_parameter_group(DBClusterParameterGroupName=group, Parameters=[change])
    client.create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        EngineVersion=wanted["version"],
        MasterUsername="fernhill",
        MasterUserPassword="not-a-secret-1",
        AvailabilityZones=[f"{region}a", f"{region}b"],
        StorageEncrypted=True,
        KmsKeyId=site.made["key:databases"],
        DeletionProtection=True,
        BackupRetentionPeriod=14,
        DBClusterParameterGroupName=group,
        VpcSecurityGroupIds=[site.made["firewall:databases"]],
        Tags=tags({"env": "prod"}),
    )
    for instance in wanted["instances"]:
        client.create_db_instance(
            DBInstanceIdentifier=instance,
            DBClusterIdentifier=name,
            DBInstanceClass="db.r6g.large",
            Engine="aurora-postgresql",
            StorageEncrypted=True,
            PubliclyAccessible=False,
            VpcSecurityGroupIds=[site.made["firewall:databases"]],
            Tags=tags({"env": "prod"}),
        )


def _warehouses(site: Site) -> None:
    for name, wanted in site.plan["warehouses"].items():
        site.client("redshift", wanted["region"]).create_cluster(
            ClusterIdentifier=name,
            NodeType="ra3.xlplus",
            ClusterType="multi-node",
            NumberOfNodes=2,
            MasterUsername="fernhill",
            MasterUserPassword="Not-a-secret-1",
            Encrypted=wanted["encrypted"],
            PubliclyAccessible=False,
            Tags=tags({"env": "prod"}),
        )


def _caches(site: Site) -> None:
    for name, wanted in site.plan["caches"].items():
        site.client("elasticache", wanted["region"]).create_replication_group(
            ReplicationGroupId=name,
            ReplicationGroupDescription=name,
            Engine="redis",
            CacheNodeType="cache.t4g.small",
            NumCacheClusters=2,
            AutomaticFailoverEnabled=True,
            AtRestEncryptionEnabled=wanted["at_rest"],
            TransitEncryptionEnabled=wanted["transit"],
        )


def _search(site: Site) -> None:
    for name, wanted in site.plan["search_domains"].items():
        site.client("opensearch", wanted["region"]).create_domain(
            DomainName=name,
            EngineVersion="OpenSearch_2.13",
            EncryptionAtRestOptions={"Enabled": wanted["encrypted"]},
            NodeToNodeEncryptionOptions={"Enabled": True},
            DomainEndpointOptions={"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-2019-07"},
        )
