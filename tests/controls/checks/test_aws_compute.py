"""Checks of machines, disks, functions and scaling groups: passing, failing, absent, denied."""

import json
from datetime import UTC, datetime

import pytest

from controls.outcomes import Outcome
from evidence.facts.function.v1 import Function, FunctionUrl
from evidence.facts.scaling_group.v1 import ScalingGroup
from evidence.facts.tag import Tag
from evidence.facts.virtual_machine.v1 import VirtualMachine
from evidence.facts.volume.v1 import Volume
from evidence.facts.volume_default.v1 import VolumeDefault
from evidence.facts.volume_snapshot.v1 import VolumeSnapshot
from tests.controls.checks.judging import judged, outcome


@pytest.mark.parametrize(("on", "expected"), [(True, Outcome.PASS), (False, Outcome.FAIL), (None, Outcome.NO_DATA)])
def test_new_disks_must_be_encrypted_by_default(on, expected):
    assert outcome("aws.ec2.ebs_default_encryption", VolumeDefault(subject="r", encrypted=on)) is expected


@pytest.mark.parametrize(
    ("encrypted", "attached", "expected"),
    [
        (True, ("i-1",), Outcome.PASS),
        (False, ("i-1",), Outcome.FAIL),
        (None, ("i-1",), Outcome.NO_DATA),
        (False, (), Outcome.NOT_APPLICABLE),
    ],
)
def test_a_disk_in_use_must_be_encrypted(encrypted, attached, expected):
    assert outcome("aws.ec2.volume_encrypted", Volume(subject="v", encrypted=encrypted, attached_to=attached)) is expected


@pytest.mark.parametrize(("public", "expected"), [(False, Outcome.PASS), (True, Outcome.FAIL), (None, Outcome.NO_DATA)])
def test_a_public_disk_snapshot_fails(public, expected):
    assert outcome("aws.ec2.snapshot_private", VolumeSnapshot(subject="s", public=public)) is expected


@pytest.mark.parametrize(
    ("enabled", "tokens", "expected"),
    [
        (True, "required", Outcome.PASS),
        (False, "optional", Outcome.PASS),
        (True, "optional", Outcome.FAIL),
        (None, "optional", Outcome.FAIL),
        (True, None, Outcome.NO_DATA),
        (None, None, Outcome.NO_DATA),
    ],
)
def test_the_metadata_service_must_demand_tokens_or_be_off(enabled, tokens, expected):
    machine = VirtualMachine(subject="i", metadata_enabled=enabled, metadata_tokens=tokens)
    assert outcome("aws.ec2.imdsv2", machine) is expected


@pytest.mark.parametrize(
    ("zones", "expected"),
    [(("a", "b"), Outcome.PASS), (("a",), Outcome.FAIL), ((), Outcome.FAIL), (None, Outcome.NO_DATA)],
)
def test_a_scaling_group_spans_two_zones(zones, expected):
    assert outcome("aws.asg.multi_az", ScalingGroup(subject="g", zones=zones)) is expected


def test_a_selector_leaves_other_groups_out():
    group = ScalingGroup(subject="g", zones=("a",), tags=(Tag(key="env", value="test"),))
    assert outcome("aws.asg.multi_az", group, production_tags=["env=prod"]) is Outcome.NOT_APPLICABLE


# -- functions

CLOSED = FunctionUrl(authentication="AWS_IAM")
OPEN = FunctionUrl(authentication="NONE", qualifier="live")


def policy(principal, **condition) -> str:
    return json.dumps(
        {"Statement": [{"Sid": "s", "Effect": "Allow", "Principal": principal, "Action": "lambda:*", "Condition": condition}]}
    )


@pytest.mark.parametrize(
    ("urls", "text", "expected"),
    [
        ((), "", Outcome.PASS),
        ((CLOSED,), "", Outcome.PASS),
        ((), policy({"Service": "s3.amazonaws.com"}), Outcome.PASS),
        ((), policy("*", StringEquals={"aws:PrincipalOrgID": "o-a1b2c3d4e5"}), Outcome.PASS),
        ((CLOSED, OPEN), "", Outcome.FAIL),
        ((OPEN,), None, Outcome.FAIL),
        ((), policy("*"), Outcome.FAIL),
        ((), policy({"AWS": "*"}, StringEquals={"lambda:FunctionUrlAuthType": "NONE"}), Outcome.FAIL),
        (None, policy("*"), Outcome.FAIL),
        (None, "", Outcome.NO_DATA),
        ((), None, Outcome.NO_DATA),
        ((), "no policy", Outcome.NO_DATA),
    ],
)
def test_a_function_that_everyone_can_call_fails(urls, text, expected):
    assert outcome("aws.lambda.no_public_url", Function(subject="f", urls=urls, policy=text)) is expected


def function(runtime: str, package: str = "Zip") -> Function:
    return Function(subject="f", runtime=runtime, package=package)


def test_a_runtime_passes_until_its_deprecation_date():
    judgement = judged("aws.lambda.runtime_supported", function("nodejs22.x"))
    assert judgement.outcome is Outcome.PASS
    assert judgement.holds_until == datetime(2027, 4, 30, tzinfo=UTC)
    assert outcome("aws.lambda.runtime_supported", function("nodejs22.x"), now=datetime(2027, 4, 30, tzinfo=UTC)) is Outcome.FAIL


@pytest.mark.parametrize(
    ("runtime", "package", "expected"),
    [
        ("python3.8", "Zip", Outcome.FAIL),
        ("go1.x", "Zip", Outcome.FAIL),
        ("python9.9", "Zip", Outcome.NO_DATA),
        ("", "Zip", Outcome.NO_DATA),
        ("", "Image", Outcome.NOT_APPLICABLE),
    ],
)
def test_deprecated_unknown_and_absent_runtimes_do_not_pass(runtime, package, expected):
    assert outcome("aws.lambda.runtime_supported", function(runtime, package)) is expected
