"""ECR and EKS through HTTP: what is set at AWS is what the checks judge."""

import pytest

from controls.outcomes import Outcome
from evidence.facts.image_repository.v1 import ImageRepository
from evidence.facts.kubernetes_cluster.v1 import KubernetesCluster
from integrations.errors import PermissionMissing
from integrations.sandbox.aws.server import Sandbox
from tests.controls.checks.judging import outcome
from tests.integrations.aws.scanning import owner, reading


def read(aws: Sandbox, kind: str) -> dict:
    with reading(aws, (kind,)) as reader:
        found = reader.facts(kind)
        assert reader.context.faults(kind) == ()
        return found


def repositories(aws: Sandbox) -> None:
    for name, on_push in (("shop/api", False), ("shop/web", False), ("tools", True)):
        owner(aws, "ecr").create_repository(repositoryName=name, imageScanningConfiguration={"scanOnPush": on_push})


def scan_rule(aws: Sandbox, pattern: str, frequency: str = "CONTINUOUS_SCAN") -> None:
    filters = [{"filter": pattern, "filterType": "WILDCARD"}]
    owner(aws, "ecr").put_registry_scanning_configuration(
        scanType="ENHANCED", rules=[{"scanFrequency": frequency, "repositoryFilters": filters}]
    )


def test_repositories_are_judged_by_their_own_switch_and_by_the_registry(aws):
    repositories(aws)
    scan_rule(aws, "*/api")
    judged = {name: outcome("aws.ecr.scan", fact) for name, fact in read(aws, ImageRepository.KIND).items()}
    assert judged == {"shop/api": Outcome.PASS, "shop/web": Outcome.FAIL, "tools": Outcome.PASS}


def test_a_registry_without_rules_scans_nothing(aws):
    repositories(aws)
    assert outcome("aws.ecr.scan", read(aws, ImageRepository.KIND)["shop/api"]) is Outcome.FAIL


def test_a_denied_registry_leaves_only_scanning_repositories_with_an_answer(aws):
    repositories(aws)
    aws.faults.add("ecr:GetRegistryScanningConfiguration", "denied", times=100)
    with reading(aws, (ImageRepository.KIND,)) as reader:
        found = reader.facts(ImageRepository.KIND)
        assert [each.operation for each in reader.context.faults(ImageRepository.KIND)] == ["ecr:GetRegistryScanningConfiguration"]
    assert outcome("aws.ecr.scan", found["shop/api"]) is Outcome.NO_DATA
    assert outcome("aws.ecr.scan", found["tools"]) is Outcome.PASS


def cluster(aws: Sandbox, name: str, access: dict, **more) -> None:
    subnets = [each["SubnetId"] for each in owner(aws, "ec2").describe_subnets()["Subnets"]][:2]
    role = "arn:aws:iam::123456789012:role/clusters"
    owner(aws, "eks").create_cluster(name=name, roleArn=role, resourcesVpcConfig={"subnetIds": subnets, **access}, **more)


ENCRYPTED = [{"resources": ["secrets"], "provider": {"keyArn": "arn:aws:kms:eu-central-1:123456789012:key/1"}}]


def logs(*types: str) -> dict:
    return {"clusterLogging": [{"types": list(types), "enabled": True}, {"types": ["scheduler"], "enabled": False}]}


@pytest.fixture
def clusters(aws: Sandbox) -> Sandbox:
    """A closed, a narrow and an open cluster."""
    cluster(
        aws,
        "closed",
        {"endpointPublicAccess": False, "endpointPrivateAccess": True},
        encryptionConfig=ENCRYPTED,
        logging=logs("api", "audit"),
    )
    office = {"endpointPublicAccess": True, "publicAccessCidrs": ["198.51.100.0/24"]}
    cluster(aws, "narrow", office, encryptionConfig=ENCRYPTED, logging=logs("api"))
    cluster(aws, "open", {"endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]}, logging=logs("api", "audit"))
    return aws


def test_clusters_are_judged_by_who_reaches_their_endpoint(clusters):
    judged = {name: outcome("aws.eks.endpoint_restricted", fact) for name, fact in read(clusters, KubernetesCluster.KIND).items()}
    assert judged == {"closed": Outcome.PASS, "narrow": Outcome.PASS, "open": Outcome.FAIL}


def test_clusters_are_judged_by_encryption_and_logs(clusters):
    judged = {name: outcome("aws.eks.secrets_encrypted_logged", fact) for name, fact in read(clusters, KubernetesCluster.KIND).items()}
    assert judged == {"closed": Outcome.PASS, "narrow": Outcome.FAIL, "open": Outcome.FAIL}


def test_clusters_on_every_page_are_read(clusters):
    clusters.page_size = 1
    try:
        assert set(read(clusters, KubernetesCluster.KIND)) == {"closed", "narrow", "open"}
    finally:
        clusters.page_size = None


@pytest.mark.parametrize("operation", ["eks:ListClusters", "eks:DescribeCluster"])
def test_denied_clusters_are_a_stream_that_was_not_read(clusters, operation):
    clusters.faults.add(operation, "denied", times=100)
    with reading(clusters, (KubernetesCluster.KIND,)) as reader, pytest.raises(PermissionMissing):
        reader.observations(KubernetesCluster.KIND)
