"""Whatever an authority or a witness answers, it is refused with a reason or says what it said: no altered byte changes the meaning."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.seal import base64_text
from compliance.seal.cosignature import CosignatureError, WitnessKey, add_checkpoint_body, cosigned_message, stated_time
from compliance.seal.note import Signer, sign_note
from compliance.seal.timestamp import TimestampError, checked_stamp, question_about, read_authorities
from tests.countersigning.authority import authority

SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = WitnessKey("witness.example/w1", SECRET.public_key().public_bytes_raw())
TEXT = "fernhill.example/log\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
NOTE = sign_note(TEXT, Signer("fernhill.example/log", bytes(32)))
SECONDS = 1_679_315_147


def line(seconds: int = SECONDS, said: bytes | None = None) -> bytes:
    """A witness' line that states a time, over `said`."""
    signature = SECRET.sign(said if said is not None else cosigned_message(TEXT, seconds))
    return f"— {KEY.name} {base64_text.encode(KEY.id + seconds.to_bytes(8, 'big') + signature)}\n".encode()


@pytest.fixture(scope="module")
def stamp(tmp_path_factory):
    """(answer, nonce, roots) of an authority about the checkpoint's text."""
    with authority(tmp_path_factory.mktemp("authority")) as tsa:
        question = question_about(TEXT.encode())
        yield tsa.answer_to(question.body), question.nonce, read_authorities(tsa.root.read_text())


def test_the_message_is_that_of_the_specification():
    said = b"cosignature/v1\ntime 1679315147\nfernhill.example/log\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
    found = KEY.find(NOTE, line(said=said))
    assert found.at == datetime(2023, 3, 20, 12, 25, 47, tzinfo=UTC)
    assert f"{found.line}\n".encode() == line()
    assert stated_time(KEY.name, found.line) == found.at


def test_a_request_is_written_as_the_specification_says():
    body = add_checkpoint_body(3, [bytes(32), b"\xff" * 32], NOTE)
    assert body == b"old 3\n" + b"A" * 43 + b"=\n" + b"/" * 42 + b"8=\n\n" + NOTE
    assert add_checkpoint_body(0, [], NOTE) == b"old 0\n\n" + NOTE
    with pytest.raises(CosignatureError, match="64 lines"):
        add_checkpoint_body(3, [bytes(32)] * 64, NOTE)


@pytest.mark.parametrize("seconds", [SECONDS + 1, 2**63, 2**64 - 1])
def test_another_or_an_impossible_time_is_refused(seconds):
    with pytest.raises(CosignatureError):
        KEY.find(NOTE, line(seconds, cosigned_message(TEXT, SECONDS)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(line()) - 1), st.integers(1, 255))
def test_no_altered_byte_of_a_cosignature_is_accepted(place, change):
    altered = bytearray(line())
    altered[place] ^= change
    with pytest.raises(CosignatureError):
        KEY.find(NOTE, bytes(altered))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_an_altered_stamp_is_refused_or_states_the_same_time(stamp, data):
    answer, nonce, roots = stamp
    stated = checked_stamp(answer, TEXT.encode(), nonce=nonce, authorities=roots)
    altered = bytearray(answer)
    altered[data.draw(st.integers(0, len(answer) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        again = checked_stamp(bytes(altered), TEXT.encode(), nonce=nonce, authorities=roots)
    except TimestampError as error:
        assert str(error)
    else:
        assert again == stated


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_no_answer(data):
    with pytest.raises(TimestampError):
        checked_stamp(data, TEXT.encode())
    with pytest.raises(CosignatureError):
        KEY.find(NOTE, data)
