"""Reads image repositories and Kubernetes clusters."""

from collections.abc import Iterator
from functools import partial

from evidence.facts.image_repository.v1 import ImageRepository
from evidence.facts.kubernetes_cluster.v1 import KubernetesCluster
from integrations.transport.contract import Completeness, Observation, Stream
from integrations.vendors.aws.client import AwsPage
from integrations.vendors.aws.collectors.containers import v1 as collector
from integrations.vendors.aws.collectors.typed import rows
from integrations.vendors.aws.readers.fan import for_each_present
from integrations.vendors.aws.reading import Reader, Reading

_SCANNING, _CLUSTER = "ecr:GetRegistryScanningConfiguration", "eks:DescribeCluster"

STREAMS: tuple[Stream, ...] = (
    Stream(
        kind=ImageRepository.KIND,
        title="Container image repositories",
        operations=("ecr:DescribeRepositories", _SCANNING),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="images and their layers",
    ),
    Stream(
        kind=KubernetesCluster.KIND,
        title="Kubernetes clusters",
        operations=("eks:ListClusters", _CLUSTER),
        completeness=Completeness.LAST_PAGE,
        partition="region",
        never="anything inside a cluster",
    ),
)


def read_repositories(reading: Reading) -> Iterator[Observation]:
    """Image repositories of every region."""
    yield from reading.by_region(ImageRepository.KIND, partial(_repositories, reading))


def _repositories(reading: Reading, region: str) -> Iterator[Observation]:
    kind = ImageRepository.KIND
    pages = reading.client.call(operation="ecr:DescribeRepositories", region=region, parameters={"maxResults": 1000}, kind=kind)
    listed = [(row, page) for page in pages for row in rows(page.data, "repositories")]
    if not listed:
        return
    registry = reading.part(kind, _SCANNING, lambda: reading.client.one(operation=_SCANNING, region=region, kind=kind))
    for row, page in listed:
        fact = collector.image_repository(row, region=region, registry=None if registry is None else registry.data)
        yield Observation(fact=fact, pages=(page.digest,) if registry is None else (page.digest, registry.digest))


def read_clusters(reading: Reading) -> Iterator[Observation]:
    """Kubernetes clusters of every region."""
    yield from reading.by_region(KubernetesCluster.KIND, partial(_clusters, reading))


def _clusters(reading: Reading, region: str) -> Iterator[Observation]:
    kind = KubernetesCluster.KIND
    pages = reading.client.call(operation="eks:ListClusters", region=region, kind=kind)
    listed = [(name, page) for page in pages for name in collector.names(page.data)]

    def read(found: tuple[str, AwsPage]) -> Observation | None:
        name, page = found
        gone = frozenset({"ResourceNotFoundException"})
        answer = reading.client.one(operation=_CLUSTER, region=region, parameters={"name": name}, kind=kind, absent=gone)
        if answer.absent:
            return None
        return Observation(fact=collector.kubernetes_cluster(answer.data, region=region), pages=(page.digest, answer.digest))

    yield from for_each_present(listed, read)


READERS: dict[str, Reader] = {ImageRepository.KIND: read_repositories, KubernetesCluster.KIND: read_clusters}
