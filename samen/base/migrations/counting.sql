-- How many rows a table has, as PostgreSQL believes until it counts again by itself, a minute or more later.  A program
-- that brings thousands of rows has it counted at once: until then each reference to them is checked by reading them all.
-- Only the owner may count.  Nothing is read and nothing is told.

CREATE FUNCTION sec.count_rows(counted regclass) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('ANALYZE %s', counted);
END $$;

REVOKE ALL ON FUNCTION sec.count_rows(regclass) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.count_rows(regclass) TO samen_app, samen_worker;
