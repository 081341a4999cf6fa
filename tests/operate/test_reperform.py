"""A verdict again from raw bytes, with the code of then; and a changed check tried against stored history."""

import dataclasses
import io
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from audits.packages.building import stream_package
from audits.packages.scopes import PackageScope
from compliance.members.roles import Role
from compliance.operate.reperform.package import NotVerified, reperform_package
from compliance.operate.reperform.trial import try_check
from compliance.operate.reperform.verdict import reperform_verdict
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.names import ActionName
from compliance.vault.selectors.log import log_verifier
from controls.models import Check, CheckVersion, Verdict, VerdictPast
from controls.outcomes import Outcome, failed
from controls.registry import definitions, versioned
from controls.services.adoption import adopt_controls
from controls.services.evaluation import evaluate_run
from controls.services.versions import take_up_versions
from evidence.models import Record, Subject
from evidence.readings import Observed, Reading
from evidence.services.runs import Account, end_run, record_run, start_run
from integrations.sandbox.aws.server import running
from integrations.services.collecting import calls_made
from tests.integrations.aws.scanning import owner, reading

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHECK = "aws.iam.console_user_mfa"
CONNECTION = uuid.UUID("018f0000-0000-7000-8000-000000000001")


@pytest.fixture(scope="module")
def sandbox():
    with running() as made:
        made.reset()
        for name in ("tom", "jonas"):
            owner(made, "iam").create_user(UserName=name)
            owner(made, "iam").create_login_profile(UserName=name, Password="Long-enough-1!")
        yield made


def look(sandbox, at):
    """One run over the sandbox, recorded with its ledger and pages, and judged."""
    with reading(sandbox, ("account",)) as reader:
        context = reader.context
        identity = reader.connector.identify(context)
        observed = [Observed(each.fact, each.pages, at) for each in reader.observations("account")]
        run = start_run(
            actor=SYSTEM, connection_id=CONNECTION, vendor="aws", connector_version="1", kinds=["account"], started_by="t", now=at
        )
        seen = Reading(
            vendor="aws", kind="account", mode="snapshot", complete=True, completeness="consistent_read", observations=observed
        )  # fmt: skip
        account = Account(identity.account, "Fernhill", identity.principal)
        record_run(
            actor=SYSTEM,
            run=run,
            account=account,
            readings=[seen],
            calls=calls_made(context.ledger.calls()),
            read_page=context.spool.get,
            now=at,
        )
    evaluate_run(run, now=at)
    end_run(actor=SYSTEM, run=run, now=at)


@pytest.fixture
def judged(fernhill, sandbox):
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=["AC-07"], now=NOON - timedelta(days=1))
        look(sandbox, NOON)
        yield Verdict.objects.get(check_row__check_id=CHECK, subject__name="tom")


def newer_version(monkeypatch):
    """Version 2 of the check, which fails everybody for another reason."""
    folder = f"controls.checks.{CHECK.replace('.', '_')}"
    known = definitions()[CHECK]
    made = ModuleType(f"{folder}.v2")
    vars(made).update(FACT=known.module.FACT, OTHERS=(), PARAMETERS=known.module.PARAMETERS)
    made.judge = lambda fact, parameters, at: failed("version 2 fails everybody")
    versioned.cache_clear()  # it remembers modules, and this one is another in each test
    monkeypatch.setitem(sys.modules, made.__name__, made)
    monkeypatch.setitem(definitions(), CHECK, dataclasses.replace(known, version=2, module=made, digest=""))


def test_a_verdict_comes_again_from_raw_bytes_byte_for_byte(judged) -> None:
    found = reperform_verdict(judged.pk)
    assert (found.same, found.level, found.missing, found.altered) == (True, "raw bytes", (), ())
    assert found.again == found.stored
    assert b'"outcome":"fail"' in found.stored
    assert "integrations/vendors/aws/collectors/identity/v1.py" in found.code
    assert "controls/checks/aws_iam_console_user_mfa/v1.py" in found.code


def test_a_page_that_is_gone_is_named_and_the_lesser_result_is_called_so(judged) -> None:
    page = Record.objects.get(pk=judged.record_id).pages.split()[0]
    place = next(Path(settings.CONFIGURATION.blob_store_url.removeprefix("file://")).rglob(f"*{page[-40:]}*"))
    place.unlink()
    found = reperform_verdict(judged.pk)
    assert found.level == "recorded facts"
    assert f"raw page {page}" in found.missing


def test_a_verdict_that_was_rewritten_does_not_come_again(judged) -> None:
    pk = judged.pk
    with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        Verdict.objects.filter(pk=pk).update(outcome=Outcome.PASS, reason="has a second factor")
    found = reperform_verdict(pk)
    assert not found.same
    assert b'"outcome":"fail"' in found.again
    assert b'"outcome":"pass"' in found.stored


