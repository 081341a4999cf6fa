"""Counts of the installation: organizations, users, work that waits. Without tenant data, so that they may be seen by operators."""

from dataclasses import dataclass
from datetime import UTC, datetime

import redis
from django.conf import settings
from django.db import connection

QUEUE = "celery"


@dataclass(frozen=True, slots=True)
class InstallationFigures:
    """Numbers only. `oldest_due_seconds` is 0 where nothing is due; `queued` counts messages no worker has taken."""

    organizations: int
    users: int
    due: int
    leased: int
    oldest_due_seconds: float
    database_bytes: int
    queued: int


def installation_figures() -> InstallationFigures:
    """As of now. Raises DatabaseError, RedisError where one of them is away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM plumbline_installation_figures(%s)", [datetime.now(UTC)])
        counts = cursor.fetchone()
    with redis.Redis.from_url(settings.CONFIGURATION.redis_url, socket_timeout=5) as broker:
        return InstallationFigures(*counts, queued=broker.llen(QUEUE))
