"""The doctor finds what an operator got wrong, and says nothing worse than it is."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connection

from compliance.configuration import CHECKOUT, Configuration
from compliance.operate.diagnosis.database import look_at_database
from compliance.operate.diagnosis.finding import Finding, Level
from compliance.operate.diagnosis.machine import look_at_machine
from compliance.operate.diagnosis.services import look_at_services
from compliance.operate.diagnosis.settings import look_at_settings
from compliance.operate.engine.mailsink import serve
from compliance.operate.engine.ports import free_port
from compliance.tenancy.postgres.creation import as_owner

GOOD = Configuration.from_environment(
    {
        "DATABASE_URL": "postgresql://plumbline_app:x@db.fernhill.example/plumbline",
        "REDIS_URL": "redis://redis.fernhill.example",
        "BLOB_STORE_URL": "s3://fernhill/evidence",
        "SECRET_KEYS": "0123456789abcdef0123456789abcdef",
        "PUBLIC_URL": "https://soc2.fernhill.example",
        "VAR_DIR": "/nonexistent/plumbline",
    }
)


def by_subject(findings) -> dict[str, Finding]:
    return {finding.subject: finding for finding in findings}


def test_good_settings_raise_nothing():
    assert {finding.level for finding in look_at_settings(GOOD)} == {Level.OK}


@pytest.mark.parametrize(
    ("change", "subject", "level", "seen"),
    [
        ({"secret_keys": ("a" * 40,)}, "secret keys", Level.FAIL, "key 1 of SECRET_KEYS has only 1 different characters"),
        ({"public_url": "http://soc2.fernhill.example"}, "public address", Level.FAIL, "sends passwords and cookies in the clear"),
        ({"public_url": "http://127.0.0.1:8000"}, "public address", Level.OK, "reachable from this machine only"),
        ({"allowed_hosts": ("other.example",)}, "allowed hosts", Level.FAIL, "soc2.fernhill.example, would be refused"),
        ({"allowed_hosts": (".fernhill.example",)}, "allowed hosts", Level.OK, ".fernhill.example"),
        ({"allowed_hosts": ("*",)}, "allowed hosts", Level.WARN, "any host name is served"),
        ({"debug": True}, "debugging", Level.FAIL, "errors show code and settings"),
        ({"debug": True, "public_url": "http://localhost:8000"}, "debugging", Level.WARN, "errors show code and settings"),
        ({"outgoing_allow": ("0.0.0.0/0",)}, "ways out", Level.FAIL, "opens 0.0.0.0/0"),
        ({"outgoing_allow": ("169.254.0.0/16",)}, "ways out", Level.FAIL, "opens 169.254.0.0/16"),
        ({"outgoing_allow": ("::/0",)}, "ways out", Level.FAIL, "opens ::/0"),
        ({"outgoing_allow": ("10.20.0.0/16", "ghes.fernhill.example")}, "ways out", Level.OK, "10.20.0.0/16, ghes.fernhill.example"),
    ],
)
def test_a_setting_that_is_formally_right_and_still_wrong_is_found(change, subject, level, seen):
    finding = by_subject(look_at_settings(replace(GOOD, **change)))[subject]
    assert finding.level is level
    assert seen in finding.seen
    assert bool(finding.fix) is (level is not Level.OK)


def test_secrets_that_others_can_read_are_found(tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "secret_keys").write_text("x")
    (tmp_path / "secrets" / "secret_keys").chmod(0o644)
    finding = by_subject(look_at_settings(replace(GOOD, var_dir=tmp_path)))["secret files"]
    assert (finding.level, finding.seen) == (Level.FAIL, "other users can read secret_keys")
    (tmp_path / "secrets" / "secret_keys").chmod(0o600)
    assert by_subject(look_at_settings(replace(GOOD, var_dir=tmp_path)))["secret files"].level is Level.OK


@pytest.mark.django_db
def test_the_migrated_database_of_the_tests_is_well():
    findings = by_subject(look_at_database(settings.CONFIGURATION))
    assert {subject: finding.seen for subject, finding in findings.items() if finding.level is not Level.OK} == {}
    assert findings["application login"].seen == "plumbline_app is bound by row-level security"
    assert findings["row-level security"].seen.startswith("forced on all ")


@pytest.mark.django_db(transaction=True)
def test_a_table_that_lost_its_wall_is_named():
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE members_membership NO FORCE ROW LEVEL SECURITY")
    try:
        finding = by_subject(look_at_database(settings.CONFIGURATION))["row-level security"]
        assert (finding.level, finding.seen) == (Level.FAIL, "missing on members_membership")
    finally:
        with as_owner(connection), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE members_membership FORCE ROW LEVEL SECURITY")


@pytest.mark.django_db
def test_an_owners_login_that_is_refused_is_found():
    wrong = replace(settings.CONFIGURATION, database_admin_url=settings.CONFIGURATION.database_admin_url.replace("owner:", "owner:x"))
    finding = by_subject(look_at_database(wrong))["owner's login"]
    assert finding.level is Level.FAIL
    assert finding.fix == "Check DATABASE_ADMIN_URL."


def test_redis_and_the_blob_store_are_really_used():
    findings = by_subject(look_at_services(settings.CONFIGURATION, with_clock=False))
    assert findings["redis"].level is Level.OK
    assert findings["blob store"].level is Level.OK
    assert (findings["workers"].level, findings["workers"].seen) == (Level.FAIL, "none answers: nothing is collected or judged")


def test_a_redis_that_is_not_there_is_found_and_nothing_else_is_asked_of_it():
    away = replace(settings.CONFIGURATION, redis_url=f"redis://127.0.0.1:{free_port()}/0", embedded_redis=False)
    findings = by_subject(look_at_services(away, with_clock=True))
    assert findings["redis"].level is Level.FAIL
    assert findings["redis"].fix == "Check REDIS_URL, the server and the network between."
    assert "workers" not in findings


def test_mail_is_tried_against_the_server(tmp_path, settings):
    port = free_port()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    configuration = replace(settings.CONFIGURATION, smtp_url=f"smtp://127.0.0.1:{port}")
    finding = by_subject(look_at_services(configuration, with_clock=False))["mail"]
    assert finding.level is Level.FAIL
    controller = serve(tmp_path / "mail", port)
    try:
        finding = by_subject(look_at_services(configuration, with_clock=False))["mail"]
    finally:
        controller.stop()
    assert (finding.level, finding.seen) == (Level.OK, "the mail server takes our login")


def test_the_disk_and_pango_are_looked_at(tmp_path):
    findings = by_subject(look_at_machine(replace(GOOD, var_dir=tmp_path)))
    assert set(findings) == {"PDF", "disk"}
    assert str(tmp_path) in findings["disk"].seen


def doctor(**environ: str) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ) | environ
    command = [sys.executable, str(CHECKOUT / "manage.py"), "doctor", "--quick", "--no-color"]
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=110, check=False)


@pytest.mark.slow
def test_an_owner_as_application_login_is_refused_with_the_way_out():
    told = doctor(DATABASE_URL=settings.CONFIGURATION.database_admin_url, DATABASE_ADMIN_URL="")
    assert told.returncode == 1
    assert "fail  application login   plumbline_owner " in told.stdout
    assert "owns the database: the wall between organizations does not hold it" in told.stdout
    assert "Set DATABASE_URL to a role that owns nothing" in told.stdout


@pytest.mark.slow
def test_a_database_that_is_not_migrated_or_not_there_is_told_apart():
    url = f"{settings.CONFIGURATION.database_url.split('@')[0]}@127.0.0.1:{free_port()}/plumbline"
    told = doctor(DATABASE_URL=url, DATABASE_ADMIN_URL="")
    assert told.returncode == 1
    assert "fail  database            cannot be reached" in told.stdout
    assert "schema" not in told.stdout
    told = doctor()
    assert "migrations are missing" in told.stdout
    assert "Run manage.py migrate with DATABASE_ADMIN_URL set." in told.stdout
