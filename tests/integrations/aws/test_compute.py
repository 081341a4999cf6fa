"""EC2, Lambda and Auto Scaling through HTTP: what is set at AWS is what the checks judge."""

import io
import zipfile

import pytest

from controls.outcomes import Outcome
from evidence.facts.function.v1 import Function
from evidence.facts.scaling_group.v1 import ScalingGroup
from evidence.facts.virtual_machine.v1 import VirtualMachine
from evidence.facts.volume.v1 import Volume
from evidence.facts.volume_default.v1 import VolumeDefault
from evidence.facts.volume_snapshot.v1 import VolumeSnapshot
from integrations.errors import PermissionMissing
from integrations.sandbox.aws.server import Sandbox
from tests.controls.checks.judging import outcome
from tests.integrations.aws.scanning import HOME, owner, reading

IMAGE = "ami-12c6146b"


def read(aws: Sandbox, kind: str, **more) -> dict:
    with reading(aws, (kind,), **more) as reader:
        found = reader.facts(kind)
        assert reader.context.faults(kind) == ()
        return found


def tagged(kind: str, name: str) -> list[dict]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def machine(aws: Sandbox, name: str, **more) -> str:
    made = owner(aws, "ec2").run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1, TagSpecifications=tagged("instance", name), **more)
    return made["Instances"][0]["InstanceId"]


def test_machines_are_judged_by_their_metadata_options_and_ended_ones_are_gone(aws):
    machine(aws, "web", MetadataOptions={"HttpTokens": "required", "HttpEndpoint": "enabled"})
    machine(aws, "old", MetadataOptions={"HttpTokens": "optional", "HttpEndpoint": "enabled"})
    machine(aws, "batch", MetadataOptions={"HttpTokens": "optional", "HttpEndpoint": "disabled"})
    ended = machine(aws, "ended")
    owner(aws, "ec2").terminate_instances(InstanceIds=[ended])
    found = read(aws, VirtualMachine.KIND)
    judged = {name: outcome("aws.ec2.imdsv2", fact) for name, fact in found.items()}
    assert judged == {"web": Outcome.PASS, "old": Outcome.FAIL, "batch": Outcome.PASS}


def test_machines_on_every_page_are_read(aws):
    for number in range(5):
        machine(aws, f"web-{number}")
    aws.page_size = 2
    try:
        assert set(read(aws, VirtualMachine.KIND)) == {f"web-{number}" for number in range(5)}
    finally:
        aws.page_size = None


def test_denied_machines_are_a_stream_that_was_not_read(aws):
    machine(aws, "web")
    aws.faults.add("ec2:DescribeInstances", "denied", times=100)
    with reading(aws, (VirtualMachine.KIND,)) as reader, pytest.raises(PermissionMissing):
        reader.observations(VirtualMachine.KIND)


# -- disks


def volume(aws: Sandbox, name: str, *, encrypted: bool) -> str:
    made = owner(aws, "ec2").create_volume(
        AvailabilityZone=f"{HOME}a", Size=1, Encrypted=encrypted, TagSpecifications=tagged("volume", name)
    )
    return made["VolumeId"]


def test_attached_disks_are_judged_and_loose_ones_are_not(aws):
    web = machine(aws, "web", Placement={"AvailabilityZone": f"{HOME}a"})
    ec2 = owner(aws, "ec2")
    for name, encrypted, device in (("data", True, "/dev/sdf"), ("plain", False, "/dev/sdg")):
        ec2.attach_volume(VolumeId=volume(aws, name, encrypted=encrypted), InstanceId=web, Device=device)
    volume(aws, "loose", encrypted=False)
    found = read(aws, Volume.KIND)
    judged = {name: outcome("aws.ec2.volume_encrypted", found[name]) for name in ("data", "plain", "loose")}
    assert judged == {"data": Outcome.PASS, "plain": Outcome.FAIL, "loose": Outcome.NOT_APPLICABLE}
    assert found["data"].attached_to == (web,)


def test_each_region_has_its_own_default_for_new_disks(aws):
    owner(aws, "ec2", "eu-west-1").enable_ebs_encryption_by_default()
    found = read(aws, VolumeDefault.KIND, regions=f"{HOME},eu-west-1")
    judged = {name: outcome("aws.ec2.ebs_default_encryption", fact) for name, fact in found.items()}
    assert judged == {HOME: Outcome.FAIL, "eu-west-1": Outcome.PASS}
    assert found[HOME].subject == "arn:aws:ec2:eu-central-1:123456789012:ebs-encryption-by-default"


def test_a_region_whose_default_may_not_be_read_is_named(aws):
    aws.faults.add("ec2:GetEbsEncryptionByDefault", "denied", times=100, region="eu-west-1")
    with reading(aws, (VolumeDefault.KIND,), regions=f"{HOME},eu-west-1") as reader:
        assert set(reader.facts(VolumeDefault.KIND)) == {HOME}
        assert [each.partition for each in reader.context.faults(VolumeDefault.KIND)] == ["eu-west-1"]


