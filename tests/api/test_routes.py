"""Routes of the ground floor."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.test import Client

from compliance.members.models import Invitation, Membership
from compliance.members.roles import Role
from compliance.tenancy.scope import organization_id_or_none, scope
from compliance.trail.models import Entry
from compliance.work.models import Problem
from controls.models import Control


def send(client, method, address, body):
    return getattr(client, method)(address, body, content_type="application/json")


def membership_of(user, organization):
    with scope(organization.pk):
        return Membership.objects.select_related("user").get(user=user)


def owned_by_tom(fernhill, tom, arrange):
    """A control and an open problem of Tom's."""
    membership, now = membership_of(tom, fernhill), datetime.now(UTC)
    with arrange(fernhill):
        Control.objects.create(
            code="AC-01",
            title="Access",
            statement="x",
            type="preventive",
            nature="manual",
            frequency="annual",
            owner=membership,
            adopted_at=now,
        )
        Problem.objects.create(
            cause="c", title="Broken", severity="low", about_kind="connection", opened_at=now, last_seen_at=now, owner=membership
        )
    return membership


def test_a_session_reads_and_changes_with_the_csrf_token_only(fernhill, marta):
    client = Client(enforce_csrf_checks=True)
    client.force_login(marta, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/api/v1/fernhill/").json()["name"] == "Fernhill"
    refused = send(client, "patch", "/api/v1/fernhill/", {"name": "Renamed"})
    assert (refused.status_code, "CSRF" in refused.json()["detail"]) == (403, True)
    fernhill.refresh_from_db()
    assert fernhill.name == "Fernhill"


@pytest.mark.parametrize("part", ["", "members/", "invitations/", "tokens/", "trail/"])
def test_a_foreign_organization_does_not_exist_and_the_anonymous_are_asked_who_they_are(fernhill, rival, browser_of, part):
    address = f"/api/v1/fernhill/{part}"
    assert browser_of(rival).get(address).status_code == 404
    assert browser_of(rival).get(f"/api/v1/nowhere/{part}").json() == browser_of(rival).get(address).json()
    assert Client().get(address).status_code == 401


def test_a_missing_right_is_403_with_a_sentence(fernhill, vera, browser_of):
    answer = browser_of(vera).get("/api/v1/fernhill/trail/")
    assert answer.status_code == 403
    assert answer.json() == {
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
        "detail": "Your role (viewer) does not include “see_trail”.",
    }


def test_a_bad_body_is_400_by_field_and_changes_nothing(fernhill, marta, browser_of):
    answer = send(browser_of(marta), "patch", "/api/v1/fernhill/", {"time_zone": "Mars/Olympus", "idle_minutes": 60})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["time_zone"])
    broken = browser_of(marta).patch("/api/v1/fernhill/", "{", content_type="application/json")
    assert broken.status_code == 400
    fernhill.refresh_from_db()
    assert fernhill.idle_minutes == 720


def test_members_are_invited_and_invitations_revoked(fernhill, marta, browser_of):
    client = browser_of(marta)
    made = send(client, "post", "/api/v1/fernhill/invitations/", {"email": "jonas@fernhill.example", "role": "viewer"})
    assert made.status_code == 201
    assert "link" not in made.json() and len(mail.outbox) == 1
    twice = send(client, "post", "/api/v1/fernhill/invitations/", {"email": "jonas@fernhill.example", "role": "viewer"})
    assert twice.status_code == 409
    address = f"/api/v1/fernhill/invitations/{made.json()['id']}/"
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 409
    with scope(fernhill.pk):
        assert Invitation.objects.filter(revoked_at=None).count() == 0


def test_the_last_admin_keeps_the_role(fernhill, marta, browser_of):
    address = f"/api/v1/fernhill/members/{membership_of(marta, fernhill).pk}/"
    answer = send(browser_of(marta), "patch", address, {"role": "viewer"})
    assert answer.status_code == 409
    assert answer.json()["detail"] == "This is the last admin of the organization. Make somebody else an admin first."
    assert membership_of(marta, fernhill).role == Role.ADMIN


def test_a_member_is_removed_and_what_is_theirs_goes_to_the_chosen_one(fernhill, marta, tom, priya, browser_of, arrange):
    leaving = owned_by_tom(fernhill, tom, arrange)
    address = f"/api/v1/fernhill/members/{leaving.pk}/removal/"
    client = browser_of(marta)
    assert send(client, "post", address, {}).status_code == 400
    assert membership_of(tom, fernhill) == leaving
    taker = membership_of(priya, fernhill)
    assert send(client, "post", address, {"to": str(taker.pk)}).json() == {
        "controls": 1, "items of evidence": 0, "open problems": 1, "open tasks": 0,
    }  # fmt: skip
    with scope(fernhill.pk):
        assert not Membership.objects.filter(pk=leaving.pk).exists()
        assert Control.objects.get().owner_id == Problem.objects.get().owner_id == taker.pk
        entry = Entry.objects.get(name="member.removed")
    assert entry.detail["handed_over"] == {"control": 1, "open problem": 1}
    assert entry.detail["handed_over_to"] == "Priya Natarajan"


