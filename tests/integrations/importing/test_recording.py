"""From a file to evidence: one run, nothing half imported, and what was left out is never taken for gone."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from compliance.pipeline import finish_recorded
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.models import Entry
from compliance.trail.names import ActionName
from compliance.vault.selectors.blobs import read_blob
from controls.models import Verdict
from controls.outcomes import Outcome
from controls.services.adoption import adopt_controls, library
from evidence.models import Coverage, LedgerEntry, Record, Run, RunStream, Stream, Subject
from integrations.importing.mapping import Choice, ColumnMap
from integrations.models import Connection, ImportedFile, KeptMapping
from integrations.selectors.leases import abandoned_runs
from integrations.services.connections import ask_for_run
from integrations.services.imports import discard_import, map_columns, outcome_of, record_import, upload_file
from tests.conftest import actor_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROSTER = (
    b"Employee ID,Email,Hire Date,Last Day,Status\nE1,ada@fernhill.example,2024-01-02,,Active\nE2,bo@fernhill.example,2025-02-03,,Active\n"
)


@pytest.fixture
def within(fernhill):
    with scope(fernhill.pk):
        yield fernhill


def brought(user, data=ROSTER, *, name="Payroll export", kind="person", mode="snapshot", now=NOW, kept=None):
    return upload_file(
        actor=actor_of(user),
        name=name,
        kind=kind,
        mode=mode,
        fresh_days=35,
        filename="roster.csv",
        data=data,
        zone="Europe/Berlin",
        now=now,
        kept=kept,
    )


def recorded(user, imported, *, as_of=NOW, policy="all", now=NOW):
    return record_import(actor=actor_of(user), imported=imported, as_of=as_of, policy=policy, now=now)


def people():
    return sorted(Subject.objects.filter(gone_at=None).values_list("key", flat=True))


def test_a_whole_list_is_one_run_with_its_file_and_who_brought_it(within, priya):
    done = recorded(priya, brought(priya), as_of=NOW - timedelta(days=1))
    run, stream, call = Run.objects.get(), Stream.objects.get(), LedgerEntry.objects.get()
    assert (run.pk, run.state, run.outcome, run.rows, run.changed) == (done.run_id, "recorded", "complete", 2, 2)
    assert (stream.vendor, stream.kind, stream.completeness, stream.observed_until) == (
        "file",
        "person",
        "consistent_read",
        NOW - timedelta(days=1),
    )
    assert stream.stale_at == NOW + timedelta(days=34)
    assert (call.operation, call.rows, call.total, call.sha256) == ("file", 2, 2, hashlib.sha256(ROSTER).hexdigest())
    assert call.parameters["uploaded_by"] == priya.name
    assert read_blob(call.sha256) == ROSTER
    assert people() == ["E1", "E2"]
    assert {record.pages for record in Record.objects.all()} == {call.sha256}
    assert done.content is None and ImportedFile.objects.get().content is None


def test_the_next_worker_judges_it(within, priya):
    recorded(priya, brought(priya))
    assert finish_recorded(NOW) == 1
    assert Run.objects.get(vendor="file").state == "ended"


def test_who_is_missing_on_the_next_whole_list_is_gone(within, priya):
    recorded(priya, brought(priya))
    later = NOW + timedelta(days=7)
    recorded(priya, brought(priya, ROSTER.replace(b"E2", b"E3")), as_of=later, now=later)
    assert people() == ["E1", "E3"]
    assert Connection.objects.count() == 1
    assert [(piece.from_at, piece.until_at) for piece in Coverage.objects.all()] == [(NOW, later)]


def test_additions_leave_everybody_else_where_they_are(within, priya):
    recorded(priya, brought(priya, mode="incremental"))
    recorded(priya, brought(priya, ROSTER.replace(b"E2", b"E3").replace(b"E1", b"E4"), mode="incremental"))
    assert people() == ["E1", "E2", "E3", "E4"]


BAD = ROSTER.replace(b"2025-02-03", b"3rd of May")


def test_all_or_nothing_leaves_nothing(within, priya):
    imported = brought(priya, BAD)
    with pytest.raises(ValidationError) as refused:
        recorded(priya, imported)
    assert "lines 3" in str(refused.value)
    assert (Run.objects.count(), Subject.objects.count(), Connection.objects.count()) == (0, 0, 0)
    assert ImportedFile.objects.get().state == "draft"


def test_good_rows_alone_mark_nobody_gone_and_cover_no_time(within, priya):
    recorded(priya, brought(priya))
    later = NOW + timedelta(days=7)
    done = recorded(priya, brought(priya, BAD.replace(b"E1,ada", b"E9,new")), policy="good", as_of=later, now=later)
    stream = Stream.objects.get()
    assert people() == ["E1", "E2", "E9"]
    assert (stream.observed_until, stream.trouble, stream.trouble_detail) == (NOW, "partial_result", "1 of 2 rows were refused")
    assert [(piece.from_at, piece.until_at) for piece in Coverage.objects.all()] == [(NOW, NOW)]
    assert RunStream.objects.get(run_id=done.run_id).outcome == "partial"
    assert (done.rows, done.refused, [each["line"] for each in done.refusals]) == (1, 1, [3])


def test_a_list_of_the_future_is_refused_and_an_older_one_than_recorded_too(within, priya):
    imported = brought(priya)
    with pytest.raises(ValidationError, match="future"):
        recorded(priya, imported, as_of=NOW + timedelta(seconds=1))
    recorded(priya, imported)
    with pytest.raises(ValidationError, match="newer list"):
        recorded(priya, brought(priya), as_of=NOW - timedelta(days=1))
    assert Run.objects.count() == 1


def test_a_file_is_recorded_once_however_often_it_is_sent(within, priya):
    imported = brought(priya)
    recorded(priya, imported)
    with pytest.raises(ValidationError):
        recorded(priya, imported)
    assert Run.objects.count() == 1


def test_the_same_list_again_writes_no_record_and_says_it_was_seen(within, priya):
    recorded(priya, brought(priya))
    later = NOW + timedelta(days=7)
    recorded(priya, brought(priya), as_of=later, now=later)
    assert Record.objects.count() == 2
    assert Stream.objects.get().observed_until == later


def test_a_discarded_file_is_destroyed(within, priya):
    imported = brought(priya)
    discard_import(actor=actor_of(priya), imported=imported)
    assert ImportedFile.objects.get().content is None
    with pytest.raises(ValidationError):
        outcome_of(imported)


def test_a_mapping_is_kept_and_used_for_the_next_file(within, priya):
    imported = brought(priya, b"Nummer;Mail\nE1;ada@fernhill.example\n")
    given = ColumnMap(
        (Choice("subject", "Nummer"), Choice("work_email", "Mail"), Choice("employment", constant="employee")), "Europe/Berlin"
    )
    map_columns(actor=actor_of(priya), imported=imported, given=given, keep_as="Payroll", now=NOW)
    kept = KeptMapping.objects.get()
    again = brought(priya, b"Nummer;Mail\nE2;bo@fernhill.example\n", kept=kept)
    [(_line, fact)] = outcome_of(again).facts
    assert (fact.subject, fact.work_email, fact.employment) == ("E2", "bo@fernhill.example", "employee")


def test_findings_need_no_mapping_but_their_kind(within, priya):
    sarif = b'{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"scan"}},"results":[{"ruleId":"X1","message":{"text":"bad"}}]}]}'
    with pytest.raises(ValidationError, match="Vulnerability"):
        brought(priya, sarif)
    done = recorded(priya, brought(priya, sarif, kind="vulnerability"))
    assert (done.rows, Subject.objects.get().key) == (1, "scan X1 : bad")


def test_no_worker_is_sent_for_a_file_and_the_reaper_leaves_it_alone(within, priya):
    recorded(priya, brought(priya))
    with pytest.raises(ValidationError, match="brought"):
        ask_for_run(actor=actor_of(priya), connection=Connection.objects.get(), now=NOW)
    with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        Run.objects.update(state="running")
    assert abandoned_runs(NOW + timedelta(minutes=1)) == []
    assert len(abandoned_runs(NOW + timedelta(hours=1))) == 1


def test_every_step_stands_on_the_trail(within, priya):
    recorded(priya, brought(priya))
    names = list(Entry.objects.order_by("id").values_list("name", flat=True))
    assert [name for name in names if name.startswith("import.")] == ["import.uploaded", "import.accepted", "import.recorded"]


def test_imported_findings_are_judged_by_the_checks_of_findings(within, priya):
    wanted = [code for code, each in library().items() if "vuln.sla" in {link.id for link in each.checks}]
    adopt_controls(actor=SYSTEM, codes=wanted, now=NOW - timedelta(days=1))
    table = b"id,severity,state,found\nF1,high,open,2026-02-20\nF2,high,open,2026-01-01\nF3,high,open,\n"
    recorded(priya, brought(priya, table, kind="vulnerability"))
    finish_recorded(NOW)
    found = dict(Verdict.objects.filter(check_row__check_id="vuln.sla").values_list("subject__key", "outcome"))
    assert found == {"F1": Outcome.PASS, "F2": Outcome.FAIL, "F3": Outcome.NO_DATA}
