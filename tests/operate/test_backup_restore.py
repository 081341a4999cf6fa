"""The commands that docs/operator/backup.md gives to operators bring everything back: run here, word for word, on a real instance."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from compliance.configuration import CHECKOUT, SETTING_NAMES
from compliance.operate.engine.ports import free_port
from tests.operate.engine.places import open_folder
from tests.operate.engine.test_serving import engine

PAGE = CHECKOUT / "docs" / "operator" / "backup.md"
PAGE_OF_AWS = b'{"UserName": "ada", "MFA": true}'
SEED = f"""
import uuid
from datetime import UTC, datetime
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.vault.services.blobs import digest_of
from compliance.vault.services.sealing import seal_pending
from evidence.facts.account.v1 import Account as AccountFact
from evidence.readings import Observed, Reading
from evidence.services.runs import Account, end_run, record_run, start_run
now = datetime(2026, 3, 2, 12, tzinfo=UTC)
fernhill = Organization.objects.create(name="Fernhill", slug="fernhill", time_zone="Europe/Berlin")
with scope(fernhill.pk):
    run = start_run(actor=SYSTEM, connection_id=uuid.uuid4(), vendor="aws", connector_version="1", kinds=["account"], started_by="test", now=now)
    facts = [AccountFact(subject="arn:aws:iam::123456789012:user/" + name, name=name, mfa=True) for name in ("ada", "ben")]
    page = {PAGE_OF_AWS!r}
    reading = Reading(vendor="aws", kind="account", mode="snapshot", complete=True, completeness="last_page",
                      observations=[Observed(fact, (digest_of(page),)) for fact in facts])
    record_run(actor=SYSTEM, run=run, account=Account("123456789012", "Fernhill", "arn:role"), readings=[reading], calls=(),
               read_page=lambda _digest: page, now=now)
    end_run(actor=SYSTEM, run=run, now=now)
    seal_pending(now=now)
"""
WRITTEN_MEANWHILE = ("operate_verification", "trail_entry", "work_tellinground", "work_problem")
LOOK = """
import json, os, psycopg2
from compliance.tenancy.models import Organization
from compliance.tenancy.scope import scope
from compliance.vault.models import Blob
from compliance.vault.selectors.blobs import read_blob
from compliance.vault.selectors.log import checkpoints
with psycopg2.connect(os.environ["DATABASE_ADMIN_URL"]) as connection, connection.cursor() as cursor:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    counts = {}
    for (table,) in cursor.fetchall():
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        counts[table] = cursor.fetchone()[0]
with scope(Organization.objects.get(slug="fernhill").pk):
    blobs = [read_blob(bytes(blob.digest).hex()).decode() for blob in Blob.objects.all()]
    note = checkpoints(limit=1)[0].note
print("LOOK " + json.dumps({"counts": counts, "blobs": blobs, "note": note}))
"""


def commands(title: str) -> str:
    """The one block of commands under that heading of the page."""
    section = PAGE.read_text("utf-8").split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    (block,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert ".venv/bin/python" in block
    return block.replace(".venv/bin/python", sys.executable)


def run_page(title: str, var_dir: Path, folder: Path) -> None:
    """Run the page's commands as an operator does in a checkout, with `backup/` in a folder of its own."""
    (folder / "compliance").exists() or (folder / "compliance").symlink_to(CHECKOUT / "compliance")
    dropped = {*SETTING_NAMES, *(f"{name}_FILE" for name in SETTING_NAMES)}
    environment = {name: value for name, value in os.environ.items() if name not in dropped} | {"VAR_DIR": str(var_dir)}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands(title)], cwd=folder, env=environment | {"PYTHONPATH": str(CHECKOUT)},
        capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def seen(var_dir: Path) -> dict:
    """What the instance holds: rows per table as the owner counts them, every blob decrypted, the newest checkpoint."""
    told = engine(var_dir, "manage", "shell", "--no-imports", "--command", LOOK)
    (line,) = [line for line in told.stdout.splitlines() if "LOOK {" in line] or pytest.fail(told.stdout + told.stderr)
    return json.loads(line.split("LOOK ", 1)[1])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_was_backed_up_is_restored_into_an_empty_instance_with_every_row_and_blob(tmp_path):
    with open_folder() as var_dir, open_folder() as other:
        restored = other / "var"
        try:
            started = engine(var_dir, "start", "--detach", PORT=str(free_port()))
            assert started.returncode == 0, started.stdout + started.stderr
            seeded = engine(var_dir, "manage", "shell", "--no-imports", "--command", SEED)
            assert seeded.returncode == 0, seeded.stdout + seeded.stderr
            run_page("Embedded servers: back up", var_dir, tmp_path)
        finally:
            engine(var_dir, "stop")
        before = seen(var_dir)
        assert before["counts"]["evidence_record"] == 2 and before["blobs"] == [PAGE_OF_AWS.decode()]
        run_page("Embedded servers: restore", restored, tmp_path)
        after = seen(restored)
        for table in WRITTEN_MEANWHILE:  # by the worker, between the backup and the end of the first instance
            assert after["counts"].pop(table) <= before["counts"].pop(table), table
        assert after == before
        try:
            port = free_port()
            again = engine(restored, "start", "--detach", PORT=str(port))
            assert again.returncode == 0, again.stdout + again.stderr
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as reply:
                assert reply.status == 200
        finally:
            engine(restored, "stop")
