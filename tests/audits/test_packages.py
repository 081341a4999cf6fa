"""A package is verified by who has only the key; whatever is altered in it is found and named."""

import hashlib
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from audits.packages.building import INSIDE
from tests.audits.conftest import key_of, package

spec = importlib.util.spec_from_file_location("plumbline_verify", INSIDE / "verify.py")
verifying = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verifying)


@pytest.fixture
def sent(judged, fernhill, tmp_path) -> tuple[Path, str]:
    """The package as a file, and the key."""
    path = tmp_path / "package.zip"
    path.write_bytes(package(fernhill))
    return path, key_of(fernhill)


def unpacked(path: Path) -> Path:
    folder = path.parent / "unpacked"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder


def repacked(path: Path, changes: dict[str, bytes | None], more: dict[str, bytes] | None = None) -> Path:
    """The ZIP with other contents of some files; None leaves a file out."""
    target = path.with_name("altered.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = changes.get(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
        for name, data in (more or {}).items():
            new.writestr(name, data)
    return target


def test_an_untouched_package_is_verified_by_its_own_program_as_zip_and_unpacked(sent) -> None:
    path, key = sent
    for where in (str(path), ""):
        folder = unpacked(path)
        done = subprocess.run(
            [sys.executable, "-I", "verify.py", "--key", key, *([where] if where else [])], cwd=folder, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.fullmatch(r"OK: \d+ files, \d+ leaves, \d+ records, \d+ statements verified under the given key\n", done.stdout)


def test_the_commands_of_the_guide_succeed_as_written_and_fail_on_an_altered_package(sent) -> None:
    path, key = sent
    folder = unpacked(path)
    blocks = re.findall(r"```sh\n(.*?)```", (folder / "VERIFY.md").read_text(), re.DOTALL)
    assert len(blocks) == 4

    def run(block: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            ["bash", "-ec", block],
            cwd=folder,
            env={**os.environ, "KEY": key, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
        )

    told = [run(block) for block in blocks]
    assert [each.returncode for each in told] == [0, 0, 0, 0], [each.stdout + each.stderr for each in told]
    assert "Signature Verified Successfully" in told[2].stdout
    assert len(set(re.findall(r"[0-9a-f]{64}", told[3].stdout))) == 1
    (folder / "verdicts" / "verdicts.jsonl").write_bytes(b"{}\n")
    (folder / "log" / "checkpoint.text").write_bytes(b"another\n")
    assert [run(block).returncode for block in blocks[:3]] == [1, 1, 1]


def test_each_altered_file_is_found_and_named(sent) -> None:
    path, key = sent
    with zipfile.ZipFile(path) as archive:
        names = {name: archive.read(name) for name in archive.namelist()}
    assert {
        "manifest.json",
        "log/checkpoint.txt",
        "log/receipts.jsonl",
        "records/records.jsonl",
        "verify.html",
        "oscal/catalog.json",
    } <= names.keys()
    for name, data in names.items():
        if not data:
            continue
        place = int(hashlib.sha256(name.encode()).hexdigest(), 16) % len(data)
        flipped = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        problems, _counts = verifying.verify(str(repacked(path, {name: flipped})), key)
        assert problems, f"{name} byte {place}"
        assert any(each.startswith((name, "manifest.json")) or name.startswith("log/") for each in problems), (name, problems[:2])


def test_what_is_missing_or_added_is_named(sent) -> None:
    path, key = sent
    problems, _counts = verifying.verify(str(repacked(path, {"verdicts/verdicts.jsonl": None}, {"extra.txt": b"!"})), key)
    assert problems == ["extra.txt: it is not part of the package", "verdicts/verdicts.jsonl: it is missing"]


def consistently(path: Path, *, restated: bool) -> Path:
    """A verdict rewritten, and every digest in the package made to fit: manifest, sums, and (`restated`) the statement about the export."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = "verdicts/verdicts.jsonl"
    files[name] = files[name].replace(b'"outcome": "fail"', b'"outcome": "pass"')
    manifest = json.loads(files["manifest.json"])
    for each in manifest["files"]:
        if each["path"] == name:
            each["sha256"], each["size"] = hashlib.sha256(files[name]).hexdigest(), len(files[name])
    files["manifest.json"] = json.dumps(manifest).encode()
    digest = hashlib.sha256(files["manifest.json"]).hexdigest()
    files["SHA256SUMS"] = (
        "".join(f"{each['sha256']}  {each['path']}\n" for each in manifest["files"]) + f"{digest}  manifest.json\n"
    ).encode()
    if restated:
        export = json.loads(files["log/export.json"])
        payload = json.loads(export["payload"])
        payload["manifest"] = digest
        export["payload"] = json.dumps(payload, sort_keys=True, separators=(",", ":"))
        files["log/export.json"] = json.dumps(export).encode()
        leaf_hash = hashlib.sha256(bytes.fromhex(export["salt"]) + export["payload"].encode()).hexdigest()
        lines = [json.loads(line) for line in files["log/receipts.jsonl"].splitlines()]
        for line in lines:
            leaf = json.loads(line["leaf"])
            if leaf["kind"] == "export" and leaf["id"] == export["ref"]:
                line["leaf"] = json.dumps({**leaf, "hash": leaf_hash}, sort_keys=True, separators=(",", ":"))
        files["log/receipts.jsonl"] = "".join(json.dumps(line) + "\n" for line in lines).encode()
    return repacked(path, dict(files))


def test_a_package_altered_consistently_still_fails_against_the_checkpoint(sent) -> None:
    path, key = sent
    problems, _counts = verifying.verify(str(consistently(path, restated=False)), key)
    assert problems == ["manifest.json: it is not the manifest that stands in the log"]
    problems, _counts = verifying.verify(str(consistently(path, restated=True)), key)
    assert len(problems) == 1
    assert "is not in the log of the checkpoint" in problems[0]


def test_another_logs_key_or_none_verifies_nothing(sent, brackwater, rival) -> None:
    path, key = sent
    other = (
        "plumbline.log/other+"
        + hashlib.sha256(b"plumbline.log/other\n\x01" + b"\x07" * 32).hexdigest()[:8]
        + "+AQcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH"
    )
    assert verifying.verify(str(path), other)[0] == ["log/checkpoint.txt: it is not signed with the given key"]
    assert verifying.verify(str(path), key[:-4] + "AAA=")[0][0].startswith("--key: ")
    assert verifying.verify(str(path), "nonsense")[0][0].startswith("--key: ")


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/passwd", "a\\..\\b", "C:/x", "a//b", "./x"])
def test_names_that_lead_out_of_the_package_are_refused(sent, name) -> None:
    path, key = sent
    problems, _counts = verifying.verify(str(repacked(path, {}, {name: b"x"})), key)
    assert any("leads out of the package" in each for each in problems)


def test_a_bomb_is_refused_before_anything_is_unpacked(sent, tmp_path) -> None:
    _path, key = sent
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr("a.txt", b"0" * 10_000)
    data = bytearray(bomb.read_bytes())
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = (0xFFFFFFF0).to_bytes(4, "little")  # says that it unpacks to four gigabytes
    bomb.write_bytes(data)
    assert "grow beyond all measure" in verifying.verify(str(bomb), key)[0][0]
    assert "no ZIP file" in verifying.verify(__file__, key)[0][0]


def test_the_export_is_on_the_trail_in_the_log_and_says_who_and_what(sent, fernhill) -> None:
    path, _key = sent
    from compliance.trail.models import Entry  # noqa: PLC0415

    entry = Entry.objects.get(name="export.downloaded")
    with zipfile.ZipFile(path) as archive:
        manifest, data = json.loads(archive.read("manifest.json")), archive.read("manifest.json")
    assert entry.detail["manifest"] == hashlib.sha256(data).hexdigest()
    assert (manifest["scope"], manifest["ref"], manifest["organization"], manifest["counts"]["controls"]) == (
        "control",
        "AC-07",
        "Fernhill",
        1,
    )


def test_raw_pages_are_only_for_roles_that_may_see_them_and_the_package_says_so(judged, fernhill) -> None:
    whole, without = (zipfile.ZipFile(io.BytesIO(package(fernhill, raw=raw))) for raw in (True, False))
    assert sum(name.startswith("pages/") for name in whole.namelist()) == 2
    assert not any(name.startswith("pages/") for name in without.namelist())
    assert "2 raw pages: they are not for this role" in json.loads(without.read("manifest.json"))["left_out"]
    assert any(name.startswith("sheets/records/") and name.endswith(".html") for name in whole.namelist())


def test_names_are_safe_on_every_file_system() -> None:
    from audits.packages.names import Names, safe_part  # noqa: PLC0415

    assert [safe_part(each) for each in ("con", "NUL.txt", "aux.tar.gz", "..", "a/b\\c:d", "  x. ", "ü" * 3, "", "q" * 200 + ".csv")] == [
        "_con", "_NUL.txt", "_aux.tar.gz", "file", "a-b-c-d", "x", "uuu", "file", "q" * 76 + ".csv",
    ]  # fmt: skip
    names = Names()
    assert [names.take("a", "B.txt"), names.take("A", "b.TXT"), names.take("a", "b.txt")] == ["a/B.txt", "A/b-2.TXT", "a/b-3.txt"]
