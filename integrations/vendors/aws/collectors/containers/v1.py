"""Image repositories and Kubernetes clusters: from the services' answers to facts."""

from evidence.facts.image_repository.v1 import ImageRepository, ScanRule
from evidence.facts.kubernetes_cluster.v1 import KubernetesCluster
from integrations.vendors.aws.collectors.typed import Row, flag, inner, rows, subject, texts, word


def image_repository(row: Row, *, region: str, registry: Row | None) -> ImageRepository:
    """A repository of DescribeRepositories; `registry` is GetRegistryScanningConfiguration's answer, None when not read."""
    scanning = None if registry is None else inner(registry, "scanningConfiguration")
    return ImageRepository(
        subject=subject(row, "repositoryArn"),
        name=word(row, "repositoryName"),
        region=region,
        scan_on_push=flag(inner(row, "imageScanningConfiguration"), "scanOnPush"),
        scanner=None if scanning is None else word(scanning, "scanType"),
        scan_rules=None if scanning is None else _scan_rules(scanning),
    )


def _scan_rules(scanning: Row) -> tuple[ScanRule, ...]:
    found = (
        ScanRule(
            frequency=word(each, "scanFrequency"),
            filters=tuple(sorted(word(one, "filter") for one in rows(each, "repositoryFilters"))),
        )
        for each in rows(scanning, "rules")
    )
    return tuple(sorted(found, key=lambda each: (each.frequency, each.filters)))


def kubernetes_cluster(answer: Row, *, region: str) -> KubernetesCluster:
    """DescribeCluster's answer."""
    row = inner(answer, "cluster")
    access = inner(row, "resourcesVpcConfig")
    return KubernetesCluster(
        subject=subject(row, "arn"),
        name=word(row, "name"),
        region=region,
        version=word(row, "version"),
        public_endpoint=flag(access, "endpointPublicAccess"),
        private_endpoint=flag(access, "endpointPrivateAccess"),
        public_ranges=texts(access, "publicAccessCidrs") or (() if access else None),
        secrets_key=_secrets_key(row),
        logs=_logs(row),
    )


def _secrets_key(row: Row) -> str:
    covering = [each for each in rows(row, "encryptionConfig") if "secrets" in (texts(each, "resources") or ())]
    return next((word(inner(each, "provider"), "keyArn") for each in covering), "")


def _logs(row: Row) -> tuple[str, ...]:
    on = [each for each in rows(inner(row, "logging"), "clusterLogging") if each.get("enabled") is True]
    return tuple(sorted({kind for each in on for kind in texts(each, "types") or ()}))


def names(answer: Row) -> tuple[str, ...]:
    """Cluster names of one page of ListClusters."""
    return texts(answer, "clusters") or ()
