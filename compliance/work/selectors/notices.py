"""Reading notices and how they went out."""

import uuid
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.tenancy import scope
from compliance.tenancy.together import Question, ask
from compliance.work.models import Delivery, Letterhead, Notice, Preference, TeamWebhook

ORDER = ("-at", "-id")


def notices_of(recipient: uuid.UUID) -> QuerySet[Notice]:
    """What a member was told, without what was over before they read it; page them by ORDER."""
    return Notice.objects.filter(Q(ended_at=None) | Q(read_at__isnull=False), recipient=recipient)


def unread_count() -> int:
    """How many notices the user who asks has not read."""
    return ask(unread_asked())[0][0]


def unread_asked() -> Question:
    """The question how many notices the user who asks has not read, to be asked together with other things: one row."""
    sql = """SELECT count(*) FROM work_notice n JOIN members_membership m ON m.organization_id = n.organization_id AND m.id = n.recipient_id
      WHERE n.organization_id = %s AND m.user_id = %s AND n.read_at IS NULL AND n.ended_at IS NULL"""
    return Question(sql, (scope.organization_id(), scope.user_id()), (int,), lambda row: row[0])


def keys_in_force(prefixes: Iterable[str]) -> set[str]:
    """Keys of notices that begin so and were not ended: what members have been told and is, as far as was looked, still true."""
    begins = Q(pk__in=[])
    for prefix in prefixes:
        begins |= Q(key__startswith=prefix)
    return set(Notice.objects.filter(begins, ended_at=None).values_list("key", flat=True))


def heard_keys(keys: Iterable[str]) -> set[tuple[uuid.UUID, str]]:
    """(recipient, key) of those among these in force that somebody read or that went out: of these an end is worth a word too."""
    gone_out = Delivery.objects.filter(notice=OuterRef("pk"), state__in=["sending", "sent", "unsure"])
    heard = Notice.objects.filter(Q(read_at__isnull=False) | Exists(gone_out), key__in=list(keys), ended_at=None)
    return set(heard.values_list("recipient_id", "key"))


def told_of(keys: Iterable[str]) -> dict[str, list[str]]:
    """Who was told under each of these keys: names, in the order they were told."""
    rows = (
        Notice.objects.filter(key__in=list(keys)).order_by("at", "pk").values_list("key", "recipient__user__name", "recipient__user__email")
    )
    told: dict[str, list[str]] = {}
    for key, name, email in rows:
        told.setdefault(key, []).append(name or email)
    return told


def preference_of(member: uuid.UUID) -> Preference | None:
    """What a member chose; None: nothing yet."""
    return Preference.objects.filter(member=member).first()


def letterhead() -> Letterhead | None:
    """How the organization signs its mail."""
    return Letterhead.objects.first()


def webhooks() -> list[TeamWebhook]:
    """The team webhooks, by name."""
    return list(TeamWebhook.objects.order_by("name"))


def webhook_by_id(webhook_id: uuid.UUID) -> TeamWebhook | None:
    """One team webhook."""
    return TeamWebhook.objects.filter(pk=webhook_id).first()


def last_posts(webhook_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Delivery]:
    """The last message of each webhook that was tried."""
    tried = Delivery.objects.filter(webhook__in=list(webhook_ids)).exclude(state__in=["waiting", "cancelled"])
    return {each.webhook: each for each in tried.order_by("webhook", "-due_at").distinct("webhook")}


def not_delivered(limit: int = 50) -> list[Delivery]:
    """What was refused or may not have arrived, newest first: bounced addresses among them."""
    troubled = Delivery.objects.filter(state__in=["failed", "unsure"]).select_related("notice__recipient__user")
    return list(troubled.order_by("-due_at")[:limit])
