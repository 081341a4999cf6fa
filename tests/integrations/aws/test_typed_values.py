"""Values of hostile or drifted answers: unknown where one value is odd, an error where a list is."""

from datetime import UTC, datetime

import pytest

from evidence.facts.tag import Tag
from integrations.errors import SchemaDrift
from integrations.vendors.aws.collectors import typed
from integrations.vendors.aws.collectors.compute import v1 as compute
from integrations.vendors.aws.collectors.containers import v1 as containers
from integrations.vendors.aws.collectors.network import v1 as network

ODD = [None, "true", 1, [], {}, 1.5]


@pytest.mark.parametrize("value", ODD)
def test_what_is_no_switch_is_unknown(value):
    assert typed.flag({"Encrypted": value}, "Encrypted") is None
    assert typed.flag({}, "Encrypted") is None


@pytest.mark.parametrize("value", [None, "7", True, [], 1.5])
def test_what_is_no_whole_number_is_unknown(value):
    assert typed.number({"Days": value}, "Days") is None


@pytest.mark.parametrize("value", [None, "2026-03-01", datetime(2026, 3, 1), 0])  # noqa: DTZ001
def test_what_is_no_instant_with_a_zone_is_unknown(value):
    assert typed.instant({"At": value}, "At") is None
    assert typed.instant({"At": datetime(2026, 3, 1, tzinfo=UTC)}, "At") == "2026-03-01T00:00:00Z"


@pytest.mark.parametrize("value", ["text", 7, {}, ["text"], [None]])
def test_a_list_of_structures_that_is_none_is_an_error_and_never_empty(value):
    with pytest.raises(SchemaDrift, match="Volumes"):
        typed.rows({"Volumes": value}, "Volumes")


@pytest.mark.parametrize("value", ["text", 7, {}, [7], [None]])
def test_a_list_of_texts_that_is_none_is_an_error_and_never_empty(value):
    with pytest.raises(SchemaDrift, match="TableNames"):
        typed.texts({"TableNames": value}, "TableNames")


def test_an_absent_list_is_empty():
    assert typed.rows({}, "Tags") == []
    assert typed.texts({}, "Zones") is None


@pytest.mark.parametrize("row", [{}, {"FunctionArn": ""}, {"FunctionArn": 7}])
def test_a_row_that_names_no_resource_is_an_error(row):
    with pytest.raises(SchemaDrift, match="FunctionArn"):
        compute.function(row, region="eu-central-1", urls=[], policy={})


def test_odd_values_of_a_volume_are_unknown_and_the_rest_is_kept():
    row = {"Encrypted": "yes", "VolumeId": "vol-1", "Tags": [{"Key": "Name", "Value": "data"}]}
    fact = compute.volume(row, arn="arn:v", region="eu-central-1")
    assert (fact.encrypted, fact.name, fact.tags) == (None, "data", (Tag(key="Name", value="data"),))


def test_an_ended_machine_is_told_from_a_stopped_one():
    assert compute.is_gone({"State": {"Name": "terminated"}})
    assert compute.is_gone({"State": {"Name": "shutting-down"}})
    assert not compute.is_gone({"State": {"Name": "stopped"}})


def test_an_alias_of_a_function_is_named_by_its_url():
    urls = [{"FunctionArn": "arn:aws:lambda:eu-central-1:123456789012:function:pay:live", "AuthType": "NONE"}]
    fact = compute.function({"FunctionArn": "arn:aws:lambda:eu-central-1:123456789012:function:pay"}, region="r", urls=urls, policy={})
    assert [(each.qualifier, each.authentication) for each in fact.urls] == [("live", "NONE")]


def test_a_cluster_without_encryption_or_logs_has_none_and_one_without_access_settings_is_unknown():
    fact = containers.kubernetes_cluster({"cluster": {"arn": "arn:k", "name": "k"}}, region="r")
    assert (fact.secrets_key, fact.logs, fact.public_endpoint, fact.public_ranges) == ("", (), None, None)


def test_a_prefix_list_that_was_not_read_stays_unknown_in_the_rule():
    row = {"GroupId": "sg-1", "GroupName": "web", "IpPermissions": [{"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-1"}]}]}
    fact = network.firewall(row, arn="arn:sg", region="r", attached=None, lists={"pl-1": None})
    assert [(each.peer, each.ranges) for each in fact.inbound] == [("prefix_list", None)]
