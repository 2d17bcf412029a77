"""Sign-ins of a practice's own people: events outside every practice that the practice may see (security.md section 3).

They stand in the portal's own chain, which no policy shows to a practice. The function answers those of its members, of
the time of their membership; of nobody else, and nothing that could not be told from whom it is.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection

CREATE = """
CREATE FUNCTION sec.sign_ins_of_members() RETURNS SETOF public.compliance_auditevent
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
    SELECT event.* FROM public.compliance_auditevent AS event
    WHERE event.practice_id IS NULL
      AND event.actor = ANY(ARRAY(SELECT held.user_id FROM public.compliance_membership AS held
                                  WHERE held.practice_id = (SELECT sec.practice())))
      AND split_part(event.kind, '.', 1) = ANY('{signin,factor,session,password}')
      AND EXISTS (SELECT FROM public.compliance_membership AS held
                  WHERE held.practice_id = (SELECT sec.practice()) AND held.user_id = event.actor
                    AND held.starts_at <= event.at AND (held.ends_at IS NULL OR held.ends_at >= event.at))
$$;
REVOKE ALL ON FUNCTION sec.sign_ins_of_members() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.sign_ins_of_members() TO portal_app;
"""

# pk, at, actor, kind, outcome, address
Row = tuple[UUID, datetime, UUID, str, str, str | None]


def newest(most: int, *, before: tuple[datetime, UUID] | None = None) -> list[Row]:
    """The newest sign-ins of the members of the practice being acted in, older than `before` (moment, id)."""
    at, pk = before or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, at, actor, kind, outcome, host(address) FROM sec.sign_ins_of_members()"
            " WHERE %s::timestamptz IS NULL OR (at, id) < (%s::timestamptz, %s::uuid) ORDER BY at DESC, id DESC LIMIT %s",
            [at, at, pk, most],
        )
        return cursor.fetchall()
