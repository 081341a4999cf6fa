"""The bed of AWS: users, security groups, secrets and a function in one region, over the sandbox account."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import integrations.vendors.aws
from integrations.errors import (
    AuthExpired,
    AuthRevoked,
    CursorExpired,
    HostilePayload,
    Misconfigured,
    NotLicensed,
    PartialResult,
    PermissionMissing,
    RateLimited,
    SchemaDrift,
    Transient,
    VendorOutage,
)
from integrations.kit.bed import Bed, Trouble, Unknown, World
from integrations.sandbox.aws.server import Sandbox, running
from integrations.transport.context import Context
from integrations.transport.contract import Connector
from integrations.vendors.aws import session
from integrations.vendors.aws.client import AwsClient
from integrations.vendors.aws.connector import AwsConnector
from tests.integrations.aws.scanning import HOME, owner

PLANTED = "planted-9e1c"
LISTS = {
    "account": "iam:GenerateCredentialReport",
    "root_user": "iam:GetAccountSummary",
    "firewall": "ec2:DescribeSecurityGroups",
    "managed_secret": "secretsmanager:ListSecrets",
    "function": "lambda:ListFunctions",
}


def seed(aws: Sandbox) -> None:
    """Three users, seven groups beside the default one, five secrets, and a function with a secret in its environment."""
    for name in ("tom", "jonas", "sam"):
        owner(aws, "iam").create_user(UserName=name)
    network = owner(aws, "ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    for number in range(7):
        owner(aws, "ec2").create_security_group(GroupName=f"group-{number}", Description="a group", VpcId=network)
    for number in range(5):
        owner(aws, "secretsmanager").create_secret(Name=f"secret-{number}", SecretString=PLANTED)
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("intake.py", "def handle(event, context):\n    return None\n")
    role = owner(aws, "iam").create_role(RoleName="functions", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    owner(aws, "lambda").create_function(
        FunctionName="intake", Runtime="python3.12", Role=role, Handler="intake.handle", Code={"ZipFile": code.getvalue()},
        Environment={"Variables": {"DATABASE_PASSWORD": PLANTED}},
    )  # fmt: skip


def trouble(kind: str, fault: str, **more) -> Trouble:
    """The list of a kind gives that fault of the sandbox at every call."""
    return Trouble(kind=kind, script=lambda world: world.twin.faults.add(LISTS[kind], fault), **more)


def without_external_id(world: World) -> None:
    """A role is used whose ExternalId nobody made."""
    world.settings["role_arn"] = "arn:aws:iam::123456789012:role/reader"  # type: ignore[index]


class AwsBed(Bed):
    """See the module."""

    connector = AwsConnector
    counts = {"account": 3, "root_user": 1, "firewall": 8, "managed_secret": 5, "function": 1}
    paged = frozenset({"firewall", "managed_secret"})
    drifting = frozenset({"firewall"})
    empties = frozenset({"managed_secret", "function"})
    shared = frozenset({"ec2:DescribeRegions"})
    private = (PLANTED,)
    private_file = Path(integrations.vendors.aws.__path__[0]) / "private.yaml"
    reads = re.compile(r"[\w-]+:(?:Get|List|Describe|Lookup|Search|BatchGet|GenerateCredentialReport|AssumeRole)\w*")
    troubles = {
        AuthExpired: trouble("account", "expired"),
        AuthRevoked: trouble("account", "revoked"),
        Misconfigured: Trouble(kind="account", script=without_external_id),
        PermissionMissing: trouble("managed_secret", "denied"),
        RateLimited: trouble("managed_secret", "throttle"),
        Transient: trouble("managed_secret", "internal"),
        VendorOutage: trouble("managed_secret", "html"),
        SchemaDrift: trouble("managed_secret", "nul", field=True),
        HostilePayload: trouble("managed_secret", "duplicate_keys"),
    }
    never = {
        NotLicensed: "none of these kinds is bought apart; the codes that mean it are a table in errors.py",
        CursorExpired: "the sandbox keeps its tokens for ever; the codes that mean it are a table in errors.py",
        PartialResult: "the sandbox never hands a token out twice; test_client does so with a server of its own",
    }
    unknowns = (
        Unknown(kind="firewall", field="attached", script=lambda world: world.twin.faults.add("ec2:DescribeNetworkInterfaces", "denied")),
    )

    @contextmanager
    def world(self, *, empty: bool = False) -> Iterator[World]:
        """See Bed."""
        with running(page_size=3) as aws, pytest.MonkeyPatch.context() as patch:
            patch.setattr(session, "MAX_ATTEMPTS", 2)  # so that lasting trouble is over soon
            if not empty:
                seed(aws)
            aws.forget_requests()
            yield World(
                settings={"region": HOME, "regions": HOME, "endpoint_url": aws.url},
                secrets={"access_key_id": "AKIAFERNHILLTEST0001", "secret_access_key": "kit-secret-of-nobody"}, twin=aws,
                requests=lambda: [each.operation for each in aws.requests],
            )  # fmt: skip

    def deny(self, world: World, kind: str) -> None:
        """See Bed."""
        world.twin.faults.add(LISTS[kind], "denied")

    def leave(self, world: World, kind: str) -> str:
        """See Bed."""
        ec2 = owner(world.twin, "ec2")
        group = next(each for each in ec2.describe_security_groups()["SecurityGroups"][:3] if each["GroupName"] != "default")
        ec2.delete_security_group(GroupId=group["GroupId"])
        return f"arn:aws:ec2:{HOME}:123456789012:security-group/{group['GroupId']}"

    def write(self, connector: Connector, context: Context) -> object:
        """See Bed."""
        return AwsClient(context).one(operation="iam:CreateUser", parameters={"UserName": "mallory"})

    def make(self) -> Connector:
        """Without waiting for reports."""
        return AwsConnector(sleep=lambda _seconds: None)
