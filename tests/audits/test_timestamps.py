"""Time stamps in a package: openssl agrees, the stamped checkpoint is a beginning of the package's log, and every alteration is named."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from compliance.countersigning.rounds import countersign_round
from compliance.tenancy.scope import scope
from compliance.vault.models import Checkpoint, Timestamp
from compliance.vault.selectors.countersigned import daily_timestamps
from compliance.vault.services.sealing import seal_pending
from tests.audits.conftest import NOON, key_of, package
from tests.audits.test_packages import repacked, unpacked
from tests.conftest import arranging
from tests.countersigning.authority import authority
from tests.countersigning.test_timestamps import seal
from tests.countersigning.witness import witness


@pytest.fixture
def stamped(judged, fernhill, settings, tmp_path):
    """(package, key, authority's root, size that was stamped): the log grew after the stamp."""
    with scope(fernhill.pk):
        seal_pending(now=NOON)
        size = Checkpoint.objects.get().size
    folder = tmp_path / "authority"
    folder.mkdir()
    with authority(folder) as tsa, witness() as watching:
        watching.logs[f"plumbline.log/{fernhill.pk}"] = [key_of(fernhill)]
        settings.CONFIGURATION = replace(
            settings.CONFIGURATION, tsa_url=tsa.url, tsa_ca=tsa.root.read_text(), outgoing_allow=("127.0.0.1",),
            witness_urls=(watching.url,), witness_keys=(watching.key.vkey,),
        )  # fmt: skip
        assert countersign_round() == 2
        with scope(fernhill.pk):
            seal()
        path = tmp_path / "package.zip"
        path.write_bytes(package(fernhill))
        yield path, key_of(fernhill), tsa.root, size


def verified(path, key):
    folder = unpacked(path)
    return subprocess.run(
        [sys.executable, "-I", "verify.py", "--key", key, str(path)], cwd=folder, capture_output=True, text=True, check=False
    )


def test_a_package_with_a_time_stamp_verifies_and_so_does_openssl_as_the_guide_says(stamped):
    path, key, root, size = stamped
    done = verified(path, key)
    assert done.returncode == 0, done.stdout + done.stderr
    folder = unpacked(path)
    assert "— witness.example/w1 " in (folder / "witnesses" / f"checkpoint-{size}.txt").read_text()
    [command] = [line for line in (folder / "VERIFY.md").read_text().split("\n") if line.startswith("openssl ts -verify")]
    command = command.replace("checkpoint-N", f"checkpoint-{size}").replace("authority-root.pem", str(root))
    assert "Verification: OK" in subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=True).stdout
    (folder / "timestamps" / f"checkpoint-{size}.text").write_bytes(b"another\n")
    assert subprocess.run(command, shell=True, cwd=folder, capture_output=True, check=False).returncode != 0


def test_an_altered_stamp_or_proof_is_named(stamped):
    path, key, _root, size = stamped
    with zipfile.ZipFile(path) as archive:
        held = json.loads(archive.read("log/consistency.jsonl"))
        stamp = archive.read(f"timestamps/checkpoint-{size}.tsr")
    assert held["size"] == size and held["hashes"]
    wrong = json.dumps(held | {"hashes": ["00" * 32, *held["hashes"][1:]]}).encode() + b"\n"
    other = json.dumps(held | {"size": size + 1}).encode() + b"\n"
    for changes, why in (
        ({f"timestamps/checkpoint-{size}.tsr": stamp[:-1] + b"x"}, f"timestamps/checkpoint-{size}.tsr: it was altered"),
        ({"log/consistency.jsonl": wrong}, "log/consistency.jsonl line 1: timestamps/checkpoint-"),
        ({"log/consistency.jsonl": other}, "log/consistency.jsonl line 1: it speaks of a checkpoint that is not here"),
        ({"log/consistency.jsonl": b""}, f"nothing shows that the checkpoint of size {size} is a beginning"),
        ({"log/consistency.jsonl": None}, "log/consistency.jsonl: it is missing"),
        ({"log/consistency.jsonl": b"[]\n"}, "log/consistency.jsonl line 1: it is no consistency proof"),
    ):
        done = verified(repacked(path, changes), key)
        assert done.returncode == 1 and why in done.stdout, (why, done.stdout, done.stderr)


@pytest.mark.slow
def test_the_page_from_the_disk_says_the_same(stamped, browser, tmp_path):
    path, key, _root, size = stamped
    with zipfile.ZipFile(path) as archive:
        (tmp_path / "verify.html").write_bytes(archive.read("verify.html"))
        held = json.loads(archive.read("log/consistency.jsonl"))
    wrong = json.dumps(held | {"hashes": ["00" * 32, *held["hashes"][1:]]}).encode() + b"\n"
    said = []
    page = browser.new_page()
    page.goto((tmp_path / "verify.html").as_uri())
    for changes in ({}, {"log/consistency.jsonl": wrong}, {"log/consistency.jsonl": b""}):
        page.set_input_files("#file", str(repacked(path, changes)))
        page.fill("#key", key)
        page.click("button")
        page.wait_for_function("['good', 'bad'].includes(document.getElementById('said').className)", timeout=30_000)
        said.append(page.inner_text("#said"))
        page.evaluate("document.getElementById('said').className = ''")
    page.close()
    assert said[0].startswith("OK: ")
    assert (
        f"timestamps/checkpoint-{size}.text is not a beginning" in said[1]
        and f"witnesses/checkpoint-{size}.txt is not a beginning" in said[1]
    )
    assert f"nothing shows that the checkpoint of size {size} is a beginning" in said[2]


def test_a_package_takes_the_first_stamp_of_each_day_of_its_period_and_the_latest(fernhill):
    with scope(fernhill.pk):
        for _each in range(6):
            seal()
    with arranging(fernhill):
        for size, hours in ((1, -1), (2, 0), (3, 1), (4, 25), (5, 60), (6, 90)):
            Timestamp.objects.create(size=size, authority="a", response=b"x", at=NOON + timedelta(hours=hours))
    with scope(fernhill.pk):
        assert [stamp.size for stamp, _text in daily_timestamps(NOON, NOON + timedelta(hours=60))] == [2, 4, 6]
        assert [text.split(b"\n")[1] for _stamp, text in daily_timestamps(NOON, NOON)] == [b"6"]
