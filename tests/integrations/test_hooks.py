"""Events of vendors: who may knock, what becomes due, and that nothing of it is evidence."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.trail.models import Entry
from controls.services.adoption import adopt_controls, library
from evidence.models import Record, Run
from integrations.models import Due
from integrations.sandbox.github.webhooks import sign
from integrations.services.connections import ask_for_run, create_connection, pause_connection, start_connection
from integrations.services.leases import release_lease, take_lease
from integrations.vendors.aws.settings import SETTINGS as AWS
from integrations.vendors.github.settings import SETTINGS as GITHUB
from integrations.views import hooks

pytestmark = pytest.mark.urls("integrations.urls_hooks")
SECRET = "a long shared secret"


@pytest.fixture(autouse=True)
def nothing_remembered():
    cache.clear()


def connected(organization, vendor, settings, given):
    now = datetime.now(UTC)
    with scope(organization.pk):
        adopt_controls(actor=SYSTEM, codes=library(), now=now)
        made = create_connection(actor=SYSTEM, vendor=vendor, name=vendor, vendor_settings=settings, given=given, external_id="", now=now)
        start_connection(actor=SYSTEM, connection=made, now=now)
        at = now + timedelta(hours=1)
        Due.objects.update(next_run_at=at, regular_at=at, asked_by="")  # as after a run that was complete
    return made


@pytest.fixture
def github(fernhill):
    return connected(fernhill, "github", GITHUB, {"organization": "fernhill", "token": "ghp_x", "webhook_secret": SECRET})


@pytest.fixture
def aws(fernhill):
    return connected(fernhill, "aws", AWS, {"access_key_id": "AKIATEST", "secret_access_key": "test", "event_token": SECRET})


def member_left(number=7):
    return {"action": "member_removed", "organization": {"login": "fernhill"}, "membership": {"user": {"id": number, "login": "tom"}}}


def knock(client, connection_id, payload, *, secret=SECRET, event="organization", delivery=""):
    body = json.dumps(payload).encode()
    headers = {
        "X-GitHub-Event": event, "X-GitHub-Delivery": delivery or str(uuid.uuid4()), "X-Hub-Signature-256": sign(secret, body),
    }  # fmt: skip
    return client.post(f"/hooks/github/{connection_id}/", body, content_type="application/json", headers=headers)


def ring_aws(client, connection_id, *, token=SECRET, service="iam", **detail):
    event = {"id": str(uuid.uuid4()), "account": "123456789012", "source": f"aws.{service}", "detail-type": "AWS API Call via CloudTrail"}
    event["detail"] = {"eventSource": f"{service}.amazonaws.com", "eventName": "CreateUser", **detail}
    return client.post(f"/hooks/aws/{connection_id}/", event, content_type="application/json", headers={"X-Plumbline-Token": token})


def due(organization):
    with scope(organization.pk):
        return Due.objects.get()


def test_a_signed_event_makes_what_it_names_due_and_is_no_evidence(client, github, fernhill):
    answer = knock(client, github.pk, member_left())
    assert answer.status_code == 202
    row = due(fernhill)
    assert row.next_run_at <= datetime.now(UTC) < row.regular_at
    assert len(row.targets["account"]) == 1 and row.targets["code_organization"] == []
    with scope(fernhill.pk):
        assert Record.objects.count() == Run.objects.count() == 0
        assert Entry.objects.filter(name="connection.run_asked", actor_name="GitHub event organization").count() == 1


@pytest.mark.parametrize("secret", ["another secret", ""])
def test_a_wrong_signature_changes_nothing(client, github, fernhill, secret):
    before = due(fernhill)
    assert knock(client, github.pk, member_left(), secret=secret).status_code == 401
    assert (due(fernhill).next_run_at, due(fernhill).targets) == (before.next_run_at, before.targets)


def test_an_unknown_connection_answers_exactly_like_a_wrong_signature(client, github):
    unknown = knock(client, uuid.uuid4(), member_left())
    wrong = knock(client, github.pk, member_left(), secret="wrong")
    told = [{name: value for name, value in each.headers.items() if name != "X-Request-ID"} for each in (unknown, wrong)]
    assert (unknown.status_code, unknown.content) == (wrong.status_code, wrong.content)
    assert told[0] == told[1]


def test_a_connection_without_a_secret_accepts_nobody(client, fernhill):
    made = connected(fernhill, "github", GITHUB, {"organization": "fernhill", "token": "ghp_x"})
    assert knock(client, made.pk, member_left(), secret="").status_code == 401


def test_the_door_of_one_vendor_does_not_open_for_another(client, aws):
    assert knock(client, aws.pk, member_left()).status_code == 401


def test_a_delivery_that_comes_twice_is_read_once(client, github, fernhill):
    assert knock(client, github.pk, member_left(), delivery="d-1").content == b"What it names is read again.\n"
    with scope(fernhill.pk):
        Due.objects.update(targets={}, next_run_at=datetime.now(UTC) + timedelta(hours=1))
    again = knock(client, github.pk, member_left(), delivery="d-1")
    assert (again.status_code, again.content) == (202, b"Nothing to read again.\n")
    assert due(fernhill).targets == {}


def test_an_event_about_another_organization_is_refused(client, github):
    assert knock(client, github.pk, {**member_left(), "organization": {"login": "brackwater"}}).status_code == 401


def test_two_events_are_both_read(client, github, fernhill):
    knock(client, github.pk, member_left(7))
    knock(client, github.pk, member_left(8))
    assert len(due(fernhill).targets["account"]) == 2


def test_an_event_during_a_run_stays_due_after_it(client, github, fernhill):
    later = datetime.now(UTC) + timedelta(hours=1)
    with scope(fernhill.pk):
        taken = take_lease(github.pk, "worker")
    knock(client, github.pk, member_left())
    with scope(fernhill.pk):
        release_lease(taken, "worker", next_run_at=later, regular_at=later, attempts=0)
    row = due(fernhill)
    assert row.next_run_at <= datetime.now(UTC) and row.targets["account"] and row.lease_worker == ""
    assert row.regular_at == later


def test_events_do_not_put_off_the_regular_run(client, github, fernhill):
    regular = due(fernhill).regular_at
    knock(client, github.pk, member_left())
    assert due(fernhill).regular_at == regular


def test_an_event_does_not_narrow_a_run_that_a_person_asked_for(client, github, fernhill):
    with scope(fernhill.pk):
        ask_for_run(actor=SYSTEM, connection=github, now=datetime.now(UTC))
    knock(client, github.pk, member_left())
    assert due(fernhill).targets == {}


def test_a_ring_that_comes_twice_finds_nothing_to_do(github, fernhill):
    with scope(fernhill.pk):
        assert take_lease(github.pk, "worker", due_by=datetime.now(UTC)) is None


def test_an_event_that_concerns_nothing_we_read_changes_nothing(client, github, fernhill):
    assert knock(client, github.pk, {"organization": {"login": "fernhill"}, "zen": "x"}, event="ping").status_code == 202
    assert due(fernhill).targets == {}


def test_a_paused_connection_answers_like_an_unknown_one(client, github, fernhill):
    unknown = knock(client, uuid.uuid4(), member_left())
    with scope(fernhill.pk):
        pause_connection(actor=SYSTEM, connection=github, reason="over", now=datetime.now(UTC))
    paused = knock(client, github.pk, member_left())
    assert (paused.status_code, paused.content) == (unknown.status_code, unknown.content) == (401, b"Not accepted.\n")


def test_too_large_an_event_is_refused(client, github):
    answer = client.post(f"/hooks/github/{github.pk}/", b"x" * (5 * 1024 * 1024 + 1), content_type="application/json")
    assert answer.status_code == 413


def test_a_flood_is_held_back(client, github, monkeypatch):
    monkeypatch.setattr(hooks, "PER_MINUTE", 20)  # few enough that 45 knocks are too many even across the turn of a minute
    answers = {knock(client, github.pk, member_left(), secret="wrong").status_code for _ in range(45)}
    assert answers == {401, 429}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a":' * 200 + b"1" + b"}" * 200, b"\xff\xfe", b'{"id":1}'])
def test_what_is_no_event_is_refused(client, aws, body):
    answer = client.post(f"/hooks/aws/{aws.pk}/", body, content_type="application/json", headers={"X-Plumbline-Token": SECRET})
    assert answer.status_code == 401


def test_an_event_of_aws_makes_the_kinds_of_its_service_due(client, aws, fernhill):
    assert ring_aws(client, aws.pk, service="s3").status_code == 202
    assert "object_store" in due(fernhill).targets and "account" not in due(fernhill).targets
    assert set(map(tuple, due(fernhill).targets.values())) == {()}


def test_a_wrong_token_of_aws_changes_nothing(client, aws, fernhill):
    for token in ("wrong", "", "ü"):
        assert ring_aws(client, aws.pk, token=token).status_code == 401
    assert due(fernhill).targets == {}


@pytest.mark.parametrize("detail", [{"readOnly": True}, {"errorCode": "AccessDenied"}])
def test_an_event_that_changed_nothing_is_not_read(client, aws, fernhill, detail):
    assert ring_aws(client, aws.pk, **detail).content == b"Nothing to read again.\n"
    assert due(fernhill).targets == {}


def test_a_get_is_refused(client, github):
    assert client.get(f"/hooks/github/{github.pk}/").status_code == 405
