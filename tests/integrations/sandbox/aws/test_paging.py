"""Paging of what moto answers at once."""

from datetime import datetime
from typing import Any

import pytest

from integrations.sandbox.aws.server import Sandbox


def users(client, count: int) -> None:
    for number in range(count):
        client("iam").create_user(UserName=f"user-{number:02d}")


def test_a_client_limit_makes_pages_and_no_user_is_lost(aws: Sandbox, client) -> None:
    users(client, 7)
    pages = list(client("iam").get_paginator("list_users").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["Users"]) for page in pages] == [3, 3, 1]
    assert [user["UserName"] for page in pages for user in page["Users"]] == [f"user-{number:02d}" for number in range(7)]
    assert [page["IsTruncated"] for page in pages] == [True, True, False]


def test_the_sandboxs_page_size_cuts_where_the_client_names_none(aws: Sandbox, client) -> None:
    users(client, 5)
    client("iam").create_group(GroupName="staff")
    aws.page_size = 2
    pages = list(client("iam").get_paginator("get_account_authorization_details").paginate(Filter=["User", "Group"]))
    assert [len(page["UserDetailList"]) + len(page.get("GroupDetailList", [])) for page in pages] == [2, 2, 2]
    assert {user["UserName"] for page in pages for user in page["UserDetailList"]} == {f"user-{number:02d}" for number in range(5)}


def timeless(entry: Any) -> Any:
    """moto writes microseconds where a page, written anew, has AWS's milliseconds."""
    return {key: value for key, value in entry.items() if not isinstance(value, datetime)} if isinstance(entry, dict) else entry


@pytest.mark.parametrize(
    ("service", "operation", "make", "key"),
    [
        (
            "ec2",
            "describe_security_groups",
            lambda ec2, name: ec2.create_security_group(GroupName=name, Description="-"),
            "SecurityGroups",
        ),
        ("kms", "list_keys", lambda kms, name: kms.create_key(Description=name), "Keys"),
        ("ecr", "describe_repositories", lambda ecr, name: ecr.create_repository(repositoryName=name), "repositories"),
        ("sqs", "list_queues", lambda sqs, name: sqs.create_queue(QueueName=name), "QueueUrls"),
        ("backup", "list_backup_vaults", lambda backup, name: backup.create_backup_vault(BackupVaultName=name), "BackupVaultList"),
    ],
)
def test_lists_of_every_protocol_are_paged_whole(aws: Sandbox, client, service: str, operation: str, make, key: str) -> None:
    for number in range(5):
        make(client(service), f"entry-{number}")
    whole = getattr(client(service), operation)()[key]
    aws.page_size = 2
    pages = list(client(service).get_paginator(operation).paginate())
    assert [timeless(entry) for page in pages for entry in page.get(key, [])] == [timeless(entry) for entry in whole]
    assert len(pages) == -(-len(whole) // 2)


def test_a_user_who_goes_between_two_pages_shifts_the_rest_as_at_aws(aws: Sandbox, client) -> None:
    users(client, 4)
    first = client("iam").list_users(MaxItems=2)
    client("iam").delete_user(UserName="user-00")
    second = client("iam").list_users(MaxItems=2, Marker=first["Marker"])
    assert [user["UserName"] for user in second["Users"]] == ["user-03"]
