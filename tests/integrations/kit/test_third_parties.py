"""A connector of another package: the example of the guide through the kit, the catalogue, the wizard and a real run."""

import os
import subprocess
import sys
from importlib import import_module

import pytest

from compliance.pipeline import refresh
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from controls.models import Verdict
from controls.outcomes import Outcome
from controls.services.adoption import adopt_controls, library
from evidence.models import Run, Subject
from integrations.cards import cards
from integrations.entrypoints import RefusedConnector
from integrations.models import Connection
from integrations.registry import UnknownVendor, load_connector
from integrations.services.connections import start_connection
from integrations.services.probing import probe_connection
from tests.integrations.kit.acme import EXAMPLE, installed

ROOT = EXAMPLE.parents[2]


def test_what_is_installed_and_not_allowed_is_never_loaded(tmp_path):
    with installed(tmp_path):
        assert "acme" not in cards()
        with pytest.raises(UnknownVendor, match="acme"):
            load_connector("acme")
        assert "acme_connector" not in sys.modules


def test_an_allowed_connector_stands_in_the_catalogue_with_its_version(tmp_path):
    with installed(tmp_path, "acme==1.0.0"):
        card = cards()["acme"]
        assert (card.name, card.category, card.origin) == ("Acme Directory", "Personnel", "plumbline-acme 1.0.0")
        assert card.operations == {"person": ("GET /v1/people",)}
        assert load_connector("acme").KEY == "acme"


@pytest.mark.parametrize(
    ("allowed", "said"),
    [
        ("acme==2.0", "asks for acme==2.0, installed is 1.0.0"),
        ("lumen", "no installed package offers it"),
        ("github", "one of our own"),
    ],
)
def test_what_cannot_be_used_as_allowed_is_refused_with_what_to_do(tmp_path, allowed, said):
    with installed(tmp_path, allowed), pytest.raises(RefusedConnector, match=said):
        load_connector("acme")


def test_the_example_keeps_the_contract_as_its_author_runs_it():
    environment = {**os.environ, "PYTHONPATH": f"{EXAMPLE}{os.pathsep}{ROOT}"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "integrations.kit.plugin",
        "-p",
        "no:django",
        "-c",
        os.devnull,
    ]
    ran = subprocess.run([*command, str(EXAMPLE)], cwd=EXAMPLE, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
    assert "contract of acme 1:" in ran.stdout and "failed" not in ran.stdout.splitlines()[-1]


def test_it_is_connected_by_the_wizard_and_its_people_are_read_and_judged(tmp_path, fernhill, marta, browser_of):
    with installed(tmp_path, "acme"):
        twins = import_module("acme_connector.twin")
        people = {
            1: {"id": 1, "name": "Tom", "email": "tom@fernhill.example", "contract": "staff", "state": "here", "first_day": "2024-01-08",
                "last_day": "", "title": "Engineer", "team": "Platform"},
            2: {"id": 2, "name": "Sam", "email": None, "contract": "staff", "state": "here", "first_day": "2024-01-08", "last_day": ""},
        }  # fmt: skip
        with twins.running(twins.Twin(people)) as twin, scope(fernhill.pk):
            codes = [code for code, each in library().items() if any(link.id == "hr.person.core_fields" for link in each.checks)]
            adopt_controls(actor=SYSTEM, codes=codes, now=fernhill.created_at)
            browser = browser_of(marta)
            page = browser.get("/fernhill/connections/").content.decode()
            assert "Acme Directory" in page and "plumbline-acme 1.0.0" in page
            made = browser.post(
                "/fernhill/connections/new/acme/", {"name": "Acme", "base_url": twin.url, "token": twins.TOKEN, "cadence_minutes": "60"}
            )
            assert made.status_code == 302
            connection = Connection.objects.get(vendor="acme")
            assert probe_connection(connection.pk)["state"] == "ok"
            start_connection(actor=SYSTEM, connection=connection, now=fernhill.created_at)
            run = refresh(connection.pk, beat=False)
            assert (run.outcome, run.connector_version, run.rows) == ("complete", "1", 2)
            assert sorted(Subject.objects.filter(stream__vendor="acme").values_list("name", flat=True)) == ["Sam", "Tom"]
            assert Run.objects.filter(vendor="acme").count() == 1
            judged = Verdict.objects.filter(check_row__check_id="hr.person.core_fields", subject__stream__vendor="acme")
            assert dict(judged.values_list("subject__name", "outcome"))["Sam"] != Outcome.PASS  # no title, no address
            page = browser.get(f"/fernhill/connections/{connection.pk}/").content.decode()
            assert "Acme Directory" in page
