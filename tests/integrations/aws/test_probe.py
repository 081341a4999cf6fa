"""Setting a connection up: who the credential is, whether the role demands our ExternalId, which permissions are missing."""

import json

import pytest

from integrations.errors import AuthRevoked
from integrations.sandbox.aws.server import Sandbox
from integrations.transport.context import Context
from integrations.transport.contract import Probe
from integrations.transport.spool import Spool
from integrations.vendors.aws.connector import AwsConnector, DuplicateStream
from tests.integrations.aws.scanning import HOME, owner

KEYS = {"access_key_id": "AKIAFERNHILLTEST0001", "secret_access_key": "not-a-real-secret"}
ROLE = "arn:aws:iam::123456789012:role/plumbline-reader"
OURS = "fernhill-external-id-000000000001"


def role(aws: Sandbox, condition: dict[str, object]) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole", **condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    owner(aws, "iam").create_role(RoleName="plumbline-reader", AssumeRolePolicyDocument=document)


def context(aws: Sandbox, spool: Spool, **settings: str) -> Context:
    given = {"region": HOME, "regions": HOME, "endpoint_url": aws.url, **settings}
    return Context(settings=given, secrets=KEYS, kinds=frozenset(), spool=spool, allow=("127.0.0.0/8",))


def probe(aws: Sandbox, *kinds: str, **settings: str) -> dict[str, Probe]:
    connector = AwsConnector()
    with Spool() as spool:
        found = connector.probe(context(aws, spool, **settings), frozenset(kinds))
        connector.close()
    return {each.operation: each for each in found}


def test_the_account_and_the_identity_are_told(aws: Sandbox) -> None:
    owner(aws, "iam").create_account_alias(AccountAlias="fernhill")
    with Spool() as spool:
        identity = AwsConnector().identify(context(aws, spool))
    assert (identity.account, identity.account_name) == ("123456789012", "fernhill")
    assert identity.principal.startswith("arn:aws:sts::123456789012:")


def test_a_revoked_key_cannot_be_identified(aws: Sandbox) -> None:
    aws.faults.add("sts:GetCallerIdentity", "revoked")
    with Spool() as spool, pytest.raises(AuthRevoked):
        AwsConnector().identify(context(aws, spool))


def test_a_role_that_demands_our_external_id_is_accepted(aws: Sandbox) -> None:
    role(aws, {"Condition": {"StringEquals": {"sts:ExternalId": OURS}}})
    found = probe(aws, "root_user", role_arn=ROLE, external_id=OURS)
    assert {name: each.outcome for name, each in found.items()} == {"sts:AssumeRole": "ok", "iam:GetAccountSummary": "ok"}
    assert aws.counted()["sts:AssumeRole"] == 3  # the right one, none, a wrong one


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({}, "without an ExternalId"),
        ({"Condition": {"StringLike": {"sts:ExternalId": "*"}}}, "with a wrong ExternalId"),
    ],
)
def test_a_role_that_others_could_have_us_assume_is_misconfigured(aws: Sandbox, condition: dict[str, object], said: str) -> None:
    role(aws, condition)
    found = probe(aws, "root_user", role_arn=ROLE, external_id=OURS)
    assert list(found) == ["sts:AssumeRole"], "nothing else is asked with a role that is not safe"
    assert found["sts:AssumeRole"].outcome == "misconfigured"
    assert said in found["sts:AssumeRole"].detail and "sts:ExternalId" in found["sts:AssumeRole"].detail


def test_a_missing_permission_is_named_as_aws_names_it(aws: Sandbox) -> None:
    aws.faults.add("resourcegroupstaggingapi:GetResources", "denied")
    found = probe(aws, "data_resource")
    assert found["resourcegroupstaggingapi:GetResources"].outcome == "missing"
    assert "add tag:GetResources to the role" in found["resourcegroupstaggingapi:GetResources"].detail
    assert found["backup:ListProtectedResources"].outcome == "ok"


def test_only_what_the_kinds_need_is_asked(aws: Sandbox) -> None:
    found = probe(aws, "account")
    assert sorted(found) == ["iam:GenerateCredentialReport", "iam:GetCredentialReport"]


def test_every_kind_has_one_stream_and_every_stream_says_what_it_calls() -> None:
    kinds = [stream.kind for stream in AwsConnector.STREAMS]
    assert len(kinds) == len(set(kinds)) > 40
    assert all(stream.operations and stream.title for stream in AwsConnector.STREAMS)
    assert issubclass(DuplicateStream, ValueError)


def test_a_person_cannot_choose_the_external_id() -> None:
    assert "external_id" in AwsConnector.GENERATED
    assert "external_id" not in {setting.name for setting in AwsConnector.SETTINGS}
    assert "credentials" not in {setting.name for setting in AwsConnector.SETTINGS}, "ambient credentials are for the command line only"
