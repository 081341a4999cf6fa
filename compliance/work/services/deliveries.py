"""The queue of what goes out: taken, then sent by the roof, then settled. Taking is committed before anything is sent."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from compliance.work.models import Delivery

BATCH = 200
LOST_AFTER = timedelta(minutes=15)
TRIES = 6
WAITS = (1, 2, 5, 15, 60)  # minutes before the next try


def take_deliveries(now: datetime, limit: int = BATCH) -> list[Delivery]:
    """Take what is due, so that no other worker sends it too, with its notice and recipient. What a worker took and never settled may
    have arrived: it is called unsure, said so on the page, and not sent again."""
    with transaction.atomic():
        lost = Delivery.objects.filter(state="sending", taken_at__lte=now - LOST_AFTER)
        lost.update(state="unsure", fault="The worker that sent it died; it may have arrived.")
        due = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).filter(state="waiting", due_at__lte=now)
        ids = list(due.order_by("due_at", "id").values_list("pk", flat=True)[:limit])
        Delivery.objects.filter(pk__in=ids).update(state="sending", taken_at=now)
    taken = Delivery.objects.filter(pk__in=ids).select_related("notice__recipient__user")
    return list(taken.order_by("due_at", "id"))


def settle_sent(deliveries: Sequence[uuid.UUID], now: datetime) -> None:
    """They went out."""
    Delivery.objects.filter(pk__in=deliveries).update(state="sent", sent_at=now, fault="")


def settle_failed(deliveries: Sequence[uuid.UUID], fault: str, *, state: str = "failed") -> None:
    """They were refused for good (`failed`: an address that bounces), or it is not known whether they arrived (`unsure`)."""
    Delivery.objects.filter(pk__in=deliveries).update(state=state, fault=fault[:300])


def settle_later(deliveries: Sequence[Delivery], fault: str, now: datetime) -> None:
    """They could not be sent and did not go out: tried again later, a few times."""
    for delivery in deliveries:
        tries = delivery.attempts + 1
        over = tries >= TRIES
        wait = timedelta(minutes=WAITS[min(tries, len(WAITS)) - 1])
        Delivery.objects.filter(pk=delivery.pk).update(
            state="failed" if over else "waiting", attempts=tries, fault=fault[:300], due_at=delivery.due_at if over else now + wait
        )
