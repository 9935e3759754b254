-- Who left the real organisation has left the one to practise in as well.
CREATE OR REPLACE FUNCTION sec.memberships(login bigint) RETURNS TABLE (org bigint, colleague uuid, manages boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH serving AS (
        SELECT org_id, public_id, role FROM public.teams_colleague
         WHERE login_id = login
           AND (left_at IS NULL OR left_at > samen_now())
           AND (starts_date IS NULL OR starts_date <= (samen_now() AT TIME ZONE 'Europe/Amsterdam')::date)
    )
    SELECT mine.org_id, mine.public_id, mine.role = 'MANAGER'
      FROM serving mine JOIN public.base_organisation place ON place.id = mine.org_id
     WHERE place.practice_of_id IS NULL OR place.practice_of_id IN (SELECT org_id FROM serving)
$$;
