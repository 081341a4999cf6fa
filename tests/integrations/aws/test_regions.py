"""Reading by region: all of them at once, and what a region's trouble means for the whole."""

import pytest

from integrations.errors import AuthRevoked, PermissionMissing, VendorOutage
from integrations.sandbox.aws.server import Sandbox
from integrations.vendors.aws.errors import NotOffered, RegionRefused
from tests.integrations.aws.scanning import owner, reading

THREE = "eu-central-1 eu-west-1 us-east-1"


def test_every_enabled_region_is_read_and_others_are_named(aws: Sandbox) -> None:
    with reading(aws, ("region", "findings_hub"), regions="") as run:
        regions = run.facts("region")
        hubs = run.facts("findings_hub")
    assert {name: (each.enabled, each.read) for name, each in regions.items()} == {
        "ap-east-1": (False, False),
        "eu-central-1": (True, True),
        "eu-west-1": (True, True),
        "me-south-1": (False, False),
        "us-east-1": (True, True),
    }
    assert sorted(hubs) == ["eu-central-1", "eu-west-1", "us-east-1"]


def test_a_region_left_out_by_the_settings_is_said(aws: Sandbox) -> None:
    with reading(aws, ("region",), regions="eu-west-1") as run:
        regions = run.facts("region")
    assert (regions["us-east-1"].enabled, regions["us-east-1"].read) == (True, False)


def test_one_failing_region_makes_the_stream_partial_and_keeps_the_rest(aws: Sandbox) -> None:
    owner(aws, "kms", "us-east-1").create_key(Description="ledger")
    aws.faults.add("kms:ListKeys", "html", region="eu-west-1")
    with reading(aws, ("encryption_key",), regions=THREE) as run:
        assert len(run.observations("encryption_key")) == 1
        (fault,) = run.context.faults("encryption_key")
    assert isinstance(fault, VendorOutage) and fault.partition == "eu-west-1"


def test_a_stream_denied_everywhere_is_not_read(aws: Sandbox) -> None:
    aws.faults.add("kms:ListKeys", "denied")
    with reading(aws, ("encryption_key",), regions=THREE) as run, pytest.raises(PermissionMissing) as raised:
        run.observations("encryption_key")
    assert raised.value.operation == "kms:ListKeys"


def test_a_credential_that_one_region_refuses_is_not_revoked(aws: Sandbox) -> None:
    owner(aws, "kms", "us-east-1").create_key(Description="ledger")
    aws.faults.add("kms:ListAliases", "revoked", region="eu-west-1")
    with reading(aws, ("encryption_key",), regions=THREE) as run:
        assert len(run.observations("encryption_key")) == 1
        (fault,) = run.context.faults("encryption_key")
    assert isinstance(fault, PermissionMissing) and fault.partition == "eu-west-1"


def test_a_credential_that_is_over_ends_the_run(aws: Sandbox) -> None:
    with reading(aws, ("encryption_key",), regions=THREE) as run:
        assert run.connector.identify(run.context).account == "123456789012"
        aws.faults.add("*", "revoked")
        with pytest.raises(AuthRevoked):
            run.observations("encryption_key")


@pytest.mark.parametrize("closed", [RegionRefused, NotOffered])
def test_a_region_closed_by_policy_is_skipped_with_its_reason(aws: Sandbox, closed: type[PermissionMissing]) -> None:
    with reading(aws, ("x",), regions=THREE) as run:
        inside = run.connector._started(run.context)

        def read(region: str) -> list[str]:
            if region == "eu-west-1":
                raise closed("not here", operation="kms:ListKeys")
            return [region]

        assert list(inside.by_region("x", read)) == ["eu-central-1", "us-east-1"]
        assert run.context.skips("x") == (("eu-west-1", "not here"),)
        assert run.context.faults("x") == ()


def test_a_stream_that_policy_closes_everywhere_is_not_read(aws: Sandbox) -> None:
    with reading(aws, ("x",), regions=THREE) as run:
        inside = run.connector._started(run.context)

        def read(region: str) -> list[str]:
            raise RegionRefused(f"refused in {region}", operation="guardduty:ListDetectors")

        with pytest.raises(PermissionMissing):
            list(inside.by_region("x", read))


def test_a_denied_field_is_reported_once_and_stays_unknown(aws: Sandbox) -> None:
    for region in THREE.split():
        owner(aws, "kms", region).create_key(Description="ledger")
    aws.faults.add("kms:GetKeyRotationStatus", "denied")
    with reading(aws, ("encryption_key",), regions=THREE) as run:
        found = [each.fact for each in run.observations("encryption_key")]
        faults = run.context.faults("encryption_key")
    assert [each.rotation for each in found] == [None, None, None]
    assert [(type(each), each.operation, each.partition) for each in faults] == [(PermissionMissing, "kms:GetKeyRotationStatus", "")]


def test_a_key_that_cannot_be_described_is_not_lost(aws: Sandbox) -> None:
    owner(aws, "kms").create_key(Description="ledger")
    aws.faults.add("kms:DescribeKey", "denied")
    with reading(aws, ("encryption_key",)) as run:
        (key,) = [each.fact for each in run.observations("encryption_key")]
    assert (key.state, key.rotation) == ("", None)


def test_an_outage_of_one_field_never_turns_a_known_value_unknown(aws: Sandbox) -> None:
    owner(aws, "kms").create_key(Description="ledger")
    aws.faults.add("kms:GetKeyRotationStatus", "html")
    with reading(aws, ("encryption_key",)) as run, pytest.raises(VendorOutage):
        run.observations("encryption_key")


def test_a_named_subject_is_read_again_in_its_own_region_only(aws: Sandbox) -> None:
    keys = [owner(aws, "kms", region).create_key(Description="ledger")["KeyMetadata"]["Arn"] for region in ("eu-west-1", "us-east-1")]
    owner(aws, "kms", "us-east-1").create_key(Description="other")
    with reading(aws, ("encryption_key",), regions=THREE) as run:
        run.context.only = {"encryption_key": frozenset(keys[1:])}
        assert [each.fact.subject for each in run.observations("encryption_key")] == keys[1:]
        assert {call.partition for call in run.context.ledger.calls() if call.operation.startswith("kms:")} == {"us-east-1"}
