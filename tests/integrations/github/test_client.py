"""The one way to GitHub: what is kept, what is refused, and what each sort of trouble is called. Over HTTP, with the twin's faults."""

import hashlib
import json
from datetime import timedelta

import pytest

from integrations.errors import (
    AuthExpired,
    AuthRevoked,
    Cancelled,
    Fault,
    ForbiddenAddress,
    HostilePayload,
    Misconfigured,
    NotLicensed,
    PermissionMissing,
    QuotaShareReached,
    RateLimited,
    SchemaDrift,
    Transient,
    VendorOutage,
    WriteRefused,
)
from integrations.sandbox.github.server import Running
from integrations.transport.context import Context
from integrations.transport.spool import Spool
from integrations.vendors.github.client import ATTEMPTS, GithubClient
from integrations.vendors.github.connector import GithubConnector
from integrations.vendors.github.errors import EndlessPaging
from tests.integrations.github.conftest import NOON
from tests.integrations.github.scanning import LOOPBACK, reading

MUTATION = 'mutation { deleteRef(input: {refId: "x"}) { clientMutationId } }'


def outsiders(run) -> list:
    return run.observations("outside_collaborator")


def test_bytes_are_kept_as_received_and_the_ledger_tells_of_each_call(twin: Running) -> None:
    twin.state.add_outside_collaborator("kit", "api")
    with reading(twin) as run:
        observation = outsiders(run)[0]
        (call,) = run.context.ledger.calls()
        raw = run.spool.get(observation.pages[0])
    assert hashlib.sha256(raw).hexdigest() == call.sha256 == observation.pages[0]
    assert json.loads(raw)[0]["login"] == "kit"
    assert (call.operation, call.status, call.rows, call.page, call.more) == ("GET /orgs/{org}/outside_collaborators", 200, 1, 1, False)
    assert call.parameters == {"org": "fernhill", "per_page": 100}
    assert call.quota_limit == 5000
    assert call.quota_remaining is not None
    assert call.vendor_time == NOON
    assert call.request_id


@pytest.mark.parametrize(
    ("kind", "options", "fault"),
    [
        ("html", {}, VendorOutage),
        ("wrong_content_type", {}, VendorOutage),
        ("cut_json", {}, HostilePayload),
        ("deep", {"at": "0.login"}, HostilePayload),
        ("duplicate_keys", {"at": "0", "key": "login"}, HostilePayload),
        ("foreign_link", {}, ForbiddenAddress),
        ("forbidden", {}, PermissionMissing),
        ("not_found", {}, PermissionMissing),
        ("unauthorized", {}, AuthRevoked),
        ("status", {"status": 410, "body": {"message": "Gone"}}, PermissionMissing),
        ("status", {"status": 418, "body": {"message": "teapot"}}, SchemaDrift),
        ("status", {"status": 403, "body": {"message": "Upgrade to GitHub Team to see this"}}, NotLicensed),
        ("status", {"status": 403, "body": {"message": "This installation has been suspended"}}, AuthRevoked),
        ("status", {"status": 403, "body": {"message": "the organization has an IP allow list enabled"}}, Misconfigured),
        ("status", {"status": 200, "body": {"message": "an object where a list belongs"}}, SchemaDrift),
    ],
)
def test_each_trouble_has_its_own_name_and_nothing_is_observed(twin: Running, kind: str, options: dict, fault: type[Fault]) -> None:
    twin.state.add_outside_collaborator("kit", "api")
    twin.faults.add(kind, "/orgs/*/outside_collaborators", times=None, **options)
    with reading(twin) as run:
        seen = []
        with pytest.raises(fault):
            seen += outsiders(run)
        assert seen == []
        assert run.slept == []


@pytest.mark.parametrize("options", [{}, {"length": False}])
def test_a_page_of_a_hundred_megabytes_is_not_read_to_its_end(twin: Running, options: dict) -> None:
    twin.faults.add("huge", "/orgs/*/outside_collaborators", times=None, **options)
    with reading(twin) as run, pytest.raises(HostilePayload, match="not read to its end"):
        outsiders(run)


def test_a_page_that_unpacks_to_a_hundred_megabytes_is_not_unpacked(twin: Running) -> None:
    twin.faults.add("gzip_bomb", "/orgs/*/outside_collaborators", times=None, size=100 * 1024 * 1024)
    with reading(twin) as run, pytest.raises(HostilePayload, match="not read to its end"):
        outsiders(run)


