"""Populations drafted, frozen and topped up out of what was recorded."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.trail.models import Entry
from compliance.vault.models import Blob, Statement
from compliance.vault.selectors.blobs import open_blob
from evidence.models import Freezing, Population
from evidence.selectors.populations import progress_of, rows_of
from evidence.services.populations import (
    Asked,
    ask_freeze,
    draft_population,
    freeze_due,
    freeze_population,
    retry_freeze,
    review_population,
)
from tests.evidence.looking import NOON, change, commit, identity, look, member, person

BERLIN = ZoneInfo("Europe/Berlin")
MARCH = (datetime(2026, 3, 1, tzinfo=BERLIN), datetime(2026, 4, 1, tzinfo=BERLIN))
APRIL = datetime(2026, 4, 2, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def inside(fernhill):
    with scope(fernhill.pk):
        yield fernhill


def asked(kind, **more):
    return Asked(kind, *more.pop("period", MARCH), BERLIN, **more)


def frozen(kind, *, now=APRIL, **more):
    return freeze_population(asked(kind, **more), actor=SYSTEM, title="", now=now)


def test_a_member_who_joined_and_left_within_the_period_is_in_the_population_with_both_dates(inside):
    look(member("ada"), at=NOON)
    look(member("ada"), member("ben"), at=NOON + 3 * DAY)
    look(member("ada"), at=NOON + 7 * DAY)
    population = frozen("users")
    rows = {row["login"]: row for row in rows_of(population)}
    assert (rows["ben"]["present_from"], rows["ben"]["present_until"]) == ("2026-03-05T12:00:00Z", "2026-03-09T12:00:00Z")
    assert (rows["ada"]["present_until"], rows["ada"]["first_look"], rows["ben"]["first_look"]) == (None, True, False)
    assert population.row_count == 2 and rows["ada"]["record_id"] and rows["ada"]["subject_id"]


def test_freezing_keeps_both_files_their_digests_and_a_statement_for_the_log(inside):
    look(change(2, "2026-03-05T10:00:00Z", title="=cmd()"), change(1, "2026-03-04T10:00:00Z"), mode="incremental")
    population = frozen("merged_changes")
    jsonl, table = b"".join(open_blob(population.jsonl)), b"".join(open_blob(population.csv))
    lines = [json.loads(line) for line in jsonl.splitlines()]
    ids = [line["id"] for line in lines]
    assert ids == ["github/fernhill/change/PR_1", "github/fernhill/change/PR_2"]
    assert population.ids_digest == hashlib.sha256("".join(f"{each}\n" for each in ids).encode()).hexdigest()
    assert population.rows_digest == population.jsonl == hashlib.sha256(jsonl).hexdigest()
    told = list(csv.DictReader(io.StringIO(table.decode())))
    assert [row["title"] for row in told] == ["", "'=cmd()"] and lines[1]["title"] == "=cmd()"
    statement = Statement.objects.get(kind="population", ref=population.pk)
    said = json.loads(statement.payload)
    assert (said["ids_digest"], said["rows_digest"], said["rows"]) == (population.ids_digest, population.rows_digest, 2)
    assert Entry.objects.get(name="population.frozen").subject_id == population.pk


def test_an_empty_population_is_frozen_and_has_its_digests_too(inside):
    look(change(1, "2026-02-04T10:00:00Z"), mode="incremental")
    population = frozen("merged_changes")
    assert population.row_count == 0 and list(rows_of(population)) == []
    assert population.ids_digest == population.rows_digest == hashlib.sha256(b"").hexdigest()


def test_what_was_not_observed_is_printed_on_its_face(inside):
    look(member("ada"), at=NOON)
    look(member("ada"), at=NOON + DAY)
    draft = draft_population(asked("users"), now=APRIL)
    assert [(gap["kind"], gap["seconds"]) for gap in draft.gathered.gaps[:2]] == [("before", 36 * 3600 + 1 * 3600), ("between", 24 * 3600)]
    assert draft.gathered.gaps[-1]["kind"] == "after"


def test_the_vendors_own_total_stands_beside_what_the_records_hold(inside):
    look(member("ada"), member("ben"), expected=2)
    population = frozen("users")
    (stream,) = population.completeness["streams"]
    assert population.independent_count == 2
    assert stream["independent"] == {"at": "2026-03-02T12:00:00Z", "vendor_total": 2, "received": 2, "duplicates": 0, "held": 2}
    assert stream["calls"][0]["operation"] == "GET /things" and stream["collectors"] == ["github 1.4"]


def test_leavers_are_held_against_disabled_identities(inside):
    look(
        person("ada", last_day="2026-03-10"), person("ben", last_day="2026-03-12"), person("cleo", last_day="2026-03-13"), vendor="bamboohr"
    )
    look(identity("ada", enabled=False), identity("ben"), vendor="okta")
    found = frozen("leavers").reconciliation
    assert (found["agree"], found["different"]) == (1, 2)
    assert {each["id"].rsplit("-", 1)[1]: each["words"][:20] for each in found["differences"]} == {
        "ben": "the identity ben@fer", "cleo": "no identity of that ",
    }  # fmt: skip


def test_changes_are_held_against_the_commits_that_they_brought(inside):
    look(change(1, "2026-03-04T10:00:00Z"), change(2, "2026-03-05T10:00:00Z"), mode="incremental")
    look(commit("aa", "2026-03-04T10:00:00Z", (1,)), commit("bb", "2026-03-06T10:00:00Z", ()), mode="incremental")
    found = frozen("merged_changes").reconciliation
    assert (found["agree"], found["different"], found["differences"][0]["id"]) == (1, 1, "github/fernhill/change/PR_2")
    assert [row["sha"] for row in rows_of(frozen("direct_pushes"))] == ["bb"]


def test_a_top_up_joins_without_overlap_and_takes_what_was_known_too_late(inside):
    look(change(1, "2026-03-04T10:00:00Z"), mode="incremental")
    interim = frozen("merged_changes", now=datetime(2026, 3, 10, tzinfo=UTC))
    assert interim.until_at == datetime(2026, 3, 10, tzinfo=UTC)
    look(change(2, "2026-03-09T10:00:00Z"), change(3, "2026-03-20T10:00:00Z"), at=NOON + 20 * DAY, mode="incremental")
    top_up = frozen("merged_changes", previous=interim)
    assert [row["number"] for row in rows_of(top_up)] == [2, 3]
    assert (top_up.from_at, top_up.until_at, top_up.completeness["late"]) == (interim.until_at, MARCH[1], 1)
    again = frozen(
        "merged_changes", previous=top_up, period=(MARCH[0], datetime(2026, 4, 5, tzinfo=UTC)), now=datetime(2026, 4, 6, tzinfo=UTC)
    )
    assert again.row_count == 0


def test_a_top_up_of_a_change_that_was_corrected_says_that_an_earlier_row_is_withdrawn(inside):
    look(person("ada", last_day="2026-03-20"), vendor="bamboohr")
    interim = frozen("leavers", now=datetime(2026, 3, 21, tzinfo=UTC))
    look(person("ada", last_day="2026-05-20"), at=NOON + DAY, vendor="bamboohr")
    top_up = frozen("leavers", previous=interim)
    assert (interim.row_count, top_up.row_count, top_up.completeness["withdrawn"]) == (1, 0, 1)


def test_what_is_asked_for_is_frozen_by_the_worker_and_says_how_far_it_is(inside, priya):
    look(member("ada"))
    waiting = ask_freeze(asked("users"), actor=SYSTEM, title="Users  of March", now=APRIL)
    assert Population.objects.count() == 0
    (population,) = freeze_due(now=APRIL)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.population_id, population.title) == ("done", population.pk, "Users of March")
    assert progress_of(waiting.pk)["stage"] == "keeping files"
    assert freeze_due(now=APRIL) == []


def test_a_freezing_that_fails_keeps_its_reason_and_nothing_else_and_can_be_tried_again(inside):
    look(member("ada"))
    waiting = ask_freeze(asked("users"), actor=SYSTEM, title="", now=APRIL)
    Freezing.objects.update(options={"nonsense": ["x"]})
    blobs = Blob.objects.count()
    assert freeze_due(now=APRIL) == []
    waiting.refresh_from_db()
    assert waiting.state == "failed" and "words" in waiting.trouble
    assert Population.objects.count() == 0 and Blob.objects.count() == blobs and not Statement.objects.filter(kind="population").exists()
    Freezing.objects.update(options={})
    waiting.refresh_from_db()
    retry_freeze(waiting, actor=SYSTEM)
    assert len(freeze_due(now=APRIL)) == 1


def test_what_cannot_be_asked_is_refused_with_the_reason(inside):
    look(member("ada"))
    population = frozen("users")
    for wrong, words in (
        (asked("nothing"), "no population of that kind"), (asked("users", period=MARCH[::-1]), "lies before the first"),
        (asked("users", period=(APRIL + DAY, APRIL + 2 * DAY)), "has not begun"), (asked("users", options={"x": ("y",)}), "words"),
        (asked("privileged_users", previous=population), "has the kind"), (asked("users", previous=population), "must end after"),
        (asked("deployments"), "Nothing feeds"),
    ):  # fmt: skip
        with pytest.raises(ValidationError, match=words):
            freeze_population(wrong, actor=SYSTEM, title="", now=APRIL)
    assert Population.objects.count() == 1


def test_a_review_needs_words_and_stands_in_the_log(inside):
    look(member("ada"))
    population = frozen("users")
    with pytest.raises(ValidationError, match="Say what you compared"):
        review_population(population, actor=SYSTEM, note="  ", now=APRIL)
    review = review_population(population, actor=SYSTEM, note="Compared with the member page: 1 and 1.", now=APRIL)
    assert Statement.objects.filter(ref=review.pk).exists()


def test_the_rival_has_none_of_it(inside, brackwater):
    look(member("ada"))
    population = frozen("users")
    with scope(brackwater.pk):
        assert not Population.objects.exists() and not Freezing.objects.exists()
        with pytest.raises(LookupError):
            list(rows_of(population))


def test_a_frozen_population_cannot_be_changed(inside):
    look(member("ada"))
    population = frozen("users")
    with pytest.raises(Exception, match="permission denied"):
        Population.objects.filter(pk=population.pk).update(row_count=7)
