-- An organisation and a login are rows that no program may write, because neither belongs to an organisation.
-- These functions make them, and give back a number that opens nothing by itself: the walls stand around every row.

-- Somebody begins an organisation; refused when the word in its addresses is taken.
CREATE FUNCTION sec.found_organisation(word text, called text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ INSERT INTO public.base_organisation (slug, name, is_maker) VALUES (word, called, false) RETURNING id $$;

-- A practice organisation beside the one that was entered; one of those has no practice of its own.
CREATE FUNCTION sec.found_practice(word text, called text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    INSERT INTO public.base_organisation (slug, name, is_maker, practice_of_id)
    SELECT word, called, false, id FROM public.base_organisation
     WHERE id = sec.current_org() AND practice_of_id IS NULL
    RETURNING id
$$;

-- The login of this address: the one that is there, or a new one that signs in with a code by mail.
CREATE FUNCTION sec.login_for(address text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    INSERT INTO public.base_login (email, password, is_active) VALUES (lower(address), '!', true)
    ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id
$$;

-- The words the organisation that was entered uses for those it helps and for those who help.
CREATE FUNCTION sec.choose_words(households text, helpers text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE public.base_organisation SET household_word = households, helper_word = helpers
     WHERE id = sec.current_org()
$$;

-- How the organisation that was entered is called.
CREATE FUNCTION sec.rename_organisation(called text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ UPDATE public.base_organisation SET name = called WHERE id = sec.current_org() $$;

REVOKE ALL ON FUNCTION sec.found_organisation(text, text), sec.found_practice(text, text), sec.login_for(text),
    sec.choose_words(text, text), sec.rename_organisation(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.found_organisation(text, text), sec.found_practice(text, text), sec.login_for(text),
    sec.choose_words(text, text), sec.rename_organisation(text) TO samen_app;
