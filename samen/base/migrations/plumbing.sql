-- What the libraries brought: each program gets what it needs of it, and nothing else.
REVOKE ALL ON django_session, account_emailaddress, account_emailconfirmation, django_migrations,
    django_content_type, auth_group, auth_permission, auth_group_permissions FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO samen_app;
GRANT SELECT, INSERT, UPDATE ON account_emailaddress TO samen_app;
GRANT SELECT ON django_migrations TO samen_app, samen_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers
    TO samen_app, samen_worker;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'S' AND relname LIKE 'procrastinate%' LOOP
        EXECUTE 'GRANT USAGE ON SEQUENCE ' || name || ' TO samen_app, samen_worker';
    END LOOP;
END
$$;
