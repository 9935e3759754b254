-- The ground: the clock, the signed context, and what every later table leans on.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE SCHEMA sec;
REVOKE ALL ON SCHEMA sec FROM PUBLIC;
GRANT USAGE ON SCHEMA sec TO samen_app, samen_worker, samen_backup;

-- One row, moved by the owner only: tests and the demo live on another day, production at zero.
CREATE TABLE clock_offset (
    the_one boolean PRIMARY KEY DEFAULT true CHECK (the_one),
    ahead interval NOT NULL DEFAULT '0'
);
INSERT INTO clock_offset DEFAULT VALUES;
REVOKE ALL ON clock_offset FROM PUBLIC;
GRANT SELECT ON clock_offset TO samen_app, samen_worker;

CREATE FUNCTION samen_now() RETURNS timestamptz
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT clock_timestamp() + (SELECT ahead FROM public.clock_offset) $$;

-- The pads of RFC 2104 for the tenancy key.  Only definer functions read them; backups leave them out.
CREATE TABLE sec.key (
    the_one boolean PRIMARY KEY DEFAULT true CHECK (the_one),
    inner_pad bytea NOT NULL CHECK (length(inner_pad) = 64),
    outer_pad bytea NOT NULL CHECK (length(outer_pad) = 64)
);
REVOKE ALL ON sec.key FROM PUBLIC;

CREATE FUNCTION sec.entered() RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(current_setting('app.org', true), '') = '' THEN
        RAISE EXCEPTION 'NoOrganisation: no organisation was entered, so nothing may be read or written'
            USING ERRCODE = 'SM001', HINT = 'Enter one with tenancy.enter(org, actor).';
    END IF;
    RETURN true;
END
$$;

CREATE FUNCTION sec.current_org() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    org text := coalesce(current_setting('app.org', true), '');
    actor text := coalesce(current_setting('app.actor', true), '');
    proof text := coalesce(current_setting('app.proof', true), '');
    until text := split_part(proof, ':', 1);
    given text := split_part(proof, ':', 2);
    right_one text;
BEGIN
    IF org = '' THEN
        RAISE EXCEPTION 'NoOrganisation: no organisation was entered, so nothing may be read or written'
            USING ERRCODE = 'SM001', HINT = 'Enter one with tenancy.enter(org, actor).';
    END IF;
    SELECT encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(
               org || '|' || actor || '|' || pg_backend_pid() || '|' || until, 'UTF8'))), 'hex')
      INTO right_one FROM sec.key k;
    IF right_one IS NULL OR given IS DISTINCT FROM right_one THEN
        RAISE EXCEPTION 'ForgedContext: the context of this connection was not made by Samen' USING ERRCODE = 'SM002';
    END IF;
    IF until::bigint < extract(epoch FROM clock_timestamp()) THEN
        RAISE EXCEPTION 'ExpiredContext: the context of this connection is too old' USING ERRCODE = 'SM003';
    END IF;
    RETURN org::bigint;
END
$$;
REVOKE ALL ON FUNCTION sec.entered(), sec.current_org() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.entered(), sec.current_org() TO samen_app, samen_worker;
