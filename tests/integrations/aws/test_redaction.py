"""Secrets and private fields that AWS sends: nowhere in what is kept, shown or logged; facts are the same without them."""

import importlib
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from botocore.model import Shape

from compliance.pipeline import refresh
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.vault.models import Blob
from compliance.vault.selectors.blobs import read_blob, redactions_of
from controls.services.adoption import adopt_controls, library
from evidence.models import LedgerEntry, Record
from integrations.errors import SchemaDrift
from integrations.sandbox.aws.server import Sandbox
from integrations.services.connections import create_connection, start_connection
from integrations.transport.redaction import Form, redact
from integrations.vendors.aws.connector import AwsConnector
from integrations.vendors.aws.redactions import REDACTIONS
from integrations.vendors.aws.settings import SETTINGS
from tests.integrations.aws.scanning import HOME, owner, reading
from tests.integrations.aws.test_client import EXTERNAL_ID, ROLE, client, trust
from tests.integrations.persons import all_fields, declared, personal_fields

PLANTED = "planted-7f3a9c"
LOCATION = "Functions[].Environment.Variables: dropped"


@pytest.fixture
def planted(aws: Sandbox) -> Iterator[Sandbox]:
    """A function with a secret in its environment, an organization, a subscriber of an alarm."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("intake.py", "def handle(event, context):\n    return None\n")
    role = owner(aws, "iam").create_role(RoleName="functions", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    owner(aws, "lambda").create_function(
        FunctionName="intake", Runtime="python3.12", Role=role, Handler="intake.handle", Code={"ZipFile": code.getvalue()},
        Environment={"Variables": {"DATABASE_PASSWORD": PLANTED}},
    )  # fmt: skip
    owner(aws, "organizations").create_organization(FeatureSet="ALL")
    owner(aws, "organizations").create_account(AccountName="Staging", Email=f"{PLANTED}@fernhill.example")
    yield aws


def test_nothing_of_a_planted_secret_is_in_spool_ledger_facts_or_logs(planted: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), reading(planted, ("function", "cloud_account")) as reader:
        functions, accounts = reader.observations("function"), reader.facts("cloud_account")
        spool = reader.context.spool
        pages = b"\n".join(spool.get(each) for each in spool.digests())
        removed = spool.redactions()
        calls = repr(reader.context.ledger.calls())
    assert [each.fact.name for each in functions] == ["intake"] and "Staging" in accounts
    assert b"intake" in pages and b"Staging" in pages
    assert PLANTED.encode() not in pages
    assert PLANTED not in calls + repr(functions) + repr(accounts) + caplog.text
    assert {words for page in functions[0].pages for words in removed.get(page, ())} == {LOCATION}
    assert ("Accounts[].Email: dropped",) in removed.values()


@pytest.mark.parametrize("answer", ["html", "truncated", "duplicate_keys", "deep", "wrong_types"])
def test_an_answer_that_cannot_be_searched_is_not_kept(planted: Sandbox, answer: str) -> None:
    planted.faults.add("lambda:ListFunctions", answer, times=100)
    with reading(planted, ("function",)) as reader:
        with pytest.raises(Exception, match="answer|web page|broken|documented"):
            reader.observations("function")
        kept = b"".join(reader.context.spool.get(each) for each in reader.context.spool.digests())
        lines = [each for each in reader.context.ledger.calls() if each.operation == "lambda:ListFunctions"]
    assert PLANTED.encode() not in kept
    assert lines and all(each.sha256 == "" and each.fault for each in lines)


def test_an_answer_of_another_shape_says_why_it_was_not_kept(aws: Sandbox) -> None:
    aws.faults.add("organizations:ListAccounts", "wrong_types", times=100)
    owner(aws, "organizations").create_organization(FeatureSet="ALL")
    with client(aws.url) as reader, pytest.raises(SchemaDrift, match="not kept.*documents"):
        reader.one(operation="organizations:ListAccounts")


def test_no_credential_is_in_a_log_line_or_the_ledger_even_at_debug(aws: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    keys = {
        "access_key_id": "AKIAPLANTEDKEY000001",
        "secret_access_key": f"{PLANTED}-secret-access-key",
        "session_token": f"{PLANTED}-token",
    }
    settings = {"role_arn": ROLE, "external_id": EXTERNAL_ID}
    trust(aws)
    with (
        caplog.at_level(logging.DEBUG),
        caplog.at_level(logging.DEBUG, logger="botocore"),
        client(aws.url, secrets=keys, settings=settings) as reader,
    ):
        taken = reader.session.assume_role(ExternalId=EXTERNAL_ID)
        reader.one(operation="iam:ListUsers")
        logging.getLogger("plumbline.test").error("could not sign with %s", keys["secret_access_key"])
        ledger = repr(reader.context.ledger.calls())
        pages = b"".join(reader.context.spool.get(each) for each in reader.context.spool.digests())
    for value in (*keys.values(), taken["secret_key"], taken["token"], EXTERNAL_ID):
        assert value not in caplog.text + ledger
        assert value.encode() not in pages
    assert "could not sign with [redacted]" in caplog.text
    assert any(each.name.startswith("botocore") for each in caplog.records)


def test_a_recorded_run_keeps_no_secret_and_shows_what_was_taken_out(planted: Sandbox, fernhill: Any, settings: Any) -> None:
    object.__setattr__(settings.CONFIGURATION, "outgoing_allow", ("127.0.0.1/32",))
    with scope(fernhill.pk):
        now = datetime.now(UTC)
        adopt_controls(actor=SYSTEM, codes=library(), now=now)
        connection = create_connection(
            actor=SYSTEM, vendor="aws", name="Production", vendor_settings=SETTINGS, external_id="", now=now,
            given={"access_key_id": "AKIATEST", "secret_access_key": "test", "endpoint_url": planted.url, "regions": HOME, "region": HOME},
        )  # fmt: skip
        start_connection(actor=SYSTEM, connection=connection, now=now)
        refresh(connection.pk, beat=False, kinds=frozenset({"function"}))
        record = Record.objects.get(subject__stream__kind="function")
        listed = [each for each in record.pages.split() if redactions_of(each)]
        assert [redactions_of(each) for each in listed] == [(LOCATION,)]
        blobs = b"".join(read_blob(bytes(blob.digest).hex()) for blob in Blob.objects.all())
        ledger = repr(list(LedgerEntry.objects.values_list("parameters", "fault")))
        assert b"intake" in blobs and PLANTED.encode() not in blobs
        assert PLANTED not in ledger + repr(list(Record.objects.values_list("fact", flat=True)))


def test_of_a_workforce_identity_the_user_name_and_the_primary_address_stay() -> None:
    user = {
        "UserId": "u-1", "UserName": "sam", "IdentityStoreId": "d-1", "Birthdate": PLANTED, "PhoneNumbers": [{"Value": PLANTED}],
        "Addresses": [{"StreetAddress": PLANTED}], "Name": {"GivenName": PLANTED}, "DisplayName": PLANTED,
        "Emails": [{"Value": "sam@fernhill.example", "Type": "work", "Primary": True}, {"Value": PLANTED, "Primary": False}],
    }  # fmt: skip
    kept = redact(json.dumps({"Users": [user]}).encode(), REDACTIONS["identitystore:ListUsers"])
    assert json.loads(kept.body) == {
        "Users": [
            {"UserId": "u-1", "UserName": "sam", "IdentityStoreId": "d-1", "Emails": [{"Value": "sam@fernhill.example", "Primary": True}]}
        ]
    }


# -- the table is whole: what the SDK's models mark, and what sounds like it ----------------------------------------------

SECRET = re.compile(
    r"password$|clientsecret|^variables$|userdata$|headervalue|searchstring|emailaddress$|^email$|validationemails|phone|birth", re.I
)
# Marked or named so, and no secret nor about a person; or what a check needs.
HARMLESS = re.compile(
    r"IpAddressV[46]|PrivateIpAddress$|IPAddress$|KMSMasterKeyID$|Accounts\[\]\.Name$|Groups\[\]\.|DistributionList\.Items\[\]\.Comment"
    r"|AllowUsersToChangePassword|UseExistingClientSecret$|ImageConfigResponse\.Error\.Message|RuntimeVersionConfig\.Error\.Message|OwnerInformation$|PhoneNumberFields$"
)


def _marked(shape: Shape, path: tuple[str, ...], seen: frozenset[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(readable path, names on the wire) of members that the model marks as sensitive, or whose name says so."""
    if shape.type_name == "structure" and shape.name not in seen:
        for name, member in shape.members.items():
            inner = (*path, name)
            if member.metadata.get("sensitive") or SECRET.search(name):
                yield ".".join(inner), inner
            yield from _marked(member, inner, seen | {shape.name})
    elif shape.type_name == "list":
        yield from _marked(shape.member, (*path[:-1], f"{path[-1]}[]"), seen)
    elif shape.type_name == "map":
        yield from _marked(shape.value, (*path, "*"), seen)


