"""Routes of subjects, runs, problems and the log."""

import json
from datetime import datetime, timedelta

import pytest

from compliance.members.roles import Right
from compliance.seal.note import Verifier
from compliance.seal.proof import verify_proof
from compliance.tenancy.scope import scope
from compliance.trail.models import Entry
from compliance.vault.models import Checkpoint
from compliance.vault.services.blobs import digest_of
from compliance.vault.services.sealing import seal_pending
from compliance.work.models import Problem
from evidence.models import Record, Subject
from tests.api.programme import CHECK, CONNECTION, NOON, PAGE, Caller, hours, look, programme, token_of, user
from tests.conftest import arranging


@pytest.fixture(autouse=True)
def own_addresses(settings):
    """Pages and routes together."""
    settings.ROOT_URLCONF = "compliance.urls"


@pytest.fixture
def seen(fernhill):
    """The programme, looked at three times."""
    return programme(fernhill)


@pytest.fixture
def reader(seen, vera, browser_of):
    """Vera, who may only look."""
    return Caller(browser_of(vera))


def address(organization, name):
    with scope(organization.pk):
        return f"subjects/{Subject.objects.get(name=name).pk}/"


def test_a_subject_is_told_as_it_was_at_any_instant(reader, fernhill):
    ben = address(fernhill, "ben")

    def second_factor(at):
        record = reader.read(ben, at=at.isoformat())["record"]
        return record and record["fact"]["mfa"]

    assert [second_factor(hours(each)) for each in (-1, 0, 0.9, 1, 2)] == [None, False, False, True, True]
    told = reader.read(ben)
    assert told["stream"] == {"vendor": "aws", "kind": "account", "account": "123456789012", "account_name": "Fernhill"}
    assert (told["name"], told["record"]["pages"], told["log_position"] >= 0) == ("ben", [digest_of(PAGE)], True)


def test_facts_over_time_are_the_changes_newest_first(reader, fernhill):
    ben = address(fernhill, "ben")
    told = reader.all_of(f"{ben}records/", limit=1)
    assert [(each["observed_at"], each["fact"]["mfa"]) for each in told] == [
        ("2026-03-02T13:00:00Z", True),
        ("2026-03-02T12:00:00Z", False),
    ]
    assert len(reader.read(f"{ben}records/", at=NOON.isoformat())["results"]) == 1


def test_verdicts_are_told_as_they_were_known(reader, fernhill):
    ben = address(fernhill, "ben")

    def of_the_check(**query):
        return [
            (each["outcome"], each["since"][11:16], each["until"])
            for each in reader.all_of(f"{ben}verdicts/", limit=1, **query)
            if each["check_id"] == CHECK
        ]

    assert of_the_check() == [("pass", "13:00", None), ("fail", "12:00", "2026-03-02T13:00:00Z")]
    assert of_the_check(at=hours(0.5).isoformat()) == [("fail", "12:00", None)]
    assert of_the_check(at=hours(-1).isoformat()) == []


def test_the_raw_answer_needs_its_right_and_is_noted(reader, fernhill, tom, browser_of):
    raw = f"{address(fernhill, 'ben')}raw/{digest_of(PAGE)}/"
    refused = reader.get(raw)
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    answer = Caller(browser_of(tom)).get(raw)
    assert (answer.content, answer["Content-Type"], json.loads(answer["X-Redactions"])) == (PAGE, "application/octet-stream", [])
    assert answer["Content-Disposition"].startswith("attachment;")
    with scope(fernhill.pk):
        entry = Entry.objects.get(name="raw_response.viewed")
    assert (entry.actor_name, entry.detail) == ("Tom Okafor", {"sha256": digest_of(PAGE)})


def test_a_token_without_the_right_reads_no_raw_answer(fernhill, seen, tom):
    raw = f"{address(fernhill, 'ben')}raw/{digest_of(PAGE)}/"
    assert Caller(text=token_of(tom, fernhill, Right.SEE_PROGRAMME)).get(raw).status_code == 403
    assert Caller(text=token_of(tom, fernhill, Right.SEE_RAW)).get(raw).content == PAGE