def test_after_a_checks_version_rises_the_old_verdict_comes_with_the_old_code_and_the_new_one_differs(judged, monkeypatch) -> None:
    newer_version(monkeypatch)
    assert take_up_versions(NOON + timedelta(hours=2)) == [CHECK]
    assert take_up_versions(NOON + timedelta(hours=3)) == []
    assert [each.logic_version for each in CheckVersion.objects.filter(check_row__check_id=CHECK).order_by("from_at")] == [1, 2]
    assert Check.objects.get(check_id=CHECK).logic_version == 2
    old = VerdictPast.objects.get(check_row__check_id=CHECK, subject__name="tom")
    again = reperform_verdict(old.pk)
    assert (again.same, again.level, [each.version for each in again.steps]) == (True, "raw bytes", [1])
    new = reperform_verdict(Verdict.objects.get(check_row__check_id=CHECK, subject__name="tom").pk)
    assert [each.version for each in new.steps] == [2]
    assert new.again == new.stored != again.stored
    assert "controls/checks/aws_iam_console_user_mfa/v2.py is missing" in new.altered


def test_a_version_that_is_not_there_is_named(judged, monkeypatch) -> None:
    newer_version(monkeypatch)
    take_up_versions(NOON + timedelta(hours=2))
    monkeypatch.delitem(sys.modules, "controls.checks.aws_iam_console_user_mfa.v2")
    versioned.cache_clear()
    found = reperform_verdict(Verdict.objects.get(check_row__check_id=CHECK, subject__name="tom").pk)
    assert not found.same
    assert "controls/checks/aws_iam_console_user_mfa/v2.py is not in this installation" in found.missing


def test_trying_a_changed_check_lists_who_would_flip_and_writes_nothing(judged, monkeypatch) -> None:
    newer_version(monkeypatch)
    before = (Verdict.objects.count(), VerdictPast.objects.count(), CheckVersion.objects.count(), Subject.objects.count())
    trial = try_check(CHECK, version=2, start=NOON - timedelta(days=1), until=NOON + timedelta(days=3))
    passing = set(Verdict.objects.filter(check_row__check_id=CHECK).exclude(outcome=Outcome.FAIL).values_list("subject__key", flat=True))
    assert {each.key for each in trial.flips} == passing
    assert all((each.tried, each.days, each.since) == ("fail", 4, NOON) for each in trial.flips)
    assert try_check(CHECK, version=1, start=NOON - timedelta(days=1), until=NOON + timedelta(days=3)).flips == ()
    assert (Verdict.objects.count(), VerdictPast.objects.count(), CheckVersion.objects.count(), Subject.objects.count()) == before


def test_a_package_is_judged_again_without_its_database(judged, fernhill, tmp_path) -> None:
    what = PackageScope(
        kind="control", ref="AC-07", start=NOON - timedelta(days=1), until=NOON + timedelta(days=1), role=Role.ADMIN, raw=True
    )  # fmt: skip
    path = tmp_path / "package.zip"
    path.write_bytes(b"".join(stream_package(fernhill.pk, what, actor=SYSTEM, now=NOON + timedelta(days=1))))
    key = log_verifier()
    with scope(None):
        found = [each for each in reperform_package(path, key, now=NOON + timedelta(days=1)) if each.verdict.check_id == CHECK]
    assert {each.verdict.name for each in found} >= {"tom", "jonas"}
    assert [(each.same, each.level, each.altered) for each in found] == [(True, "raw bytes", ())] * len(found)
    data = path.read_bytes()
    path.write_bytes(data[:200] + bytes([data[200] ^ 1]) + data[201:])
    with pytest.raises(NotVerified):
        next(reperform_package(path, key, now=NOON + timedelta(days=1)))


def test_the_page_tries_a_change_and_says_what_cannot_be_tried(judged, marta, browser_of) -> None:
    browser, place = browser_of(marta), f"/fernhill/checks/{CHECK}/try/"
    assert "Nothing is written" in browser.get(place).content.decode()
    tried = browser.get(place, {"version": "1", "days": "700", "parameters": "{}"})
    assert (tried.status_code, "Every stored verdict would have been the same" in tried.content.decode()) == (200, True)
    for given, said in (
        ({"version": "9"}, "There is no version 9"),
        ({"version": "x"}, "the number of a version"),
        ({"days": "0"}, "a number of days"),
        ({"parameters": "{"}, "not JSON"),
        ({"parameters": '{"surprise": 1}'}, "have to be an object of"),
    ):
        answer = browser.get(place, {"version": "1", "days": "90", "parameters": "{}", **given})
        assert (answer.status_code, said in answer.content.decode()) == (422, True)


def test_the_command_judges_again_and_ends_with_an_error_where_one_differs(judged) -> None:
    said = io.StringIO()
    call_command("reperform", organization="fernhill", check=CHECK, stdout=said)
    assert "the same byte for byte" in said.getvalue() and "DIFFERENT" not in said.getvalue()
    with pytest.raises(CommandError, match="no organization"):
        call_command("reperform", organization="nowhere")
