"""Inviting, joining, roles, leaving."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection
from django.test import Client

from compliance.members.models import Invitation, Membership, User
from compliance.members.refusals import AlreadyInvited, AlreadyMember, InvitationClosed, LastAdmin, NotMailed
from compliance.members.roles import Role
from compliance.members.services.invitations import invite, resend, revoke
from compliance.members.services.memberships import change_role, remove_member
from compliance.operate.engine.ports import free_port
from compliance.tenancy.scope import scope
from compliance.trail.models import Entry
from tests.conftest import actor_of

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PASSWORD = "plumb lines hang straight down"


def membership_of(user, organization):
    with scope(organization.pk):
        return Membership.objects.select_related("user").get(user=user)


def link_in(message):
    return re.search(r"https?://[^/\s]+(/invitations/\S+)", message.body)[1]


def names_on_the_trail(organization):
    with scope(organization.pk):
        return [str(name) for name in Entry.objects.exclude(name="test.arranged").order_by("id").values_list("name", flat=True)]


def test_an_admin_invites_from_the_page_and_the_guest_makes_an_account(fernhill, marta, browser_of):
    answer = browser_of(marta).post("/fernhill/settings/members/", {"email": "Jonas@fernhill.example", "role": "control_owner"})
    assert answer["Location"] == "/fernhill/settings/members/"
    [message] = mail.outbox
    assert message.to == ["jonas@fernhill.example"]
    assert message.subject == "Marta Lindqvist invites you to Fernhill"
    guest = Client()
    assert b"Join Fernhill" in guest.get(link_in(message)).content
    joined = guest.post(link_in(message), {"name": "Jonas Weber", "password": PASSWORD})
    assert joined["Location"] == "/fernhill/"
    jonas = User.objects.get(email="jonas@fernhill.example")
    assert membership_of(jonas, fernhill).role == Role.CONTROL_OWNER
    assert jonas.check_password(PASSWORD)
    assert guest.get("/fernhill/settings/members/").status_code == 200
    assert names_on_the_trail(fernhill) == ["member.invited", "member.joined"]


def test_the_secret_of_the_link_is_not_in_the_database(fernhill, marta):
    with scope(fernhill.pk):
        sent = invite(actor=actor_of(marta), email="jonas@fernhill.example", role=Role.VIEWER, now=NOW)
    secret = sent.link.rstrip("/").rpartition("_")[2]
    with scope(fernhill.pk), connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM members_invitation i")
        [(row,)] = cursor.fetchall()
    assert secret not in row and secret.encode().hex() not in row


def test_a_link_works_once(fernhill, marta, browser_of):
    browser_of(marta).post("/fernhill/settings/members/", {"email": "jonas@fernhill.example", "role": "viewer"})
    link = link_in(mail.outbox[0])
    Client().post(link, {"name": "Jonas Weber", "password": PASSWORD})
    again = Client().post(link, {"name": "Mallory", "password": PASSWORD})
    assert again.status_code == 404
    assert User.objects.filter(name="Mallory").count() == 0


def test_a_changed_link_opens_nothing(fernhill, marta, browser_of):
    browser_of(marta).post("/fernhill/settings/members/", {"email": "jonas@fernhill.example", "role": "viewer"})
    link = link_in(mail.outbox[0])
    for wrong in (link[:-5] + "AAAA/", "/invitations/x/", "/invitations/" + "0" * 32 + "_" + "A" * 43 + "/"):
        assert Client().get(wrong).status_code == 404


def test_an_expired_link_is_closed_and_a_new_one_closes_the_old(fernhill, marta):
    with scope(fernhill.pk):
        old = invite(actor=actor_of(marta), email="jonas@fernhill.example", role=Role.VIEWER, now=datetime.now(UTC) - timedelta(days=8))
    assert Client().get(link_in(mail.outbox[0])).status_code == 404
    with scope(fernhill.pk):
        resend(actor=actor_of(marta), invitation=old.invitation, now=datetime.now(UTC))
    assert Client().get(link_in(mail.outbox[0])).status_code == 404
    assert Client().get(link_in(mail.outbox[1])).status_code == 200


def test_a_revoked_invitation_is_closed(fernhill, marta, browser_of):
    client = browser_of(marta)
    client.post("/fernhill/settings/members/", {"email": "jonas@fernhill.example", "role": "viewer"})
    with scope(fernhill.pk):
        invitation = Invitation.objects.get()
    assert client.post(f"/fernhill/settings/invitations/{invitation.pk}/revoke/").status_code == 302
    assert Client().get(link_in(mail.outbox[0])).status_code == 404
    with scope(fernhill.pk), pytest.raises(InvitationClosed):
        revoke(actor=actor_of(marta), invitation=invitation, now=NOW)


def test_a_weak_password_is_refused_and_the_link_stays_open(fernhill, marta, browser_of):
    browser_of(marta).post("/fernhill/settings/members/", {"email": "jonas@fernhill.example", "role": "viewer"})
    answer = Client().post(link_in(mail.outbox[0]), {"name": "Jonas Weber", "password": "jonasweber"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["password"]
    assert not User.objects.filter(email="jonas@fernhill.example").exists()
    assert Client().get(link_in(mail.outbox[0])).status_code == 200


def test_somebody_with_an_account_signs_in_to_accept_and_nobody_else_can(fernhill, marta, rival, tom, browser_of):
    browser_of(marta).post("/fernhill/settings/members/", {"email": rival.email, "role": "viewer"})
    link = link_in(mail.outbox[0])
    assert f"/accounts/login/?next={link}".replace("/", "%2F") in Client().get(link).content.decode().replace("/", "%2F")
    assert Client().post(link, {"name": "Mallory", "password": PASSWORD}).status_code == 200
    assert browser_of(tom).post(link).status_code == 403
    assert browser_of(rival).post(link)["Location"] == "/fernhill/"
    assert membership_of(rival, fernhill).role == Role.VIEWER


def test_inviting_a_member_or_twice_is_refused_with_what_to_do(fernhill, marta, tom, browser_of):
    with scope(fernhill.pk):
        with pytest.raises(AlreadyMember):
            invite(actor=actor_of(marta), email="TOM@fernhill.example", role=Role.VIEWER, now=NOW)
        invite(actor=actor_of(marta), email="jonas@fernhill.example", role=Role.VIEWER, now=NOW)
        with pytest.raises(AlreadyInvited):
            invite(actor=actor_of(marta), email="Jonas@fernhill.example", role=Role.VIEWER, now=NOW)
    answer = browser_of(marta).post("/fernhill/settings/members/", {"email": "jonas@fernhill.example", "role": "viewer"})
    assert (answer.status_code, len(mail.outbox)) == (422, 1)


def test_without_a_mail_server_the_invitation_stands_and_it_is_said(fernhill, marta, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with scope(fernhill.pk):
        with pytest.raises(NotMailed, match="Send it again"):
            invite(actor=actor_of(marta), email="jonas@fernhill.example", role=Role.VIEWER, now=NOW)
        assert Invitation.objects.get().is_open(NOW)


def test_only_admins_invite_and_see_who_is_invited(fernhill, marta, priya, browser_of):
    browser_of(marta).post("/fernhill/settings/members/", {"email": "jonas@fernhill.example", "role": "viewer"})
    page = browser_of(priya).get("/fernhill/settings/members/")
    assert page.status_code == 200
    assert b"jonas@fernhill.example" not in page.content and b"Send invitation" not in page.content
    assert browser_of(priya).post("/fernhill/settings/members/", {"email": "x@fernhill.example", "role": "admin"}).status_code == 403
    assert len(mail.outbox) == 1


def test_a_role_is_changed_and_takes_effect_at_once(fernhill, marta, tom, browser_of):
    toms = browser_of(tom)
    assert toms.get("/fernhill/settings/").status_code == 403
    membership = membership_of(tom, fernhill)
    assert browser_of(marta).post(f"/fernhill/settings/members/{membership.pk}/", {"role": "admin"}).status_code == 302
    assert toms.get("/fernhill/settings/").status_code == 200
    with scope(fernhill.pk):
        entry = Entry.objects.get(name="member.role_changed")
    assert entry.detail == {"before": {"role": "control_owner"}, "after": {"role": "admin"}}


def test_the_last_admin_cannot_be_demoted_or_removed(fernhill, marta, tom, browser_of):
    admin = membership_of(marta, fernhill)
    with scope(fernhill.pk):
        with pytest.raises(LastAdmin):
            change_role(actor=actor_of(marta), membership=admin, role=Role.VIEWER)
        with pytest.raises(LastAdmin):
            remove_member(actor=actor_of(marta), membership=admin)
    answer = browser_of(marta).post(f"/fernhill/settings/members/{admin.pk}/", {"role": "viewer"})
    assert answer.status_code == 422
    assert membership_of(marta, fernhill).role == Role.ADMIN
    assert names_on_the_trail(fernhill) == []


def test_one_of_two_admins_may_go(fernhill, marta, tom):
    with scope(fernhill.pk):
        change_role(actor=actor_of(marta), membership=membership_of(tom, fernhill), role=Role.ADMIN)
        remove_member(actor=actor_of(marta), membership=membership_of(marta, fernhill))
        assert list(Membership.objects.values_list("role", flat=True)) == [Role.ADMIN]


def test_the_database_itself_keeps_the_last_admin(fernhill, marta, arrange):
    for change in ("UPDATE members_membership SET role = 'viewer'", "DELETE FROM members_membership"):
        with pytest.raises(IntegrityError, match="keeps at least one admin"), arrange(fernhill), connection.cursor() as cursor:
            cursor.execute(change)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert membership_of(marta, fernhill).role == Role.ADMIN


def test_members_of_the_rival_are_neither_seen_nor_changed(fernhill, marta, rival, brackwater, browser_of):
    theirs = membership_of(rival, brackwater)
    client = browser_of(marta)
    assert client.get(f"/fernhill/settings/members/{theirs.pk}/").status_code == 404
    assert client.post(f"/fernhill/settings/members/{theirs.pk}/", {"role": "viewer"}).status_code == 404
    assert rival.email.encode() not in client.get("/fernhill/settings/members/").content
    assert membership_of(rival, brackwater).role == Role.ADMIN


def test_the_invitation_lookup_answers_nothing_without_the_secret(fernhill, marta):
    with scope(fernhill.pk):
        sent = invite(actor=actor_of(marta), email="jonas@fernhill.example", role=Role.VIEWER, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM plumbline_invitation(%s, %s)", [sent.invitation.pk, b"\0" * 32])
        assert cursor.fetchall() == []


def test_invitations_are_unreachable_without_a_scope(fernhill, marta):
    with scope(fernhill.pk):
        invite(actor=actor_of(marta), email="jonas@fernhill.example", role=Role.VIEWER, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM members_invitation")
        assert cursor.fetchone() == (0,)


def test_a_name_with_markup_is_shown_as_text(fernhill, marta, browser_of):
    marta.name = "<script>alert(1)</script>"
    marta.save()
    assert b"<script>alert" not in browser_of(marta).get("/fernhill/settings/members/").content
