"""The commands that docs/integrity.md gives to auditors do what the page says: run here, word for word, on good and on forged files."""

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.seal.checkpoint import Checkpoint, sign_checkpoint
from compliance.seal.leaf import Leaf, payload_hash
from compliance.seal.merkle import inclusion_proof, leaf_hash, tree_root
from compliance.seal.note import Signer
from compliance.seal.proof import LogProof

TOOLS = ("bash", "openssl", "sha256sum", "base64", "sed", "od")
MISSING = [tool for tool in TOOLS if not shutil.which(tool)]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not on this machine: {', '.join(MISSING)}; the page's commands are not tried")

PAGE = Path(__file__).parents[2] / "docs" / "integrity.md"
NAME = "fernhill.example/log"
FERNHILL = Signer(NAME, bytes(range(32)))
SALT, PAYLOAD = bytes(range(16)), b'{"login":"priya","mfa":true}\n'


def script() -> str:
    blocks = re.findall(r"```bash\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 1
    return blocks[0]


def lay_out(folder: Path, index: int, size: int, *signers: Signer) -> None:
    leaf = Leaf("evidence.record", "0195e2a0", datetime(2026, 3, 31, 12, tzinfo=UTC), payload_hash(SALT, PAYLOAD)).encode()
    hashes = [leaf_hash(b"%d" % number) for number in range(size)]
    hashes[index] = leaf_hash(leaf)
    checkpoint = sign_checkpoint(Checkpoint(NAME, size, tree_root(hashes)), *signers)
    files = {
        "payload": PAYLOAD,
        "salt": SALT,
        "leaf": leaf,
        "record.tlog-proof": LogProof(index, tuple(inclusion_proof(hashes, index)), checkpoint).encode(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)


def run(folder: Path, vkey: str = FERNHILL.verifier.vkey) -> tuple[int, str]:
    environment = {"PATH": os.environ["PATH"], "VKEY": vkey, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["bash", "-c", script()], cwd=folder, env=environment, capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode().strip().rpartition("\n")[2]


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (1, 2), (4, 5), (2, 7), (6, 7), (7, 8), (100, 301), (300, 301)])
def test_a_true_proof_is_verified_by_hand(tmp_path: Path, index: int, size: int) -> None:
    lay_out(tmp_path, index, size, Signer.generate(NAME), FERNHILL, Signer.generate("witness.example"))
    assert run(tmp_path) == (0, "VERIFIED: " + (tmp_path / "leaf").read_text())


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("payload", b"true", b"null", "the leaf was made for another payload"),
        ("salt", b"\x00\x01", b"\x00\x02", "the leaf was made for another payload"),
        ("leaf", b"2026-03-31", b"2026-03-30", "the proof does not lead to the signed root"),
        ("leaf", b"0195e2a0", b"0195e2a1", "the proof does not lead to the signed root"),
        ("record.tlog-proof", b"index 2\n", b"index 3\n", "the proof does not lead to the signed root"),
        ("record.tlog-proof", b"index 2\n", b"index 7\n", "the index lies outside the log"),
        ("record.tlog-proof", b"\n7\n", b"\n8\n", "the signature is wrong"),
        ("record.tlog-proof", b"\n" + NAME.encode() + b"\n", b"\nbrackwater.example/log\n", "the checkpoint is of another log"),
    ],
)
def test_a_forged_file_is_found_out_by_hand(tmp_path: Path, file: str, old: bytes, new: bytes, message: str) -> None:
    lay_out(tmp_path, 2, 7, FERNHILL)
    content = (tmp_path / file).read_bytes()
    assert content.count(old) == 1
    (tmp_path / file).write_bytes(content.replace(old, new))
    assert run(tmp_path) == (1, f"NOT VERIFIED: {message}")


def test_a_proof_that_lost_a_hash_is_found_out_by_hand(tmp_path: Path) -> None:
    lay_out(tmp_path, 2, 7, FERNHILL)
    lines = (tmp_path / "record.tlog-proof").read_bytes().split(b"\n")
    (tmp_path / "record.tlog-proof").write_bytes(b"\n".join(lines[:4] + lines[5:]))
    assert run(tmp_path) == (1, "NOT VERIFIED: the proof is too short")


def test_a_log_signed_by_someone_else_is_found_out_by_hand(tmp_path: Path) -> None:
    lay_out(tmp_path, 2, 7, Signer.generate(NAME))
    assert run(tmp_path) == (1, "NOT VERIFIED: the checkpoint is not signed by this key")


def test_a_damaged_key_is_found_out_by_hand(tmp_path: Path) -> None:
    lay_out(tmp_path, 2, 7, FERNHILL)
    assert run(tmp_path, FERNHILL.verifier.vkey.replace("fernhill", "brackwater")) == (1, "NOT VERIFIED: the key is damaged")
