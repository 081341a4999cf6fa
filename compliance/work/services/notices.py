"""Telling people: each event once, on the ways they want, withdrawn while it is still unsent and no longer true."""

import uuid
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from compliance.tenancy import scope
from compliance.tenancy.models import Organization
from compliance.trail.action import action
from compliance.trail.actor import SYSTEM, Actor
from compliance.trail.names import ActionName
from compliance.work.models import Delivery, Notice, Preference, TeamWebhook
from compliance.work.timing import Wish, send_time, start_of_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event for one member: `key` names it for ever (what, which, since when); `path` is the page inside the organization."""

    recipient: uuid.UUID
    event: str
    key: str
    title: str
    body: str = ""
    path: str = ""


def tell(*, told: Sequence[Told], now: datetime, actor: Actor = SYSTEM) -> int:
    """Tell what was not told yet, in one action; nothing new writes nothing. Returns how many notices are new."""
    fresh = _not_told_yet(told)
    if not fresh:
        return 0
    with action(ActionName.NOTICES_TOLD, actor=actor, detail={"notices": len(fresh)}):
        _tell(fresh, now)
    return len(fresh)


def _tell(told: Sequence[Told], now: datetime) -> None:
    """Inner step of an action. A race with another round is settled by the key: what is there already is left out."""
    made = Notice.objects.bulk_create(
        [
            Notice(
                recipient_id=each.recipient, event=each.event, key=each.key, title=each.title[:300], body=each.body, path=each.path, at=now
            )
            for each in told
        ],
        ignore_conflicts=True,
    )
    kept = list(Notice.objects.filter(pk__in=[each.pk for each in made]))
    Delivery.objects.bulk_create([*_mails(kept, now), *_posts(kept, now)])


def end_notices(*, keys: Iterable[str], now: datetime) -> int:
    """What these say is no longer true: what has not gone out does not go out. Returns how many deliveries were spared."""
    in_force = Notice.objects.filter(key__in=list(keys), ended_at=None)
    if not in_force.exists():
        return 0
    with action(ActionName.NOTICES_ENDED, actor=SYSTEM):
        spared = Delivery.objects.filter(notice__in=in_force, state="waiting").update(state="cancelled")
        in_force.update(ended_at=now)
    return spared


def read_notices(*, actor: Actor, recipient: uuid.UUID, notices: Sequence[uuid.UUID] | None, now: datetime) -> int:
    """Mark a member's notices as read: those named, or all (None). Returns how many were unread."""
    unread = Notice.objects.filter(recipient_id=recipient, read_at=None)
    if notices is not None:
        unread = unread.filter(pk__in=notices)
    if not unread.exists():
        return 0
    with action(ActionName.NOTICES_READ, actor=actor):
        return unread.update(read_at=now)


def _not_told_yet(told: Sequence[Told]) -> list[Told]:
    once = {(each.recipient, each.key): each for each in told}
    known = set(Notice.objects.filter(key__in={key for _recipient, key in once}).values_list("recipient_id", "key"))
    return [each for pair, each in once.items() if pair not in known]


def wishes(recipients: Iterable[uuid.UUID]) -> dict[uuid.UUID, Wish]:
    """How each member wants to be told; who said nothing has the defaults and the organization's zone."""
    recipients = list(recipients)
    zone = Organization.objects.values_list("time_zone", flat=True).get(pk=scope.organization_id())
    set_ones = {each.member_id: each for each in Preference.objects.filter(member__in=recipients)}
    return {each: _wish(set_ones.get(each), zone) for each in recipients}


def _wish(preference: Preference | None, zone: str) -> Wish:
    if preference is None:
        return Wish(zone=zoneinfo.ZoneInfo(zone))
    return Wish(
        zone=zoneinfo.ZoneInfo(preference.zone or zone), mail=preference.mail, digest_hour=preference.digest_hour,
        quiet_from=preference.quiet_from, quiet_until=preference.quiet_until, muted=tuple(preference.muted),
        daily_budget=preference.daily_budget,
    )  # fmt: skip


def _mails(notices: Sequence[Notice], now: datetime) -> list[Delivery]:
    wanted = wishes({each.recipient_id for each in notices})
    spent = _spent(wanted, now)
    mails = []
    for notice in notices:
        wish = wanted[notice.recipient_id]
        if not wish.mails(notice.event):
            continue
        due_at, batch = send_time(now, wish, sent_today=spent[notice.recipient_id])
        spent[notice.recipient_id] += not batch
        mails.append(Delivery(notice=notice, way="email", due_at=due_at, batch=batch))
    return mails


def _spent(wanted: Mapping[uuid.UUID, Wish], now: datetime) -> Counter:
    """Mails of their own that each member got, or is going to get, since the start of their day."""
    days: dict[datetime, list[uuid.UUID]] = defaultdict(list)
    for recipient, wish in wanted.items():
        days[start_of_day(now, wish)].append(recipient)
    today = Q(pk__in=[])
    for start, recipients in days.items():
        today |= Q(notice__recipient__in=recipients, notice__at__gte=start)
    mails = Delivery.objects.filter(today, way="email", batch="").exclude(state="cancelled")
    return Counter(mails.values_list("notice__recipient_id", flat=True))


def _posts(notices: Sequence[Notice], now: datetime) -> list[Delivery]:
    """A team reads an event once, however many of its members are told."""
    hooks = list(TeamWebhook.objects.all())
    if not hooks:
        return []
    earlier = set(Notice.objects.filter(key__in=[each.key for each in notices], at__lt=now).values_list("key", flat=True))
    first = {each.key: each for each in reversed(notices) if each.key not in earlier}
    return [
        Delivery(notice=notice, way=hook.way, webhook=hook.pk, due_at=now)
        for notice in first.values()
        for hook in hooks
        if notice.event in hook.events
    ]
