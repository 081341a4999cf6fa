"""The local mail sink keeps every message whole and sends nothing on."""

import smtplib
import stat
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from compliance.operate.engine.mailsink import KEPT_MESSAGES, LONGEST_MESSAGE, serve
from compliance.operate.engine.ports import LOOPBACK, free_port


@pytest.fixture
def sink(tmp_path):
    port = free_port()
    controller = serve(tmp_path / "mail", port)
    yield tmp_path / "mail", port
    controller.stop()


def message(subject: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "plumbline@fernhill.example", "priya@fernhill.example", subject
    mail.set_content("Öffnen Sie den Link.\n")
    return mail


def test_a_message_is_kept_with_its_envelope(sink):
    folder, port = sink
    with smtplib.SMTP(LOOPBACK, port) as client:
        client.send_message(message("Grüße"), to_addrs=["priya@fernhill.example", "hidden@fernhill.example"])
    (file,) = folder.glob("*.eml")
    kept = message_from_bytes(file.read_bytes(), policy=default)
    assert kept["Subject"] == "Grüße"
    assert kept.get_content().splitlines() == ["Öffnen Sie den Link."]
    assert kept["X-Envelope-From"] == "plumbline@fernhill.example"
    assert kept["X-Envelope-To"] == "priya@fernhill.example, hidden@fernhill.example"


def test_the_folder_is_closed_to_other_users(sink):
    folder, _ = sink
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_files_sort_by_arrival_and_none_is_overwritten(sink):
    folder, port = sink
    with smtplib.SMTP(LOOPBACK, port) as client:
        for number in range(5):
            client.send_message(message(f"number {number}"))
    subjects = [message_from_bytes(file.read_bytes(), policy=default)["Subject"] for file in sorted(folder.glob("*.eml"))]
    assert subjects == [f"number {number}" for number in range(5)]


def test_only_the_newest_messages_stay(sink):
    folder, port = sink
    for number in range(KEPT_MESSAGES):
        (folder / f"2020010{number:04}.eml").write_text("old")
    with smtplib.SMTP(LOOPBACK, port) as client:
        client.send_message(message("new"))
    names = sorted(file.name for file in folder.glob("*.eml"))
    assert len(names) == KEPT_MESSAGES
    assert "20200100000.eml" not in names
    assert b"Subject: new" in (folder / names[-1]).read_bytes()


def test_a_message_that_is_too_large_is_refused_and_not_kept(sink):
    folder, port = sink
    with smtplib.SMTP(LOOPBACK, port) as client, pytest.raises(smtplib.SMTPResponseException) as told:
        client.sendmail("a@fernhill.example", ["b@fernhill.example"], b"x" * (LONGEST_MESSAGE + 1))
    assert told.value.smtp_code == 552
    assert list(folder.glob("*.eml")) == []
