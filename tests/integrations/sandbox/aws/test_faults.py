"""The fault script, as a raw HTTP client and as botocore see it."""

import json
import time

import httpx
import pytest
from botocore.exceptions import ClientError

from integrations.sandbox.aws.faults import DEPTH, UnknownFault
from integrations.sandbox.aws.server import Sandbox

SCOPE = "AWS4-HMAC-SHA256 Credential=AKIA/20260301/eu-central-1/{}/aws4_request, SignedHeaders=host, Signature=0"


def ask_kms(aws: Sandbox) -> httpx.Response:
    headers = {
        "Authorization": SCOPE.format("kms"),
        "X-Amz-Target": "TrentService.ListAliases",
        "Content-Type": "application/x-amz-json-1.1",
    }
    return httpx.post(aws.url, headers=headers, content=b"{}")


def ask_iam(aws: Sandbox) -> httpx.Response:
    return httpx.post(aws.url, headers={"Authorization": SCOPE.format("iam")}, data={"Action": "ListUsers", "Version": "2010-05-08"})


def code(client, service: str, operation: str) -> str:
    with pytest.raises(ClientError) as caught:
        getattr(client(service), operation)()
    return caught.value.response["Error"]["Code"]


@pytest.mark.parametrize(
    ("kind", "service", "operation", "expected"),
    [
        ("throttle", "iam", "list_users", "Throttling"),
        ("throttle", "kms", "list_keys", "ThrottlingException"),
        ("throttle", "ec2", "describe_vpcs", "RequestLimitExceeded"),
        ("throttle", "s3", "list_buckets", "SlowDown"),
        ("too_many", "guardduty", "list_detectors", "TooManyRequestsException"),
        ("unavailable", "iam", "list_users", "ServiceUnavailable"),
        ("denied", "iam", "list_users", "AccessDenied"),
        ("denied", "kms", "list_keys", "AccessDeniedException"),
        ("denied", "ec2", "describe_vpcs", "UnauthorizedOperation"),
        ("denied", "s3", "list_buckets", "AccessDenied"),
        ("denied", "guardduty", "list_detectors", "AccessDeniedException"),
        ("expired", "iam", "list_users", "ExpiredToken"),
        ("expired", "kms", "list_keys", "ExpiredTokenException"),
        ("expired", "ec2", "describe_vpcs", "RequestExpired"),
        ("revoked", "iam", "list_users", "InvalidClientTokenId"),
        ("revoked", "ec2", "describe_vpcs", "AuthFailure"),
    ],
)
def test_each_service_refuses_in_its_own_words(aws: Sandbox, client, kind: str, service: str, operation: str, expected: str) -> None:
    aws.faults.add("*", kind)
    assert code(client, service, operation) == expected


def test_only_the_nth_call_fails(aws: Sandbox, client) -> None:
    aws.faults.add("kms:ListKeys", "unavailable", nth=2)
    client("kms").list_keys()
    assert code(client, "kms", "list_keys") == "ServiceUnavailable"
    client("kms").list_keys()
    client("iam").list_users()
    assert [entry.status for entry in aws.requests] == [200, 503, 200, 200]


def test_a_fault_stays_in_its_region_and_goes_when_removed(aws: Sandbox, client) -> None:
    number = aws.faults.add("guardduty:*", "denied", region="eu-west-1")
    client("guardduty").list_detectors()
    with pytest.raises(ClientError):
        client("guardduty", "eu-west-1").list_detectors()
    assert aws.faults.remove(number)
    client("guardduty", "eu-west-1").list_detectors()


def test_a_fault_can_concern_one_resource(aws: Sandbox, client) -> None:
    for name in ("open-one", "shut-one"):
        client("s3", "us-east-1").create_bucket(Bucket=name)
    aws.faults.add("s3:GetBucketAcl", "denied", resource="shut-one")
    client("s3", "us-east-1").get_bucket_acl(Bucket="open-one")
    with pytest.raises(ClientError, match="AccessDenied"):
        client("s3", "us-east-1").get_bucket_acl(Bucket="shut-one")


