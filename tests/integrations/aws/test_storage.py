"""S3 through HTTP: what is set at AWS is what the checks judge."""

import json

import pytest
from moto.s3control.models import s3control_backends

from controls.outcomes import Outcome
from evidence.facts.object_store.v1 import ObjectStore, PublicBlock
from integrations.errors import PermissionMissing
from integrations.sandbox.aws.server import Sandbox
from integrations.vendors.aws.collectors.storage.v1 import BucketAnswers, Trail, object_store
from tests.controls.checks.judging import outcome
from tests.integrations.aws.scanning import HOME, owner, reading, stored

KIND = ObjectStore.KIND
ALL_ON = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
CHECKS = {
    "aws.s3.block_public_access",
    "aws.s3.policy_not_public",
    "aws.s3.kms_for_confidential",
    "aws.s3.tls_only",
    "aws.s3.versioning_prod",
    "aws.s3.access_logging",
}


def create(aws: Sandbox, name: str, region: str = HOME, **more) -> None:
    placed = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    owner(aws, "s3", region).create_bucket(Bucket=name, **placed, **more)


def tls_policy(name: str) -> str:
    arn = f"arn:aws:s3:::{name}"
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]})


@pytest.fixture
def guarded(aws: Sandbox) -> Sandbox:
    """An account with one bucket that has everything, and one that has nothing."""
    create(aws, "fernhill-orders")
    create(aws, "fernhill-logs")
    s3 = owner(aws, "s3")
    s3.put_public_access_block(Bucket="fernhill-orders", PublicAccessBlockConfiguration=ALL_ON)
    s3.put_bucket_policy(Bucket="fernhill-orders", Policy=tls_policy("fernhill-orders"))
    s3.put_bucket_versioning(Bucket="fernhill-orders", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket="fernhill-orders", Tagging={"TagSet": [{"Key": "classification", "Value": "confidential"}]})
    s3.put_bucket_acl(Bucket="fernhill-logs", ACL="log-delivery-write")
    target = {"LoggingEnabled": {"TargetBucket": "fernhill-logs", "TargetPrefix": "orders/"}}
    s3.put_bucket_logging(Bucket="fernhill-orders", BucketLoggingStatus=target)
    by_key = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:aws:kms:eu-central-1:123456789012:key/orders"}
    s3.put_bucket_encryption(
        Bucket="fernhill-orders", ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": by_key}]}
    )
    s3.put_bucket_lifecycle_configuration(
        Bucket="fernhill-orders",
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "retention",
                    "Status": "Enabled",
                    "Filter": {},
                    "Expiration": {"Days": 300},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                },
                {"ID": "exports", "Status": "Enabled", "Filter": {"Prefix": "exports/"}, "Expiration": {"Days": 7}},
                {"ID": "off", "Status": "Disabled", "Filter": {}, "Expiration": {"Days": 1}},
            ]
        },
    )
    return aws


def read(aws: Sandbox, **more) -> dict[str, ObjectStore]:
    with reading(aws, (KIND,), **more) as reader:
        found = reader.facts(KIND)
        assert reader.context.faults(KIND) == ()
        return found


def test_a_guarded_bucket_passes_every_check(guarded):
    bucket = read(guarded)["fernhill-orders"]
    assert {check: outcome(check, bucket) for check in CHECKS} == dict.fromkeys(CHECKS, Outcome.PASS)
    assert outcome("aws.s3.lifecycle_vs_policy", bucket, retention_days=365) is Outcome.PASS
    assert outcome("aws.s3.lifecycle_vs_policy", bucket, retention_days=329) is Outcome.FAIL
    assert [(each.name, each.whole) for each in bucket.expirations] == [("exports", False), ("retention", True)]


def test_a_bucket_without_any_configuration_fails_and_nothing_is_a_fault(aws):
    create(aws, "fernhill-bare")
    bucket = read(aws)["fernhill-bare"]
    failing = CHECKS - {"aws.s3.kms_for_confidential", "aws.s3.policy_not_public"}
    assert {check: outcome(check, bucket) for check in failing} == dict.fromkeys(failing, Outcome.FAIL)
    assert outcome("aws.s3.kms_for_confidential", bucket) is Outcome.NOT_APPLICABLE
    assert outcome("aws.s3.policy_not_public", bucket) is Outcome.PASS
    assert (bucket.block, bucket.policy, bucket.tags, bucket.expirations) == (PublicBlock(), "", (), ())


