"""Signing in at Atlassian, and refresh tokens that are good once: nothing but the one that is stored may ever be used."""

import threading
from contextvars import copy_context
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection as database

from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.trail.models import Entry
from integrations.errors import AuthRevoked, Misconfigured, Transient
from integrations.models import Connection, Credential
from integrations.registry import load_grant
from integrations.sandbox.jira.server import Running
from integrations.services.connections import accept_grant, create_connection, pause_connection
from integrations.services.credentials import renew_secrets, renewing, reveal_secrets
from integrations.services.probing import probe_connection
from integrations.transport.grants import Granted, challenge_of
from integrations.vendors.jira import grant
from integrations.vendors.jira.settings import SETTINGS

LOOPBACK = ("127.0.0.0/8",)


@pytest.fixture(autouse=True)
def loopback_is_allowed(monkeypatch: pytest.MonkeyPatch, state) -> None:
    """The operator lets connectors reach the sandbox; the twin runs by the machine's clock, as the product does."""
    monkeypatch.setattr(settings, "CONFIGURATION", replace(settings.CONFIGURATION, outgoing_allow=LOOPBACK))
    state.clock.follow_machine()


def connected(organization, twin: Running, **more: str) -> Connection:
    now = datetime.now(UTC)
    given = {
        "site_url": twin.url, "api_url": twin.url, "auth_url": twin.url, "client_id": "app-1", "client_secret": "app-secret", **more,
    }  # fmt: skip
    with scope(organization.pk):
        return create_connection(
            actor=SYSTEM, vendor="jira", name="Tickets", vendor_settings=SETTINGS, given=given, external_id="", now=now
        )


def app_of(twin: Running, slug: str) -> None:
    twin.state.apps["app-1"].redirect_uri = f"{settings.CONFIGURATION.public_url.rstrip('/')}/{slug}/connections/authorized/"


def signed_in(organization, twin: Running) -> Connection:
    """As after the redirect: the tokens of a grant are stored."""
    made = connected(organization, twin)
    held = twin.state.grant("app-1", "marta.lindqvist", " ".join(grant.scopes()))
    tokens = {
        "access_token": twin.state.access_token(held),
        "refresh_token": held.refresh,
        "access_ends": _text(datetime.now(UTC) + timedelta(hours=1)),
    }
    with scope(organization.pk):
        accept_grant(actor=SYSTEM, connection=made, granted=Granted({"cloud_id": twin.state.cloud_id}, tokens), now=datetime.now(UTC))
    return made


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def stored(organization, made: Connection) -> dict[str, str]:
    with scope(organization.pk):
        return reveal_secrets(made)


def renewed(organization, made: Connection, refused: str, now: datetime | None = None) -> dict[str, str]:
    with scope(organization.pk):
        return renew_secrets(made, refused, grant=load_grant("jira"), allow=LOOPBACK, now=now or datetime.now(UTC))


def tokens_asked(twin: Running) -> int:
    return sum(each.operation == "POST /oauth/token" for each in twin.requests.entries)


# -- refreshing ------------------------------------------------------------------------------------------------------------


def test_a_refused_token_is_renewed_and_the_next_refresh_token_stored_first(fernhill, twin: Running) -> None:
    made = signed_in(fernhill, twin)
    before = stored(fernhill, made)
    found = renewed(fernhill, made, before["access_token"])
    assert found == stored(fernhill, made)
    assert found["refresh_token"] == twin.state.grants[0].refresh != before["refresh_token"]
    assert found["access_token"] != before["access_token"]
    assert found["client_secret"] == "app-secret"
    with scope(fernhill.pk):
        assert Entry.objects.filter(name="connection.credential_renewed").count() == 1
        assert found["refresh_token"].encode() not in bytes(Credential.objects.get().ciphertext)


def test_whoever_comes_second_takes_what_the_first_got_and_nothing_is_written(fernhill, twin: Running) -> None:
    made = signed_in(fernhill, twin)
    before = stored(fernhill, made)
    first = renewed(fernhill, made, before["access_token"])
    second = renewed(fernhill, made, before["access_token"])
    assert (first, tokens_asked(twin)) == (second, 1)
    with scope(fernhill.pk):
        assert Entry.objects.filter(name="connection.credential_renewed").count() == 1


def test_a_token_that_is_about_to_end_is_renewed_before_use(fernhill, twin: Running) -> None:
    made = signed_in(fernhill, twin)
    renewed(fernhill, made, "", now=datetime.now(UTC) + timedelta(minutes=54))
    assert tokens_asked(twin) == 0
    renewed(fernhill, made, "", now=datetime.now(UTC) + timedelta(minutes=56))
    assert tokens_asked(twin) == 1


