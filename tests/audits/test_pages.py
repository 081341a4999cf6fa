"""The page “Export” and its API; whom it serves, and what of restricted things goes out."""

import io
import json
import zipfile
from datetime import timedelta
from itertools import islice

import pytest
from django.core.management import CommandError, call_command

from audits.packages.building import stream_package
from audits.packages.oscal import OscalControl, assessment_results, catalog
from audits.packages.scopes import PackageScope
from compliance.members.roles import Role
from compliance.tenancy import scope as tenant
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.trail.models import Entry
from controls.models import Verdict
from tests.audits.conftest import NOON, key_of, package

DAYS = {"first_day": "2026-03-01", "last_day": "2026-03-04"}


def body_of(response) -> bytes:
    return b"".join(response.streaming_content)


def test_a_control_is_exported_from_its_page_and_verified_by_the_command(judged, fernhill, marta, browser_of, tmp_path) -> None:
    browser = browser_of(marta)
    assert "scope=control&amp;ref=AC-07" in browser.get("/fernhill/controls/AC-07/").content.decode()
    form = browser.get("/fernhill/export/?scope=control&ref=AC-07").content.decode()
    assert 'value="AC-07"' in form and '<option value="control" selected>' in form
    response = browser.post("/fernhill/export/download/", {"scope": "control", "ref": "AC-07", **DAYS})
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    path = tmp_path / "package.zip"
    path.write_bytes(body_of(response))
    said = io.StringIO()
    call_command("verify_package", str(path), organization="fernhill", stdout=said)
    call_command("verify_package", str(path), key=key_of(fernhill), stdout=said)
    assert said.getvalue().count("OK: ") == 2
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(CommandError, match="1 problems"):
        call_command("verify_package", str(path), key=key_of(fernhill), stdout=said)
    with scope(fernhill.pk):
        assert Entry.objects.get(name="export.downloaded").actor_name == "Marta Lindqvist"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"scope": "control", "ref": "NO-1"}, "There is no control of that code."),
        ({"scope": "population", "ref": "x"}, "There is no frozen population of that id."),
        ({"scope": "everything", "first_day": "2026-04-01", "last_day": "2026-03-01"}, "The last day lies before the first."),
        ({"scope": "everything", "first_day": "2999-04-01", "last_day": "2999-05-01"}, "This lies in the future"),
        ({"scope": "everything", "first_day": "yesterday"}, "Give a day as 2026-03-31."),
        ({"scope": "galaxy"}, "Choose one of control, population, everything."),
    ],
)
def test_what_cannot_be_exported_is_said_and_nothing_is_stated(judged, fernhill, marta, browser_of, given, said) -> None:
    response = browser_of(marta).post("/fernhill/export/download/", given)
    assert response.status_code == 422
    assert said in response.content.decode()
    with scope(fernhill.pk):
        assert not Entry.objects.filter(name="export.downloaded").exists()


def test_the_api_streams_the_same_and_a_viewer_gets_nothing(judged, fernhill, marta, vera, browser_of) -> None:
    asked = {"scope": "control", "ref": "AC-07", **DAYS}
    response = browser_of(marta).post("/api/v1/fernhill/packages/", asked, content_type="application/json")
    assert response.status_code == 200
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(body_of(response))).namelist()
    assert browser_of(vera).post("/api/v1/fernhill/packages/", asked, content_type="application/json").status_code == 403
    assert browser_of(vera).get("/fernhill/export/").status_code == 403


def test_the_scope_is_closed_between_pieces_and_the_first_bytes_need_no_database(judged, fernhill, django_assert_num_queries) -> None:
    what = PackageScope(kind="everything", start=NOON - timedelta(days=1), until=NOON + timedelta(days=1), role=Role.ADMIN)
    with scope(None), django_assert_num_queries(0):
        pieces = stream_package(fernhill.pk, what, actor=SYSTEM, now=NOON + timedelta(days=1))
        first = b"".join(islice(pieces, 2))
        assert first.startswith(b"PK\x03\x04")
        assert tenant.organization_id_or_none() is None
        pieces.close()


def test_everything_holds_each_control_and_verifies(judged, fernhill, tmp_path) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(package(fernhill, "everything", "", raw=False))
    call_command("verify_package", str(path), key=key_of(fernhill), stdout=io.StringIO())
    with zipfile.ZipFile(path) as archive:
        assert "controls/AC-07.json" in archive.namelist()
        verdicts = [json.loads(line) for line in archive.read("verdicts/verdicts.jsonl").splitlines()]
        index = archive.read("index.html").decode()
    assert {(each["name"], each["outcome"]) for each in verdicts if each["check"] == "aws.iam.console_user_mfa"} == {
        ("tom", "fail"), ("tom", "pass"), ("jonas", "pass"),
    }  # fmt: skip
    assert "<script" not in index and "http://" not in index and "https://" not in index


def test_judging_again_is_asked_on_a_page_and_its_result_stands_there(judged, fernhill, marta, vera, browser_of, monkeypatch) -> None:
    from celery import current_app  # noqa: PLC0415

    from compliance.pipeline import reperform  # noqa: PLC0415

    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, retry: sent.append((name, args)))
    verdict = Verdict.objects.filter(check_row__check_id="aws.iam.console_user_mfa").first()
    place = f"/fernhill/verdicts/{verdict.pk}/"
    browser = browser_of(marta)
    assert "Nobody judged it again yet" in browser.get(place).content.decode()
    assert browser.post(f"{place}again/").status_code == 302
    asked = browser.post(f"/api/v1{place}reperformance/").json()["asked"]
    assert [name for name, _args in sent] == ["compliance.reperform"] * 2
    assert "A worker judges it again" in browser.get(f"{place}?asked={asked}").content.decode()
    for _name, args in sent:
        with scope(None):
            reperform(*args)
    page = browser.get(f"{place}?asked={asked}").content.decode()
    assert "A worker judges it again" not in page and "controls/checks/aws_iam_console_user_mfa/v1.py" in page
    results = browser.get(f"/api/v1{place}reperformance/").json()["results"]
    assert [each["asked"] for each in results][:1] == [asked]
    assert browser_of(vera).post(f"{place}again/").status_code == 403
    assert browser_of(vera).get(place).status_code == 200


CONTROLS = [
    OscalControl(
        code="AC-07", title="Second factor", statement="Users need one.", criteria=("CC6.1",), pieces=(("met", NOON, NOON + timedelta(1)),)
    ),
    OscalControl(code="7", title="", statement="", criteria=(), pieces=()),
]


@pytest.mark.parametrize("controls", [CONTROLS, CONTROLS[1:]])
def test_oscal_is_what_trestle_reads(controls) -> None:
    assess = pytest.importorskip(
        "trestle.oscal.assessment_results", reason="compliance-trestle is not installed: OSCAL is not validated here"
    )
    cat = pytest.importorskip("trestle.oscal.catalog")
    assess.Model.parse_obj(assessment_results("Fernhill", controls, NOON, NOON + timedelta(2), NOON))
    cat.Model.parse_obj(catalog("Fernhill", controls, NOON))


def test_oscal_draws_no_conclusion() -> None:
    text = json.dumps(assessment_results("Fernhill", CONTROLS, NOON, NOON + timedelta(2), NOON))
    assert "findings" not in text and "satisfied" not in text
