"""The fault script, each kind over real HTTP, and the rate limits by the twin's clock."""

import gzip
import json
import time

import httpx
import pytest

from integrations.sandbox.github.faults import KINDS
from integrations.sandbox.github.server import Running
from tests.integrations.sandbox.github.conftest import HTTP, Ask

MEMBERS = "/orgs/fernhill/members"


def test_a_fault_strikes_the_nth_fitting_request_only(twin: Running, ask: Ask) -> None:
    fault = twin.faults.add("server_error", "/orgs/*/members", nth=2)

    assert [ask(MEMBERS).status_code for _ in range(3)] == [200, 502, 200]
    assert (fault.seen, fault.struck) == (3, 1)
    assert ask("/orgs/fernhill").status_code == 200


def test_a_fault_may_last_a_while_or_for_ever(twin: Running, ask: Ask) -> None:
    twin.faults.add("server_error", "/orgs/fernhill", times=2, status=503)
    twin.faults.add("not_found", "/orgs/*/teams", times=None)

    assert [ask("/orgs/fernhill").status_code for _ in range(3)] == [503, 503, 200]
    assert {ask("/orgs/fernhill/teams").status_code for _ in range(4)} == {404}


def test_a_fault_may_be_for_one_page(twin: Running, ask: Ask) -> None:
    twin.faults.add("server_error", "/orgs/*/members", query={"page": "2"})

    assert ask(f"{MEMBERS}?per_page=1").status_code == 200
    assert ask(f"{MEMBERS}?per_page=1&page=2").status_code == 502


def test_a_fault_may_be_for_one_graphql_document(twin: Running, graph: Ask) -> None:
    twin.faults.add("server_error", "/graphql", holding="rateLimit")

    assert graph("{viewer{login}}").status_code == 200
    assert graph("{rateLimit{cost}}").status_code == 502


def test_limits_say_when_to_come_back(twin: Running, ask: Ask) -> None:
    twin.faults.add("too_many_requests", MEMBERS, retry_after=7)
    twin.faults.add("secondary_limit", "/orgs/fernhill", retry_after=9)
    twin.faults.add("primary_limit", "/orgs/fernhill/teams", reset_in=600)

    busy, secondary, primary = ask(MEMBERS), ask("/orgs/fernhill"), ask("/orgs/fernhill/teams")

    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "7")
    assert (secondary.status_code, secondary.headers["Retry-After"]) == (403, "9")
    assert "secondary rate limit" in secondary.json()["message"]
    assert (primary.status_code, primary.headers["x-ratelimit-remaining"]) == (403, "0")
    assert int(primary.headers["x-ratelimit-reset"]) == int(twin.clock.now().timestamp()) + 600


