"""Checks of image repositories and Kubernetes clusters: passing, failing, absent, denied."""

import pytest

from controls.outcomes import Outcome
from evidence.facts.image_repository.v1 import ImageRepository, ScanRule
from evidence.facts.kubernetes_cluster.v1 import KubernetesCluster
from tests.controls.checks.judging import judged, outcome


def repository(**known) -> ImageRepository:
    return ImageRepository(subject="r", name="shop/api", **known)


def scanning(pattern: str, frequency: str = "CONTINUOUS_SCAN") -> tuple[ScanRule, ...]:
    return (ScanRule(frequency=frequency, filters=(pattern,)),)


@pytest.mark.parametrize("pattern", ["*", "shop/*", "*api", "shop/api", "api", "s*p/a*"])
def test_a_repository_that_a_registry_rule_selects_passes(pattern):
    assert outcome("aws.ecr.scan", repository(scan_on_push=False, scan_rules=scanning(pattern))) is Outcome.PASS


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"scan_on_push": True, "scan_rules": ()}, Outcome.PASS),
        ({"scan_on_push": True, "scan_rules": None}, Outcome.PASS),
        ({"scan_on_push": False, "scan_rules": ()}, Outcome.FAIL),
        ({"scan_on_push": False, "scan_rules": scanning("api*")}, Outcome.FAIL),
        ({"scan_on_push": False, "scan_rules": scanning("*", "MANUAL")}, Outcome.FAIL),
        ({"scan_on_push": False, "scan_rules": None}, Outcome.NO_DATA),
        ({"scan_on_push": None, "scan_rules": ()}, Outcome.NO_DATA),
    ],
)
def test_a_repository_must_be_scanned_by_rule_or_by_itself(known, expected):
    assert outcome("aws.ecr.scan", repository(**known)) is expected


def cluster(**known) -> KubernetesCluster:
    return KubernetesCluster(subject="k", name="shop", **known)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"public_endpoint": False}, Outcome.PASS),
        ({"public_endpoint": True, "public_ranges": ("198.51.100.0/24",)}, Outcome.PASS),
        ({"public_endpoint": True, "public_ranges": ("0.0.0.0/0",)}, Outcome.FAIL),
        ({"public_endpoint": True, "public_ranges": ("0.0.0.0/1", "128.0.0.0/1")}, Outcome.FAIL),
        ({"public_endpoint": True, "public_ranges": ()}, Outcome.FAIL),
        ({"public_endpoint": True, "public_ranges": None}, Outcome.NO_DATA),
        ({"public_endpoint": True, "public_ranges": ("somewhere",)}, Outcome.NO_DATA),
        ({"public_endpoint": None}, Outcome.NO_DATA),
    ],
)
def test_a_control_plane_must_not_be_open_to_the_world(known, expected):
    assert outcome("aws.eks.endpoint_restricted", cluster(**known)) is expected


@pytest.mark.parametrize(
    ("key", "logs", "expected"),
    [
        ("arn:key", ("api", "audit"), Outcome.PASS),
        ("", ("api", "audit"), Outcome.FAIL),
        ("arn:key", ("api",), Outcome.FAIL),
        ("arn:key", (), Outcome.FAIL),
        (None, (), Outcome.FAIL),
        (None, ("api", "audit"), Outcome.NO_DATA),
        ("arn:key", None, Outcome.NO_DATA),
    ],
)
def test_secrets_are_encrypted_with_our_key_and_access_is_logged(key, logs, expected):
    assert outcome("aws.eks.secrets_encrypted_logged", cluster(secrets_key=key, logs=logs)) is expected


def test_both_lacks_are_named():
    judgement = judged("aws.eks.secrets_encrypted_logged", cluster(secrets_key="", logs=("api",)))
    assert judgement.reason == "secrets are not encrypted with a key of our own; log types audit are off"
