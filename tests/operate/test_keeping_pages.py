"""The page Keeping and its API: rules, holds, and a person whose data goes after two people said so."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from compliance.members.models import Membership
from compliance.members.roles import Right, Role
from compliance.members.services.tokens import create_token
from compliance.tenancy.scope import scope
from compliance.trail.models import Entry
from compliance.vault.models import DeletionRequest, LegalHold, RetentionRule
from evidence.models import Subject
from tests.conftest import actor_of, member
from tests.operate.test_erasure import look, named

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = "/fernhill/settings/keeping/"
API = "/api/v1/fernhill/keeping/"


@pytest.fixture
def looked(fernhill):
    look(fernhill, b'["ada", "ben"]', {"ada": False, "ben": True}, NOW)
    return fernhill


def test_a_person_is_found_asked_for_approved_by_another_and_deleted(looked, priya, marta, browser_of):
    asking, deciding = browser_of(priya), browser_of(marta)
    ada = named(looked, "ada")
    found = asking.get(f"{PAGE}erasure/?q=user/ada").content.decode()
    assert str(ada.pk) in found and str(named(looked, "ben").pk) not in found
    made = asking.post(f"{PAGE}erasure/?q=ada", {"pick": str(ada.pk), "reason": "Asked by letter"})
    assert made.status_code == 302
    with scope(looked.pk):
        request = DeletionRequest.objects.get()
    page = f"{PAGE}deletions/{request.pk}/"
    assert "Somebody else has to decide" in asking.get(page).content.decode()
    assert "1 raw responses or files" in deciding.get(page).content.decode()
    refused = asking.post(page, {"do": "approve", "note": "Looks fine"})
    assert refused.status_code == 422 and "Only an admin decides" in refused.content.decode()
    early = deciding.post(page, {"do": "execute"})
    assert early.status_code == 422 and "a second person approves it first" in early.content.decode()
    assert deciding.post(page, {"do": "approve", "note": ""}).status_code == 422
    assert deciding.post(page, {"do": "approve", "note": "Identity checked"}).status_code == 302
    assert "Delete now" in deciding.get(page).content.decode() and "Delete now" not in asking.get(page).content.decode()
    assert deciding.post(page, {"do": "execute"}).status_code == 302
    assert "Deleted by Marta Lindqvist" in deciding.get(page).content.decode()
    with scope(looked.pk):
        assert not Subject.objects.filter(name="ada").exists() and Subject.objects.filter(name="ben").exists()
    assert str(ada.pk) not in asking.get(f"{PAGE}erasure/?q=a").content.decode()


def test_an_admin_who_asked_does_not_approve_either(looked, marta, browser_of):
    browser = browser_of(marta)
    browser.post(f"{PAGE}erasure/", {"pick": str(named(looked, "ada").pk), "reason": "Asked by letter"})
    with scope(looked.pk):
        request = DeletionRequest.objects.get()
    refused = browser.post(f"{PAGE}deletions/{request.pk}/", {"do": "approve", "note": "By myself"})
    assert refused.status_code == 422 and "a second person must" in refused.content.decode()
    assert browser.post(f"{PAGE}deletions/{request.pk}/", {"do": "withdraw"}).status_code == 302
    assert "Withdrawn" in browser.get(PAGE).content.decode()


def test_asking_without_a_choice_or_with_somebody_elses_keeps_everything(looked, brackwater, rival, priya, browser_of):
    for pick in ([], ["no id"], [str(named(looked, "ada").pk)]):
        browser, page = (browser_of(rival), PAGE.replace("fernhill", "brackwater")) if pick[:1] != ["no id"] else (browser_of(priya), PAGE)
        answer = browser.post(f"{page}erasure/", {"pick": pick, "reason": "Asked by letter"})
        assert answer.status_code == 422 and "Choose at least one" in answer.content.decode()


def test_rules_and_holds_are_an_admins(looked, marta, priya, browser_of):
    admin, manager = browser_of(marta), browser_of(priya)
    rule = {"form": "rule", "kind": "item", "years": "10", "rule_reason": "Contract"}
    hold = {"form": "hold", "name": "Case 12", "about": "", "hold_reason": "Litigation"}
    for sent in (rule, hold):
        assert manager.post(PAGE, sent).status_code == 422
        assert admin.post(PAGE, sent).status_code == 302
    shown = admin.get(PAGE).content.decode()
    assert "10 years after the end of its period" in shown and "Case 12" in shown
    assert admin.post(PAGE, rule | {"years": "1000"}).status_code == 422
    assert admin.post(PAGE, {"form": "other"}).status_code == 422
    with scope(looked.pk):
        assert RetentionRule.objects.get().years == 10
        standing = LegalHold.objects.get()
    refused = admin.post(f"{PAGE}erasure/", {"pick": str(named(looked, "ada").pk), "reason": "Asked by letter"})
    assert refused.status_code == 422 and "Case 12" in refused.content.decode()
    admin.post(f"{PAGE}holds/{standing.pk}/lift/", {"reason": ""})
    with scope(looked.pk):
        assert LegalHold.objects.get().lifted_at is None
    admin.post(f"{PAGE}holds/{standing.pk}/lift/", {"reason": "Settled"})
    with scope(looked.pk):
        assert LegalHold.objects.get().lift_reason == "Settled"
        assert Entry.objects.filter(name__in=["hold.placed", "hold.lifted", "retention.changed"]).count() == 3


def sent(browser, method, address, body=None):
    answer = getattr(browser, method)(address, json.dumps(body or {}), content_type="application/json")
    return answer.status_code, answer.json()


def test_the_same_through_the_api(looked, priya, marta, browser_of):
    asking, deciding = browser_of(priya), browser_of(marta)
    ada = str(named(looked, "ada").pk)
    assert sent(deciding, "put", f"{API}retention/", {"kind": "item", "years": 9, "reason": "Contract"})[1]["years"]["item"] == 9
    status, hold = sent(deciding, "post", f"{API}holds/", {"name": "Case 12", "reason": "Litigation"})
    assert status == 201 and deciding.get(API).json()["holds"][0]["id"] == hold["id"]
    ask = {"purpose": "erasure", "reason": "By letter", "subjects": [ada]}
    assert sent(asking, "post", f"{API}deletions/", ask)[0] == 409
    assert sent(deciding, "post", f"{API}holds/{hold['id']}/lift/", {"reason": "Settled"})[1]["lifted_at"]
    assert sent(deciding, "post", f"{API}holds/{hold['id']}/lift/", {"reason": "Settled"})[0] == 409
    status, made = sent(asking, "post", f"{API}deletions/", ask)
    assert status == 201 and made["state"] == "asked" and made["counts"]["subject"] == 1
    one = f"{API}deletions/{made['id']}/"
    assert sent(deciding, "post", f"{one}execution/")[0] == 409
    assert sent(deciding, "post", f"{one}decision/", {"approve": True, "note": "Checked"})[1]["state"] == "approved"
    assert sent(asking, "delete", one)[0] == 409, "what is decided is not withdrawn"
    status, done = sent(deciding, "post", f"{one}execution/")
    assert status == 200 and [each["step"] for each in done["steps"]] == ["approved", "executed"]
    assert deciding.get(f"{API}deletions/").json()[0]["state"] == "executed"
    assert sent(asking, "post", f"{API}deletions/", {"purpose": "expiry", "reason": "Old"})[0] == 400


def test_a_token_does_not_decide(looked, priya, browser_of, client):
    second = member(looked, "Ada Admin", Role.ADMIN)
    browser_of(priya).post(f"{PAGE}erasure/", {"pick": str(named(looked, "ada").pk), "reason": "By letter"})
    with scope(looked.pk):
        request = DeletionRequest.objects.get()
        _token, text = create_token(
            actor=actor_of(second), membership=Membership.objects.get(user=second), name="script", rights=[Right.MANAGE_ORGANIZATION],
            expires_at=datetime.now(UTC) + timedelta(days=1), now=datetime.now(UTC),
        )  # fmt: skip
    for last in ("decision", "execution"):
        answer = client.post(
            f"{API}deletions/{request.pk}/{last}/", json.dumps({"approve": True, "note": "x"}), content_type="application/json",
            headers={"Authorization": f"Bearer {text}"},
        )  # fmt: skip
        assert answer.status_code == 403 and "not by tokens" in answer.json()["detail"]