def test_switches_of_the_account_count_for_every_bucket(aws):
    create(aws, "fernhill-bare")
    s3control_backends[aws.account]["aws"].put_public_access_block(aws.account, ALL_ON)
    assert outcome("aws.s3.block_public_access", read(aws)["fernhill-bare"]) is Outcome.PASS


def test_switches_of_account_and_bucket_add_up(aws):
    create(aws, "fernhill-half")
    half = {**ALL_ON, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}
    owner(aws, "s3").put_public_access_block(Bucket="fernhill-half", PublicAccessBlockConfiguration=half)
    assert outcome("aws.s3.block_public_access", read(aws)["fernhill-half"]) is Outcome.FAIL
    other = {name: not value for name, value in half.items()}
    s3control_backends[aws.account]["aws"].put_public_access_block(aws.account, other)
    assert outcome("aws.s3.block_public_access", read(aws)["fernhill-half"]) is Outcome.PASS


def test_a_bucket_whose_list_lets_the_public_in_fails(aws):
    create(aws, "fernhill-site", ACL="public-read")
    create(aws, "fernhill-share", ACL="authenticated-read")
    found = read(aws)
    assert {name: outcome("aws.s3.policy_not_public", fact) for name, fact in found.items()} == dict.fromkeys(found, Outcome.FAIL)


