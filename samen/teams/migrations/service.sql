-- The door opens from the first day of service until the moment somebody left.
DROP FUNCTION sec.memberships(bigint);
CREATE FUNCTION sec.memberships(login bigint) RETURNS TABLE (org bigint, colleague uuid, manages boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT org_id, public_id, role = 'MANAGER' FROM public.teams_colleague
     WHERE login_id = login
       AND (left_at IS NULL OR left_at > samen_now())
       AND (starts_date IS NULL OR starts_date <= (samen_now() AT TIME ZONE 'Europe/Amsterdam')::date)
$$;
REVOKE ALL ON FUNCTION sec.memberships(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.memberships(bigint) TO samen_app, samen_worker;

-- Who is in no organisation's service any more is signed out everywhere: a session holds a hash of the password.
CREATE FUNCTION sec.sign_out(login bigint) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE public.base_login SET password = '!' || replace(gen_random_uuid()::text, '-', '')
     WHERE id = login AND NOT EXISTS (SELECT FROM sec.memberships(login))
$$;
REVOKE ALL ON FUNCTION sec.sign_out(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.sign_out(bigint) TO samen_app, samen_worker;
