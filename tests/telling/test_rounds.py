"""From a verdict to the mail in somebody's box: what is told, to whom, once, and what is not told any more."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as project

from compliance.members.models import Membership
from compliance.telling.posting import payload
from compliance.telling.rounds import send_out, tell_round
from compliance.tenancy.scope import scope
from compliance.trail.actor import SYSTEM
from compliance.work.models import Delivery, Notice
from compliance.work.services.preferences import set_letterhead, set_preference
from compliance.work.services.problems import raise_problem, resolve_problems
from compliance.work.services.tasks import end_task, open_task
from compliance.work.services.webhooks import add_webhook
from controls.models import Check, Control, Health
from controls.services.adoption import adopt_controls
from controls.services.controls import assign_control
from controls.services.waivers import grant_waiver
from tests.conftest import actor_of, arranging
from tests.telling.receivers import channel, mail_server

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)  # noon in Berlin


@pytest.fixture
def box(settings):
    with mail_server(settings) as box:
        yield box


@pytest.fixture
def toms(fernhill, priya, tom):
    """Tom, who owns AC-07, with the scope open."""
    with scope(fernhill.pk):
        adopt_controls(actor=SYSTEM, codes=["AC-07"], now=NOW - timedelta(days=30))
        membership = Membership.objects.get(user=tom)
        assign_control(actor=SYSTEM, codes=["AC-07"], membership_id=str(membership.pk), now=NOW)
        yield membership


def health(fernhill, state: str, since: datetime) -> None:
    """Let AC-07 be in a state from an instant on."""
    with arranging(fernhill):
        Health.objects.filter(until_at=None).update(until_at=since)
        Health.objects.create(control=Control.objects.get(), state=state, reason="2 of 64 fail", from_at=since)


def test_a_failing_control_is_told_to_its_owner_once_by_mail_and_on_the_page(fernhill, toms, box):
    health(fernhill, "failed", NOW - timedelta(seconds=20))
    assert tell_round(NOW) == 1
    assert send_out(NOW) == 1
    assert tell_round(NOW + timedelta(minutes=1)) == 0
    assert send_out(NOW + timedelta(minutes=1)) == 0
    [mail] = box.mails
    assert mail["to"] == "tom@fernhill.example"
    assert mail["subject"].startswith("AC-07 fails")
    assert mail["auto-submitted"] == "auto-generated"
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "2 of 64 fail" in text and f"{project.CONFIGURATION.public_url}/fernhill/controls/AC-07/" in text
    assert "<h1" in html and "AC-07 fails" in html


def test_a_control_that_recovers_is_told_to_who_heard_of_its_failure(fernhill, toms, box):
    health(fernhill, "failed", NOW)
    tell_round(NOW)
    send_out(NOW)
    health(fernhill, "met", NOW + timedelta(hours=1))
    tell_round(NOW + timedelta(hours=1))
    send_out(NOW + timedelta(hours=1))
    assert [mail["subject"].partition(":")[0] for mail in box.mails] == ["AC-07 fails", "AC-07 no longer fails"]


def test_a_failure_of_the_night_that_is_over_by_morning_is_not_mailed_at_all(fernhill, toms, box):
    night = datetime(2026, 5, 4, 22, 0, tzinfo=UTC)
    health(fernhill, "failed", night)
    tell_round(night)
    health(fernhill, "met", night + timedelta(hours=2))
    tell_round(night + timedelta(hours=2))
    send_out(night + timedelta(hours=12))
    assert box.mails == []
    assert Delivery.objects.get().state == "cancelled"


def test_a_control_that_fails_again_is_told_again(fernhill, toms, box):
    for number, state in enumerate(["failed", "met", "failed"]):
        health(fernhill, state, NOW + timedelta(hours=number))
        tell_round(NOW + timedelta(hours=number))
        send_out(NOW + timedelta(hours=number))
    assert [mail["subject"].partition(":")[0] for mail in box.mails] == ["AC-07 fails", "AC-07 no longer fails", "AC-07 fails"]


def test_a_task_is_told_three_days_before_its_day_and_when_it_is_late_and_not_when_done(fernhill, toms, tom, box):
    due = NOW + timedelta(days=5)
    task = open_task(actor=actor_of(tom), title="Renew the plan", owner=toms, due_at=due, now=NOW)
    assert tell_round(NOW) == 0
    assert tell_round(due - timedelta(days=2)) == 1
    assert tell_round(due + timedelta(hours=1)) == 1
    assert list(Notice.objects.order_by("at").values_list("event", "ended_at")) == [("due", due + timedelta(hours=1)), ("overdue", None)]
    end_task(actor=actor_of(tom), task=task, outcome="done", zone=fernhill.zone, now=due + timedelta(hours=2))
    tell_round(due + timedelta(hours=2))
    assert not Notice.objects.filter(ended_at=None).exists()


def test_a_problem_nobody_owns_is_told_to_who_runs_the_programme_and_ends_with_it(fernhill, toms, priya, box):
    about = toms.pk
    raise_problem(
        cause="x", title="Production cannot be read", detail="Expired.", remedy="Give it a new one.", severity="critical", about_kind="connection",
        about_id=about, affected=3, now=NOW,
    )  # fmt: skip
    tell_round(NOW)
    assert [each.recipient.user for each in Notice.objects.select_related("recipient__user")] == [priya]
    resolve_problems(about_id=about, now=NOW + timedelta(minutes=5))
    tell_round(NOW + timedelta(minutes=5))
    assert Notice.objects.get().ended_at == NOW + timedelta(minutes=5)


def test_a_digest_is_one_mail_of_all_that_waited(fernhill, toms, tom, box):
    set_preference(
        actor=actor_of(tom), member=toms, mail="digest", digest_hour=8, quiet_from=20, quiet_until=7, zone="", muted=[], daily_budget=20
    )
    for title in ("Renew the plan", "Read the report"):
        open_task(actor=SYSTEM, title=title, owner=toms, due_at=None, now=NOW)
    assert send_out(NOW + timedelta(hours=2)) == 0
    send_out(NOW + timedelta(hours=24))
    [mail] = box.mails
    assert mail["subject"] == "2 things in Fernhill"
    text = mail.get_body(("plain",)).get_content()
    assert "Renew the plan" in text and "Read the report" in text


def test_the_mail_carries_the_organizations_name_and_answer_address(fernhill, toms, box):
    set_letterhead(actor=SYSTEM, sender_name="Fernhill Compliance", reply_to="soc2@fernhill.example")
    open_task(actor=SYSTEM, title="Renew", owner=toms, due_at=None, now=NOW)
    send_out(NOW)
    assert box.mails[0]["from"].startswith("Fernhill Compliance <")
    assert box.mails[0]["reply-to"] == "soc2@fernhill.example"


def test_an_address_that_bounces_is_said_and_not_tried_again(fernhill, toms, box):
    box.refused["tom@fernhill.example"] = "550 5.1.1 no such mailbox"
    open_task(actor=SYSTEM, title="Renew", owner=toms, due_at=None, now=NOW)
    send_out(NOW)
    send_out(NOW + timedelta(days=1))
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.fault) == ("failed", "The address was refused: 550 5.1.1 no such mailbox")


def test_a_mail_server_that_says_later_gets_it_later(fernhill, toms, box):
    box.refused["tom@fernhill.example"] = "451 try again"
    open_task(actor=SYSTEM, title="Renew", owner=toms, due_at=None, now=NOW)
    send_out(NOW)
    assert Delivery.objects.get().state == "waiting"
    box.refused.clear()
    send_out(NOW + timedelta(minutes=2))
    assert len(box.mails) == 1


def test_a_mail_server_that_is_away_loses_nothing(fernhill, toms, settings):
    with mail_server(settings):
        pass
    open_task(actor=SYSTEM, title="Renew", owner=toms, due_at=None, now=NOW)
    send_out(NOW)
    assert Delivery.objects.get().state == "waiting"
    with mail_server(settings) as box:
        send_out(NOW + timedelta(minutes=2))
        assert len(box.mails) == 1


@pytest.fixture
def reachable(monkeypatch):
    """The operator allows loopback."""
    before = project.CONFIGURATION.outgoing_allow
    object.__setattr__(project.CONFIGURATION, "outgoing_allow", ("127.0.0.1/32",))
    yield
    object.__setattr__(project.CONFIGURATION, "outgoing_allow", before)


@pytest.mark.parametrize("way", ["slack", "teams"])
def test_a_channel_gets_the_message_its_kind_takes(fernhill, toms, box, reachable, way):
    with channel() as team:
        add_webhook(actor=SYSTEM, name="#soc2", way=way, url=team.url, events=["failed"], now=NOW)
        health(fernhill, "failed", NOW)
        tell_round(NOW)
        send_out(NOW)
        [post] = team.posts
    assert "AC-07 fails" in (post["text"] if way == "slack" else post["attachments"][0]["content"]["body"][0]["text"].replace("\\", ""))


def test_a_channel_that_answers_500_is_tried_again_and_one_that_is_gone_is_not(fernhill, toms, box, reachable):
    with channel() as team:
        add_webhook(actor=SYSTEM, name="#soc2", way="slack", url=team.url, events=["failed"], now=NOW)
        health(fernhill, "failed", NOW)
        tell_round(NOW)
        team.status = 500
        send_out(NOW)
        assert Delivery.objects.get(way="slack").state == "waiting"
        team.status = 410
        send_out(NOW + timedelta(minutes=2))
    delivery = Delivery.objects.get(way="slack")
    assert (delivery.state, delivery.fault) == ("failed", "127.0.0.1 answered 410; make a new webhook there and enter it here")


def test_a_webhook_that_leads_into_the_own_network_is_refused(fernhill, toms, box):
    with channel() as team:
        add_webhook(actor=SYSTEM, name="#soc2", way="slack", url=team.url, events=["failed"], now=NOW)
        health(fernhill, "failed", NOW)
        tell_round(NOW)
        send_out(NOW)
        assert team.posts == []
    delivery = Delivery.objects.get(way="slack")
    assert delivery.state == "failed" and "not on the public internet" in delivery.fault


def test_names_from_outside_cannot_mention_link_or_format_in_a_channel(fernhill, toms):
    notice = Notice(title="<!channel> *x* <https://evil.example|click> [a](https://evil.example)", path="")
    assert payload("slack", notice, fernhill)["text"] == (
        "*Fernhill*: &lt;!channel&gt; ∗x∗ &lt;https://evil.example|click&gt; [a](https://evil.example)"
    )
    card = payload("teams", notice, fernhill)["attachments"][0]["content"]["body"][0]["text"]
    assert "\\[a\\]\\(https://evil.example\\)" in card


def test_waivers_that_end_on_one_day_are_one_notice(fernhill, toms, priya):
    checks = list(Check.objects.order_by("check_id")[:3])
    until = datetime(2026, 5, 8, 0, 0, tzinfo=fernhill.zone)
    for check, end in zip(checks, (until, until, until + timedelta(days=1)), strict=True):
        grant_waiver(actor=SYSTEM, check=check, subject=None, until=end, reason="Until the move.", now=NOW)
    tell_round(NOW)
    assert sorted(Notice.objects.values_list("title", flat=True)) == [
        "2 waivers end 7 May 2026; what fails under them fails from then on",
        "A waiver ends 8 May 2026; what fails under it fails from then on",
    ]
