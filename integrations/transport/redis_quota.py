"""A vendor's quota shared by all workers: what one learns or spends, the others see at once.

Buckets are keyed by vendor and account, because the vendor counts by account, not by our processes. Where Redis does not answer, each
worker goes on with what it knows itself: politeness must not stop evidence.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from redis import Redis
from redis.exceptions import RedisError

from integrations.errors import QuotaShareReached
from integrations.transport.quota import DEFAULT_SHARE, MemoryQuota

PREFIX = "plumbline:quota"
KEPT_SECONDS = 120  # after a window's end: late answers must still find the newer window
# KEYS: bucket. ARGV: cost, part that is not ours (1 - share), now. Answers {0} or {1, limit, remaining, end of the window}.
SPEND = """
local seen = redis.call('HMGET', KEYS[1], 'limit', 'remaining', 'resets')
if not seen[1] or tonumber(seen[3]) <= tonumber(ARGV[3]) then return {0} end
if tonumber(seen[2]) - tonumber(ARGV[1]) < tonumber(seen[1]) * tonumber(ARGV[2]) then return {1, seen[1], seen[2], seen[3]} end
redis.call('HINCRBY', KEYS[1], 'remaining', -tonumber(ARGV[1]))
return {0}
"""
# KEYS: bucket. ARGV: limit, remaining, end of the window, seconds to keep. An answer that was overtaken never gives quota back.
LEARN = """
local resets = tonumber(redis.call('HGET', KEYS[1], 'resets') or 0)
local told, remaining = tonumber(ARGV[3]), tonumber(ARGV[2])
if told < resets then return 0 end
if told == resets then remaining = math.min(remaining, tonumber(redis.call('HGET', KEYS[1], 'remaining'))) end
redis.call('HSET', KEYS[1], 'limit', ARGV[1], 'remaining', remaining, 'resets', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
"""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class RedisQuota:
    """See Quota. `account` is the vendor's account, or the connection while the account is not known yet. Thread-safe."""

    def __init__(
        self, redis: Redis, vendor: str, account: str, *, share: float = DEFAULT_SHARE, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._place = f"{PREFIX}:{vendor}:{account}"
        self._share = share
        self._clock = clock
        self._own = MemoryQuota(share)
        self._spend = redis.register_script(SPEND)
        self._learn = redis.register_script(LEARN)

    def spend(self, bucket: str, cost: int = 1) -> None:
        """See Quota."""
        try:
            answer = self._spend(keys=[f"{self._place}:{bucket}"], args=[cost, 1 - self._share, int(self._clock().timestamp())])
        except RedisError:
            self._own.spend(bucket, cost)
            return
        if int(answer[0]):
            limit, remaining, resets = (int(each) for each in answer[1:4])
            raise QuotaShareReached(
                f"{limit - remaining} of {limit} calls of {bucket} are used; our share is {self._share:.0%}",
                retry_at=datetime.fromtimestamp(resets, UTC),
            )

    def learn(self, bucket: str, *, limit: int, remaining: int, resets_at: datetime) -> None:
        """See Quota."""
        self._own.learn(bucket, limit=limit, remaining=remaining, resets_at=resets_at)
        left = max(0, int((resets_at - self._clock()).total_seconds())) + KEPT_SECONDS
        try:
            self._learn(keys=[f"{self._place}:{bucket}"], args=[limit, remaining, int(resets_at.timestamp()), left])
        except RedisError:
            return  # known here at least