def test_a_maintenance_page_is_html(twin: Running, ask: Ask) -> None:
    twin.faults.add("html", MEMBERS)

    answer = ask(MEMBERS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_a_truncated_body_ends_before_its_length(twin: Running, ask: Ask) -> None:
    twin.faults.add("truncated", MEMBERS)

    with pytest.raises(httpx.RemoteProtocolError):
        ask(MEMBERS)


def test_a_cut_body_is_no_json(twin: Running, ask: Ask) -> None:
    twin.faults.add("cut_json", MEMBERS)

    with pytest.raises(ValueError):
        ask(MEMBERS).json()


def test_a_slow_body_arrives_whole(twin: Running, ask: Ask) -> None:
    twin.faults.add("slow", MEMBERS, seconds=0.3)

    before = time.monotonic()
    assert len(ask(MEMBERS).json()) == 3
    assert time.monotonic() - before >= 0.3


def test_others_are_served_while_a_body_is_slow(twin: Running, ask: Ask) -> None:
    twin.faults.add("slow", MEMBERS, seconds=1)

    with HTTP.stream("GET", twin.url + MEMBERS, headers={"Authorization": "Bearer ghp_marta"}):
        before = time.monotonic()
        assert ask("/orgs/fernhill").status_code == 200
        assert time.monotonic() - before < 0.7


@pytest.mark.parametrize(
    ("kind", "options", "seen"),
    [
        ("unknown_enum", {"at": "0.type"}, lambda row: row["type"] == "sandbox_unheard_of"),
        ("set", {"at": "0.id", "value": "no number"}, lambda row: row["id"] == "no number"),
        ("null", {"at": "0.login"}, lambda row: row["login"] is None),
        ("missing", {"at": "0.login"}, lambda row: "login" not in row),
        ("extra", {"at": "0", "key": "surprise", "value": 1}, lambda row: row["surprise"] == 1),
        ("nul", {"at": "0.login"}, lambda row: "\x00" in row["login"]),
    ],
)
def test_one_row_is_spoiled_and_the_others_are_not(kind: str, options: dict[str, object], seen: object, twin: Running, ask: Ask) -> None:
    whole = ask(MEMBERS).json()
    twin.faults.add(kind, MEMBERS, **options)

    spoiled = ask(MEMBERS).json()

    assert seen(spoiled[0])  # type: ignore[operator]
    assert spoiled[1:] == whole[1:]
    assert ask(MEMBERS).json() == whole


def test_a_star_spoils_every_row(twin: Running, ask: Ask) -> None:
    twin.faults.add("null", MEMBERS, at="*.login")

    assert [each["login"] for each in ask(MEMBERS).json()] == [None, None, None]


def test_a_body_may_nest_ten_thousand_deep(twin: Running, ask: Ask) -> None:
    twin.faults.add("deep", MEMBERS, at="0.name")

    raw = ask(MEMBERS).content
    assert b"[" * 10_000 + b"]" * 10_000 in raw


def test_a_key_may_come_twice(twin: Running, ask: Ask) -> None:
    twin.faults.add("duplicate_keys", MEMBERS, at="0", key="login", value="mallory")

    raw = ask(MEMBERS).text
    pairs = json.loads(raw, object_pairs_hook=list)[0]
    assert [value for name, value in pairs if name == "login"][0] == "mallory"
    assert len([value for name, value in pairs if name == "login"]) == 2


def test_a_next_link_may_lead_elsewhere(twin: Running, ask: Ask) -> None:
    twin.faults.add("foreign_link", MEMBERS, host="attacker.example")

    assert ask(MEMBERS).links["next"]["url"] == "https://attacker.example/next?page=2"


def test_a_hundred_megabytes_come_in_pieces(twin: Running) -> None:
    twin.faults.add("huge", MEMBERS)

    with HTTP.stream("GET", twin.url + MEMBERS, headers={"Authorization": "Bearer ghp_marta"}) as answer:
        assert answer.headers["Content-Length"] == "104857600"
        assert sum(len(each) for each in answer.iter_raw()) == 104857600


def test_a_small_body_may_unpack_to_a_large_one(twin: Running) -> None:
    twin.faults.add("gzip_bomb", MEMBERS, size=5_000_000)

    with HTTP.stream("GET", twin.url + MEMBERS, headers={"Authorization": "Bearer ghp_marta"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert len(raw) < 20_000
    assert len(gzip.decompress(raw)) == 5_000_000


def test_a_credential_may_end_in_the_middle_of_a_run(twin: Running, ask: Ask) -> None:
    twin.faults.add("expire_token", MEMBERS, nth=2, token="ghp_marta")

    assert [ask(MEMBERS).status_code for _ in range(3)] == [200, 401, 401]


def test_a_permission_may_be_withdrawn_in_the_middle_of_a_run(twin: Running, ask: Ask) -> None:
    twin.faults.add("revoke_permission", MEMBERS, nth=2, permission="members")

    assert [ask(MEMBERS, "github_pat_marta").status_code for _ in range(2)] == [200, 403]


def test_a_graphql_field_may_be_refused_while_the_rest_is_answered(twin: Running, graph: Ask) -> None:
    twin.faults.add("graphql_error", "/graphql", at="data.organization.membersWithRole")

    answer = graph('{organization(login:"fernhill"){login membersWithRole(first:1){totalCount}}}').json()

    assert answer["data"]["organization"] == {"login": "fernhill", "membersWithRole": None}
    assert (answer["errors"][0]["type"], answer["errors"][0]["path"]) == ("FORBIDDEN", ["organization", "membersWithRole"])


def test_an_unknown_fault_is_refused_and_the_known_are_named(twin: Running) -> None:
    with pytest.raises(ValueError, match="too_many_requests"):
        twin.faults.add("earthquake")
    assert len(KINDS) > 25


def test_faults_actions_and_the_clock_are_reachable_over_http(twin: Running, ask: Ask) -> None:
    base = f"{twin.url}/_sandbox"
    assert HTTP.post(f"{base}/faults", json={"kind": "secondary_limit", "path": MEMBERS, "retry_after": 5}).status_code == 201
    assert ask(MEMBERS).headers["Retry-After"] == "5"
    assert HTTP.get(f"{base}/faults").json()[0]["struck"] == 1
    HTTP.delete(f"{base}/faults")
    assert twin.faults.script == []

    HTTP.post(f"{base}/actions", json={"action": "remove_member", "login": "tom"})
    assert HTTP.get(f"{base}/state").json()["members"] == ["marta", "sam"]
    HTTP.post(f"{base}/clock", json={"advance_seconds": 3600})
    assert HTTP.get(f"{base}/clock").json() == {"now": "2026-03-01T13:00:00Z"}
    assert [each["path"] for each in HTTP.get(f"{base}/requests").json()] == [MEMBERS]


def test_a_wrong_order_over_http_is_refused_with_a_reason(twin: Running) -> None:
    answer = HTTP.post(f"{twin.url}/_sandbox/faults", json={"kind": "earthquake"})

    assert answer.status_code == 400
    assert "earthquake" in answer.json()["message"]


def test_a_spent_quota_refuses_until_its_window_ends(twin: Running, ask: Ask) -> None:
    twin.state.limits["core"] = 2

    answers = [ask(MEMBERS) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 403]
    assert [each.headers["x-ratelimit-remaining"] for each in answers] == ["1", "0", "0"]
    assert answers[2].headers["x-ratelimit-reset"] == str(int(twin.clock.now().timestamp()) + 3600)

    twin.clock.advance(hours=1)
    assert ask(MEMBERS).status_code == 200


def test_each_caller_and_each_resource_has_its_own_quota(twin: Running, ask: Ask, graph: Ask) -> None:
    ask(MEMBERS)
    ask("/search/issues?q=is:pr")

    assert ask(MEMBERS, "ghp_tom").headers["x-ratelimit-used"] == "1"
    assert graph("{viewer{login}}").headers["x-ratelimit-used"] == "1"
    search = ask("/search/issues?q=is:pr").headers
    assert (search["x-ratelimit-resource"], search["x-ratelimit-limit"], search["x-ratelimit-used"]) == ("search", "30", "2")


def test_asking_for_the_rate_limit_costs_nothing(twin: Running, ask: Ask) -> None:
    ask("/rate_limit")

    assert ask("/rate_limit").json()["resources"]["core"]["used"] == 0


def test_answers_carry_the_twins_time_and_a_request_id(twin: Running, ask: Ask) -> None:
    answer = ask(MEMBERS)

    assert answer.headers["Date"] == "Sun, 01 Mar 2026 12:00:00 GMT"
    assert answer.headers["X-GitHub-Request-Id"] != ask(MEMBERS).headers["X-GitHub-Request-Id"]


def test_an_unknown_version_of_the_api_is_refused(ask: Ask) -> None:
    assert ask(MEMBERS, X_GitHub_Api_Version="2022-11-28").status_code == 200
    assert ask(MEMBERS, X_GitHub_Api_Version="1999-01-01").status_code == 400
