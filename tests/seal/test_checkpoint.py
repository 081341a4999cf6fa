"""Checkpoints: three exact lines, signed by the log's key."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.seal.checkpoint import Checkpoint, CheckpointError, open_checkpoint, parse_checkpoint, sign_checkpoint
from compliance.seal.merkle import EMPTY_ROOT, leaf_hash
from compliance.seal.note import NoteError, Signer, sign_note

ORIGIN = "fernhill.example/log"
FERNHILL = Signer(ORIGIN, bytes(range(32)))
ROOT = leaf_hash(b"")
ROOT_TEXT = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="

CHECKPOINT = Checkpoint(origin=ORIGIN, size=1, root=ROOT)
TEXT = f"{ORIGIN}\n1\n{ROOT_TEXT}\n"


def test_a_checkpoint_is_three_lines_origin_size_and_root() -> None:
    assert CHECKPOINT.text == TEXT
    assert parse_checkpoint(TEXT) == CHECKPOINT


@settings(deadline=None)
@given(st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_signed_checkpoint_opens_again(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root)
    assert open_checkpoint(sign_checkpoint(checkpoint, FERNHILL), [FERNHILL.verifier], ORIGIN) == checkpoint


def test_extension_lines_of_other_logs_are_kept() -> None:
    extended = parse_checkpoint(TEXT + "extension one\ntwo\n")
    assert extended.extensions == ("extension one", "two")
    assert extended.text == TEXT + "extension one\ntwo\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        TEXT[:-1],
        TEXT + "\n",
        f"{ORIGIN}\n1\n",
        f"\n1\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n01\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n+1\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n-1\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n 1\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n1_0\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n١\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n9223372036854775808\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n1\n{ROOT_TEXT[:-1]}\n",
        f"{ORIGIN}\n1\n{ROOT_TEXT[:-5]}\n",
        f"{ORIGIN}\n1\n{ROOT_TEXT[:-2]}1=\n",
        f"{ORIGIN}\n1\n{ROOT_TEXT} \n",
        f"{ORIGIN}\n0\n{ROOT_TEXT}\n",
        f"{ORIGIN}\r\n1\r\n{ROOT_TEXT}\r\n",
    ],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError):
        parse_checkpoint(text)


def test_parts_that_cannot_make_a_checkpoint_are_refused() -> None:
    for parts in (("", 1, ROOT), ("a\nb", 1, ROOT), ("a\tb", 1, ROOT), (ORIGIN, -1, ROOT), (ORIGIN, 2**63, ROOT), (ORIGIN, 1, ROOT[:-1])):
        with pytest.raises(CheckpointError):
            Checkpoint(*parts)


def test_an_empty_log_has_the_root_of_nothing() -> None:
    assert Checkpoint(ORIGIN, 0, EMPTY_ROOT).text == f"{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    with pytest.raises(CheckpointError, match="an empty log must be SHA-256 of nothing"):
        Checkpoint(ORIGIN, 0, ROOT)


def test_the_checkpoint_of_another_log_is_refused_even_when_the_key_is_trusted() -> None:
    note = sign_checkpoint(Checkpoint("brackwater.example/log", 1, ROOT), FERNHILL)
    with pytest.raises(CheckpointError, match=r"is of the log 'brackwater.example/log', not of 'fernhill.example/log'"):
        open_checkpoint(note, [FERNHILL.verifier], ORIGIN)


def test_a_checkpoint_that_was_touched_or_signed_by_a_stranger_does_not_open() -> None:
    note = sign_checkpoint(CHECKPOINT, FERNHILL)
    with pytest.raises(NoteError, match="does not fit the text"):
        open_checkpoint(note.replace(b"\n1\n", b"\n2\n"), [FERNHILL.verifier], ORIGIN)
    with pytest.raises(NoteError, match="no signature on the note"):
        open_checkpoint(sign_checkpoint(CHECKPOINT, Signer.generate(ORIGIN)), [FERNHILL.verifier], ORIGIN)


def test_a_signed_note_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(CheckpointError, match="three lines"):
        open_checkpoint(sign_note("hello\n", FERNHILL), [FERNHILL.verifier], ORIGIN)
