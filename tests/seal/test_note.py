"""Signed notes and their keys, as C2SP signed-note v1 says."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.seal.note import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    NoteError,
    Signer,
    Verifier,
    add_signatures,
    key_id,
    open_note,
    sign_note,
    split_note,
)

VECTOR = json.loads((Path(__file__).parent / "vectors" / "note.json").read_text("utf-8"))

FERNHILL = Signer("fernhill.example/log", bytes(range(32)))
BRACKWATER = Signer("brackwater.example/log", bytes(range(32, 64)))
WITNESS = Signer("witness.example", bytes(range(64, 96)))

TEXT = "Evidence of Fernhill\nin two lines\n"

note_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=[chr(c) for c in range(32)])).map(lambda text: text + "\n")
multi_line_texts = st.lists(note_texts, min_size=1, max_size=5).map("".join)


def test_the_published_note_opens_with_the_published_key() -> None:
    note = (VECTOR["text"] + "\n" + VECTOR["signature_line"]).encode()
    verifier = Verifier.from_vkey(VECTOR["verifier_key"])
    opened = open_note(note, [verifier])
    assert (opened.text, opened.verified, opened.unknown) == (VECTOR["text"], (verifier,), ())


def test_signing_with_the_published_key_gives_the_published_bytes() -> None:
    signer = Signer.from_skey(VECTOR["signer_key"])
    assert signer.verifier.vkey == VECTOR["verifier_key"]
    assert signer.skey == VECTOR["signer_key"]
    assert sign_note(VECTOR["text"], signer).decode() == VECTOR["text"] + "\n" + VECTOR["signature_line"]


@settings(deadline=None)
@given(multi_line_texts)
def test_any_signed_text_opens_again_even_with_empty_lines_in_it(text: str) -> None:
    assert open_note(sign_note(text, FERNHILL), [FERNHILL.verifier]).text == text
    assert open_note(sign_note(text, FERNHILL, WITNESS), [WITNESS.verifier]).text == text


@settings(deadline=None)
@given(st.integers(0, len(sign_note(TEXT, FERNHILL)) - 1), st.integers(0, 7))
def test_a_note_with_any_flipped_bit_does_not_open(place: int, bit: int) -> None:
    note = bytearray(sign_note(TEXT, FERNHILL))
    note[place] ^= 1 << bit
    with pytest.raises(NoteError):
        open_note(bytes(note), [FERNHILL.verifier])


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_refused_as_a_note_and_nothing_else_happens(data: bytes) -> None:
    with pytest.raises(NoteError):
        open_note(data, [FERNHILL.verifier])
    with pytest.raises(NoteError):
        open_note(TEXT.encode() + b"\n" + data, [FERNHILL.verifier])


def test_several_signatures_are_verified_and_strangers_ignored() -> None:
    note = sign_note(TEXT, FERNHILL, BRACKWATER, WITNESS)
    opened = open_note(note, [WITNESS.verifier, FERNHILL.verifier])
    assert opened.verified == (FERNHILL.verifier, WITNESS.verifier)
    assert [signature.name for signature in opened.unknown] == ["brackwater.example/log"]


def test_a_note_without_a_trusted_signature_does_not_open() -> None:
    for trusted in ([BRACKWATER.verifier], []):
        with pytest.raises(NoteError, match="no signature on the note is by a key that is trusted here"):
            open_note(sign_note(TEXT, FERNHILL), trusted)


def test_a_stranger_under_a_trusted_name_is_a_stranger() -> None:
    impostor = Signer(FERNHILL.name, BRACKWATER.seed)
    with pytest.raises(NoteError, match="no signature on the note is by a key"):
        open_note(sign_note(TEXT, impostor), [FERNHILL.verifier])
    assert open_note(sign_note(TEXT, impostor, FERNHILL), [FERNHILL.verifier]).verified == (FERNHILL.verifier,)


def test_two_trusted_keys_that_nobody_can_tell_apart_are_an_error_and_not_a_choice() -> None:
    seen: dict[bytes, bytes] = {}
    for number in range(2**22):  # two of some eighty thousand keys share an id of four bytes
        key = number.to_bytes(32, "big")
        identifier = key_id(FERNHILL.name, key)
        if identifier in seen:
            break
        seen[identifier] = key
    twins = [Verifier(FERNHILL.name, seen[identifier]), Verifier(FERNHILL.name, key)]
    line = f"— {FERNHILL.name} {base64.b64encode(identifier + bytes(64)).decode()}\n"
    with pytest.raises(NoteError, match=r"two different trusted keys share the name fernhill.example/log and an id"):
        open_note(f"{TEXT}\n{line}".encode(), twins)


def test_one_wrong_signature_of_a_trusted_key_spoils_the_note_whatever_else_is_right() -> None:
    forged = sign_note(TEXT, FERNHILL) + sign_note("other\n", WITNESS).split(b"\n\n")[1]
    with pytest.raises(NoteError, match=r"the signature of witness.example does not fit the text"):
        open_note(forged, [FERNHILL.verifier, WITNESS.verifier])
    assert open_note(forged, [FERNHILL.verifier]).text == TEXT


def test_signatures_can_be_added_and_a_repeated_one_counts_once() -> None:
    note = add_signatures(sign_note(TEXT, FERNHILL), WITNESS, FERNHILL)
    assert note == sign_note(TEXT, FERNHILL, WITNESS, FERNHILL)
    assert open_note(note, [FERNHILL.verifier, WITNESS.verifier]).verified == (FERNHILL.verifier, WITNESS.verifier)


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "return\r\n", "nul\0\n", "\ud800\n"])
def test_texts_that_cannot_be_signed_are_refused(text: str) -> None:
    with pytest.raises(NoteError, match="the text of a note"):
        sign_note(text, FERNHILL)


def test_a_note_needs_a_signer() -> None:
    with pytest.raises(NoteError, match="needs at least one signer"):
        sign_note(TEXT)


def valid_line() -> str:
    return FERNHILL.signature_line(TEXT)[:-1]


@pytest.mark.parametrize(
    "tail",
    [
        "\n",
        valid_line() + "\n",
        "\n" + valid_line(),
        "\n" + valid_line() + "\n\n",
        "\n" + valid_line() + " \n",
        "\n" + valid_line() + "\r\n",
        "\n" + valid_line().replace("—", "-") + "\n",
        "\n" + valid_line().replace("— ", "—  ") + "\n",
        "\n" + valid_line().rstrip("=") + "\n",
        "\n— fernhill.example/log AAAAAA==\n",
        "\n— fernhill.example/log ****\n",
        "\n— fern+hill AAAAAAAAAAA=\n",
        "\n— fern\u2003hill AAAAAAAAAAA=\n",
        "\n— fernhill.example/log\n",
    ],
)
def test_malformed_notes_are_refused(tail: str) -> None:
    with pytest.raises(NoteError):
        open_note((TEXT + tail).encode(), [FERNHILL.verifier])


def test_a_signature_with_a_second_spelling_of_its_base64_is_refused() -> None:
    line = valid_line()
    spelled = line[:-2] + chr(ord(line[-2]) + 1) + "="  # the last character before one "=" has two bits that must be zero
    assert line.endswith("=")
    with pytest.raises(NoteError, match="not base64 in its one canonical spelling"):
        open_note(f"{TEXT}\n{spelled}\n".encode(), [FERNHILL.verifier])


def test_notes_of_too_many_bytes_or_signatures_are_refused() -> None:
    many = sign_note(TEXT, *[WITNESS] * (MAX_SIGNATURES - 1), FERNHILL)
    assert open_note(many, [FERNHILL.verifier]).text == TEXT
    with pytest.raises(NoteError, match="101 signature lines, more than the 100"):
        split_note(add_signatures(many, WITNESS))
    with pytest.raises(NoteError, match="more than the 1,000,000 that are read"):
        split_note(sign_note("x" * MAX_NOTE_BYTES + "\n", FERNHILL))


@pytest.mark.parametrize("name", ["", "fern hill", "fern+hill", "fern\u00a0hill", "fern\nhill", "fern\x00hill", "\ud800"])
def test_names_that_cannot_name_a_key_are_refused(name: str) -> None:
    with pytest.raises(NoteError, match="cannot name a key"):
        Signer.generate(name)
    with pytest.raises(NoteError, match="cannot name a key"):
        Verifier(name, bytes(32))


def test_generated_keys_differ_and_read_back_from_their_text() -> None:
    first, second = Signer.generate("fernhill.example/log"), Signer.generate("fernhill.example/log")
    assert first != second
    assert Signer.from_skey(first.skey) == first
    assert Verifier.from_vkey(first.verifier.vkey) == first.verifier


def test_a_secret_never_shows_in_a_repr_or_in_the_error_of_a_damaged_key() -> None:
    secret = FERNHILL.skey.rpartition("+")[2]
    assert repr(FERNHILL) == "Signer(name='fernhill.example/log')"
    with pytest.raises(NoteError) as caught:
        Signer.from_skey(FERNHILL.skey.replace("fernhill", "brackwater"))
    assert secret[4:20] not in str(caught.value) and "is not that of the key" in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda vkey: "", "id of eight lower-case hexadecimal digits"),
        (lambda vkey: vkey.replace("+", " "), "id of eight"),
        (lambda vkey: vkey.replace("fernhill", "brackwater"), "is not that of the key"),
        (lambda vkey: vkey.upper(), "id of eight|not that of the key|not an Ed25519 key"),
        (lambda vkey: vkey[:-4], "33 bytes, the first of them 0x01|not base64"),
        (lambda vkey: vkey + "=", "not base64"),
        (lambda vkey: vkey.replace("+A", "+B"), "not an Ed25519 key"),
        (lambda vkey: vkey + "\n", "not base64"),
    ],
)
def test_damaged_verifier_keys_are_refused(damage, message: str) -> None:
    with pytest.raises(NoteError, match=message):
        Verifier.from_vkey(damage(FERNHILL.verifier.vkey))


def test_a_signer_key_is_not_taken_for_a_verifier_key_nor_the_other_way_round() -> None:
    with pytest.raises(NoteError):
        Verifier.from_vkey(FERNHILL.skey)
    with pytest.raises(NoteError, match=r"begins with PRIVATE\+KEY\+"):
        Signer.from_skey(FERNHILL.verifier.vkey)


def test_keys_of_the_wrong_length_are_refused() -> None:
    with pytest.raises(NoteError, match="public key has 32 bytes, not 31"):
        Verifier("fernhill.example/log", bytes(31))
    with pytest.raises(NoteError, match="secret has 32 bytes, not 33"):
        Signer("fernhill.example/log", bytes(33))


def test_the_first_signature_of_rfc_8032_verifies_and_is_made_again() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    signer = Signer("rfc8032.example", seed)
    assert signer.verifier.public_key.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert signer.verifier.verifies(b"", signature)
    assert not signer.verifier.verifies(b"\n", signature)
    assert Ed25519PrivateKey.from_private_bytes(seed).sign(b"") == signature


def test_a_key_id_depends_on_the_name_as_well_as_on_the_key() -> None:
    key = FERNHILL.verifier.public_key
    assert len({key_id("a.example", key), key_id("b.example", key), key_id("a.example", BRACKWATER.verifier.public_key)}) == 3
