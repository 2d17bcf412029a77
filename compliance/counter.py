"""An atomic counter in Redis; in the database when Redis is away; never open."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import redis
from django.conf import settings
from django.db import connection

TAKE = """
INSERT INTO compliance_doorcount (key, tries, until) VALUES (%s, 1, clock_timestamp() + make_interval(secs => %s))
ON CONFLICT (key) DO UPDATE SET
    tries = CASE WHEN compliance_doorcount.until < clock_timestamp() THEN 1 ELSE compliance_doorcount.tries + 1 END,
    until = CASE WHEN compliance_doorcount.until < clock_timestamp() THEN excluded.until ELSE compliance_doorcount.until END
RETURNING tries
"""
RETURN = "UPDATE compliance_doorcount SET tries = greatest(tries - 1, 0) WHERE key = %s"
COUNT = """
local tries = redis.call('INCR', KEYS[1])
if redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return tries
"""  # not EXPIRE … NX: before Redis 7 that is an error, and every count would fall to the database
GIVE_BACK = """
if tonumber(redis.call('GET', KEYS[1]) or 0) > 0 then return redis.call('DECR', KEYS[1]) end
"""


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


@dataclass(frozen=True)
class Counter:
    """At most `limit` tries within `window` for each key. Keys are hashes: the store names nobody."""

    name: str
    limit: int
    window: timedelta

    def admits(self, key: str) -> bool:
        """Count one try and say whether it is among the first `limit`. Of many at once exactly `limit` are."""
        return self._count(key) <= self.limit

    def give_back(self, key: str) -> None:
        """Take one try back, after a success."""
        try:
            _redis().eval(GIVE_BACK, 1, self._place(key))
        except redis.RedisError:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE compliance_doorcount SET tries = greatest(tries - 1, 0) WHERE key = %s", [self._row(key)]
                )

    def _count(self, key: str) -> int:
        place = self._place(key)
        try:
            return int(_redis().eval(COUNT, 1, place, int(self.window.total_seconds())))
        except redis.RedisError:
            with connection.cursor() as cursor:
                cursor.execute(TAKE, [self._row(key), self.window.total_seconds()])
                return cursor.fetchone()[0]

    def _place(self, key: str) -> str:
        return f"door:{self.name}:{key}"

    def _row(self, key: str) -> str:
        return hashlib.sha256(self._place(key).encode()).hexdigest()
