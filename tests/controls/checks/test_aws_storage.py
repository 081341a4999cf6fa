"""Checks of S3 buckets: passing, failing, absent, denied."""

import json

import pytest

from controls.outcomes import Outcome
from evidence.facts.object_store.v1 import Expiration, Grant, ObjectStore, PublicBlock
from evidence.facts.tag import Tag
from tests.controls.checks.judging import judged, outcome

ARN = "arn:aws:s3:::fernhill-orders"
OPEN = PublicBlock()
CLOSED = PublicBlock(block_lists=True, ignore_lists=True, block_policy=True, restrict_policy=True)
HALF = PublicBlock(block_lists=True, ignore_lists=True)
OTHER_HALF = PublicBlock(block_policy=True, restrict_policy=True)
OWNER = Grant(grantee="fernhill", permission="FULL_CONTROL")
CONFIDENTIAL = (Tag(key="Classification", value="confidential"),)


def bucket(**known) -> ObjectStore:
    return ObjectStore(subject=ARN, name="fernhill-orders", region="eu-central-1", **known)


# -- public access block


@pytest.mark.parametrize(("own", "account"), [(CLOSED, OPEN), (OPEN, CLOSED), (HALF, OTHER_HALF), (CLOSED, None), (None, CLOSED)])
def test_a_bucket_passes_when_each_switch_is_on_for_it_or_for_the_account(own, account):
    assert outcome("aws.s3.block_public_access", bucket(block=own, account_block=account)) is Outcome.PASS


def test_a_bucket_fails_when_a_switch_is_on_nowhere_and_the_reason_names_it():
    judgement = judged("aws.s3.block_public_access", bucket(block=HALF, account_block=HALF))
    assert judgement.outcome is Outcome.FAIL
    assert judgement.reason == "neither bucket nor account has BlockPublicPolicy, RestrictPublicBuckets on"


def test_a_bucket_without_any_setting_fails():
    assert outcome("aws.s3.block_public_access", bucket(block=OPEN, account_block=OPEN)) is Outcome.FAIL


@pytest.mark.parametrize(("own", "account"), [(HALF, None), (None, OPEN), (None, None)])
def test_switches_that_could_not_be_read_leave_the_bucket_without_an_answer(own, account):
    assert outcome("aws.s3.block_public_access", bucket(block=own, account_block=account)) is Outcome.NO_DATA


# -- policy and access list


def test_a_bucket_whose_policy_and_list_name_nobody_else_passes():
    assert outcome("aws.s3.policy_not_public", bucket(public_policy=False, grants=(OWNER,))) is Outcome.PASS


def test_a_public_policy_fails():
    assert outcome("aws.s3.policy_not_public", bucket(public_policy=True, grants=(OWNER,))) is Outcome.FAIL


@pytest.mark.parametrize(("group", "said"), [("everyone", "everyone READ"), ("any_account", "every AWS account READ")])
def test_a_grant_to_everyone_or_to_every_account_fails(group, said):
    judgement = judged(
        "aws.s3.policy_not_public", bucket(public_policy=False, grants=(Grant(grantee="x", group=group, permission="READ"),))
    )
    assert judgement.outcome is Outcome.FAIL
    assert said in judgement.reason


def test_a_public_grant_fails_even_while_the_policy_is_unknown():
    grants = (Grant(grantee="x", group="everyone", permission="READ"),)
    assert outcome("aws.s3.policy_not_public", bucket(public_policy=None, grants=grants)) is Outcome.FAIL


def test_log_delivery_is_not_the_public():
    grants = (Grant(grantee="x", group="log_delivery", permission="WRITE"),)
    assert outcome("aws.s3.policy_not_public", bucket(public_policy=False, grants=grants)) is Outcome.PASS


@pytest.mark.parametrize("known", [{"public_policy": False}, {"grants": (OWNER,)}, {}])
def test_an_unread_policy_status_or_list_is_no_data(known):
    assert outcome("aws.s3.policy_not_public", bucket(**known)) is Outcome.NO_DATA


# -- key of our own


