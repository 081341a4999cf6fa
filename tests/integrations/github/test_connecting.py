"""Connecting: as an app, with a token, to an own server; and what the probe says of each permission."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.errors import AuthRevoked, Misconfigured
from integrations.sandbox.github.server import Running
from integrations.vendors.github.manifest import app_manifest
from integrations.vendors.github.permissions import RIGHTS, manifest_permissions
from tests.integrations.github.scanning import ALL_KINDS, reading

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()).decode()
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_PEM = OTHER.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def app(twin: Running, **more: str) -> dict:
    twin.state.install_app(PUBLIC, dict(manifest_permissions()))
    return {"settings": {"app_id": "4711", **more}, "secrets": {"private_key": PEM}}


def test_a_token_tells_whose_it_is(twin: Running) -> None:
    with reading(twin) as run:
        identity = run.connector.identify(run.context)
    assert (identity.account, identity.account_name, identity.principal) == ("9000", "fernhill", "user marta")


def test_an_app_finds_its_installation_and_its_token_is_never_kept(twin: Running) -> None:
    with reading(twin, **app(twin)) as run:
        identity = run.connector.identify(run.context)
        assert identity.principal == "app plumbline"
        token = next(text for text in twin.state.tokens if text.startswith("ghs_"))
        pages = [run.spool.get(digest) for digest in run.spool.digests()]
        taken = [each for each in run.context.ledger.calls() if each.operation.startswith("POST /app/")]
    assert not any(token.encode() in page for page in pages)
    assert [(each.status, each.sha256, each.size) for each in taken] == [(201, "", 0)]


def test_an_installations_token_is_taken_anew_before_its_hour_is_over(twin: Running) -> None:
    with reading(twin, **app(twin)) as run:
        run.observations("outside_collaborator")
        twin.clock.advance(minutes=58)
        run.observations("repository")
    assert sum(each.operation.endswith("access_tokens") for each in twin.requests.entries) == 2


def test_an_installations_token_that_is_refused_is_taken_anew_once(twin: Running) -> None:
    twin.faults.add("unauthorized", "/orgs/*/outside_collaborators")
    with reading(twin, **app(twin)) as run:
        assert run.observations("outside_collaborator") == []
    assert sum(each.operation.endswith("access_tokens") for each in twin.requests.entries) == 2
    twin.faults.add("unauthorized", "/orgs/*/outside_collaborators", times=None)
    with reading(twin, **app(twin)) as run, pytest.raises(AuthRevoked):
        run.observations("outside_collaborator")


def test_an_app_with_the_wrong_key_or_no_installation_is_said_so(twin: Running) -> None:
    given = app(twin)
    with reading(twin, settings=given["settings"], secrets={"private_key": OTHER_PEM}) as run, pytest.raises(AuthRevoked):
        run.connector.identify(run.context)
    with reading(twin, settings=given["settings"], secrets={"private_key": "no key"}) as run, pytest.raises(Misconfigured):
        run.connector.identify(run.context)
    twin.state.installations.clear()
    with reading(twin, **given) as run, pytest.raises(Misconfigured, match="not installed"):
        run.connector.identify(run.context)


def test_an_organization_that_cannot_be_seen_is_a_setting_to_look_at(twin: Running) -> None:
    with reading(twin, settings={"organization": "brackwater"}) as run, pytest.raises(Misconfigured, match="brackwater"):
        run.connector.identify(run.context)


def test_an_own_server_is_read_below_its_prefix(twin: Running) -> None:
    with reading(twin, settings={"base_url": twin.enterprise_url}) as run:
        run.connector.identify(run.context)
        assert set(run.facts("account")) == {"marta", "tom", "jonas"}


def test_the_manifest_asks_for_reading_only_and_for_what_the_operations_need(twin: Running) -> None:
    manifest = app_manifest(name="x", url="https://x.example", webhook_url="https://x.example/hook")
    assert set(manifest["default_permissions"].values()) == {"read"}
    assert set(manifest["default_permissions"]) == {each.permission for each in RIGHTS.values()}
    assert manifest["public"] is False


def test_the_manifests_permissions_are_enough_for_everything(twin: Running) -> None:
    twin.state.settings.plan = "enterprise"
    twin.state.saml = {"marta": "marta@fernhill.example"}
    with reading(twin, **app(twin)) as run:
        probes = run.connector.probe(run.context, ALL_KINDS)
        assert {each.outcome for each in probes} == {"ok"}, [each for each in probes if each.outcome != "ok"]
        for kind in sorted(ALL_KINDS):
            run.observations(kind)
            assert run.context.faults(kind) == (), kind
    assert all(
        each.method == "GET" or each.operation in ("/graphql",) or each.operation.startswith("/app/") for each in twin.requests.entries
    )


@pytest.mark.parametrize("permission", sorted(set(manifest_permissions()) - {"metadata"}))
def test_each_missing_permission_is_named_by_its_operations(twin: Running, permission: str) -> None:
    twin.state.settings.plan = "enterprise"
    twin.state.saml = {"marta": "marta@fernhill.example"}
    pull = twin.state.open_pull("api", "tom", "Add a thing")
    twin.state.check("api", pull.head)
    given = app(twin)
    del twin.state.installations[0].permissions[permission]
    with reading(twin, **given) as run:
        probes = {each.operation: each for each in run.connector.probe(run.context, ALL_KINDS)}
    missing = {name for name, each in probes.items() if each.outcome == "missing"}
    needing = {name for name, right in RIGHTS.items() if right.permission == permission}
    silent = {"POST /graphql organization.samlIdentityProvider"}  # hidden, not refused
    assert needing - silent <= missing
    for name in needing & missing:
        assert RIGHTS[name].label in probes[name].detail


def test_what_the_plan_lacks_is_told_from_what_the_credential_lacks(twin: Running) -> None:
    with reading(twin) as run:
        probes = {each.operation: each.outcome for each in run.connector.probe(run.context, ALL_KINDS)}
    assert probes["GET /orgs/{org}/audit-log"] == "not_licensed"
    assert probes["GET /orgs/{org}/personal-access-tokens"] == "not_licensed"
    with reading(twin, token="ghp_tom") as run:
        probes = {each.operation: each.outcome for each in run.connector.probe(run.context, ALL_KINDS)}
    assert probes["GET /orgs/{org}/dependabot/alerts"] == "missing"
    assert probes["GET /orgs/{org}/repos"] == "ok"