@pytest.mark.parametrize("digest", ["a", "0" * 64, digest_of(PAGE).upper(), digest_of(PAGE)[:63], "%00"])
def test_what_is_no_page_of_the_subject_is_404_and_not_noted(fernhill, seen, tom, browser_of, digest):
    answer = Caller(browser_of(tom)).get(f"{address(fernhill, 'ben')}raw/{digest}/")
    assert (answer.status_code, answer.json()["detail"]) == (404, "This subject has no such page.")
    with scope(fernhill.pk):
        assert not Entry.objects.filter(name="raw_response.viewed").exists()


def test_files_are_given_whatever_the_caller_accepts(reader):
    for accepted in ("text/plain", "image/png", "*/*"):
        answer = reader.client.get("/api/v1/fernhill/log/checkpoint/", headers={"accept": accepted})
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")


def test_a_record_is_proven_offline_with_the_key_the_leaf_and_the_proof(reader, fernhill):
    ben = address(fernhill, "ben")
    record = reader.read(ben)["record"]["id"]
    entry = reader.read(f"log/entries/{record}/")
    key = reader.get("log/verifier/").content.decode().strip()
    proof = reader.get(f"{ben}records/{record}/proof/").content
    assert (proof.decode(), reader.get(f"log/entries/{record}/proof/").content) == (entry["proof"], proof)
    assert json.loads(entry["leaf"])["id"] == record
    verifier = Verifier.from_vkey(key)
    checkpoint = verify_proof(proof, entry["leaf"].encode(), [verifier], verifier.name)
    assert checkpoint.size == reader.read("log/")["size"] > entry["position"]
    assert reader.read("log/")["verifier"] == key


def test_what_is_not_sealed_yet_has_no_proof(reader, fernhill):
    with scope(fernhill.pk):
        look(hours(3), user("ada"), user("ben", mfa=False), user("cleo", mfa=False), user("cron", console=False))
    ben = address(fernhill, "ben")
    told = reader.read(ben)
    assert (told["record"]["fact"]["mfa"], told["log_position"]) == (False, None)
    assert reader.get(f"{ben}records/{told['record']['id']}/proof/").status_code == 404
    assert reader.get(f"log/entries/{told['record']['id']}/").status_code == 404
    with scope(fernhill.pk):
        seal_pending(now=hours(4))
    assert reader.get(f"{ben}records/{told['record']['id']}/proof/").status_code == 200


def test_a_record_of_another_subject_proves_nothing_here(reader, fernhill):
    with scope(fernhill.pk):
        other = Record.objects.filter(subject__name="ada").first().pk
    assert reader.get(f"{address(fernhill, 'ben')}records/{other}/proof/").status_code == 404


def test_checkpoints_are_listed_newest_first(reader, fernhill):
    with scope(fernhill.pk):
        look(hours(3), user("ada"))
        seal_pending(now=hours(4))
        sizes = list(Checkpoint.objects.order_by("-size").values_list("size", flat=True))
    told = reader.all_of("log/checkpoints/", limit=1)
    assert ([each["size"] for each in told], len(sizes)) == (sizes, 2)
    assert reader.get("log/checkpoint/").content.decode() == told[0]["note"]


def test_before_the_first_seal_the_log_says_so(fernhill, vera, browser_of):
    caller = Caller(browser_of(vera))
    nothing = {"size": 0, "signed_at": None, "verifier": "", "timestamped_size": None, "timestamped_at": None}
    assert caller.read("log/") == nothing
    for part in ("checkpoint/", "verifier/", "timestamps/1/", "checkpoints/1/"):
        assert caller.get(f"log/{part}").status_code == 404


def test_runs_are_listed_newest_first_and_by_connection(reader, seen):
    assert [each["id"] for each in reader.all_of("runs/", limit=1)] == [str(run.pk) for run in reversed(seen)]
    assert len(reader.read("runs/", connection=str(CONNECTION))["results"]) == 3
    assert reader.read("runs/", connection="018f0000-0000-7000-8000-000000000002")["results"] == []
    assert reader.get("runs/", connection="all").status_code == 400


