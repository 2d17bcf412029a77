"""Counts of the schedule report that take more than adding rows: time in use, and when a missed visit was first booked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from scheduling.enums import Status

# Minutes in which a provider's time is in use, for each of what is counted by. A group that begins together is one visit,
# whatever overlaps beyond the provider's lanes is counted once. What begins where another ends needs no step: a third of the
# time without (115 ms for 46,000 visits of a table of a million).
IN_USE = """
WITH one AS (
    SELECT DISTINCT provider_id, visit_type_id, starts_at, ends_at,
           (CASE %(by)s WHEN 'provider' THEN provider_id::text
                       WHEN 'location' THEN location_id::text
                       WHEN 'visit_type' THEN visit_type_id::text
                       ELSE date_trunc('week', starts_at AT TIME ZONE %(zone)s)::date::text END) COLLATE "C" AS key
      FROM scheduling_appointment
     WHERE provider_id = ANY(%(providers)s) AND starts_at >= %(start)s AND starts_at < %(end)s
       AND (status = ANY(%(held)s) OR status = ANY(%(ahead)s) AND ends_at > %(now)s)
), step AS (
    SELECT key, provider_id, starts_at AS at, 1 AS more FROM one
    UNION ALL
    SELECT key, provider_id, ends_at, -1 FROM one
), net AS (
    SELECT key, provider_id, at, sum(more) AS more FROM step GROUP BY key, provider_id, at HAVING sum(more) <> 0
), depth AS (
    SELECT key, provider_id, at, sum(more) OVER run AS deep, lead(at) OVER run AS until
      FROM net WINDOW run AS (PARTITION BY key, provider_id ORDER BY at)
)
SELECT key, sum(extract(epoch FROM until - at) * least(deep, capacity))::bigint / 60
  FROM depth
  JOIN scheduling_provider AS provider ON provider.id = provider_id
  JOIN scheduling_resource AS resource ON resource.id = provider.resource_id
 GROUP BY key
"""

# How many missed visits had been booked how long before, in steps of hours: from each back along its moves to the first.
LEAD = """
WITH RECURSIVE back AS (
    SELECT starts_at, created_at, rescheduled_from_id
      FROM scheduling_appointment
     WHERE provider_id = ANY(%(providers)s) AND starts_at >= %(start)s AND starts_at < %(end)s AND status = %(missed)s
    UNION ALL
    SELECT back.starts_at, former.created_at, former.rescheduled_from_id
      FROM scheduling_appointment AS former JOIN back ON former.id = back.rescheduled_from_id
)
SELECT width_bucket(extract(epoch FROM starts_at - created_at) / 3600, %(hours)s::numeric[]), count(*)
  FROM back WHERE rescheduled_from_id IS NULL GROUP BY 1
"""


def minutes_in_use(by: str, *, held: tuple[str, ...], ahead: tuple[str, ...], **asked: Any) -> dict[str, int]:
    """Minutes by the text of a key: a field's id, or the Monday of a week. `asked`: providers, start, end, zone, now."""
    with connection.cursor() as cursor:
        cursor.execute(IN_USE, {"by": by, "held": list(held), "ahead": list(ahead), **asked})
        return {key: int(minutes or 0) for key, minutes in cursor.fetchall()}


def booked_before(providers: list[UUID], start: datetime, end: datetime, hours: list[int]) -> list[int]:
    """Missed visits by how long before they had first been booked: below the first of `hours`, …, from the last on."""
    asked: dict[str, Any] = {"providers": providers, "start": start, "end": end, "hours": hours}
    asked["missed"] = Status.NO_SHOW.value
    with connection.cursor() as cursor:
        cursor.execute(LEAD, asked)
        found = dict(cursor.fetchall())
    return [found.get(n, 0) for n in range(len(hours) + 1)]
