"""Row-level security as migration operations, and the list of tables that stand outside of it.

Policies, triggers and grants are written as PostgreSQL prints them, so that `holes.py` can look for the same text.
"""

from collections.abc import Iterable

from django.db import migrations

WITHOUT_PRACTICE = {
    "auditlog_logentry": "django-auditlog's own table; ours is compliance_fieldchange, and this one stays empty",
    "auth_group": "guardian's groups, one per practice and role; named by ids",
    "auth_group_permissions": "Django's global group rights, unused and empty",
    "auth_permission": "the names of all rights",
    "axes_accessattempt": "sign-in attempts, before any practice is known",
    "axes_accessattemptexpiration": "sign-in attempts, before any practice is known",
    "axes_accessfailurelog": "sign-in attempts, before any practice is known",
    "axes_accesslog": "sign-in attempts, before any practice is known",
    "account_emailaddress": "staff addresses for signing in",
    "account_emailconfirmation": "staff addresses for signing in",
    "compliance_practice": "practices are found by slug before their context exists",
    "compliance_user": "people sign in before any practice is known",
    "compliance_user_groups": "which of guardian's groups a person is in",
    "compliance_user_user_permissions": "Django's global user rights, unused and empty",
    "compliance_doorcount": "sign-in counters for when Redis is away",
    "compliance_factorreset": "lost second factors: about a person, whatever practices she works for; no health data",
    "compliance_session": "sessions, before any practice is known; hold no health data",
    "django_admin_log": "the admin site's own log; its texts are `__str__`, which hold no health data",
    "django_content_type": "the names of models",
    "django_migrations": "which migrations ran",
    "django_session": "Django's own sessions, unused and empty; ours are compliance_session",
    "mfa_authenticator": "second factors, asked for before any practice is known; their secrets are sealed under the ring",
    "guardian_groupobjectpermission": "standing permissions, read before the practice context",
    "guardian_userobjectpermission": "standing permissions, read before the practice context",
}

CONTEXT_FUNCTIONS = """
CREATE SCHEMA sec;
GRANT USAGE ON SCHEMA sec TO portal_app;
CREATE TABLE sec.pads (one boolean PRIMARY KEY DEFAULT true CHECK (one), inner_pad bytea NOT NULL, outer_pad bytea NOT NULL);

CREATE FUNCTION sec.context(OUT practice uuid, OUT principal uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    signed text := nullif(current_setting('app.ctx', true), '');
    part text[];
    genuine boolean;
BEGIN
    IF signed IS NULL THEN
        RETURN;
    END IF;
    part := string_to_array(signed, ':');
    IF coalesce(array_length(part, 1), 0) <> 4 THEN
        RAISE EXCEPTION 'practice context is forged' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT encode(sha256(outer_pad || sha256(inner_pad || convert_to(part[1] || ':' || part[2] || ':' || part[3], 'UTF8'))),
                  'hex') = part[4]
      INTO genuine FROM sec.pads;
    IF genuine IS NOT TRUE THEN
        RAISE EXCEPTION 'practice context is forged' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF to_timestamp(part[3]::bigint) < clock_timestamp() THEN
        RAISE EXCEPTION 'practice context has expired' USING ERRCODE = 'insufficient_privilege';
    END IF;
    practice := nullif(part[1], '')::uuid;
    principal := part[2]::uuid;
END $$;

CREATE FUNCTION sec.actor() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT principal FROM sec.context()';
"""

PRACTICE_FUNCTION = """
CREATE FUNCTION sec.practice() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    wanted record;
BEGIN
    SELECT practice, principal INTO wanted FROM sec.context();
    IF wanted.practice IS NULL OR wanted.principal IN (
        '00000000-0000-7000-8000-000000000001',
        '00000000-0000-7000-8000-000000000002',
        '00000000-0000-7000-8000-000000000003'
    ) THEN
        RETURN wanted.practice;
    END IF;
    PERFORM 1 FROM public.compliance_membership m JOIN public.compliance_user u ON u.id = m.user_id
      WHERE m.practice_id = wanted.practice AND m.user_id = wanted.principal AND u.is_active
        AND m.starts_at <= clock_timestamp() AND (m.ends_at IS NULL OR m.ends_at > clock_timestamp());
    IF FOUND THEN
        RETURN wanted.practice;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION sec.context(), sec.actor(), sec.practice() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.actor(), sec.practice() TO portal_app;
"""

GRANTS = """
GRANT USAGE ON SCHEMA public TO portal_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO portal_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO portal_app;
"""

MINE = "(practice_id = ( SELECT sec.practice() AS practice))"  # the sub-select is asked once a query, not once a row
ONE_PRACTICE = f"CREATE POLICY one_practice ON {{table}} AS PERMISSIVE FOR ALL TO public USING ({MINE}) WITH CHECK ({MINE})"
MEMBERSHIP = (
    "CREATE POLICY owner_sees_all ON {table} AS PERMISSIVE FOR ALL TO portal_owner USING (true) WITH CHECK (true)",
    "CREATE POLICY own_memberships ON {table} AS PERMISSIVE FOR SELECT TO portal_app"
    " USING ((user_id = ( SELECT sec.actor() AS actor)))",
    ONE_PRACTICE.replace("TO public", "TO portal_app"),
)
SERVED = "GRANT DELETE, INSERT, SELECT, UPDATE ON {table} TO portal_app"  # what GRANTS gives by default


def behind(table: str, statements: Iterable[str]) -> str:
    """The SQL that shuts one table and lets through it what the statements say."""
    shut = f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n"
    return shut + "".join(f"{one.format(table=table)};\n" for one in statements)


PROTECT_MEMBERSHIP = behind("compliance_membership", MEMBERSHIP)


def protect(table: str) -> migrations.RunSQL:
    """The migration operation that puts one table behind the wall: only rows of the practice acted in exist."""
    return migrations.RunSQL(
        behind(table, [ONE_PRACTICE]),
        f"DROP POLICY one_practice ON {table};ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;",
    )