@pytest.mark.parametrize("operation", sorted({each for stream in AwsConnector.STREAMS for each in stream.operations}))
def test_every_member_that_aws_marks_as_sensitive_is_taken_out_or_known_to_be_harmless(operation: str) -> None:
    service, name = operation.split(":")
    shape = botocore.session.Session().get_service_model(service).operation_model(name).output_shape
    found = {path for path, _names in _marked(shape, (), frozenset())} if shape is not None else set()
    redaction = REDACTIONS.get(operation)
    open_ones = {path for path in found if not HARMLESS.search(path) and not (redaction and _covered(path, redaction))}
    assert open_ones == set(), "add it to integrations/vendors/aws/redactions.py"


def _covered(path: str, redaction: Any) -> bool:
    """Whether a rule takes the member or what holds it out. XML rules name elements, so that their last names are compared."""
    plain = re.sub(r"\[[^\]]*\]", "", path).lower()
    for rule in redaction.rules:
        ruled = re.sub(r"\[[^\]]*\]", "", rule.path).lower()
        if redaction.form is Form.XML:
            if plain.rpartition(".")[2] == ruled.rpartition(".")[2] or f".{ruled.rpartition('.')[2]}." in f".{plain}.":
                return True
        elif plain == ruled or plain.startswith(ruled + "."):
            return True
    return False


@pytest.mark.parametrize("operation", sorted(REDACTIONS))
def test_every_operation_of_the_table_is_one_that_is_read(operation: str) -> None:
    assert operation in {each for stream in AwsConnector.STREAMS for each in stream.operations}


def test_every_field_about_persons_is_declared_with_its_reason() -> None:
    facts = [importlib.import_module(f"evidence.facts.{stream.kind}.v1") for stream in AwsConnector.STREAMS]
    stated = declared("aws")
    undeclared = personal_fields(facts) - set(stated.read) - set(stated.things)
    assert undeclared == set(), "say in integrations/vendors/aws/private.yaml what it is and why it is read"
    assert set(stated.read) | set(stated.things) <= all_fields(facts)
    assert all(each["what"] and each["why"] for each in stated.read.values()) and stated.never
