-- Audit (NEN 7513): who saw or changed whose file.  Written by one function, never changed, partitioned by month.
CREATE TABLE base_audit (
    org_id bigint NOT NULL REFERENCES base_organisation (id),
    id bigint GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT samen_now(),
    event text NOT NULL,
    actor_kind text NOT NULL,
    actor_ref uuid,
    role text NOT NULL DEFAULT '',
    subject_kind text NOT NULL,
    subject_ref uuid NOT NULL,
    entrance text NOT NULL DEFAULT '',
    purpose text NOT NULL DEFAULT '',
    row_hash bytea NOT NULL,
    PRIMARY KEY (org_id, id, at),
    UNIQUE (org_id, public_id, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_by_subject ON base_audit (org_id, subject_kind, subject_ref, at);

CREATE FUNCTION sec.audit_month(day date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    start date := date_trunc('month', day)::date;
    name text := 'base_audit_' || to_char(start, 'YYYY_MM');
BEGIN
    IF to_regclass('public.' || name) IS NULL THEN
        EXECUTE format('CREATE TABLE public.%I PARTITION OF public.base_audit FOR VALUES FROM (%L) TO (%L)',
                       name, start::timestamp AT TIME ZONE 'UTC', (start + interval '1 month') AT TIME ZONE 'UTC');
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC', name);
    END IF;
    RETURN name;
EXCEPTION WHEN check_violation THEN
    -- Rows of this month lie in the rest already, because nobody prepared it in time: it stays there, whole.
    RETURN 'base_audit_rest';
END
$$;

-- A month nobody prepared still has a place, so that a read is never refused for a missing table.
CREATE TABLE base_audit_rest PARTITION OF base_audit DEFAULT;
ALTER TABLE base_audit_rest ENABLE ROW LEVEL SECURITY;
ALTER TABLE base_audit_rest FORCE ROW LEVEL SECURITY;
REVOKE ALL ON base_audit_rest FROM PUBLIC;
SELECT sec.audit_month((now() + make_interval(months => n))::date) FROM generate_series(0, 3) AS n;

CREATE FUNCTION sec.audit(event text, subject_kind text, subject_ref uuid, role text, entrance text, purpose text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    org bigint := sec.current_org();
    actor text := current_setting('app.actor');
    kind text := split_part(actor, ':', 1);
    ref uuid := nullif(split_part(actor, ':', 2), '')::uuid;
    moment timestamptz := samen_now();
    public_id uuid := gen_random_uuid();
BEGIN
    INSERT INTO public.base_audit
        (org_id, public_id, at, event, actor_kind, actor_ref, role, subject_kind, subject_ref, entrance, purpose, row_hash)
    VALUES (org, public_id, moment, event, kind, ref, role, subject_kind, subject_ref, entrance, purpose,
        sha256(convert_to(concat_ws('|', org, public_id, extract(epoch FROM moment), event, kind, ref, role,
                                    subject_kind, subject_ref, entrance, purpose), 'UTF8')));
END
$$;
CREATE POLICY written_by_function ON base_audit FOR INSERT TO samen_owner WITH CHECK (org_id = sec.current_org());
REVOKE ALL ON FUNCTION sec.audit(text, text, uuid, text, text, text), sec.audit_month(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.audit(text, text, uuid, text, text, text) TO samen_app, samen_worker;
GRANT EXECUTE ON FUNCTION sec.audit_month(date) TO samen_worker;

-- Doors: what may be asked before an organisation is known.  Each returns numbers and public ids only.
CREATE FUNCTION sec.organisations() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT id FROM public.base_organisation $$;

CREATE FUNCTION sec.link_behind(token_hash bytea) RETURNS TABLE (org bigint, link uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT org_id, public_id FROM public.base_link WHERE hash = token_hash $$;
REVOKE ALL ON FUNCTION sec.organisations(), sec.link_behind(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.organisations(), sec.link_behind(bytea) TO samen_app, samen_worker;

REVOKE ALL ON base_organisation, base_login FROM PUBLIC;
GRANT SELECT ON base_organisation TO samen_app, samen_worker;
GRANT SELECT, UPDATE ON base_login TO samen_app;
GRANT SELECT ON base_login TO samen_worker;
