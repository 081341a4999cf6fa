"""Sign-in, sign-out, password reset, second factor, sessions: through the pages, as a browser would."""

import re
import time
from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import get_hasher, identify_hasher, make_password
from django.core import mail
from django.core.cache import cache
from django.test import Client

from compliance.members.gates.idle import SEEN
from compliance.members.models import Membership
from compliance.operate.engine.ports import LOOPBACK, free_port

PASSWORD = "a long enough password"
NEW = "plumb lines hang straight down"


@pytest.fixture(autouse=True)
def fresh_counters():
    """Rate limits of one test do not reach into the next."""
    cache.clear()
    yield
    cache.clear()


def sign_in(client, email, password=PASSWORD, **more):
    return client.post("/accounts/login/", {"login": email, "password": password}, **more)


def confirm(client):
    """Give the password again, which is asked for before sign-in is changed."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def code_for(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def link_in(message):
    return re.search(r"https?://[^/\s]+(/\S+)", message)[1]


def test_a_member_signs_in_by_e_mail_in_any_case_and_out_again(marta):
    client = Client()
    response = sign_in(client, "Marta@Fernhill.example")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_signed_in(client)
    assert client.post("/accounts/logout/").status_code == 302
    assert not is_signed_in(client)


def test_signing_out_needs_a_post(marta, browser_of):
    client = browser_of(marta)
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(marta):
    known, unknown = Client(), Client()
    first, second = sign_in(known, marta.email, "wrong"), sign_in(unknown, "nobody@fernhill.example", "wrong")

    def bare(response, email):
        return re.sub(r'value="[^"]{32,}"|"X-CSRFToken": "[^"]*"', "", response.content.decode()).replace(email, "")

    assert first.status_code == second.status_code == 200
    assert bare(first, marta.email) == bare(second, "nobody@fernhill.example")
    assert not is_signed_in(known) and not is_signed_in(unknown)


def test_nobody_signs_up_by_oneself(db):
    client = Client()
    answer = client.post("/accounts/signup/", {"email": "new@fernhill.example", "password1": NEW})
    assert b"Accounts come by invitation" in answer.content
    assert not is_signed_in(client)


def test_a_closed_account_does_not_get_in(marta):
    marta.is_active = False
    marta.save()
    client = Client()
    sign_in(client, marta.email)
    assert not is_signed_in(client)


def test_the_sixth_wrong_password_for_an_address_is_refused_even_when_it_is_right(marta):
    for _ in range(5):
        sign_in(Client(), marta.email, "wrong")
    client = Client()
    answer = sign_in(client, marta.email)
    assert b"Too many failed" in answer.content
    assert not is_signed_in(client)


def test_one_address_cannot_knock_without_end(marta):
    statuses = {sign_in(Client(), f"person{n}@fernhill.example", "wrong").status_code for n in range(31)}
    assert statuses == {200, 429}


def test_argon2_is_the_default_outside_tests(settings):
    settings.PASSWORD_HASHERS = [name for name in settings.PASSWORD_HASHERS if "MD5" not in name]
    assert identify_hasher(make_password("x")).algorithm == "argon2"
    assert get_hasher("default").algorithm == "argon2"


def test_a_password_is_reset_through_a_real_mail_server_and_the_link_works_once(marta, settings):
    port, kept = free_port(), []

    class Keeper:
        async def handle_DATA(self, server, session, envelope):
            kept.append((envelope.rcpt_tos, envelope.content.decode()))
            return "250 kept"

    server = Controller(Keeper(), hostname=LOOPBACK, port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = LOOPBACK, port
    settings.EMAIL_HOST_USER, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "", False, False
    try:
        answer = Client().post("/accounts/password/reset/", {"email": marta.email})
    finally:
        server.stop()
    assert answer.status_code == 302
    [(receivers, content)] = kept
    assert receivers == ["marta@fernhill.example"]
    assert "Subject: Reset your Plumbline password" in content
    link = link_in(content.replace("=\r\n", "").replace("=3D", "="))

    client = Client()
    form = client.get(client.get(link)["Location"])
    assert form.status_code == 200
    done = client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert done["Location"] == "/accounts/password/reset/key/done/"
    again = Client()
    assert b"This link no longer works" in again.get(link, follow=True).content
    sign_in(client, marta.email, NEW)
    assert is_signed_in(client)


def test_asking_for_a_reset_tells_nobody_whether_the_address_is_known(marta):
    known = Client().post("/accounts/password/reset/", {"email": marta.email})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@fernhill.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.to for message in mail.outbox] == [["marta@fernhill.example"], ["nobody@fernhill.example"]]
    assert "There is no account with this address" in mail.outbox[1].body
    assert "signup" not in mail.outbox[1].body


def test_a_changed_password_keeps_this_session_and_ends_the_others(marta):
    here, elsewhere = Client(), Client()
    sign_in(here, marta.email)
    sign_in(elsewhere, marta.email)
    answer = here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    assert here.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/")["Location"].startswith("/accounts/login/")


def test_a_short_new_password_is_refused_with_the_reason(marta, browser_of):
    client = browser_of(marta)
    answer = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "short", "password2": "short"})
    assert b"at least 12 characters" in answer.content
    marta.refresh_from_db()
    assert marta.check_password(PASSWORD)


def test_a_second_factor_is_turned_on_asked_for_and_its_recovery_code_works_once(marta):
    client = Client()
    sign_in(client, marta.email)
    assert client.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/reauthenticate/")
    confirm(client)
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})["Location"] == "/accounts/2fa/recovery-codes/"
    codes = Authenticator.objects.get(user=marta, type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10

    half = Client()
    assert sign_in(half, marta.email)["Location"].startswith("/accounts/2fa/authenticate/")
    assert not is_signed_in(half)
    half.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not is_signed_in(half)
    half.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert is_signed_in(half)

    third = Client()
    sign_in(third, marta.email)
    third.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert not is_signed_in(third)


def test_the_key_of_the_app_is_encrypted_in_the_database(marta, settings):
    settings.MFA_ADAPTER = "compliance.members.adapter.SecondFactorAdapter"
    client = Client()
    sign_in(client, marta.email)
    confirm(client)
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    stored = Authenticator.objects.get(user=marta, type="totp")
    assert secret not in str(stored.data)
    half = Client()
    sign_in(half, marta.email)
    cache.clear()  # a code is accepted once; the same half minute is used here
    half.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert is_signed_in(half)


def test_one_session_is_signed_out_from_another_and_nobody_elses(marta, rival):
    here, elsewhere, foreign = Client(), Client(), Client()
    sign_in(here, marta.email)
    sign_in(elsewhere, marta.email)
    sign_in(foreign, rival.email)
    for client in (here, elsewhere, foreign):
        client.get("/accounts/")
    other = UserSession.objects.get(session_key=elsewhere.session.session_key)
    theirs = UserSession.objects.get(session_key=foreign.session.session_key)
    assert here.post(f"/accounts/sessions/{theirs.pk}/revoke/").status_code == 404
    assert here.post(f"/accounts/sessions/{other.pk}/revoke/").status_code == 302
    assert elsewhere.get("/accounts/").status_code == 302
    assert here.get("/accounts/").status_code == foreign.get("/accounts/").status_code == 200


def test_the_list_of_sessions_knows_at_once_from_where_a_session_is_used(marta):
    client = Client(REMOTE_ADDR="192.0.2.1", HTTP_USER_AGENT="Firefox")
    sign_in(client, marta.email)
    client.get("/accounts/")
    first = UserSession.objects.get(session_key=client.session.session_key)
    assert (first.ip, first.user_agent) == ("192.0.2.1", "Firefox")
    client.get("/accounts/", REMOTE_ADDR="192.0.2.99", HTTP_USER_AGENT="curl")
    first.refresh_from_db()
    assert (first.ip, first.user_agent) == ("192.0.2.99", "curl")
    assert "192.0.2.99" in client.get("/accounts/sessions/", REMOTE_ADDR="192.0.2.99", HTTP_USER_AGENT="curl").content.decode()


def test_when_a_session_was_last_used_is_written_once_a_minute(marta):
    client = Client()
    sign_in(client, marta.email)
    client.get("/accounts/")
    noted = UserSession.objects.get(session_key=client.session.session_key)
    client.get("/accounts/")
    again = UserSession.objects.get(pk=noted.pk)
    assert again.last_seen_at == noted.last_seen_at
    session = client.session
    session[SEEN] = int(time.time()) - 61
    session.save()
    client.get("/accounts/")
    again.refresh_from_db()
    assert again.last_seen_at > noted.last_seen_at


def test_an_idle_session_ends_after_the_organizations_minutes(fernhill, marta):
    fernhill.idle_minutes = 30
    fernhill.save()
    client = Client()
    sign_in(client, marta.email)
    client.get("/accounts/")
    session = client.session
    session[SEEN] = int(time.time()) - 29 * 60
    session.save()
    assert client.get("/accounts/").status_code == 200
    session = client.session
    session[SEEN] = int(time.time()) - 31 * 60
    session.save()
    assert client.get("/accounts/")["Location"] == "/accounts/login/"
    assert not is_signed_in(client)


def test_a_member_of_two_organizations_is_bound_by_the_stricter_one(fernhill, brackwater, marta, arrange):
    with arrange(brackwater):
        Membership.objects.create(user=marta, role="viewer")
    fernhill.idle_minutes, brackwater.idle_minutes = 600, 10
    fernhill.save()
    brackwater.save()
    client = Client()
    sign_in(client, marta.email)
    client.get("/accounts/")
    session = client.session
    session[SEEN] = int(time.time()) - 11 * 60
    session.save()
    assert client.get("/accounts/").status_code == 302


def test_renaming_oneself(marta, browser_of):
    assert browser_of(marta).post("/accounts/", {"name": "Marta L."}).status_code == 302
    marta.refresh_from_db()
    assert marta.name == "Marta L."


@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/signup/"]
)
def test_entrance_pages_carry_the_content_security_policy_and_no_inline_script(db, address):
    answer = Client().get(address)
    assert answer.status_code == 200
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert not re.search(rb"<script(?![^>]*\bsrc=)[^>]*>", answer.content)
    assert not re.search(rb"\sstyle=", answer.content)


@pytest.mark.parametrize("address", ["/accounts/", "/accounts/2fa/", "/accounts/sessions/", "/accounts/password/change/"])
def test_account_pages_are_for_who_is_signed_in(marta, browser_of, address):
    assert Client().get(address)["Location"] == f"/accounts/login/?next={address}"
    assert browser_of(marta).get(address).status_code == 200


def test_times_are_shown_with_their_zone(marta):
    client = Client()
    sign_in(client, marta.email)
    client.get("/accounts/")
    shown = client.get("/accounts/sessions/").content.decode()
    assert f"{datetime.now(UTC):%Y-%m-%d}T" in shown
