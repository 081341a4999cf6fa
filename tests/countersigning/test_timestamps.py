"""A checkpoint is stamped by an authority outside, later where it is down, and only an answer to our own question is kept."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from compliance.configuration import Configuration
from compliance.countersigning.rounds import countersign_round
from compliance.operate.verify_store.verifying import verify_organization
from compliance.seal.timestamp import TimestampError, checked_stamp, question_about
from compliance.tenancy.scope import scope
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM
from compliance.trail.models import Entry
from compliance.trail.names import ActionName
from compliance.vault.models import Checkpoint, Timestamp
from compliance.vault.selectors.countersigned import signed_bytes
from compliance.vault.services.sealing import seal_pending
from compliance.vault.services.statements import _state
from compliance.work.models import Problem
from tests.conftest import arranging
from tests.countersigning.authority import authority

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory):
    with authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture
def stamps(tsa, settings):
    """The authority, asked by the product, as on its first day."""
    tsa.stale, tsa.garbage, tsa.status = False, None, 200
    tsa.questions.clear()
    given: Configuration = settings.CONFIGURATION
    settings.CONFIGURATION = replace(given, tsa_url=tsa.url, tsa_ca=tsa.root.read_text(), outgoing_allow=("127.0.0.1",))
    return tsa


@pytest.fixture
def sealed(fernhill):
    with scope(fernhill.pk):
        seal()
    return fernhill


def seal(at=NOON):
    """One more entry, and the checkpoint over it. The scope is open."""
    with action(ActionName.TEST_ARRANGED, actor=SYSTEM):
        _state("export", uuid.uuid4(), NOON, {"what": "controls"})
    seal_pending(now=at)


def later(hours):
    return lambda: datetime.now(UTC) + timedelta(hours=hours)


def test_a_checkpoint_is_stamped_and_openssl_agrees(sealed, stamps):
    assert countersign_round() == 1
    with scope(sealed.pk):
        kept, checkpoint = Timestamp.objects.get(), Checkpoint.objects.get()
        assert (kept.size, kept.authority) == (1, stamps.url)
        assert abs(kept.at - datetime.now(UTC)) < timedelta(minutes=1)
        assert stamps.verified_by_openssl(signed_bytes(checkpoint), bytes(kept.response))
        assert not stamps.verified_by_openssl(signed_bytes(checkpoint) + b"x", bytes(kept.response))
        assert Entry.objects.filter(name=ActionName.LOG_TIMESTAMPED).count() == 1


def test_a_busy_log_is_stamped_once_in_an_hour_and_then_its_latest_checkpoint(sealed, stamps):
    assert countersign_round() == 1
    with scope(sealed.pk):
        seal()
        seal()
    assert countersign_round() == countersign_round(later(0.9)) == 0
    assert countersign_round(later(1.1)) == 1
    assert countersign_round(later(5)) == 0
    with scope(sealed.pk):
        assert list(Timestamp.objects.order_by("size").values_list("size", flat=True)) == [1, 3]
    assert len(stamps.questions) == 2


def test_an_authority_that_is_down_is_asked_again_and_nothing_else_waits_for_it(sealed, brackwater, stamps):
    stamps.status = 503
    with scope(brackwater.pk):
        seal()
    assert countersign_round(lambda: NOON) == 0
    assert len(stamps.questions) == 1  # not once for each organization
    with scope(sealed.pk):
        seal()
        assert Checkpoint.objects.count() == 2 and not Problem.objects.exists()
    stamps.status = 200
    assert countersign_round() == 2
    with scope(sealed.pk):
        assert Timestamp.objects.get().size == 2


def test_an_authority_that_stays_away_for_a_day_is_told_to_every_organization_that_waits_for_it(sealed, brackwater, stamps):
    now = datetime.now(UTC)
    with scope(brackwater.pk):
        seal(now)
    assert countersign_round() == 2
    with scope(sealed.pk):
        seal(now + timedelta(hours=2))
    stamps.status = 500
    told = []
    for hours in (25, 27):
        assert countersign_round(lambda hours=hours: now + timedelta(hours=hours)) == 0
        for organization in (sealed, brackwater):
            with scope(organization.pk):
                told.append(list(Problem.objects.filter(resolved_at=None).values_list("title", flat=True)))
    assert told == [[], [], ["The time-stamping authority cannot be reached"], []]
    stamps.status = 200
    assert countersign_round(lambda: now + timedelta(hours=28)) == 1
    with scope(sealed.pk):
        assert not Problem.objects.filter(resolved_at=None).exists()


def test_nobody_listening_loses_nothing(sealed, stamps, settings):
    settings.CONFIGURATION = replace(settings.CONFIGURATION, tsa_url="http://127.0.0.1:9/tsr")
    assert countersign_round() == 0
    with scope(sealed.pk):
        assert Checkpoint.objects.count() == 1 and not Timestamp.objects.exists()


def test_an_answer_to_another_request_is_not_kept_and_said_and_the_next_right_one_ends_that(sealed, stamps):
    with scope(sealed.pk):
        stamps.answers[:] = [stamps.answer_to(_question(signed_bytes(Checkpoint.objects.get())))]
    stamps.stale = True
    assert countersign_round() == 0
    with scope(sealed.pk):
        assert not Timestamp.objects.exists()
        assert "nonce" in Problem.objects.get(resolved_at=None).detail
    stamps.stale = False
    assert countersign_round() == 1
    with scope(sealed.pk):
        assert not Problem.objects.filter(resolved_at=None).exists()


def _question(data):
    return question_about(data).body


@pytest.mark.parametrize(
    "garbage", [b"", b"<html>busy</html>", bytes.fromhex("30053003020102"), b"\x30\x84\xff\xff\xff\xff", b"x" * 300_000]
)
def test_a_garbage_answer_is_refused_with_what_it_is(sealed, stamps, garbage):
    stamps.garbage = garbage
    assert countersign_round() == 0
    with scope(sealed.pk):
        assert not Timestamp.objects.exists()
        assert "not kept" in Problem.objects.get(resolved_at=None).detail


def test_an_answer_under_a_root_that_is_not_trusted_is_not_kept(sealed, stamps, settings, tmp_path):
    with authority(tmp_path) as other:
        settings.CONFIGURATION = replace(settings.CONFIGURATION, tsa_url=other.url)
        assert countersign_round() == 0
    with scope(sealed.pk):
        assert "trusted certificates" in Problem.objects.get(resolved_at=None).detail


def test_an_address_inside_the_network_is_not_called_unless_allowed(sealed, stamps, settings):
    settings.CONFIGURATION = replace(settings.CONFIGURATION, outgoing_allow=())
    assert countersign_round() == 0
    assert stamps.questions == []
    with scope(sealed.pk):
        assert "OUTGOING_ALLOW" in Problem.objects.get(resolved_at=None).detail


def test_without_settings_nobody_is_asked(sealed, tsa):
    tsa.questions.clear()
    assert countersign_round() == 0 and tsa.questions == []


def test_a_stamp_over_something_else_is_told_from_one_over_this(tsa):
    answer = tsa.answer_to(_question(b"one\n"))
    assert abs(checked_stamp(answer, b"one\n") - datetime.now(UTC)) < timedelta(minutes=1)
    with pytest.raises(TimestampError, match="something else"):
        checked_stamp(answer, b"two\n")


def test_the_stamp_is_downloaded_from_the_log_page_and_not_by_the_rival(sealed, stamps, vera, rival, browser_of):
    countersign_round()
    ours, theirs, stranger = browser_of(vera), browser_of(rival), Client()
    page = ours.get("/fernhill/log/").content.decode()
    assert "/fernhill/log/timestamps/1/" in page and stamps.url in page
    answer = ours.get("/fernhill/log/timestamps/1/")
    assert answer["content-type"] == "application/timestamp-reply" and answer["content-disposition"].endswith('"checkpoint-1.tsr"')
    with scope(sealed.pk):
        assert answer.content == bytes(Timestamp.objects.get().response)
        text = signed_bytes(Checkpoint.objects.get())
    assert ours.get("/fernhill/log/checkpoints/1/").content == text
    assert ours.get("/fernhill/log/timestamps/2/").status_code == ours.get("/fernhill/log/checkpoints/2/").status_code == 404
    assert theirs.get("/fernhill/log/timestamps/1/").status_code == 404
    assert 'href="timestamps/1"' in stranger.get("/log/fernhill/").content.decode()
    assert stranger.get("/log/fernhill/timestamps/1").content == answer.content
    assert stranger.get("/log/fernhill/checkpoints/1").content == text
    assert ours.get("/api/v1/fernhill/log/").json()["timestamped_size"] == 1
    assert ours.get("/api/v1/fernhill/log/timestamps/1/").content == answer.content
    assert ours.get("/api/v1/fernhill/log/checkpoints/1/").content == text


def test_a_wrong_stamp_is_found_by_the_verification_of_the_store(sealed, stamps):
    with scope(sealed.pk):
        seal()
        seal()
    countersign_round()
    with scope(sealed.pk):
        assert verify_organization().findings == []
        right, first = Timestamp.objects.get(), signed_bytes(Checkpoint.objects.get(size=1))
    own = stamps.answer_to(_question(first))
    with arranging(sealed):
        Timestamp.objects.create(size=1, authority="a", response=own, at=right.at - timedelta(days=365))
        Timestamp.objects.create(size=2, authority="a", response=bytes(right.response), at=right.at)
        Timestamp.objects.create(size=9, authority="a", response=bytes(right.response), at=right.at)
    with scope(sealed.pk):
        assert [(each["what"], each["where"]) for each in verify_organization().findings] == [
            ("altered", "row vault_timestamp of size 1"),
            ("altered", "row vault_timestamp of size 2"),
            ("extra", "row vault_timestamp of size 9"),
        ]
