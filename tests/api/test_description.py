"""The API's description, in OpenAPI and in words: complete, valid, and its examples run."""

import re
import shutil
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.drainage import reset_generator_stats

from compliance.members.roles import Right
from tests.api.programme import programme, token_of
from tests.sweep.routes import routes

KNOWN: tuple[str, ...] = ()
WORDS = Path(__file__).resolve().parents[2] / "docs" / "api.md"


@pytest.fixture(autouse=True)
def own_addresses(settings):
    """All of them."""
    settings.ROOT_URLCONF = "compliance.urls"


def test_the_description_is_valid_and_warns_of_nothing(capfd):
    reset_generator_stats()
    call_command("spectacular", "--validate", stdout=StringIO())
    said = [line for line in capfd.readouterr().err.splitlines() if re.search(r"\b(Warning|Error)\b", line)]
    assert [line for line in said if not any(each in line for each in KNOWN)] == []


def test_every_route_of_an_organization_is_described_by_a_name_of_its_own(db):
    schema = Client().get("/api/v1/schema/").json()
    written = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{route.pattern}") for route in routes() if route.pattern.startswith("api/v1/<slug:slug>/")
    }
    assert get_resolver().url_patterns and written <= set(schema["paths"])
    names = [each["operationId"] for methods in schema["paths"].values() for each in methods.values()]
    assert len(set(names)) == len(names)


def test_every_scope_is_explained():
    explained = WORDS.read_text(encoding="utf-8")
    assert [right for right in Right if f"`{right}`" not in explained] == []


@pytest.mark.skipif(
    not shutil.which("curl") or not shutil.which("bash"), reason="curl and bash are not installed: the examples were not run"
)
@pytest.mark.django_db(transaction=True)
def test_the_examples_run_against_a_live_server(live_server, request, tmp_path):
    fernhill, priya = request.getfixturevalue("fernhill"), request.getfixturevalue("priya")
    programme(fernhill)
    rights = (
        Right.SEE_PROGRAMME, Right.ACT_ON_CONTROLS, Right.MANAGE_CONTROLS, Right.MANAGE_CONNECTIONS,
    )  # fmt: skip
    blocks = re.findall(r"^```sh\n(.*?)^```", WORDS.read_text(encoding="utf-8"), flags=re.S | re.M)
    assert len(blocks) >= 8
    environment = {
        "PLUMBLINE": f"{live_server.url}/api/v1/fernhill",
        "TOKEN": token_of(priya, fernhill, *rights),
        "PATH": "/usr/bin:/bin:/usr/local/bin",
    }
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", "\n".join(blocks)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert "AC-07 failed" in done.stdout or "AC-07 not_observed" in done.stdout
    assert (tmp_path / "checkpoint.txt").read_text().startswith("plumbline.log/")
