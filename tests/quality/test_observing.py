"""The hourly look at collecting and judging itself: what it derives, that it records changes only, and that it starts nothing."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from compliance.members.models import Membership
from compliance.quality.integrity import evidence_sample
from compliance.quality.observing import observe_quality, observe_quality_if_due
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.services.sealing import seal_pending
from compliance.vault.store import blob_name, open_store
from controls.models import Check, Control, Health, Verdict
from controls.services.adoption import adopt_controls
from controls.services.evaluation import evaluate_run
from controls.services.parameters import explain_empty
from controls.services.waivers import grant_waiver
from evidence.facts.account.v1 import Account as AccountFact
from evidence.facts.principal.v1 import Principal
from evidence.models import Record, Run
from evidence.readings import CallMade, FaultSeen, Observed, Reading
from evidence.services.runs import Account, end_run, record_run, start_run
from integrations.models import Connection, Due
from tests.conftest import actor_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CODES = ["AC-07", "GV-09", "GV-10", "GV-11", "GV-17", "GV-19"]


def later(**more):
    return NOON + timedelta(**more)


@pytest.fixture
def connection(fernhill, arrange):
    """An AWS connection of Fernhill, and the controls about evidence."""
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=CODES, now=NOON - timedelta(days=1))
        with arrange(fernhill):
            made = Connection.objects.create(vendor="aws", name="AWS", created_at=NOON)
            Due.objects.create(connection=made, next_run_at=NOON)
        yield made


def call(operation, page=1, more=False, vendor_time=None, at=NOON):
    return CallMade(
        operation=operation, parameters={}, partition="", page=page, rows=1, total=None, more=more, status=200, started_at=at, finished_at=at,
        vendor_time=vendor_time, request_id="", sha256="", size=0, quota_limit=None, quota_remaining=None, not_modified=False, fault="",
    )  # fmt: skip


def whole(kind, *facts, **more):
    return Reading(
        vendor="aws", kind=kind, mode="snapshot", complete=True, completeness="consistent_read",
        observations=[Observed(each) for each in facts], staleness_seconds=26 * 3600, **more,
    )  # fmt: skip


def refused(kind, operation):
    return Reading(
        vendor="aws", kind=kind, mode="snapshot", complete=False, completeness="none", denied=frozenset({operation}),
        faults=[FaultSeen("permission_missing", f"not authorized to perform {operation}", operation)],
    )  # fmt: skip


def user(name):
    return AccountFact(subject=f"arn:aws:iam::123456789012:user/{name}", name=name, console_access=True, mfa=True)


def principal(name):
    return Principal(subject=f"principal/{name}", name=name, form="user")


def look(connection, at, *readings, calls=(), page=b""):
    run = start_run(
        actor=SYSTEM, connection_id=connection.pk, vendor="aws", connector_version="1", kinds=sorted(each.kind for each in readings),
        started_by="t", now=at,
    )  # fmt: skip
    record_run(
        actor=SYSTEM, run=run, account=Account("123456789012", "Fernhill", "role"), readings=readings, calls=calls,
        read_page=lambda _digest: page, now=at,
    )  # fmt: skip
    end_run(actor=SYSTEM, run=run, now=at)
    if connection.source_id != run.source_id:
        from_scope(connection, run)
    return run


def from_scope(connection, run):
    with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        Connection.objects.filter(pk=connection.pk).update(source_id=run.source_id)
    connection.source_id = run.source_id


def said(check, name_part=""):
    rows = Verdict.objects.filter(check_row__check_id=check, subject__name__contains=name_part, subject__gone_at=None)
    return [(each.outcome, each.reason) for each in rows.order_by("reason")]


def test_a_clean_day_passes_everywhere_and_the_control_about_monitoring_sees_it(connection):
    look(
        connection,
        NOON,
        whole("account", user("tom")),
        whole("principal", principal("tom")),
        calls=[call("iam:GetCredentialReport", vendor_time=NOON)],
    )
    observe_quality(later(minutes=1))
    assert said("q.run.daily") == [(0, "read whole on every day since 2026-03-02, last on 2026-03-02")]
    assert said("q.scope.permissions") == [(0, "nothing that the checks in use need was refused")]
    assert {outcome for outcome, _reason in said("q.page.complete")} == {0}
    assert said("q.pop.reconciled") == [(0, "the credential report and the account's authorization details agree")]
    assert said("q.clock") == [(0, "less than 5 seconds apart")]
    assert Check.objects.get(check_id="q.run.daily").state == "pass"


def test_a_refused_operation_is_named_with_the_checks_it_blinds(connection):
    look(connection, NOON, refused("account", "iam:GetCredentialReport"), calls=[call("iam:GetCredentialReport")])
    observe_quality(later(minutes=1))
    ((outcome, reason),) = said("q.scope.permissions")
    assert outcome == 1 and reason.startswith("iam:GetCredentialReport refused; blind are ") and "aws.iam.console_user_mfa" in reason
    assert Health.objects.filter(control__code="GV-10").order_by("-from_at").first().state == "failed"


def test_a_list_whose_last_page_announced_another_fails_although_the_run_called_it_whole(connection):
    calls = [call("iam:GenerateCredentialReport"), call("iam:GetCredentialReport", 1, True), call("iam:GetCredentialReport", 2, True)]
    look(connection, NOON, whole("account", user("tom")), calls=calls)
    observe_quality(later(minutes=1))
    assert said("q.page.complete") == [(1, "iam:GetCredentialReport: the last page announced another one that was not read")]


def test_a_person_in_one_of_two_ways_only_is_named(connection):
    look(connection, NOON, whole("account", user("tom"), user("sam")), whole("principal", principal("tom"), principal("eve")))
    observe_quality(later(minutes=1))
    assert said("q.pop.reconciled") == [(1, "only in the credential report: sam; only in the account's authorization details: eve")]


def test_more_people_than_the_vendor_counts_are_told(connection):
    look(connection, NOON, whole("account", user("tom"), expected=2))
    observe_quality(later(minutes=1))
    assert (1, "only in the vendor's count: 1") in said("q.pop.reconciled")
    assert (1, "the number of rows differs from what the vendor counts") in said("q.page.complete")


def test_a_day_on_which_nothing_looked_is_named_and_stays_a_gap(connection):
    for day in (0, 1, 4, 5):
        look(connection, later(days=day), whole("account", user("tom")))
    observe_quality(later(days=5, minutes=1))
    assert said("q.run.daily") == [(1, "not read whole on 2 days since 2026-03-02, the first 2026-03-04")]


def test_an_empty_population_fails_until_a_person_explains_it(connection, priya):
    look(connection, NOON, whole("account"))
    evaluate_run(Run.objects.get(vendor="aws"), now=NOON)
    check = Check.objects.get(check_id="aws.iam.console_user_mfa")
    assert check.state == "no_population"
    observe_quality(later(minutes=1))
    assert (1, "nobody falls under the claim, and no person has explained why") in said("q.pop.empty")
    explain_empty(actor=actor_of(priya), check=check, explanation="Nobody has a password: all use single sign-on.", now=later(minutes=2))
    observe_quality(later(minutes=3))
    assert (0, "nobody falls under the claim; a person explained why") in said("q.pop.empty")


def test_a_waiver_by_the_owner_of_the_control_fails_and_anothers_passes(connection, tom, priya, arrange, fernhill):
    with arrange(fernhill):
        Control.objects.filter(code="AC-07").update(owner=Membership.objects.get(user=tom))
    check = Check.objects.get(check_id="aws.iam.console_user_mfa")
    for who in (tom, priya):
        grant_waiver(actor=actor_of(who), check=check, subject=None, until=later(days=30), reason="The token machine is broken.", now=NOON)
    observe_quality(later(minutes=1))
    assert said("q.exclusion.review") == [
        (1, "Tom Okafor approved it and owns a control that it relieves"),
        (0, "covers everything, approved by Priya Natarajan, ends 2026-04-01"),
    ]


def test_what_is_kept_verifies_once_it_is_sealed_and_a_lost_answer_is_found_and_stays_found(connection, fernhill):
    page = b"the report"
    digest = hashlib.sha256(page).hexdigest()
    reading = whole("account")
    reading.observations = [Observed(user("tom"), (digest,))]
    look(connection, NOON, reading, page=page)
    observe_quality(later(minutes=1))
    assert said("q.evidence.integrity") == [(3, "nothing that is sealed could be looked at yet")]
    seal_pending(now=later(minutes=2))
    observe_quality(later(hours=1))
    assert said("q.evidence.integrity") == [(0, "every record, raw answer and place in the log that was looked at verifies")]
    (open_store().folder / blob_name(fernhill.pk, bytes.fromhex(digest))).write_bytes(b"something else")
    altered = Record.objects.get(pages=digest)
    found = evidence_sample(later(hours=2), (f"{altered.pk} earlier",))
    assert found.broken == (f"{altered.pk} the raw answer {digest[:12]} was altered",)


def test_looking_again_at_unchanged_collecting_writes_no_record(connection):
    look(connection, NOON, whole("account", user("tom")))
    observe_quality(later(minutes=1))
    seal_pending(now=later(minutes=2))
    observe_quality(later(minutes=3))
    before = Record.objects.count()
    run = observe_quality(later(hours=2))
    assert (Record.objects.count(), run.changed, run.gone) == (before, 0, 0)


def test_it_runs_once_an_hour_and_never_looks_at_itself(connection):
    look(connection, NOON, whole("account", user("tom")))
    assert observe_quality_if_due(later(minutes=1)) is not None
    assert observe_quality_if_due(later(minutes=59)) is None
    assert observe_quality_if_due(later(minutes=61)) is not None
    assert Run.objects.filter(vendor="quality").count() == 2
    assert not Verdict.objects.filter(check_row__check_id__startswith="q.", subject__key__startswith="q.").exists()


def test_an_organization_that_adopted_none_of_it_is_left_alone(fernhill):
    with scope(fernhill.pk):
        assert observe_quality_if_due(NOON) is None
        assert Run.objects.count() == 0


def test_what_is_said_of_the_evidence_stands_on_the_pages_of_the_check_and_of_the_connection(connection, priya, browser_of):
    look(connection, NOON, refused("account", "iam:GetCredentialReport"), calls=[call("iam:GetCredentialReport")])
    observe_quality(later(minutes=1))
    browser = browser_of(priya)
    said_there = "iam:GetCredentialReport refused; blind are"
    page = browser.get("/fernhill/checks/aws.iam.console_user_mfa/").content.decode()
    assert "How good this evidence is" in page and said_there in page
    address = f"/fernhill/connections/{connection.pk}/quality/"
    assert address in browser.get(f"/fernhill/connections/{connection.pk}/").content.decode()
    whole, rows = browser.get(address), browser.get(address, headers={"HX-Request": "true"})
    assert said_there in whole.content.decode() and "<html" in whole.content.decode()
    assert said_there in rows.content.decode() and "<html" not in rows.content.decode()


def test_a_connection_that_has_read_nothing_has_no_such_page(connection, priya, browser_of):
    assert browser_of(priya).get(f"/fernhill/connections/{connection.pk}/quality/").status_code == 404