@pytest.mark.parametrize(
    ("encryption", "key", "expected"),
    [
        ("aws:kms", "arn:aws:kms:eu-central-1:123456789012:key/1", Outcome.PASS),
        ("aws:kms:dsse", "arn:aws:kms:eu-central-1:123456789012:key/1", Outcome.PASS),
        ("aws:kms", "", Outcome.FAIL),
        ("aws:kms", "arn:aws:kms:eu-central-1:123456789012:alias/aws/s3", Outcome.FAIL),
        ("AES256", "", Outcome.FAIL),
        ("", "", Outcome.FAIL),
        (None, None, Outcome.NO_DATA),
    ],
)
def test_a_confidential_bucket_needs_a_key_of_our_own(encryption, key, expected):
    assert outcome("aws.s3.kms_for_confidential", bucket(tags=CONFIDENTIAL, encryption=encryption, key=key)) is expected


def test_a_bucket_that_is_not_confidential_is_not_asked_for_a_key():
    assert outcome("aws.s3.kms_for_confidential", bucket(tags=(), encryption="AES256", key="")) is Outcome.NOT_APPLICABLE


def test_without_tags_nobody_knows_whether_a_bucket_is_confidential():
    assert outcome("aws.s3.kms_for_confidential", bucket(encryption="AES256", key="")) is Outcome.NO_DATA


# -- TLS


def policy(**changes) -> str:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [ARN, f"{ARN}/*"]}
    return json.dumps({"Statement": [{**statement, "Condition": {"Bool": {"aws:SecureTransport": "false"}}, **changes}]})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (policy(), Outcome.PASS),
        (policy(Action="s3:GetObject"), Outcome.FAIL),
        ("", Outcome.FAIL),
        (None, Outcome.NO_DATA),
        ("not json", Outcome.NO_DATA),
    ],
)
def test_a_bucket_must_refuse_requests_without_tls(text, expected):
    assert outcome("aws.s3.tls_only", bucket(policy=text)) is expected


# -- versioning


@pytest.mark.parametrize(
    ("versioning", "expected"),
    [("enabled", Outcome.PASS), ("suspended", Outcome.FAIL), ("never", Outcome.FAIL), (None, Outcome.NO_DATA)],
)
def test_versioning_must_be_enabled(versioning, expected):
    assert outcome("aws.s3.versioning_prod", bucket(versioning=versioning)) is expected


def test_a_selector_narrows_versioning_to_data_buckets():
    assert outcome("aws.s3.versioning_prod", bucket(versioning="never", tags=()), data_tags=["data=yes"]) is Outcome.NOT_APPLICABLE
    assert outcome("aws.s3.versioning_prod", bucket(versioning="never"), data_tags=["data=yes"]) is Outcome.NO_DATA


# -- access log


@pytest.mark.parametrize(
    ("target", "trails", "expected"),
    [
        ("fernhill-logs", (), Outcome.PASS),
        ("", ("main",), Outcome.PASS),
        (None, ("main",), Outcome.PASS),
        ("", (), Outcome.FAIL),
        ("", None, Outcome.NO_DATA),
        (None, (), Outcome.NO_DATA),
    ],
)
def test_access_is_logged_by_the_bucket_or_by_a_trail(target, trails, expected):
    assert outcome("aws.s3.access_logging", bucket(log_target=target, audit_trails=trails)) is expected


# -- retention


def rule(**values) -> Expiration:
    return Expiration(**{"name": "retention", "whole": True, **values})


@pytest.mark.parametrize(
    ("rules", "versioning", "expected"),
    [
        ((rule(days=300),), "never", Outcome.PASS),
        ((rule(days=300, old_version_days=65),), "enabled", Outcome.PASS),
        ((rule(days=300), rule(name="old", old_version_days=60)), "enabled", Outcome.PASS),
        ((rule(days=300, old_version_days=66),), "enabled", Outcome.FAIL),
        ((rule(days=300),), "suspended", Outcome.FAIL),
        ((rule(days=366),), "never", Outcome.FAIL),
        ((rule(days=10, whole=False),), "never", Outcome.FAIL),
        ((), "never", Outcome.FAIL),
        (None, "never", Outcome.NO_DATA),
        ((rule(days=300),), None, Outcome.NO_DATA),
    ],
)
def test_data_must_be_gone_within_the_stated_period(rules, versioning, expected):
    assert outcome("aws.s3.lifecycle_vs_policy", bucket(expirations=rules, versioning=versioning), retention_days=365) is expected


def test_without_a_stated_period_there_is_nothing_to_compare_with():
    judgement = judged("aws.s3.lifecycle_vs_policy", bucket(expirations=(rule(days=1),), versioning="never"))
    assert judgement.outcome is Outcome.NO_DATA
    assert "no retention period is stated yet" in judgement.reason