@pytest.mark.parametrize(("kind", "options"), [("server_error", {}), ("truncated", {}), ("server_error", {"status": 503})])
def test_a_moments_trouble_is_tried_again_with_jitter_and_leaves_its_line(twin: Running, kind: str, options: dict) -> None:
    twin.state.add_outside_collaborator("kit", "api")
    twin.faults.add(kind, "/orgs/*/outside_collaborators", times=2, **options)
    with reading(twin) as run:
        assert len(outsiders(run)) == 1
        assert len(run.slept) == 2
        assert all(0 <= each <= 3 for each in run.slept)
        assert [bool(each.fault) for each in run.context.ledger.calls()] == [True, True, False]


def test_lasting_trouble_is_an_outage_after_a_few_attempts(twin: Running) -> None:
    twin.faults.add("server_error", "/orgs/*/outside_collaborators", times=None)
    with reading(twin) as run, pytest.raises(VendorOutage):
        outsiders(run)
    assert len(twin.requests.entries) == ATTEMPTS


def test_answers_that_break_off_again_and_again_are_transient(twin: Running) -> None:
    twin.faults.add("truncated", "/orgs/*/outside_collaborators", times=None)
    with reading(twin) as run, pytest.raises(Transient):
        outsiders(run)


@pytest.mark.parametrize(
    ("kind", "options", "seconds"),
    [
        ("too_many_requests", {"retry_after": 90}, 90),
        ("secondary_limit", {"retry_after": 45}, 45),
        ("secondary_limit", {"header": False}, 60),
        ("primary_limit", {"reset_in": 1800}, 1800),
    ],
)
def test_a_limit_says_when_to_come_back_and_nobody_sleeps_for_it(twin: Running, kind: str, options: dict, seconds: int) -> None:
    twin.faults.add(kind, "/orgs/*/outside_collaborators", **options)
    with reading(twin) as run, pytest.raises(RateLimited) as caught:
        outsiders(run)
    assert caught.value.retry_at == NOON + timedelta(seconds=seconds)
    assert (run.slept, len(twin.requests.entries)) == ([], 1)


def test_a_limit_of_graphql_says_when_to_come_back(twin: Running) -> None:
    twin.state.limits["graphql"] = 0
    with reading(twin) as run, pytest.raises(RateLimited) as caught:
        run.observations("account")
    assert caught.value.retry_at > NOON


def test_only_half_of_the_quota_is_used(twin: Running) -> None:
    twin.state.limits["core"] = 10
    for index in range(700):
        twin.state.add_outside_collaborator(f"guest-{index:03d}", "api")
    with reading(twin) as run, pytest.raises(QuotaShareReached) as caught:
        outsiders(run)
    assert len(twin.requests.entries) == 5
    assert caught.value.retry_at == NOON + timedelta(hours=1)


def test_an_endless_list_ends(twin: Running) -> None:
    address = f"{twin.url}/orgs/fernhill/outside_collaborators?page=7"
    twin.faults.add("repeat_link", "/orgs/*/outside_collaborators", times=None, url=address)
    with reading(twin) as run, pytest.raises(EndlessPaging):
        outsiders(run)
    assert len(twin.requests.entries) == 2


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/next", "http://marta@127.0.0.1/x", "ftp://127.0.0.1/x", "http://[::1]/x"])
def test_a_next_link_to_another_place_is_never_called(twin: Running, address: str) -> None:
    twin.faults.add("repeat_link", "/orgs/*/outside_collaborators", url=address)
    with reading(twin) as run, pytest.raises(ForbiddenAddress):
        outsiders(run)
    assert len(twin.requests.entries) == 1


def test_a_redirect_to_another_host_is_not_followed_and_one_within_is(twin: Running) -> None:
    twin.state.add_outside_collaborator("kit", "api")
    path = "/orgs/*/outside_collaborators"
    twin.faults.add("status", path, status=301, headers={"Location": "https://attacker.example/x"})
    with reading(twin) as run, pytest.raises(ForbiddenAddress):
        outsiders(run)
    twin.faults.clear()
    twin.faults.add("status", path, status=307, headers={"Location": "/orgs/fernhill/outside_collaborators?per_page=100"})
    with reading(twin) as run:
        assert len(outsiders(run)) == 1


def test_a_nul_character_is_left_out_and_said(twin: Running) -> None:
    twin.state.add_outside_collaborator("kit", "api")
    twin.faults.add("nul", "/orgs/*/outside_collaborators", at="0.login", suffix="x")
    with reading(twin) as run:
        (fact,) = run.facts("outside_collaborator").values()
    assert fact.login == "kitx"
    (fault,) = run.context.faults("outside_collaborator")
    assert (fault.kind, fault.partition) == ("schema_drift", "")