def test_a_refresh_that_fails_changes_nothing(fernhill, twin: Running) -> None:
    made = signed_in(fernhill, twin)
    before = stored(fernhill, made)
    twin.faults.add("server_error", "/oauth/token")
    with pytest.raises(Transient):
        renewed(fernhill, made, before["access_token"])
    assert stored(fernhill, made) == before
    assert renewed(fernhill, made, before["access_token"])["refresh_token"] == twin.state.grants[0].refresh


def test_a_grant_that_was_taken_back_says_sign_in_again(fernhill, twin: Running) -> None:
    made = signed_in(fernhill, twin)
    before = stored(fernhill, made)
    twin.state.grants[0].revoked = True
    with pytest.raises(AuthRevoked, match="sign in at Atlassian again"):
        renewed(fernhill, made, before["access_token"])
    assert stored(fernhill, made) == before
    with scope(fernhill.pk):
        assert Entry.objects.filter(name="connection.credential_renewed").count() == 0


def test_a_connection_paused_meanwhile_has_nothing_to_renew(fernhill, twin: Running) -> None:
    made = signed_in(fernhill, twin)
    with scope(fernhill.pk):
        pause_connection(actor=SYSTEM, connection=made, reason="a test", now=datetime.now(UTC))
        with pytest.raises(AuthRevoked, match="destroyed"):
            renew_secrets(made, "", grant=load_grant("jira"), allow=LOOPBACK, now=datetime.now(UTC))
        with pytest.raises(ValidationError):
            accept_grant(actor=SYSTEM, connection=made, granted=Granted({}, {"access_token": "x"}), now=datetime.now(UTC))
    assert tokens_asked(twin) == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_that_refresh_at_once_one_asks_and_both_go_on(fernhill, twin: Running) -> None:
    made = signed_in(fernhill, twin)
    before = stored(fernhill, made)
    twin.faults.add("slow", "/oauth/token", seconds=1, times=None)  # both are at it while the first is asking
    found: list[dict[str, str]] = []
    together = threading.Barrier(2)

    def work() -> None:
        try:
            with scope(fernhill.pk):
                together.wait(5)
                found.append(dict(renewing(made, allow=LOOPBACK, clock=lambda: datetime.now(UTC))(before["access_token"])))
        finally:
            database.close()

    threads = [threading.Thread(target=copy_context().run, args=(work,)) for _each in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert len(found) == 2
    assert found[0] == found[1] == stored(fernhill, made)
    assert tokens_asked(twin) == 1
    assert found[0]["refresh_token"] == twin.state.grants[0].refresh
    # and the connection lives on: the stored token is the one that is good
    assert renewed(fernhill, made, found[0]["access_token"])["refresh_token"] == twin.state.grants[0].refresh


def test_a_run_renews_by_itself_when_its_token_does_not_hold(fernhill, twin: Running) -> None:
    made = signed_in(fernhill, twin)
    for token in twin.state.access_tokens.values():
        token.ends = datetime.now(UTC) - timedelta(minutes=1)
    with scope(fernhill.pk):
        outcome = probe_connection(made.pk)
    assert (outcome["state"], outcome["principal"], tokens_asked(twin)) == ("ok", "Marta Lindqvist (app)", 1)
    assert stored(fernhill, made)["refresh_token"] == twin.state.grants[0].refresh


# -- the way there and back ------------------------------------------------------------------------------------------------


def begin(client, organization, made: Connection):
    return client.get(f"/{organization.slug}/connections/{made.pk}/authorize/")


def at_atlassian(twin: Running, address: str) -> str:
    """What Atlassian answers whoever says yes there: the address to come back to."""
    answer = httpx.get(address, trust_env=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def back(client, address: str):
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def test_marta_signs_in_and_the_connection_works(client, fernhill, marta, twin: Running) -> None:
    app_of(twin, "fernhill")
    made = connected(fernhill, twin)
    client.force_login(marta)
    away = begin(client, fernhill, made)
    asked = parse_qs(urlsplit(away["location"]).query)
    assert (away.status_code, asked["client_id"], asked["response_type"], asked["audience"]) == (
        302,
        ["app-1"],
        ["code"],
        ["api.atlassian.com"],
    )
    assert {"offline_access", "read:jira-work"} <= set(asked["scope"][0].split())
    returned = back(client, at_atlassian(twin, away["location"]))
    assert (returned.status_code, returned["location"]) == (302, f"/fernhill/connections/{made.pk}/")
    with scope(fernhill.pk):
        made.refresh_from_db()
        assert made.settings["cloud_id"] == twin.state.cloud_id
        assert reveal_secrets(made)["refresh_token"] == twin.state.grants[0].refresh
        assert Entry.objects.filter(name="connection.signed_in").count() == 1
        outcome = probe_connection(made.pk)
    assert (outcome["state"], outcome["account"]) == ("ok", "https://fernhill.atlassian.net")


def test_a_state_that_this_browser_did_not_begin_is_refused(client, fernhill, marta, twin: Running) -> None:
    app_of(twin, "fernhill")
    made = connected(fernhill, twin)
    client.force_login(marta)
    away = at_atlassian(twin, begin(client, fernhill, made)["location"])
    stranger = type(client)()
    stranger.force_login(marta)
    assert back(stranger, away).status_code == 403
    for state in ("", "guessed", "ä"):
        assert client.get("/fernhill/connections/authorized/", {"state": state, "code": "x"}).status_code == 403
    assert "refresh_token" not in stored(fernhill, made)


def test_a_state_is_good_once_and_for_ten_minutes(client, fernhill, marta, twin: Running) -> None:
    app_of(twin, "fernhill")
    made = connected(fernhill, twin)
    client.force_login(marta)
    first = at_atlassian(twin, begin(client, fernhill, made)["location"])
    assert back(client, first).status_code == 302
    assert back(client, first).status_code == 403
    second = at_atlassian(twin, begin(client, fernhill, made)["location"])
    session = client.session
    session["sign_ins"] = {key: [held[0], held[1], _old()] for key, held in session["sign_ins"].items()}
    session.save()
    assert back(client, second).status_code == 403


def _old() -> str:
    return (datetime.now(UTC) - timedelta(minutes=11)).isoformat()


def test_what_the_vendor_refuses_is_shown_and_changes_nothing(client, fernhill, marta, twin: Running) -> None:
    app_of(twin, "fernhill")
    made = connected(fernhill, twin)
    client.force_login(marta)
    state = parse_qs(urlsplit(begin(client, fernhill, made)["location"]).query)["state"][0]
    said = client.get(
        "/fernhill/connections/authorized/", {"state": state, "error": "access_denied", "error_description": "User said <no>"}
    )
    assert (said.status_code, "User said &lt;no&gt;" in said.content.decode()) == (422, True)
    state = parse_qs(urlsplit(begin(client, fernhill, made)["location"]).query)["state"][0]
    wrong = client.get("/fernhill/connections/authorized/", {"state": state, "code": "never-given"})
    assert (wrong.status_code, "sign in at Atlassian again" in wrong.content.decode()) == (422, True)
    assert stored(fernhill, made) == {"client_secret": "app-secret"}


def test_only_who_manages_connections_signs_in_and_a_rival_finds_nothing(client, fernhill, brackwater, vera, marta, twin: Running) -> None:
    made = connected(fernhill, twin)
    client.force_login(vera)
    assert begin(client, fernhill, made).status_code == 403
    client.force_login(marta)
    assert client.get(f"/brackwater/connections/{made.pk}/authorize/").status_code == 404


def test_without_a_client_id_the_page_says_what_is_missing(client, fernhill, marta, twin: Running) -> None:
    by_token = {"client_id": "", "client_secret": "", "email": "jonas.weber@fernhill.example", "api_token": "ATATT-1"}
    made = connected(fernhill, twin, **by_token)
    client.force_login(marta)
    answer = begin(client, fernhill, made)
    assert (answer.status_code, "enter the client ID of the app first" in answer.content.decode()) == (422, True)


def test_the_wizard_shows_the_redirect_address_and_the_page_the_button(client, fernhill, marta, twin: Running) -> None:
    client.force_login(marta)
    assert "/fernhill/connections/authorized/" in client.get("/fernhill/connections/new/jira/").content.decode()
    assert "/connections/authorized/" not in client.get("/fernhill/connections/new/github/").content.decode()
    made = connected(fernhill, twin)
    assert f"/fernhill/connections/{made.pk}/authorize/" in client.get(f"/fernhill/connections/{made.pk}/").content.decode()


def test_a_sign_in_for_another_site_is_refused(twin: Running) -> None:
    given = {"site_url": "https://other.atlassian.net", "api_url": twin.url, "auth_url": twin.url, "client_id": "app-1"}
    held = twin.state.grant("app-1", "marta.lindqvist", " ".join(grant.scopes()))
    code = twin.state.code_for(held, twin.state.apps["app-1"].redirect_uri)
    with pytest.raises(Misconfigured, match="fernhill.atlassian.net, but the connection's site is other.atlassian.net"):
        grant.accept(
            given, {"client_secret": "app-secret"}, code=code, redirect_uri=twin.state.apps["app-1"].redirect_uri, verifier="",
            allow=LOOPBACK, now=datetime.now(UTC),
        )  # fmt: skip


def test_the_code_challenge_is_that_of_the_standard() -> None:
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, B
