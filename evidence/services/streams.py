"""Streams whose time is over."""

from datetime import datetime

from evidence.models import Stream
from evidence.selectors.streams import unmarked_stale


def _mark_stale(now: datetime) -> list[tuple[str, str, datetime]]:
    """Inner step of an action: every stream whose time is over and that nobody marked is marked. Returns them as (vendor, kind, since
    when); each is told once."""
    stale = unmarked_stale(now)
    if stale:
        Stream.objects.filter(stale_at__lte=now, stale_marked=False).update(stale_marked=True)
    return stale
