"""A second opinion: what we sign verifies with openssl, and what openssl signs verifies here."""

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from compliance.seal.checkpoint import Checkpoint, sign_checkpoint
from compliance.seal.digest import sha256_hex
from compliance.seal.leaf import payload_hash
from compliance.seal.merkle import leaf_hash
from compliance.seal.note import Signer, Verifier

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl on this machine: nothing gives a second opinion")

SIGNER = Signer("fernhill.example/log", bytes(range(32)))
SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")  # RFC 8410: SubjectPublicKeyInfo of an Ed25519 key, up to the key's 32 bytes


def openssl(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, timeout=30)


def verify(folder: Path, verifier: Verifier, body: bytes, signature: bytes) -> int:
    """Exit status of openssl's verification, by the steps of docs/integrity.md."""
    (folder / "key.der").write_bytes(SPKI_PREFIX + verifier.public_key)
    (folder / "body").write_bytes(body)
    (folder / "sig").write_bytes(signature)
    return openssl(
        "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", folder / "key.der", "-rawin", "-in", folder / "body",
        "-sigfile", folder / "sig",
    ).returncode  # fmt: skip


def test_a_checkpoint_we_signed_verifies_with_openssl_and_a_changed_one_does_not(tmp_path: Path) -> None:
    note = sign_checkpoint(Checkpoint("fernhill.example/log", 1, leaf_hash(b"")), SIGNER)
    body, line = note.split(b"\n\n")
    signature = base64.b64decode(line.split()[-1])[4:]
    assert verify(tmp_path, SIGNER.verifier, body + b"\n", signature) == 0
    assert verify(tmp_path, SIGNER.verifier, body.replace(b"\n1\n", b"\n2\n") + b"\n", signature) != 0
    assert verify(tmp_path, Signer.generate("fernhill.example/log").verifier, body + b"\n", signature) != 0


def test_what_openssl_signs_with_a_key_of_its_own_verifies_here(tmp_path: Path) -> None:
    key, public, body, signature = (tmp_path / name for name in ("key.pem", "public.der", "body", "sig"))
    body.write_bytes(b"fernhill.example/log\n1\n")
    assert openssl("genpkey", "-algorithm", "ed25519", "-out", key).returncode == 0
    assert openssl("pkey", "-in", key, "-pubout", "-outform", "DER", "-out", public).returncode == 0
    assert openssl("pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", body, "-out", signature).returncode == 0
    verifier = Verifier("fernhill.example/log", public.read_bytes().removeprefix(SPKI_PREFIX))
    assert verifier.verifies(body.read_bytes(), signature.read_bytes())
    assert not verifier.verifies(body.read_bytes() + b"\n", signature.read_bytes())


def test_openssl_computes_the_same_payload_hash_from_salt_and_payload_in_one_file(tmp_path: Path) -> None:
    salt, payload = bytes(range(16)), b'{"login":"priya","mfa":true}'
    (tmp_path / "salted").write_bytes(salt + payload)
    answer = openssl("dgst", "-sha256", "-r", tmp_path / "salted").stdout.split()[0].decode()
    assert answer == payload_hash(salt, payload).hex() == sha256_hex(salt + payload)
