"""How often one address may knock at a door that is opened by a secret."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

PER_MINUTE = 60


def too_many(request: HttpRequest, door: str, allowed: int = PER_MINUTE) -> bool:
    """Count this request; whether its client has made more than `allowed` within the current minute."""
    key = f"attempts:{door}:{get_adapter().get_client_ip(request)}:{int(time.time()) // 60}"
    cache.add(key, 0, timeout=120)
    return cache.incr(key) > allowed