@pytest.mark.parametrize(
    ("kind", "options"), [("missing", {"at": "0.id"}), ("set", {"at": "0.id", "value": "x"}), ("null", {"at": "0.login"})]
)
def test_a_row_of_another_shape_loses_no_other_and_makes_the_stream_partial(twin: Running, kind: str, options: dict) -> None:
    twin.state.add_outside_collaborator("kit", "api")
    twin.state.add_outside_collaborator("ola", "api")
    twin.faults.add(kind, "/orgs/*/outside_collaborators", **options)
    with reading(twin) as run:
        assert len(outsiders(run)) == 1
        (fault,) = run.context.faults("outside_collaborator")
    assert (fault.kind, fault.partition) == ("schema_drift", "page 1")


@pytest.mark.parametrize(("kind", "options"), [("extra", {"at": "0"}), ("bom", {})])
def test_what_is_new_and_harmless_is_passed_over(twin: Running, kind: str, options: dict) -> None:
    twin.state.add_outside_collaborator("kit", "api")
    twin.faults.add(kind, "/orgs/*/outside_collaborators", **options)
    with reading(twin) as run:
        assert [each.fact.name for each in outsiders(run)] == ["kit"]
        assert run.context.faults("outside_collaborator") == ()


def test_markup_in_names_stays_text(twin: Running) -> None:
    twin.state.add_outside_collaborator("kit", "api")
    twin.faults.add("set", "/orgs/*/outside_collaborators", at="0.login", value="<script>alert(1)</script>")
    with reading(twin) as run:
        assert [each.fact.name for each in outsiders(run)] == ["<script>alert(1)</script>"]


def test_a_cancelled_run_asks_nothing_more(twin: Running) -> None:
    with reading(twin) as run:
        run.context.is_cancelled = lambda: True
        with pytest.raises(Cancelled):
            outsiders(run)
    assert twin.requests.entries == []


def client(run) -> GithubClient:
    return GithubClient(run.context)


def test_writes_never_leave_the_process(twin: Running) -> None:
    with reading(twin) as run:
        for operation in ("DELETE /orgs/{org}/members/x", "PUT /orgs/{org}/members/x", "PATCH /orgs/{org}", "POST /orgs/{org}/repos"):
            with pytest.raises(WriteRefused):
                client(run).one(operation=operation, path={"org": "fernhill"})
        for document in (
            MUTATION,
            "subscription { x }",
            "query A { viewer { login } } " + MUTATION,
            "not graphql",
            "fragment F on User { id }",
        ):
            with pytest.raises(WriteRefused):
                client(run).graph(operation="POST /graphql x", document=document, variables={})
    assert twin.requests.entries == []


def test_names_in_a_path_cannot_lead_elsewhere(twin: Running) -> None:
    with reading(twin) as run, pytest.raises(PermissionMissing):
        client(run).one(operation="GET /orgs/{org}/members/{username}", path={"org": "fernhill", "username": "../../../user"})
    assert twin.requests.entries[0].path.endswith("user")
    assert twin.requests.entries[0].status == 404


def test_an_address_inside_the_network_needs_the_operators_leave(twin: Running) -> None:
    with reading(twin, allow=()) as run, pytest.raises(ForbiddenAddress):
        run.connector.identify(run.context)
    assert twin.requests.entries == []


def test_a_token_whose_time_is_over_is_told_from_a_revoked_one(twin: Running) -> None:
    token = twin.state.add_token("github_pat_marta", "fine_grained", "marta", permissions={"members": "read"})
    token.expires_at = NOON + timedelta(days=1)
    with reading(twin, token="github_pat_marta") as run:
        outsiders(run)
        twin.clock.advance(days=2)
        with pytest.raises(AuthExpired, match="2026-03-02"):
            run.observations("account")
    with reading(twin) as run:
        outsiders(run)
        twin.state.tokens["ghp_marta"].revoked = True
        with pytest.raises(AuthRevoked):
            run.observations("account")


@pytest.mark.parametrize(
    ("settings", "secrets"),
    [
        ({"organization": ""}, {"token": "x"}),
        ({"organization": "a/b"}, {"token": "x"}),
        ({}, {}),
        ({"app_id": "1"}, {"token": "x"}),
        ({"base_url": "ftp://x"}, {"token": "x"}),
        ({}, {"token": "a\nb: c"}),
    ],
)
def test_settings_that_cannot_work_are_refused_before_any_call(settings: dict, secrets: dict) -> None:
    with Spool() as spool:
        context = Context(
            settings={"organization": "fernhill", **settings}, secrets=secrets, kinds=frozenset(), spool=spool, allow=LOOPBACK
        )
        with pytest.raises(Misconfigured):
            GithubConnector().identify(context)
        assert len(context.ledger) == 0
