"""Connecting: as an app by private-key JWT, with an API token; what is said when it cannot work; what the probe says of each scope."""

import asyncio
import json
import threading

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from integrations.errors import AuthRevoked, ForbiddenAddress, Misconfigured, PermissionMissing, WriteRefused
from integrations.sandbox.okta.server import Running
from integrations.vendors.okta.permissions import ROLE, SCOPES, all_scopes
from tests.integrations.okta.conftest import KEY, NOON, PEM, TOKEN, as_app
from tests.integrations.okta.scanning import ALL_KINDS, reading

OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_PEM = OTHER.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def test_an_api_token_tells_whose_it_is(twin: Running) -> None:
    with reading(twin) as run:
        identity = run.connector.identify(run.context)
    assert (identity.account, identity.account_name, identity.principal) == (twin.state.id, "Fernhill", "user marta@fernhill.example")


def test_an_app_signs_in_and_its_token_is_nowhere(twin: Running) -> None:
    given = as_app(twin)
    with reading(twin, **given) as run:
        identity = run.connector.identify(run.context)
        (token,) = twin.state.access_tokens
        pages = [run.spool.get(digest) for digest in run.spool.digests()]
        (taken,) = [each for each in run.context.ledger.calls() if each.operation == "POST /oauth2/v1/token"]
    assert identity.principal == f"app {given['settings']['client_id']}"
    assert not any(token.encode() in page for page in pages)
    assert (taken.status, taken.sha256, taken.size) == (200, "", 0)
    assert token not in repr(taken) and set(taken.parameters) == {"scope"}


def test_a_token_is_asked_for_the_scopes_of_the_run_and_no_more(twin: Running) -> None:
    with reading(twin, kinds=frozenset({"network_zone"}), **as_app(twin)) as run:
        run.observations("network_zone")
    (held,) = twin.state.access_tokens.values()
    assert held.scopes == {"okta.networkZones.read", "okta.orgs.read"}


def test_a_key_may_be_a_jwk_and_its_id_is_sent(twin: Running) -> None:
    given = as_app(twin)
    client = twin.state.clients[given["settings"]["client_id"]]
    client.keys = {"second": client.keys["key-1"], "first": OTHER_PEM}
    held = {**json.loads(RSAAlgorithm.to_jwk(KEY)), "kid": "second"}
    with reading(twin, settings=given["settings"], secrets={"private_key": json.dumps(held)}) as run:
        assert run.connector.identify(run.context).account == twin.state.id
    with reading(twin, settings=given["settings"], secrets={"private_key": PEM}) as run, pytest.raises(AuthRevoked, match="names no key"):
        run.connector.identify(run.context)
    with reading(twin, settings={**given["settings"], "key_id": "second"}, secrets={"private_key": PEM}) as run:
        assert run.connector.identify(run.context).account == twin.state.id


def test_a_token_is_taken_anew_before_its_hour_is_over(twin: Running) -> None:
    with reading(twin, **as_app(twin)) as run:
        run.observations("network_zone")
        twin.clock.advance(minutes=56)
        run.observations("log_stream")
        assert run.calls("POST /oauth2/v1/token") == 2


def test_a_token_that_is_refused_in_mid_run_is_taken_anew_once(twin: Running) -> None:
    with reading(twin, **as_app(twin)) as run:
        run.observations("network_zone")
        twin.faults.add("expire_tokens", "/api/v1/groups")
        assert len(run.observations("identity_group")) == 3
        assert run.calls("POST /oauth2/v1/token") == 2
        twin.faults.add("unauthorized", "/api/v1/apps", times=None)
        with pytest.raises(AuthRevoked):
            run.observations("identity_app")


def test_an_api_token_that_is_revoked_in_mid_run_ends_it(twin: Running) -> None:
    with reading(twin) as run:
        run.observations("network_zone")
        twin.faults.add("revoke_ssws", "/api/v1/groups")
        with pytest.raises(AuthRevoked):
            run.observations("identity_group")


@pytest.mark.parametrize(
    ("change", "fault", "words"),
    [
        ({"private_key": OTHER_PEM}, AuthRevoked, "signature"),
        ({"private_key": "no key"}, Misconfigured, "neither PEM nor JWK"),
        ({"private_key": '{"kty": "RSA"}'}, Misconfigured, "neither PEM nor JWK"),
        ({"private_key": ""}, Misconfigured, "without the app's private key"),
    ],
)
def test_a_wrong_key_is_said_so(twin: Running, change: dict, fault: type[Exception], words: str) -> None:
    with reading(twin, settings=as_app(twin)["settings"], secrets=change) as run, pytest.raises(fault, match=words):
        run.connector.identify(run.context)


def test_an_unknown_client_and_one_that_demands_a_proof_of_possession_are_said_so(twin: Running) -> None:
    with (
        reading(twin, settings={"client_id": "0oaNobody"}, secrets={"private_key": PEM}) as run,
        pytest.raises(AuthRevoked, match="unknown"),
    ):
        run.connector.identify(run.context)
    given = as_app(twin)
    twin.state.clients[given["settings"]["client_id"]].dpop = True
    with reading(twin, **given) as run, pytest.raises(Misconfigured, match="take the tick from"):
        run.connector.identify(run.context)


def test_an_app_without_any_scope_is_told_what_to_grant(twin: Running) -> None:
    with (
        reading(twin, **as_app(twin, *all_scopes())) as run,
        pytest.raises(Misconfigured, match=r"none of the scopes: .*okta\.users\.read"),
    ):
        run.connector.identify(run.context)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://fernhill-admin.okta.com", "without -admin"),
        ("ftp://fernhill.okta.com", "as it stands in the browser"),
        ("", "as it stands in the browser"),
        ("https://fernhill.okta.com/app/UserHome", "has no path"),
    ],
)
def test_an_address_that_is_none_is_said_so(twin: Running, address: str, words: str) -> None:
    with reading(twin, settings={"org_url": address}) as run, pytest.raises(Misconfigured, match=words):
        run.connector.identify(run.context)


