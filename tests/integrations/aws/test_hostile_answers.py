"""Whatever a list call answers, what was there before never looks gone: the stream fails or is partial, or the rows are read."""

import pytest

from evidence.facts.database_table.v1 import DatabaseTable
from evidence.facts.firewall.v1 import Firewall
from evidence.facts.kubernetes_cluster.v1 import KubernetesCluster
from evidence.facts.object_store.v1 import ObjectStore
from integrations.errors import Fault
from integrations.sandbox.aws.server import Sandbox
from tests.integrations.aws.scanning import HOME, owner, reading

LISTS = {
    ObjectStore.KIND: "s3:ListBuckets",
    DatabaseTable.KIND: "dynamodb:ListTables",
    KubernetesCluster.KIND: "eks:DescribeCluster",
    Firewall.KIND: "ec2:DescribeSecurityGroups",
}


@pytest.fixture
def inhabited(aws: Sandbox) -> Sandbox:
    """One bucket, one table, one cluster and the default security group."""
    owner(aws, "s3").create_bucket(Bucket="fernhill-orders", CreateBucketConfiguration={"LocationConstraint": HOME})
    owner(aws, "dynamodb").create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    subnets = [each["SubnetId"] for each in owner(aws, "ec2").describe_subnets()["Subnets"]][:2]
    owner(aws, "eks").create_cluster(
        name="shop", roleArn="arn:aws:iam::123456789012:role/clusters", resourcesVpcConfig={"subnetIds": subnets}
    )
    return aws


@pytest.mark.parametrize("answer", ["wrong_types", "html", "duplicate_keys", "deep", "empty", "markup", "nul"])
def test_an_odd_answer_never_makes_what_is_there_look_gone(inhabited, answer):
    for operation in LISTS.values():
        inhabited.faults.add(operation, answer, times=100)
    unseen = {}
    with reading(inhabited, tuple(LISTS)) as reader:
        for kind in LISTS:
            try:
                found = reader.observations(kind)
            except Fault:
                continue
            if not found and not reader.context.faults(kind):
                unseen[kind] = "read as empty"
    assert unseen == {}