def test_a_throttled_client_is_told_when_to_come_back(aws: Sandbox) -> None:
    aws.faults.add("kms:*", "too_many")
    answer = ask_kms(aws)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_a_truncated_page_is_no_document(aws: Sandbox) -> None:
    aws.faults.add("kms:*", "truncated")
    with pytest.raises(json.JSONDecodeError):
        json.loads(ask_kms(aws).content)


def test_a_connection_that_breaks_says_so(aws: Sandbox) -> None:
    aws.faults.add("kms:*", "disconnected")
    with pytest.raises(httpx.RemoteProtocolError):
        ask_kms(aws)


def test_a_web_page_comes_with_status_200(aws: Sandbox) -> None:
    aws.faults.add("iam:*", "html")
    answer = ask_iam(aws)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert answer.content.startswith(b"<!DOCTYPE html>")


def test_a_slow_page_is_right_but_late(aws: Sandbox) -> None:
    aws.faults.add("kms:*", "slow", seconds=0.3)
    before = time.monotonic()
    assert "Aliases" in ask_kms(aws).json()
    assert time.monotonic() - before >= 0.3


def test_a_huge_page_has_its_announced_size(aws: Sandbox) -> None:
    aws.faults.add("kms:*", "huge", size=3_000_000)
    answer = ask_kms(aws)
    assert len(answer.content) == 3_000_000
    assert list(json.loads(answer.content)) == ["padding"]


def test_a_huge_xml_page_is_well_formed(aws: Sandbox) -> None:
    aws.faults.add("iam:*", "huge", size=100_000)
    answer = ask_iam(aws).content
    assert (len(answer), answer[:6], answer[-7:]) == (100_000, b"<page>", b"</page>")


def test_a_deep_page_is_ten_thousand_deep_in_both_languages(aws: Sandbox) -> None:
    aws.faults.add("*", "deep")
    assert ask_kms(aws).content.count(b"[") == DEPTH
    assert ask_iam(aws).content.count(b"<a>") == DEPTH


def test_every_top_level_key_comes_twice(aws: Sandbox) -> None:
    aws.faults.add("*", "duplicate_keys")
    keys = [key for key, _ in json.loads(ask_kms(aws).content, object_pairs_hook=list)]
    assert sorted(keys) == ["Aliases", "Aliases", "Truncated", "Truncated"]
    assert ask_iam(aws).content.count(b"<ListUsersResult>") == 2


def test_names_carry_a_nul_or_a_script(aws: Sandbox, client) -> None:
    client("iam").create_user(UserName="sam")
    number = aws.faults.add("*", "nul")
    assert "\x00alias/aws/" in json.loads(ask_kms(aws).content)["Aliases"][0]["AliasName"]
    assert b"<UserName>\x00sam" in ask_iam(aws).content
    aws.faults.remove(number)
    aws.faults.add("*", "markup")
    assert client("iam").list_users()["Users"][0]["UserName"] == "<script>alert(1)</script>sam"


def test_wrong_types_come_in_well_formed_documents(aws: Sandbox) -> None:
    aws.faults.add("kms:*", "wrong_types")
    assert json.loads(ask_kms(aws).content)["Aliases"] == "surprise"


def test_the_script_is_settable_over_http(aws: Sandbox, client) -> None:
    address = f"{aws.url}/_sandbox/faults"
    made = httpx.post(address, json={"operation": "iam:GetCredentialReport", "nth": 1, "kind": "throttle"}).json()
    assert code(client, "iam", "get_credential_report") == "Throttling"
    (line,) = httpx.get(address).json()["faults"]
    assert (line["number"], line["seen"], line["fired"]) == (made["number"], 1, 1)
    assert httpx.request("DELETE", address, json=made).json() == {"removed": True}
    logged = httpx.get(f"{aws.url}/_sandbox/requests").json()["requests"]
    assert [(entry["operation"], entry["by"]) for entry in logged] == [("iam:GetCredentialReport", "fault:throttle")]


def test_a_fault_of_no_known_kind_is_refused_with_the_known_ones(aws: Sandbox) -> None:
    with pytest.raises(UnknownFault, match="throttle, too_many"):
        aws.faults.add("*", "gremlins")
    answer = httpx.post(f"{aws.url}/_sandbox/faults", json={"operation": "*", "kind": "gremlins"})
    assert answer.status_code == 400
    assert "gremlins" in answer.json()["error"]
