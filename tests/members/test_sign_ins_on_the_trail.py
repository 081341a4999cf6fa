"""Signing in, failing to, being locked out, signing out, changing password and second factor: on the trail of each of one's organizations."""

import pytest
from django.core.cache import cache
from django.test import Client

from compliance.members.models import Membership
from compliance.members.roles import Role
from compliance.tenancy.scope import scope
from compliance.trail.models import Entry
from tests.members.test_signing_in import NEW, PASSWORD, code_for, confirm, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()
    yield
    cache.clear()


def told(organization):
    """Names of what the organization's trail tells of sign-ins, the earliest first, with who did it."""
    with scope(organization.pk):
        return [
            (each.name.removeprefix("member."), each.actor_name)
            for each in Entry.objects.filter(name__startswith="member.", subject_kind="user").order_by("id")
        ]


def test_sign_ins_stand_on_the_trail_of_each_organization_of_the_person_and_of_no_other(fernhill, brackwater, marta, rival, arrange):
    client = Client()
    sign_in(client, "marta@fernhill.example", "wrong")
    sign_in(client, "nobody@fernhill.example", "wrong")
    sign_in(client, "marta@fernhill.example")
    client.post("/accounts/logout/")
    assert told(fernhill) == [("sign_in_failed", "Plumbline"), ("signed_in", "Marta Lindqvist"), ("signed_out", "Marta Lindqvist")]
    assert told(brackwater) == []
    with arrange(brackwater):
        Membership.objects.create(user=marta, role=Role.VIEWER)
    sign_in(client, "marta@fernhill.example")
    assert told(brackwater) == [("signed_in", "Marta Lindqvist")]
    with scope(fernhill.pk):
        assert Entry.objects.filter(name="member.signed_in").latest("id").detail == {"from": "127.0.0.1", "by": "password"}


def test_being_locked_out_is_told_once(fernhill, marta):
    client = Client()
    for _time in range(8):
        sign_in(client, "marta@fernhill.example", "wrong")
    assert told(fernhill) == [("sign_in_failed", "Plumbline")] * 5 + [("locked_out", "Plumbline")]


def test_password_second_factor_and_ended_sessions_are_told(fernhill, marta):
    client, other = Client(), Client()
    sign_in(client, "marta@fernhill.example")
    sign_in(other, "marta@fernhill.example")
    confirm(client)
    page = client.get("/accounts/2fa/totp/activate/")
    client.post("/accounts/2fa/totp/activate/", {"code": code_for(page.context["form"].secret)})
    client.post("/accounts/2fa/totp/deactivate/")
    client.post("/accounts/sessions/")
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    with scope(fernhill.pk):
        entries = list(Entry.objects.filter(name__startswith="member.", subject_kind="user").order_by("id"))
    assert {each.name for each in entries[2:]} == {"member.second_factor_changed", "member.signed_out", "member.password_changed"}
    said = [each.detail for each in entries if each.name == "member.second_factor_changed"]
    assert {"authenticator app": "added"} in said and {"authenticator app": "removed"} in said
    assert [each.detail for each in entries if each.name == "member.password_changed"] == [{"password": "changed"}]
    assert not any(PASSWORD in str(each.detail) or NEW in str(each.detail) for each in entries)
