"""Telling once, on the ways a member wants, and taking back what is no longer true."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from compliance.members.models import Membership
from compliance.tenancy.scope import scope
from compliance.trail.models import Entry
from compliance.work.models import Delivery, Notice, TeamWebhook
from compliance.work.selectors.notices import notices_of
from compliance.work.services.deliveries import settle_later, settle_sent, take_deliveries
from compliance.work.services.notices import Told, end_notices, read_notices, tell
from compliance.work.services.preferences import set_letterhead, set_preference
from compliance.work.services.webhooks import add_webhook, webhook_address
from tests.conftest import actor_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)  # noon in Berlin
USUAL = {"mail": "at_once", "digest_hour": 8, "quiet_from": 20, "quiet_until": 7, "zone": "", "muted": [], "daily_budget": 20}


@pytest.fixture
def toms(fernhill, tom):
    with scope(fernhill.pk):
        yield Membership.objects.get(user=tom)


def failing(membership, key="control:1:failed:a"):
    return Told(recipient=membership.pk, event="failed", key=key, title="AC-07 fails", path="controls/AC-07/")


def test_an_event_is_told_once_however_often_it_is_seen(toms):
    assert tell(told=[failing(toms), failing(toms)], now=NOW) == 1
    assert tell(told=[failing(toms)], now=NOW + timedelta(hours=1)) == 0
    assert Notice.objects.count() == Delivery.objects.count() == 1
    assert Entry.objects.filter(name="notices.told").count() == 1


def test_what_is_no_longer_true_is_not_sent(toms):
    tell(told=[failing(toms), failing(toms, "control:2:failed:a")], now=NOW)
    assert end_notices(keys=["control:1:failed:a"], now=NOW) == 1
    assert [each.notice.key for each in take_deliveries(NOW)] == ["control:2:failed:a"]


def test_what_was_over_before_it_was_read_is_never_seen_and_what_was_read_stays(toms, tom):
    tell(told=[failing(toms), failing(toms, "control:2:failed:a")], now=NOW)
    read = Notice.objects.get(key="control:2:failed:a")
    assert read_notices(actor=actor_of(tom), recipient=toms.pk, notices=[read.pk], now=NOW) == 1
    end_notices(keys=["control:1:failed:a", "control:2:failed:a"], now=NOW)
    assert list(notices_of(toms.pk)) == [read]
    assert not notices_of(toms.pk).filter(read_at=None).exists()


def test_who_wants_no_mail_gets_the_notice_only(toms, tom):
    set_preference(actor=actor_of(tom), member=toms, **{**USUAL, "mail": "none"})
    tell(told=[failing(toms)], now=NOW)
    assert (Notice.objects.count(), Delivery.objects.count()) == (1, 0)


def test_a_muted_event_is_not_mailed_and_others_are(toms, tom):
    set_preference(actor=actor_of(tom), member=toms, **{**USUAL, "muted": ["due"]})
    tell(told=[failing(toms), Told(recipient=toms.pk, event="due", key="task:1:due", title="Due")], now=NOW)
    assert [each.notice.event for each in Delivery.objects.select_related("notice")] == ["failed"]


def test_beyond_the_budget_mails_wait_for_one_digest(toms, tom):
    set_preference(actor=actor_of(tom), member=toms, **{**USUAL, "daily_budget": 2})
    tell(told=[failing(toms, f"control:{number}:failed:a") for number in range(5)], now=NOW)
    batches = sorted(Delivery.objects.values_list("batch", flat=True))
    assert batches == ["", "", *["digest 2026-05-05 08"] * 3]
    assert len(take_deliveries(NOW)) == 2


def test_a_delivery_is_taken_by_one_worker_and_called_unsure_when_that_dies(toms):
    tell(told=[failing(toms)], now=NOW)
    assert len(take_deliveries(NOW)) == 1
    assert take_deliveries(NOW) == []
    assert take_deliveries(NOW + timedelta(minutes=16)) == []
    assert Delivery.objects.get().state == "unsure"


def test_what_was_sent_is_not_sent_again_after_a_restart(toms):
    tell(told=[failing(toms)], now=NOW)
    settle_sent([each.pk for each in take_deliveries(NOW)], NOW)
    assert take_deliveries(NOW + timedelta(days=1)) == []
    assert Delivery.objects.get().state == "sent"


def test_an_unreachable_server_is_tried_again_a_few_times_and_then_given_up(toms):
    tell(told=[failing(toms)], now=NOW)
    at, tries = NOW, 0
    while taken := take_deliveries(at):
        settle_later(taken, "nobody answers", at)
        at, tries = at + timedelta(hours=2), tries + 1
    assert tries == 6
    assert (Delivery.objects.get().state, Delivery.objects.get().fault) == ("failed", "nobody answers")


def test_a_team_reads_an_event_once_however_many_members_are_told(toms, fernhill, marta):
    add_webhook(actor=actor_of(marta), name="#soc2", way="slack", url="https://hooks.slack.example/T/B/x", events=["failed"], now=NOW)
    other = Membership.objects.get(user=marta)
    tell(told=[failing(toms), failing(other)], now=NOW)
    tell(told=[Told(recipient=toms.pk, event="due", key="task:1:due", title="Due")], now=NOW)
    assert Delivery.objects.filter(way="slack").count() == 1


def test_the_address_of_a_webhook_is_kept_sealed(toms, marta):
    url = "https://hooks.slack.example/T/B/secret"
    webhook = add_webhook(actor=actor_of(marta), name="#soc2", way="slack", url=url, events=["failed"], now=NOW)
    assert b"secret" not in bytes(TeamWebhook.objects.get().ciphertext)
    assert webhook_address(webhook.pk) == url
    assert "secret" not in str(list(Entry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "ftp://x"}, "url"),
        ({"url": "https://user:pass@x"}, "url"),
        ({"events": []}, "events"),
        ({"way": "irc"}, "way"),
        ({"name": ""}, "name"),
    ],
)
def test_a_webhook_that_cannot_work_is_refused(toms, marta, wrong, field):
    given = {"name": "#soc2", "way": "slack", "url": "https://hooks.slack.example/x", "events": ["failed"], **wrong}
    with pytest.raises(ValidationError) as refused:
        add_webhook(actor=actor_of(marta), now=NOW, **given)
    assert set(refused.value.message_dict) == {field}
    assert not TeamWebhook.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"digest_hour": 24}, "digest_hour"),
        ({"zone": "Mars"}, "zone"),
        ({"mail": "fax"}, "mail"),
        ({"daily_budget": 0}, "daily_budget"),
        ({"muted": ["x"]}, "muted"),
    ],
)
def test_a_wish_that_cannot_be_kept_is_refused(toms, tom, wrong, field):
    with pytest.raises(ValidationError) as refused:
        set_preference(actor=actor_of(tom), member=toms, **{**USUAL, **wrong})
    assert set(refused.value.message_dict) == {field}


def test_a_senders_name_cannot_forge_a_header(toms, marta):
    with pytest.raises(ValidationError, match="plain name"):
        set_letterhead(actor=actor_of(marta), sender_name="Fernhill\r\nBcc: x", reply_to="")


def test_the_rival_sees_none_of_it(toms, brackwater, rival):
    tell(told=[failing(toms)], now=NOW)
    with scope(brackwater.pk):
        assert not Notice.objects.exists()
        assert take_deliveries(NOW) == []