def snapshot(aws: Sandbox, name: str, *, public: bool) -> None:
    ec2 = owner(aws, "ec2")
    made = ec2.create_snapshot(VolumeId=volume(aws, f"of-{name}", encrypted=False), TagSpecifications=tagged("snapshot", name))
    if public:
        ec2.modify_snapshot_attribute(
            SnapshotId=made["SnapshotId"], Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
        )


def test_public_snapshots_are_found_with_two_calls_however_many_there_are(aws):
    for number in range(6):
        snapshot(aws, f"copy-{number}", public=number == 4)
    with reading(aws, (VolumeSnapshot.KIND,)) as reader:
        found = reader.facts(VolumeSnapshot.KIND)
        asked = [each.operation for each in reader.context.ledger.calls()]
    judged = {name: outcome("aws.ec2.snapshot_private", fact) for name, fact in found.items()}
    assert judged == {f"copy-{number}": Outcome.FAIL if number == 4 else Outcome.PASS for number in range(6)}
    assert asked.count("ec2:DescribeSnapshots") == 2


def test_an_account_without_snapshots_has_none(aws):
    assert read(aws, VolumeSnapshot.KIND) == {}


def test_denied_snapshots_are_a_stream_that_was_not_read(aws):
    snapshot(aws, "copy", public=False)
    aws.faults.add("ec2:DescribeSnapshots", "denied", nth=2, times=100)
    with reading(aws, (VolumeSnapshot.KIND,)) as reader, pytest.raises(PermissionMissing):
        reader.observations(VolumeSnapshot.KIND)


# -- functions


@pytest.fixture
def role(aws: Sandbox) -> str:
    """A role for functions."""
    return owner(aws, "iam").create_role(RoleName="functions", AssumeRolePolicyDocument="{}")["Role"]["Arn"]


def function(aws: Sandbox, role: str, name: str, runtime: str = "python3.13") -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handle(event, context): return None")
    owner(aws, "lambda").create_function(
        FunctionName=name, Runtime=runtime, Role=role, Handler="main.handle", Code={"ZipFile": code.getvalue()}
    )


def test_functions_that_everyone_can_call_fail(aws, role):
    client = owner(aws, "lambda")
    for name in ("quiet", "open-url", "signed-url", "open-policy", "bucket-only"):
        function(aws, role, name)
    client.create_function_url_config(FunctionName="open-url", AuthType="NONE")
    client.create_function_url_config(FunctionName="signed-url", AuthType="AWS_IAM")
    client.add_permission(FunctionName="open-policy", StatementId="all", Action="lambda:InvokeFunction", Principal="*")
    client.add_permission(
        FunctionName="bucket-only",
        StatementId="bucket",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::fernhill-orders",
    )
    judged = {name: outcome("aws.lambda.no_public_url", fact) for name, fact in read(aws, Function.KIND).items()}
    assert judged == {
        "quiet": Outcome.PASS,
        "open-url": Outcome.FAIL,
        "signed-url": Outcome.PASS,
        "open-policy": Outcome.FAIL,
        "bucket-only": Outcome.PASS,
    }


def test_functions_on_every_page_are_judged_by_their_runtime(aws, role):
    for name, runtime in (("now", "python3.13"), ("then", "python3.8"), ("next", "nodejs22.x")):
        function(aws, role, name, runtime)
    aws.page_size = 1
    try:
        found = read(aws, Function.KIND)
    finally:
        aws.page_size = None
    judged = {name: outcome("aws.lambda.runtime_supported", fact) for name, fact in found.items()}
    assert judged == {"now": Outcome.PASS, "then": Outcome.FAIL, "next": Outcome.PASS}


@pytest.mark.parametrize("operation", ["lambda:ListFunctionUrlConfigs", "lambda:GetPolicy"])
def test_a_denied_call_leaves_a_function_without_an_answer(aws, role, operation):
    function(aws, role, "quiet")
    function(aws, role, "other")
    aws.faults.add(operation, "denied", times=100)
    with reading(aws, (Function.KIND,)) as reader:
        found = reader.facts(Function.KIND)
        assert [each.operation for each in reader.context.faults(Function.KIND)] == [operation]
    assert {outcome("aws.lambda.no_public_url", each) for each in found.values()} == {Outcome.NO_DATA}


# -- scaling groups


def group(aws: Sandbox, name: str, *zones: str) -> None:
    owner(aws, "autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchConfigurationName="web",
        MinSize=0,
        MaxSize=2,
        AvailabilityZones=[HOME + zone for zone in zones],
        Tags=[{"Key": "env", "Value": name}],
    )


def test_scaling_groups_are_judged_by_their_zones(aws):
    owner(aws, "autoscaling").create_launch_configuration(LaunchConfigurationName="web", ImageId=IMAGE, InstanceType="t3.micro")
    group(aws, "production", "a", "b")
    group(aws, "test", "a")
    found = read(aws, ScalingGroup.KIND)
    assert {name: outcome("aws.asg.multi_az", fact) for name, fact in found.items()} == {
        "production": Outcome.PASS,
        "test": Outcome.FAIL,
    }
    assert outcome("aws.asg.multi_az", found["test"], production_tags=["env=production"]) is Outcome.NOT_APPLICABLE
