"""The audit tables as SQL: append-only for everybody, partitioned by month; and how a row goes into them."""

from compliance.tenancy.wall import MINE, behind

CREATE = """
CREATE FUNCTION sec.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TABLE compliance_auditevent (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    practice_id uuid,
    actor uuid,
    actor_label varchar(254) NOT NULL,
    session varchar(16) NOT NULL,
    request_id varchar(64) NOT NULL,
    address inet,
    page varchar(80) NOT NULL,
    kind varchar(60) NOT NULL,
    action varchar(1) NOT NULL CHECK (action IN ('C', 'R', 'U', 'D', 'E')),
    outcome varchar(1) NOT NULL CHECK (outcome IN ('0', '4', '8')),
    purpose varchar(20) NOT NULL,
    opened uuid[] NOT NULL,
    listed uuid[] NOT NULL,
    categories varchar(40)[] NOT NULL,
    object_type varchar(60) NOT NULL,
    object_id varchar(64) NOT NULL,
    body jsonb NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_event_by_time ON compliance_auditevent (practice_id, at DESC, id DESC);
CREATE INDEX audit_event_by_actor ON compliance_auditevent (practice_id, actor, at DESC);

CREATE TABLE compliance_auditpatient (
    practice_id uuid NOT NULL,
    patient uuid NOT NULL,
    at timestamptz NOT NULL,
    event uuid NOT NULL,
    depth varchar(6) NOT NULL CHECK (depth IN ('opened', 'listed')),
    PRIMARY KEY (patient, event, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_patient_by_time ON compliance_auditpatient (practice_id, patient, at DESC);
"""

REFUSED = "EXECUTE FUNCTION sec.refuse_change()"
NEVER_CHANGED = f"CREATE TRIGGER never_changed BEFORE DELETE OR UPDATE ON public.{{table}} FOR EACH ROW {REFUSED}"
NEVER_TRUNCATED = f"CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.{{table}} FOR EACH STATEMENT {REFUSED}"
SEEN = f"CREATE POLICY seen_in_one_practice ON {{table}} AS PERMISSIVE FOR SELECT TO public USING ({MINE})"
WRITTEN = "CREATE POLICY written_in_one_practice ON {table} AS PERMISSIVE FOR INSERT TO public WITH CHECK "
APPEND_ONLY = (SEEN, NEVER_CHANGED, NEVER_TRUNCATED, "GRANT INSERT, SELECT ON {table} TO portal_app")
EVENT = (*APPEND_ONLY, f"{WRITTEN}(((practice_id IS NULL) OR {MINE}))")
PATIENT = (*APPEND_ONLY, f"{WRITTEN}({MINE})")
REVOKE = "REVOKE ALL ON {table} FROM portal_app"  # first what every new table is given

ALL = CREATE + behind("compliance_auditevent", [REVOKE, *EVENT]) + behind("compliance_auditpatient", [REVOKE, *PATIENT])

COLUMNS = (
    *("id", "at", "practice_id", "actor", "actor_label", "session", "request_id", "address", "page", "kind", "action"),
    *("outcome", "purpose", "opened", "listed", "categories", "object_type", "object_id", "body", "digest"),
)
INTO_THE_TRAIL = f"""
INSERT INTO compliance_auditevent ({", ".join(COLUMNS)}) VALUES ({", ".join(f"%({name})s" for name in COLUMNS)})
"""  # noqa: S608  # nosec B608
FOUND_BY_PATIENT = """
INSERT INTO compliance_auditpatient (practice_id, patient, at, event, depth)
SELECT %(practice_id)s, patient, %(at)s, %(id)s, 'opened' FROM unnest(%(opened)s::uuid[]) AS patient UNION ALL
SELECT %(practice_id)s, patient, %(at)s, %(id)s, 'listed' FROM unnest(%(listed)s::uuid[]) AS patient
"""
