"""The chain as SQL: every event gets a link at COMMIT, one chain for each practice and one for the portal.

A link is `sha256(link before | number | content)`, `content` the SHA-256 of everything the event says. The trigger is
deferred to COMMIT, so that a chain's head is locked for the shortest time and numbers follow the order of commits.
"""

from uuid import UUID

from compliance.audit.tables import NEVER_CHANGED, NEVER_TRUNCATED, REVOKE, SEEN
from compliance.tenancy.wall import behind

PORTAL = UUID(int=0)  # the chain of events without a practice

# What an event says, in one text, its columns apart by the unit separator, which stands in none of them (a JSON text
# escapes it). Written and read under timezone UTC. A new version may add a column at the end, never change one.
APART = "\x1f"
TEXT = """concat_ws(E'\\x1f', {e}.id, {e}.at, coalesce({e}.practice_id::text, ''), coalesce({e}.actor::text, ''),
{e}.actor_label, {e}.session, {e}.request_id, coalesce(host({e}.address), ''), {e}.page, {e}.kind, {e}.action, {e}.outcome,
{e}.purpose, {e}.opened, {e}.listed, {e}.categories, {e}.object_type, {e}.object_id, {e}.body, encode({e}.digest, 'hex'))"""
NAMES = (
    *("id", "at", "practice_id", "actor", "actor_label", "session", "request_id", "address", "page", "kind", "action"),
    *("outcome", "purpose", "opened", "listed", "categories", "object_type", "object_id", "body", "digest"),
)


def content_of(alias: str) -> str:
    """The SQL of an event's content, the same for the trigger that writes it and the check that reads it."""
    return f"sha256(convert_to({TEXT.format(e=alias)}, 'UTF8'))"


THE_PORTALS_OWN = (
    "CREATE POLICY the_portals_own ON {table} AS PERMISSIVE FOR SELECT TO portal_owner USING ((practice_id IS NULL))"
)
CHAINED = (
    "CREATE CONSTRAINT TRIGGER chained AFTER INSERT ON public.{table}"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sec.append_link()"
)
OVER_EVENTS = (THE_PORTALS_OWN, CHAINED)
LINK = (
    "CREATE POLICY written_by_the_trigger ON {table} AS PERMISSIVE FOR INSERT TO portal_owner WITH CHECK (true)",
    *(SEEN, THE_PORTALS_OWN, NEVER_CHANGED, NEVER_TRUNCATED, "GRANT SELECT ON {table} TO portal_app"),
)

CREATE = f"""
CREATE TABLE compliance_auditlink (
    practice_id uuid,
    number bigint NOT NULL,
    event uuid NOT NULL,
    at timestamptz NOT NULL,
    content bytea NOT NULL,
    link bytea NOT NULL,
    PRIMARY KEY (event, at)
) PARTITION BY RANGE (at);
CREATE UNIQUE INDEX audit_link_by_number ON compliance_auditlink (practice_id, number, at) NULLS NOT DISTINCT;
{behind("compliance_auditlink", [REVOKE, *LINK])}
CREATE FUNCTION sec.is_the_portal() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$SELECT practice IS NULL AND principal = '00000000-0000-7000-8000-000000000001' FROM sec.context()$$;
REVOKE ALL ON FUNCTION sec.is_the_portal() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.is_the_portal() TO portal_app;
CREATE FUNCTION sec.portal_events() RETURNS SETOF public.compliance_auditevent
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$SELECT * FROM public.compliance_auditevent WHERE practice_id IS NULL AND (SELECT sec.is_the_portal())$$;
CREATE FUNCTION sec.portal_links() RETURNS SETOF public.compliance_auditlink
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$SELECT * FROM public.compliance_auditlink WHERE practice_id IS NULL AND (SELECT sec.is_the_portal())$$;
REVOKE ALL ON FUNCTION sec.portal_events(), sec.portal_links() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.portal_events(), sec.portal_links() TO portal_app;

CREATE TABLE sec.heads (chain uuid PRIMARY KEY, number bigint NOT NULL, link bytea NOT NULL) WITH (fillfactor = 50);
CREATE FUNCTION sec.chain_heads() RETURNS TABLE (chain uuid, number bigint, link bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$SELECT chain, number, link FROM sec.heads WHERE (SELECT sec.is_the_portal()) OR chain = (SELECT sec.practice())$$;
REVOKE ALL ON FUNCTION sec.chain_heads() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.chain_heads() TO portal_app;

CREATE FUNCTION sec.append_link() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
DECLARE
    mine uuid := coalesce(NEW.practice_id, '{PORTAL}');
    content bytea := {content_of("NEW")};
    head record;
BEGIN
    INSERT INTO sec.heads AS h (chain, number, link)
    VALUES (mine, 1, sha256(sha256(uuid_send(mine)) || int8send(1) || content))
    ON CONFLICT (chain) DO UPDATE
    SET number = h.number + 1, link = sha256(h.link || int8send(h.number + 1) || content)
    RETURNING h.number, h.link INTO head;
    INSERT INTO public.compliance_auditlink (practice_id, number, event, at, content, link)
    VALUES (NEW.practice_id, head.number, NEW.id, NEW.at, content, head.link);
    RETURN NULL;
END $$;
{behind("compliance_auditevent", OVER_EVENTS)}
"""  # noqa: S608  # nosec B608