def test_plain_http_and_loopback_need_the_operators_leave(twin: Running) -> None:
    with reading(twin, allow=()) as run, pytest.raises(ForbiddenAddress):
        run.connector.identify(run.context)
    assert len(twin.requests) == 0


def test_a_next_link_to_another_host_is_not_followed(twin: Running) -> None:
    twin.faults.add("foreign_link", "/api/v1/groups")
    with reading(twin) as run, pytest.raises(ForbiddenAddress):
        run.observations("identity_group")


def test_a_write_is_refused_before_it_is_sent(twin: Running) -> None:
    with reading(twin) as run:
        run.connector.identify(run.context)
        before = len(twin.requests)
        client = run.connector._reading.client
        for operation in ("DELETE /api/v1/users/{id}", "POST /api/v1/users/{id}/lifecycle/deactivate", "PUT /api/v1/users/{id}"):
            with pytest.raises(WriteRefused):
                client.one(operation=operation, path={"id": "x"})
        assert len(twin.requests) == before
    assert twin.requests.writes() == []


def test_it_reads_beside_a_running_loop_and_from_several_threads(twin: Running) -> None:
    """A worker has no loop; a browser test or a server has one that runs in the calling thread."""

    async def beside() -> int:
        with reading(twin) as run:
            return len(run.observations("identity_group"))

    assert asyncio.run(beside()) == 3
    found: list[int] = []

    def apart() -> None:
        with reading(twin) as run:
            found.append(len(run.observations("identity_group")))

    threads = [threading.Thread(target=apart) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert found == [3, 3, 3, 3]
    assert not [each for each in threading.enumerate() if each.name == "okta-loop"]


def test_the_scopes_of_the_table_are_enough_for_everything(twin: Running) -> None:
    with reading(twin, **as_app(twin)) as run:
        probes = run.connector.probe(run.context, ALL_KINDS)
        assert {each.outcome for each in probes} == {"ok"}, [each for each in probes if each.outcome != "ok"]
        for kind in sorted(ALL_KINDS):
            run.observations(kind)
            assert run.context.faults(kind) == (), kind
    assert twin.requests.writes() == []
    assert all(each.method == "GET" or each.path == "/oauth2/v1/token" for each in twin.requests)


@pytest.mark.parametrize("scope", sorted(set(SCOPES.values()) - {"okta.orgs.read"}))
def test_each_missing_scope_is_named_and_the_rest_is_read(twin: Running, scope: str) -> None:
    with reading(twin, **as_app(twin, scope)) as run:
        probes = {each.operation: each for each in run.connector.probe(run.context, ALL_KINDS)}
        needing = {operation for operation, needed in SCOPES.items() if needed == scope} & set(probes)
        below = {"okta.users.read": {"GET /api/v1/users/{userId}/roles"}}.get(scope, set())  # no user to ask about
        assert {name for name, each in probes.items() if each.outcome == "missing"} == needing | below
        assert all(scope in probes[name].detail for name in needing)
        kinds = {each.kind for each in run.connector.STREAMS if each.operations[0] in needing}
        for kind in sorted(ALL_KINDS):
            if kind in kinds:
                with pytest.raises(PermissionMissing, match=scope):
                    run.observations(kind)
            else:
                assert run.observations(kind) or kind in ("identity_device", "identity_event")


def test_an_account_without_the_role_sees_nothing_and_is_told_which_role(twin: Running) -> None:
    twin.state.user("marta").roles = []
    with reading(twin) as run:
        probes = run.connector.probe(run.context, frozenset({"identity_group"}))
    assert {each.outcome for each in probes} == {"missing"}
    assert all(ROLE in each.detail for each in probes)


def test_what_the_plan_lacks_is_told_from_what_the_credential_lacks(twin: Running) -> None:
    twin.state.features -= {"DEVICES", "LOG_STREAMING", "THREAT_INSIGHT"}
    with reading(twin) as run:
        probes = {each.operation: each.outcome for each in run.connector.probe(run.context, ALL_KINDS)}
    assert {name for name, outcome in probes.items() if outcome == "not_licensed"} == {
        "GET /api/v1/devices",
        "GET /api/v1/logStreams",
        "GET /api/v1/threats/configuration",
    }


def test_an_assertion_is_short_lived_and_never_used_twice(twin: Running) -> None:
    given = as_app(twin)
    with reading(twin, **given) as run:
        run.connector.identify(run.context)
        statement = run.connector._reading.client.session._statement()
    claims = jwt.decode(statement, options={"verify_signature": False})
    assert (claims["iss"], claims["sub"]) == (given["settings"]["client_id"],) * 2
    assert (claims["aud"], claims["exp"] - claims["iat"], claims["iat"]) == (f"{twin.url}/oauth2/v1/token", 300, int(NOON.timestamp()))
    assert len(twin.state.assertions) == 1 and claims["jti"] not in twin.state.assertions


def test_the_credentials_are_in_no_log_line(twin: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"), reading(twin) as run:
        for kind in sorted(ALL_KINDS):
            run.observations(kind)
        kept = b"".join(run.spool.get(each) for each in run.spool.digests())
        assert TOKEN.encode() not in kept and TOKEN not in repr(run.context.ledger.calls())
    assert TOKEN not in caplog.text