def test_nothing_is_handed_to_somebody_of_another_organization(fernhill, brackwater, marta, tom, rival, browser_of, arrange):
    leaving = owned_by_tom(fernhill, tom, arrange)
    foreign = membership_of(rival, brackwater)
    answer = send(browser_of(marta), "post", f"/api/v1/fernhill/members/{leaving.pk}/removal/", {"to": str(foreign.pk)})
    assert answer.status_code == 400
    assert membership_of(tom, fernhill) == leaving


def test_the_page_of_removal_asks_who_takes_over(fernhill, marta, tom, priya, vera, browser_of, arrange):
    leaving = owned_by_tom(fernhill, tom, arrange)
    address = f"/fernhill/settings/members/{leaving.pk}/remove/"
    client = browser_of(marta)
    page = client.get(address)
    assert b"1 control" in page.content and b"1 open problem" in page.content
    assert b"Priya Natarajan" in page.content and b"Vera Holm" not in page.content
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"to": str(membership_of(priya, fernhill).pk)}).status_code == 302
    with scope(fernhill.pk):
        assert Control.objects.get().owner_id == membership_of(priya, fernhill).pk


def test_anybody_may_leave_but_only_admins_remove_others(fernhill, marta, tom, vera, browser_of):
    assert browser_of(vera).post(f"/fernhill/settings/members/{membership_of(tom, fernhill).pk}/remove/").status_code == 403
    client = browser_of(vera)
    assert client.post(f"/fernhill/settings/members/{membership_of(vera, fernhill).pk}/remove/")["Location"] == "/"
    assert client.get("/fernhill/settings/members/").status_code == 404


def test_the_trail_pages_by_key_without_gaps_and_filters_by_day_in_the_organizations_zone(fernhill, marta, arrange, browser_of):
    for _ in range(7):
        with arrange(fernhill):
            pass
    client = browser_of(marta)
    seen, address = [], "/api/v1/fernhill/trail/?limit=3"
    while address:
        page = client.get(address).json()
        seen += [each["id"] for each in page["results"]]
        address = page["next"]
    with scope(fernhill.pk):
        assert seen == [str(key) for key in Entry.objects.order_by("-id").values_list("pk", flat=True)]
    assert client.get("/api/v1/fernhill/trail/?first=2001-01-01&last=2001-12-31").json()["results"] == []
    assert client.get("/api/v1/fernhill/trail/?first=yesterday").status_code == 400
    assert client.get("/api/v1/fernhill/trail/?cursor=nonsense").status_code == 400
    assert client.get("/api/v1/fernhill/trail/?limit=0").status_code == 400


def test_the_trail_page_goes_forth_and_back(fernhill, marta, arrange, browser_of):
    for _ in range(60):
        with arrange(fernhill):
            pass
    client = browser_of(marta)
    first = client.get("/fernhill/settings/trail/").context["page"]
    assert (first.shown, first.previous) == (50, "")
    second = client.get(f"/fernhill/settings/trail/?cursor={first.next}").context["page"]
    assert (second.shown, second.next) == (11, "")
    back = client.get(f"/fernhill/settings/trail/?cursor={second.previous}").context["page"]
    assert [each.pk for each in back.entries] == [each.pk for each in first.entries]
    assert back.previous == ""


def test_the_export_is_whole_defuses_formulas_and_is_on_the_trail_itself(fernhill, marta, browser_of):
    marta.name = "=cmd()"
    marta.save()
    client = browser_of(marta)
    client.post("/fernhill/settings/members/", {"email": "jonas@fernhill.example", "role": "viewer"})
    answer = client.get("/fernhill/settings/trail/export/?noun=member")
    assert organization_id_or_none() is None
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [(row["action"], row["actor"]) for row in rows] == [("member.invited", "'=cmd()")]
    with scope(fernhill.pk):
        assert Entry.objects.get(name="export.downloaded").detail == {"noun": "member"}


def test_the_schema_describes_every_route_and_its_rights_to_call(db):
    schema = json.loads(Client().get("/api/v1/schema/").content)
    assert "/api/v1/{slug}/members/" in schema["paths"]
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    viewer = Client().get("/api/v1/docs/")
    assert viewer.status_code == 200
    assert b"swagger-ui-bundle.js" in viewer.content


def test_probes_answer_without_a_sign_in_and_without_anybodys_data(fernhill, marta):
    assert Client().get("/healthz").json()["status"] == "alive"
    ready = Client().get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "database": "ok", "redis": "ok", "migrations": "ok"})
    figures = Client().get("/metrics").content.decode()
    assert "plumbline_organizations 1.0" in figures and "plumbline_users 1.0" in figures
    assert "fernhill" not in figures.lower()


def test_readiness_names_what_does_not_answer(db, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/redis.sock",
        }
    }
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["redis"], answer.json()["database"]) == (503, "does not answer", "ok")
