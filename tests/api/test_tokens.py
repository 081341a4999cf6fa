"""Tokens: what they open, what they do not, and how the API answers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from compliance.members.models import ApiToken, Membership, TokenUse
from compliance.members.refusals import TooManyRights
from compliance.members.roles import Right, Role
from compliance.members.services.memberships import change_role, remove_member
from compliance.members.services.tokens import create_token, revoke_token
from compliance.tenancy.scope import scope
from compliance.trail.models import Entry
from tests.conftest import actor_of


def membership_of(user, organization):
    with scope(organization.pk):
        return Membership.objects.select_related("user").get(user=user)


def made(user, organization, *rights, days=30):
    """A token of that user: (token, text)."""
    now = datetime.now(UTC)
    with scope(organization.pk):
        return create_token(
            actor=actor_of(user),
            membership=membership_of(user, organization),
            name="nightly export",
            rights=rights,
            expires_at=now + timedelta(days=days),
            now=now,
        )


def call(text, address, method="get", body=None):
    arguments = {"content_type": "application/json", "data": body} if body is not None else {}
    return getattr(Client(), method)(address, headers={"authorization": f"Bearer {text}"}, **arguments)


def test_a_token_reads_what_it_may_and_nothing_else(fernhill, marta):
    _, text = made(marta, fernhill, Right.SEE_MEMBERS)
    members = call(text, "/api/v1/fernhill/members/")
    assert members.status_code == 200
    assert [each["email"] for each in members.json()] == ["marta@fernhill.example"]
    refused = call(text, "/api/v1/fernhill/trail/")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert refused.json()["detail"] == "This token does not include “see_trail”. Make one that does."


def test_a_token_opens_only_its_own_organization(fernhill, brackwater, marta, rival, arrange):
    with arrange(brackwater):
        Membership.objects.create(user=marta, role="admin")
    _, text = made(marta, fernhill, Right.SEE_MEMBERS)
    assert call(text, "/api/v1/brackwater/members/").status_code == 404
    assert [each["slug"] for each in call(text, "/api/v1/organizations/").json()] == ["fernhill"]


@pytest.mark.parametrize("text", ["", "plumb_", "plumb_" + "0" * 32 + "_" + "A" * 43, "other_" + "0" * 32 + "_" + "A" * 43, "\udcff"])
def test_a_text_that_is_no_token_gets_401_with_what_to_do(fernhill, text):
    answer = Client().get("/api/v1/fernhill/", headers={"authorization": f"Bearer {text}".encode("utf-8", "replace").decode()})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["title"] == "Unauthorized"


def test_revoked_expired_and_orphaned_tokens_open_nothing(fernhill, marta, tom, priya):
    revoked, revoked_text = made(marta, fernhill, Right.SEE_MEMBERS)
    expired, expired_text = made(marta, fernhill, Right.SEE_MEMBERS)
    _, orphan_text = made(tom, fernhill, Right.SEE_MEMBERS)
    with scope(fernhill.pk):
        revoke_token(actor=actor_of(marta), token=revoked, now=datetime.now(UTC))
        remove_member(actor=actor_of(marta), membership=membership_of(tom, fernhill))
    with scope(fernhill.pk):
        assert not expired.is_live(expired.expires_at)
    for text in (revoked_text, orphan_text):
        assert call(text, "/api/v1/fernhill/members/").status_code == 401
    assert call(expired_text, "/api/v1/fernhill/members/").status_code == 200


def test_an_expired_token_opens_nothing(fernhill, marta, arrange):
    token, text = made(marta, fernhill, Right.SEE_MEMBERS)
    with arrange(fernhill):
        ApiToken.objects.filter(pk=token.pk).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert call(text, "/api/v1/fernhill/members/").status_code == 401


def test_a_token_loses_what_its_member_loses(fernhill, marta, priya):
    _, text = made(priya, fernhill, Right.SEE_TRAIL, Right.SEE_MEMBERS)
    assert call(text, "/api/v1/fernhill/trail/").status_code == 200
    with scope(fernhill.pk):
        from_role = membership_of(priya, fernhill)
        change_role(actor=actor_of(marta), membership=from_role, role=Role.VIEWER)
    assert call(text, "/api/v1/fernhill/trail/").status_code == 403
    assert call(text, "/api/v1/fernhill/members/").status_code == 200


def test_nobody_makes_a_token_with_more_rights_than_they_have(fernhill, priya):
    with pytest.raises(TooManyRights, match="manage_members"):
        made(priya, fernhill, Right.MANAGE_MEMBERS)
    with pytest.raises(ValidationError):
        made(priya, fernhill, Right.SEE_MEMBERS, days=400)
    with pytest.raises(ValidationError):
        made(priya, fernhill)


def test_a_token_cannot_make_a_stronger_one(fernhill, marta):
    _, text = made(marta, fernhill, Right.MANAGE_TOKENS)
    body = {"name": "stronger", "rights": ["manage_members"], "expires_at": (datetime.now(UTC) + timedelta(days=1)).isoformat()}
    assert call(text, "/api/v1/fernhill/tokens/", "post", body).status_code == 403
    same = call(text, "/api/v1/fernhill/tokens/", "post", body | {"rights": ["manage_tokens"]})
    assert same.status_code == 201
    assert call(same.json()["token"], "/api/v1/fernhill/tokens/").status_code == 200


def test_the_text_of_a_token_is_shown_once_and_not_kept(fernhill, marta, browser_of):
    client = browser_of(marta)
    page = client.post("/fernhill/settings/tokens/", {"name": "export", "rights": ["see_members"], "days": "30"})
    text = page.context["secret"]
    assert text.encode() in page.content
    assert "no-store" in page["Cache-Control"]
    assert text.encode() not in client.get("/fernhill/settings/tokens/").content
    with scope(fernhill.pk), connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM members_apitoken t")
        [(row,)] = cursor.fetchall()
    assert text.split("_", 2)[2] not in row
    assert call(text, "/api/v1/fernhill/members/").status_code == 200


def test_a_token_is_revoked_on_the_page_by_its_member_or_an_admin_only(fernhill, marta, priya, browser_of):
    token, text = made(marta, fernhill, Right.SEE_MEMBERS)
    assert browser_of(priya).post(f"/fernhill/settings/tokens/{token.pk}/revoke/").status_code == 404
    assert call(text, "/api/v1/fernhill/members/").status_code == 200
    theirs, their_text = made(priya, fernhill, Right.SEE_MEMBERS)
    assert browser_of(marta).post(f"/fernhill/settings/tokens/{theirs.pk}/revoke/").status_code == 302
    assert call(their_text, "/api/v1/fernhill/members/").status_code == 401


def test_use_is_noted_to_the_minute_and_what_a_token_does_is_on_the_trail_under_its_name(fernhill, marta):
    token, text = made(marta, fernhill, Right.MANAGE_ORGANIZATION)
    for _ in range(3):
        call(text, "/api/v1/fernhill/")
    answer = call(text, "/api/v1/fernhill/", "patch", {"idle_minutes": 60})
    assert answer.json()["idle_minutes"] == 60
    with scope(fernhill.pk):
        assert TokenUse.objects.filter(token=token).count() == 1
        entry = Entry.objects.get(name="organization.changed")
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == ("token", token.pk, "Marta Lindqvist by token “nightly export”")


def test_the_lookup_of_tokens_answers_nothing_without_the_secret(fernhill, marta):
    token, _ = made(marta, fernhill, Right.SEE_MEMBERS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM plumbline_api_token(%s, %s)", [token.pk, b"\0" * 32])
        assert cursor.fetchall() == []
        cursor.execute("SELECT count(*) FROM members_apitoken")
        assert cursor.fetchone() == (0,)