def test_a_run_tells_what_it_did_per_stream_and_every_call(reader, seen):
    told = reader.read(f"runs/{seen[1].pk}/")
    assert (told["outcome"], told["changed"], told["source"]["account"]) == ("complete", 2, "123456789012")
    assert [(each["kind"], each["received"], each["changed"]) for each in told["streams"]] == [("account", 4, 2)]
    calls = reader.all_of(f"runs/{seen[1].pk}/ledger/", limit=1)
    assert [(each["number"], each["operation"], each["sha256"]) for each in calls] == [
        (number, "iam:GetCredentialReport", digest_of(PAGE)) for number in (1, 2)
    ]


@pytest.mark.parametrize(
    "part", ["runs/{}/", "runs/{}/ledger/", "subjects/{}/", "subjects/{}/records/", "subjects/{}/verdicts/", "log/entries/{}/"]
)
def test_what_is_not_there_is_404_with_a_sentence(reader, part):
    answer = reader.get(part.format("018f0000-0000-7000-8000-00000000ffff"))
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize("part", ["runs/", "log/checkpoints/", "problems/"])
@pytest.mark.parametrize("cursor", ["nonsense", "W10", "WyJ4IiwieSIsInoiXQ", "WzEsMiwzXQ"])
def test_a_cursor_that_is_not_of_the_list_is_refused(reader, part, cursor):
    answer = reader.get(part, cursor=cursor)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def problem(number, about_id=CONNECTION, **fields):
    return Problem(
        cause=f"c{number}", title=f"Problem {number}", severity="high", about_kind="connection", about_id=about_id, affected=number % 7,
        opened_at=NOON + timedelta(minutes=number), last_seen_at=NOON, **fields,
    )  # fmt: skip


def test_open_problems_are_listed_worst_first_and_resolved_ones_are_not(reader, fernhill):
    with arranging(fernhill):
        Problem.objects.bulk_create([problem(number) for number in range(10)])
        Problem.objects.bulk_create([problem(99, resolved_at=NOON), problem(98, about_id=None)])
    told = reader.all_of("problems/", limit=3)
    order = [(-each["affected"], datetime.fromisoformat(each["opened_at"])) for each in told]
    assert (order, len(told)) == (sorted(order), 11)
    assert len(reader.read("problems/", about=str(CONNECTION))["results"]) == 10
    assert reader.get("problems/", about="me").status_code == 400


def test_nothing_of_fernhill_is_told_to_a_rival(seen, fernhill, brackwater, rival, browser_of):
    theirs = browser_of(rival)
    with scope(fernhill.pk):
        record = Record.objects.first().pk
    for part in (f"runs/{seen[0].pk}/", f"runs/{seen[0].pk}/ledger/", address(fernhill, "ben"), f"log/entries/{record}/"):
        assert theirs.get(f"/api/v1/fernhill/{part}").status_code == 404
        assert theirs.get(f"/api/v1/brackwater/{part}").status_code == 404
    for part in ("runs/", "problems/", "log/checkpoints/"):
        assert theirs.get(f"/api/v1/brackwater/{part}").json()["results"] == []


def lengthen(organization):
    """Fifty and more rows of each kind, of the same subject and run where the list is of one."""
    with scope(organization.pk):
        for number in range(3, 55):
            run = look(hours(number), user("ada"), user("ben", mfa=bool(number % 2)), calls=60 if number == 54 else 1)
            seal_pending(now=hours(number))
    with arranging(organization):
        Problem.objects.bulk_create([problem(number) for number in range(55)])
    return run


def test_lists_cost_the_same_statements_however_long_they_are(reader, seen, fernhill):
    ben = address(fernhill, "ben")
    with arranging(fernhill):
        Problem.objects.bulk_create([problem(1000)])
    lists = ["runs/", "problems/", "log/checkpoints/", f"{ben}records/", f"{ben}verdicts/"]
    few = {each: reader.statements(each)[0] for each in lists}
    few_calls = reader.statements(f"runs/{seen[0].pk}/ledger/")[0]
    last = lengthen(fernhill)
    lots = {each: reader.statements(each) for each in lists}
    calls, rows = reader.statements(f"runs/{last.pk}/ledger/")
    assert {each: count for each, (count, _rows) in lots.items()} == few
    assert min(rows for _count, rows in lots.values()) == 50
    assert (calls, rows) == (few_calls, 50)
