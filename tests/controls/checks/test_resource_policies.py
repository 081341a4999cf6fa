"""Who a resource policy really lets in, and whether it refuses plain HTTP."""

import json

import pytest

from controls.checks.shared.policies import PolicyError, lets_everyone_in, read_resource_policy, refuses_plain_http

BUCKET = "arn:aws:s3:::fernhill-orders"


def public(statement) -> bool:
    return any(lets_everyone_in(each) for each in read_resource_policy(json.dumps({"Statement": statement})))


def allow(principal="*", condition=None, **more) -> dict:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "lambda:InvokeFunction", **more}
    return statement if condition is None else {**statement, "Condition": condition}


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["arn:aws:iam::123456789012:root", "*"]}, {"aws": "*"}])
def test_a_wildcard_principal_lets_everyone_in(principal):
    assert public(allow(principal))
    assert public([allow(principal)])


def test_allowing_everyone_but_some_lets_everyone_in():
    assert public({"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "*"})


def test_element_names_and_effects_are_read_without_regard_to_case():
    assert public({"effect": "ALLOW", "principal": "*", "ACTION": "*"})


@pytest.mark.parametrize(
    "principal",
    [{"AWS": "123456789012"}, {"AWS": "arn:aws:iam::123456789012:role/app"}, {"Service": "s3.amazonaws.com"}, {"Federated": "x"}],
)
def test_named_principals_and_services_are_not_everyone(principal):
    assert not public(allow(principal))


def test_a_denial_lets_nobody_in():
    assert not public({"Effect": "Deny", "Principal": "*", "Action": "*"})


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"AWS:SourceAccount": "123456789012"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::fernhill-*:123456789012"}},
        {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}},
        {"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "203.0.113.7/32"]}},
        {"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"}},
        {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE", "aws:SourceVpce": "vpce-1a2b3c4d"}},
        {"StringLike": {"aws:userid": "AROAEXAMPLEID123:*"}},
    ],
)
def test_a_condition_that_names_somebody_keeps_strangers_out(condition):
    assert not public(allow(condition=condition))


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        {"StringEquals": {"aws:UserAgent": "fernhill"}},
        {"StringEquals": {"aws:username": "tom"}},
        {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::fernhill-*"}},
        {"StringLike": {"aws:Referer": "https://fernhill.example/*"}},
        {"StringLike": {"aws:SourceAccount": "*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
        {"StringNotEquals": {"aws:SourceAccount": "123456789012"}},
        {"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}},
        {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
        {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}},
        {"StringEquals": {"aws:SourceAccount": []}},
        {},
    ],
)
def test_a_condition_that_strangers_can_meet_keeps_nobody_out(condition):
    assert public(allow(condition=condition))


def refuses(*statements) -> bool:
    return refuses_plain_http(read_resource_policy(json.dumps({"Statement": list(statements)})), BUCKET)


def deny(**changes) -> dict:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [BUCKET, f"{BUCKET}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {name: value for name, value in {**statement, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Principal": {"AWS": "*"}},
        {"Action": "*"},
        {"Action": ["S3:*"]},
        {"Resource": "*"},
        {"Resource": f"{BUCKET}*"},
        {"Condition": {"bool": {"AWS:securetransport": False}}},
        {"Condition": {"BoolIfExists": {"aws:SecureTransport": ["false"]}}},
    ],
)
def test_every_way_of_writing_the_refusal_counts(changes):
    assert refuses(deny(**changes))


def test_bucket_and_objects_may_be_covered_by_two_statements():
    assert refuses(deny(Resource=BUCKET), deny(Resource=f"{BUCKET}/*"))


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}},
        {"Principal": None, "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:role/legacy"}},
        {"Action": "s3:GetObject"},
        {"Action": None, "NotAction": "s3:GetObject"},
        {"Resource": BUCKET},
        {"Resource": [BUCKET, f"{BUCKET}/private/*"]},
        {"Resource": None, "NotResource": f"{BUCKET}/public/*"},
        {"Resource": ["arn:aws:s3:::other", "arn:aws:s3:::other/*"]},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:PrincipalAccount": "123456789012"}}},
        {"Condition": None},
    ],
)
def test_a_refusal_with_a_hole_is_none(changes):
    assert not refuses(deny(**changes))


@pytest.mark.parametrize("text", ["", "no", "[]", "{}", '{"Statement": ["x"]}', '{"Statement": {"Condition": "x"}}', "[" * 100_000])
def test_what_is_no_policy_is_said_to_be_none(text):
    with pytest.raises(PolicyError):
        read_resource_policy(text)
