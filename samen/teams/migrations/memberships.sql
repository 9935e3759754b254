-- The door of a login says its role too, so that a page for managers is refused before anything is looked up.
DROP FUNCTION sec.memberships(bigint);
CREATE FUNCTION sec.memberships(login bigint) RETURNS TABLE (org bigint, colleague uuid, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT org_id, public_id, role FROM public.teams_colleague WHERE login_id = login AND left_at IS NULL $$;
REVOKE ALL ON FUNCTION sec.memberships(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.memberships(bigint) TO samen_app, samen_worker;