def test_a_bucket_with_a_public_policy_fails(aws):
    create(aws, "fernhill-site")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::fernhill-site/*"}
    owner(aws, "s3").put_bucket_policy(Bucket="fernhill-site", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert outcome("aws.s3.policy_not_public", read(aws)["fernhill-site"]) is Outcome.FAIL


def trail(aws: Sandbox, selectors: dict) -> None:
    create(aws, "fernhill-trail")
    cloudtrail = owner(aws, "cloudtrail")
    cloudtrail.create_trail(Name="main", S3BucketName="fernhill-trail", IsMultiRegionTrail=True)
    cloudtrail.put_event_selectors(TrailName="main", **selectors)


def recorded_by(selectors: dict, *, status: bool = True, **row) -> tuple[str, ...] | None:
    """The trails that the bucket's fact names when one trail has these selectors."""
    described = {"Name": "main", "IsMultiRegionTrail": True, "HomeRegion": HOME, **row}
    answers = BucketAnswers(trails=(Trail(row=described, status={"IsLogging": status}, selectors=selectors),))
    return object_store(name="fernhill-orders", arn="arn:aws:s3:::fernhill-orders", region=HOME, answers=answers).audit_trails


def data_events(*values: str, mode: str = "All") -> dict:
    resource = {"Type": "AWS::S3::Object", "Values": list(values)}
    return {"EventSelectors": [{"ReadWriteType": mode, "IncludeManagementEvents": True, "DataResources": [resource]}]}


def advanced(*fields: dict) -> dict:
    base = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]
    return {"AdvancedEventSelectors": [{"Name": "objects", "FieldSelectors": [*base, *fields]}]}


@pytest.mark.parametrize(
    "selectors",
    [
        data_events("arn:aws:s3"),
        data_events("arn:aws:s3:::fernhill-orders/"),
        {"EventSelectors": [data_events("arn:aws:s3", mode=mode)["EventSelectors"][0] for mode in ("ReadOnly", "WriteOnly")]},
        advanced(),
        advanced({"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::fernhill-orders/"]}),
    ],
)
def test_data_events_that_record_every_read_and_write_count(selectors):
    assert recorded_by(selectors) == ("main",)


@pytest.mark.parametrize(
    "selectors",
    [
        {},
        data_events("arn:aws:s3:::fernhill-orders/private"),
        data_events("arn:aws:s3:::other/"),
        data_events("arn:aws:s3", mode="WriteOnly"),
        advanced({"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::fernhill-orders/private"]}),
        advanced({"Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:::other/"]}),
        advanced({"Field": "readOnly", "Equals": ["false"]}),
        advanced({"Field": "eventName", "Equals": ["DeleteObject"]}),
    ],
)
def test_data_events_that_leave_something_out_do_not_count(selectors):
    assert recorded_by(selectors) == ()


def test_a_trail_of_another_region_or_one_that_is_off_does_not_count():
    everything = data_events("arn:aws:s3")
    assert recorded_by(everything, status=False) == ()
    assert recorded_by(everything, IsMultiRegionTrail=False, HomeRegion="us-east-1") == ()


def test_a_trail_that_records_objects_stands_in_for_an_access_log_while_it_is_on(aws):
    create(aws, "fernhill-orders")
    trail(aws, data_events("arn:aws:s3:::fernhill-orders/"))
    assert outcome("aws.s3.access_logging", read(aws)["fernhill-orders"]) is Outcome.FAIL
    owner(aws, "cloudtrail").start_logging(Name="main")
    assert outcome("aws.s3.access_logging", read(aws)["fernhill-orders"]) is Outcome.PASS


DENIED = {
    "s3:GetPublicAccessBlock": "aws.s3.block_public_access",
    "s3control:GetPublicAccessBlock": "aws.s3.block_public_access",
    "s3:GetBucketPolicyStatus": "aws.s3.policy_not_public",
    "s3:GetBucketAcl": "aws.s3.policy_not_public",
    "s3:GetBucketEncryption": "aws.s3.kms_for_confidential",
    "resourcegroupstaggingapi:GetResources": "aws.s3.kms_for_confidential",
    "s3:GetBucketPolicy": "aws.s3.tls_only",
    "s3:GetBucketVersioning": "aws.s3.versioning_prod",
    "s3:GetBucketLifecycleConfiguration": "aws.s3.lifecycle_vs_policy",
    "s3:GetBucketLogging": "aws.s3.access_logging",
    "cloudtrail:DescribeTrails": "aws.s3.access_logging",
}


def test_denied_calls_leave_their_fields_unknown_and_are_reported_once_each(guarded):
    for operation in DENIED:
        guarded.faults.add(operation, "denied", times=1000)
    with reading(guarded, (KIND,)) as reader:
        bucket = reader.facts(KIND)["fernhill-orders"]
        faults = reader.context.faults(KIND)
    assert sorted((type(fault).__name__, fault.operation, fault.partition) for fault in faults) == sorted(
        (PermissionMissing.__name__, operation, "") for operation in DENIED
    )
    assert {check: outcome(check, bucket) for check in DENIED.values()} == dict.fromkeys(DENIED.values(), Outcome.NO_DATA)


def test_one_denied_call_leaves_the_other_fields_alone(guarded):
    guarded.faults.add("s3:GetBucketPolicy", "denied", times=1000)
    with reading(guarded, (KIND,)) as reader:
        bucket = reader.facts(KIND)["fernhill-orders"]
    assert bucket.policy is None
    others = CHECKS - {"aws.s3.tls_only"}
    assert {check: outcome(check, bucket) for check in others} == dict.fromkeys(others, Outcome.PASS)


def test_a_denied_list_means_that_the_stream_was_not_read(guarded):
    guarded.faults.add("s3:ListBuckets", "denied", times=1000)
    with reading(guarded, (KIND,)) as reader, pytest.raises(PermissionMissing):
        reader.observations(KIND)


def test_buckets_of_other_regions_are_read_there_and_left_out_ones_are_said(guarded):
    create(guarded, "fernhill-virginia", "us-east-1")
    create(guarded, "fernhill-ireland", "eu-west-1")
    with reading(guarded, (KIND,), regions=f"{HOME},eu-west-1") as reader:
        found = reader.facts(KIND)
        assert found["fernhill-ireland"].region == "eu-west-1"
        assert "fernhill-virginia" not in found
        assert reader.context.skips(KIND) == (("us-east-1", "not among the regions that this connection reads"),)


def test_a_bucket_costs_at_most_eight_calls(aws):
    for number in range(6):
        create(aws, f"fernhill-{number}")
        owner(aws, "s3").put_bucket_policy(Bucket=f"fernhill-{number}", Policy=tls_policy(f"fernhill-{number}"))
    calls = _calls(aws)
    create(aws, "fernhill-one-more")
    owner(aws, "s3").put_bucket_policy(Bucket="fernhill-one-more", Policy=tls_policy("fernhill-one-more"))
    assert _calls(aws) - calls <= 8


def _calls(aws: Sandbox) -> int:
    with reading(aws, (KIND,)) as reader:
        reader.observations(KIND)
        return len(reader.context.ledger)


def test_reading_twice_gives_the_same_facts(guarded):
    assert read(guarded) == read(guarded)


def test_every_page_that_a_fact_came_from_is_kept(guarded):
    with reading(guarded, (KIND,)) as reader:
        observation = next(each for each in reader.observations(KIND) if each.fact.name == "fernhill-orders")
        pages = stored(reader, observation)
    assert any(b"aws:SecureTransport" in page for page in pages.values())
    assert any(b"orders/" in page for page in pages.values())
