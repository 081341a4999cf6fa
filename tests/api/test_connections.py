"""Routes of connections: from the catalogue to their end, and never a secret in an answer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from compliance.members.roles import Right
from compliance.tenancy.scope import scope
from compliance.trail.models import Entry
from compliance.work.models import Problem
from evidence.models import Source
from integrations.cards import cards
from integrations.models import Connection, Credential, Due
from integrations.services.credentials import reveal_secrets
from tests.api.programme import NOON, Caller, hours, look, token_of, user
from tests.conftest import arranging

SECRET = "wJalrXUtnFEMI-nobody-may-see-this"
TOKEN = "github_pat_nobody_may_see_this_either"


@pytest.fixture(autouse=True)
def own_addresses(settings):
    """Pages and routes together."""
    settings.ROOT_URLCONF = "compliance.urls"


@pytest.fixture
def manager(fernhill, priya, browser_of):
    """Priya, in her browser."""
    return Caller(browser_of(priya))


@pytest.fixture
def reader(fernhill, vera, browser_of):
    """Vera, who may only look."""
    return Caller(browser_of(vera))


@pytest.fixture
def github(manager):
    """A draft of GitHub: its address."""
    made = manager.post("connections/", {"vendor": "github", "settings": {"organization": "fernhill", "token": TOKEN}})
    assert made.status_code == 201, made.content
    return f"connections/{made.json()['id']}/"


def the_connection(organization):
    with scope(organization.pk):
        return Connection.objects.get()


def proven(organization, state="ok"):
    """As a worker leaves it after proving."""
    with scope(organization.pk):
        Due.objects.update(probe={"at": "2026-03-02T12:00:00+00:00", "state": state, "account": "1", "operations": []})


def activated(organization, state="active"):
    with arranging(organization):
        Connection.objects.update(state=state)


def test_the_catalogue_says_what_is_read_what_never_and_what_is_needed(reader):
    told = {each["vendor"]: each for each in reader.read("connectors/")["results"]}
    assert sorted(told) == sorted(cards())
    assert (told["aws"]["needs_ticket"], told["github"]["needs_ticket"]) == (True, False)
    assert {each["name"] for each in told["aws"]["settings"] if each["secret"]} >= {"access_key_id", "secret_access_key"}
    assert "iam:GetCredentialReport" in told["aws"]["operations"]


def test_a_preparation_hands_out_an_external_id_that_stands_in_the_template(manager, fernhill):
    told = manager.post("connectors/aws/prepare/", {"platform_account": "210987654321"}).json()
    trust = told["template"]["Resources"]["Reader"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Condition"]["StringEquals"]["sts:ExternalId"] == told["external_id"]
    assert "210987654321" in str(trust["Principal"])
    assert manager.post("connectors/aws/prepare/", {}).json()["external_id"] != told["external_id"]
    assert manager.post("connectors/aws/prepare/", {"platform_account": "21098765432"}).status_code == 400
    assert manager.post("connectors/github/prepare/", {}).status_code == 409
    assert manager.post("connectors/acme/prepare/", {}).status_code == 404
    with scope(fernhill.pk):
        assert not Connection.objects.exists()


def test_an_aws_connection_is_made_with_its_ticket_once(manager, fernhill):
    prepared = manager.post("connectors/aws/prepare/", {}).json()
    body = {
        "vendor": "aws",
        "name": "Production",
        "ticket": prepared["ticket"],
        "settings": {"role_arn": "arn:aws:iam::123456789012:role/r"},
    }
    for wrong in ("", "made-up", prepared["ticket"][:-1] + ("A" if prepared["ticket"][-1] != "A" else "B")):
        assert list(manager.post("connections/", body | {"ticket": wrong}).json()["errors"]) == ["ticket"]
    made = manager.post("connections/", body)
    assert (made.status_code, made.json()["state"], made.json()["external_id"]) == (201, "draft", prepared["external_id"])
    again = manager.post("connections/", body)
    assert again.json()["errors"] == {"ticket": ["This ticket was used already, or is not for this. Prepare again."]}
    assert the_connection(fernhill).external_id == prepared["external_id"]


def test_a_ticket_of_another_organization_is_no_ticket(manager, fernhill, brackwater, rival, browser_of):
    foreign = browser_of(rival).post("/api/v1/brackwater/connectors/aws/prepare/", "{}", content_type="application/json").json()
    answer = manager.post("connections/", {"vendor": "aws", "ticket": foreign["ticket"], "settings": {}})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["ticket"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"vendor": "github", "settings": {"token": "t"}}, "organization"), ({"vendor": "acme", "settings": {}}, "vendor"),
        ({"vendor": "github", "settings": {"organization": "f", "luck": "1"}}, "settings"), ({"vendor": "github"}, "settings"),
        ({"vendor": "github", "settings": {"organization": "f", "token": "t", "base_url": "ftp://x"}}, "base_url"),
        ({"vendor": "github", "settings": {"organization": "f"}}, "app_id"),
        ({"vendor": "aws", "settings": {"role_arn": "reader"}}, "ticket"),
        ({"vendor": "github", "settings": {"organization": "f"}, "cadence_minutes": 1}, "cadence_minutes"),
        ({"vendor": "github", "settings": {"organization": "f\0"}}, "settings"),
        ({"vendor": "github", "settings": {"organization": "f"}, "name": "x" * 121}, "name"),
    ],
)  # fmt: skip
def test_a_draft_that_cannot_work_is_refused_by_field_and_not_made(manager, fernhill, body, field):
    answer = manager.post("connections/", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    with scope(fernhill.pk):
        assert not Connection.objects.exists() and not Credential.objects.exists()


def test_secrets_go_in_and_never_come_out(manager, github, fernhill):
    prepared = manager.post("connectors/aws/prepare/", {}).json()
    keys = {"access_key_id": "AKIANOBODY", "secret_access_key": SECRET}
    made = manager.post("connections/", {"vendor": "aws", "ticket": prepared["ticket"], "settings": keys | {"region": "eu-central-1"}})
    aws = f"connections/{made.json()['id']}/"
    changed = manager.patch(aws, {"name": "Renamed", "settings": {"secret_access_key": SECRET + "2", "access_key_id": "AKIANOBODY"}})
    answers = [made, changed, *(manager.get(each) for each in (aws, github, "connections/", f"{aws}progress/", "trail/", "connectors/"))]
    assert {each.status_code for each in answers} == {200, 201}
    for answer in answers:
        for secret in (SECRET, TOKEN, "AKIANOBODY"):
            assert secret.encode() not in answer.content
    assert changed.json()["settings"] == {"region": "eu-central-1"}
    with scope(fernhill.pk):
        assert reveal_secrets(Connection.objects.get(vendor="aws"))["secret_access_key"] == SECRET + "2"


def test_settings_are_for_who_manages_connections_only(manager, reader, github, fernhill, priya):
    assert manager.read(github)["settings"] == {"organization": "fernhill", "base_url": "https://api.github.com"}
    for caller in (reader, Caller(text=token_of(priya, fernhill, Right.SEE_PROGRAMME))):
        told = caller.read(github)
        assert (told["settings"], told["external_id"], told["policy"]) == (None, None, None)


def test_a_change_leaves_what_is_not_given(manager, github, fernhill):
    told = manager.patch(github, {"cadence_minutes": 15}).json()
    assert (told["cadence_minutes"], told["name"], told["settings"]["organization"]) == (15, "GitHub", "fernhill")
    with scope(fernhill.pk):
        assert reveal_secrets(Connection.objects.get()) == {"token": TOKEN}
    assert manager.patch(github, {"settings": {"organization": ""}}).status_code == 400
    assert manager.patch(github, {"settings": {"luck": "1"}}).status_code == 400
    assert the_connection(fernhill).settings["organization"] == "fernhill"


def test_a_draft_is_started_when_it_is_proven_and_not_before(manager, github, fernhill):
    refused = manager.post(f"{github}start/", {})
    assert (refused.status_code, refused.json()["detail"][:33]) == (409, "This draft is not proven to work;")
    assert the_connection(fernhill).state == "draft"
    assert manager.post(f"{github}prove/", {}).json()["proof"] is None
    proven(fernhill, "failed")
    assert manager.post(f"{github}start/", {}).status_code == 409
    proven(fernhill, "missing")
    started = manager.post(f"{github}start/", {})
    assert (started.status_code, started.json()["state"], started.json()["progress"]["proof"]["state"]) == (202, "active", "missing")


def test_a_run_is_asked_for_by_who_may_run_and_only_where_it_is_active(manager, github, fernhill, tom, browser_of):
    owner = Caller(browser_of(tom))
    refused = owner.post(f"{github}run/", {})
    assert (refused.status_code, refused.json()["detail"]) == (409, "The connection is draft; start it first.")
    activated(fernhill)
    with scope(fernhill.pk):
        Due.objects.update(next_run_at=datetime.now(UTC) + timedelta(days=1))
    asked = owner.post(f"{github}run/", {})
    assert (asked.status_code, asked.json()["running"]) == (202, False)
    with scope(fernhill.pk):
        due = Due.objects.get()
        assert (due.next_run_at <= datetime.now(UTC), due.asked_by) == (True, "Tom Okafor")
    assert owner.post(f"{github}pause/", {}).status_code == 403
    assert owner.delete(github).status_code == 403


def test_progress_is_told_while_a_worker_holds_it_and_can_be_cancelled(reader, manager, github, fernhill):
    with scope(fernhill.pk):
        Due.objects.update(
            lease_until=datetime.now(UTC) + timedelta(minutes=1), progress={"stream": "account", "rows": 7, "calls": 3, "done": ["region"]}
        )
    told = reader.read(f"{github}progress/")
    assert (told["running"], told["stream"], told["rows"], told["calls"], told["done"]) == (True, "account", 7, 3, ["region"])
    assert reader.post(f"{github}cancel/", {}).status_code == 403
    assert manager.post(f"{github}cancel/", {}).json()["cancel_asked"] is True


def test_pausing_destroys_the_credential_and_says_why(manager, github, fernhill):
    activated(fernhill)
    assert manager.post(f"{github}pause/", {"reason": "contract ended"}).json()["state"] == "paused"
    with scope(fernhill.pk):
        assert not Credential.objects.exists()
        assert Entry.objects.get(name="connection.paused").reason == "contract ended"
    refused = manager.post(f"{github}start/", {})
    assert (refused.status_code, refused.json()["detail"][:38]) == (409, "Its credential was destroyed when it w")


def test_deleting_hides_it_and_keeps_what_was_seen(manager, github, fernhill):
    with scope(fernhill.pk):
        look(NOON, user("ada"), connection_id=Connection.objects.get().pk)
    assert manager.delete(f"{github}?reason=moved+away").status_code == 204
    for address in (github, f"{github}progress/"):
        assert manager.get(address).status_code == 404
    assert manager.delete(github).status_code == 404
    assert manager.read("connections/")["results"] == []
    assert len(manager.read("runs/")["results"]) == 1
    with scope(fernhill.pk):
        assert not Credential.objects.exists()
        assert Source.objects.count() == 1
        assert Entry.objects.get(name="connection.deleted").reason == "moved away"


def test_a_connection_shows_streams_coverage_and_its_problems(reader, github, fernhill):
    key = the_connection(fernhill).pk
    with scope(fernhill.pk):
        for at in (NOON, hours(1), hours(9)):
            run = look(at, user("ada"), connection_id=key)
    with arranging(fernhill):
        Connection.objects.update(source_id=run.source_id)
        Problem.objects.create(
            cause="c", title="GitHub cannot be read", severity="critical", about_kind="connection", about_id=key, affected=3, opened_at=NOON,
            last_seen_at=NOON,
        )  # fmt: skip
    told = reader.read(github)
    [stream] = told["streams"]
    assert (stream["kind"], stream["stale"], len(stream["coverage"])) == ("account", True, 2)
    assert (stream["longest_gap_seconds"], told["longest_gap_seconds"]) == (8 * 3600, 8 * 3600)
    assert [each["title"] for each in told["problems"]] == ["GitHub cannot be read"]
    [listed] = reader.read("connections/")["results"]
    assert (listed["problem"], listed["latest_run"]["id"]) == ("GitHub cannot be read", str(run.pk))


@pytest.mark.parametrize("part", ["", "progress/", "prove/", "start/", "pause/", "run/", "cancel/"])
def test_a_foreign_connection_does_not_exist(github, brackwater, rival, browser_of, part):
    theirs = browser_of(rival)
    for slug in ("fernhill", "brackwater"):
        method = "get" if part in ("", "progress/") else "post"
        answer = getattr(theirs, method)(
            f"/api/v1/{slug}/{github}{part}", *([] if method == "get" else ["{}"]), content_type="application/json"
        )
        assert answer.status_code == 404
    assert theirs.get("/api/v1/brackwater/connections/").json()["results"] == []
    assert Client().get(f"/api/v1/fernhill/{github}").status_code == 401


def test_the_list_costs_the_same_statements_however_long_it_is(reader, github, fernhill):
    few, _rows = reader.statements("connections/")
    with arranging(fernhill):
        Connection.objects.bulk_create([Connection(vendor="github", name=f"G{number}", created_at=NOON) for number in range(55)])
        keys = list(Connection.objects.values_list("pk", flat=True))
        Problem.objects.bulk_create(
            [
                Problem(cause=str(key), title="t", severity="low", about_kind="connection", about_id=key, opened_at=NOON, last_seen_at=NOON)
                for key in keys
            ]
        )
    with scope(fernhill.pk):
        look(NOON, user("ada"), connection_id=keys[0])
    assert reader.statements("connections/") == (few, 56)
    assert reader.statements("connectors/")[1] == 5
