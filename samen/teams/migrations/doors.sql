-- The door of a login: to which organisations it belongs, as which colleague.  Asked before any is entered.
CREATE FUNCTION sec.memberships(login bigint) RETURNS TABLE (org bigint, colleague uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT org_id, public_id FROM public.teams_colleague WHERE login_id = login AND left_at IS NULL $$;
REVOKE ALL ON FUNCTION sec.memberships(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.memberships(bigint) TO samen_app, samen_worker;
