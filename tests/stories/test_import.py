"""A manager brings a file, sees what would happen, takes it over, and takes it back: nothing is left of it."""

import csv
import io
import json
import re
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from samen.base import clock
from samen.base.models import Audit, Blob, JournalLine
from samen.office import exporting
from samen.office.models import Export, Import, ImportRow
from samen.people.models import ContactPoint, Household, Person
from samen.visits.models import Arrangement, Visit
from tests.office import tables

IMPORTS = "/o/zorgzaam/beheer/import/"
EXPORTS = "/o/zorgzaam/beheer/export/"


def chosen(page):
    """What the form on this page would send as it stands."""
    found = {}
    for name, options in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        selected = re.search(r'value="([^"]*)" selected', options)
        found[name] = selected[1] if selected else ""
    return found


@pytest.fixture
def bring(anja):
    """Bring a file and agree with every guess; returns the address of the import."""

    def bring(kind, name, content, **other):
        answer = anja.post(IMPORTS, {"kind": kind, "file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 302, answer.content.decode()
        columns = answer["Location"]
        answers = chosen(anja.get(columns).content.decode()) | other
        answer = anja.post(columns, answers)
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]

    return bring


def tallies(page):
    """The numbers on top of the page."""
    return [int(number) for number in re.findall(r'class="tally[^"]*"><b>(\d+)</b>', page)]


def contents():
    """Every row of every table but those that only grow, or belong to imports themselves."""
    growing = ("office_", "base_journal", "base_audit", "base_liveevent", "procrastinate_", "django_session")
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if not name.startswith(growing)]
        found = {}
        for name in names:
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [name])
            if cursor.fetchone()[0]:
                cursor.execute(f"SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM \"{name}\" t")
                found[name] = cursor.fetchone()[0]
    return found


@pytest.mark.parametrize(("as_file", "count"), [("as_csv", 300), ("as_book", 60)])
def test_a_whole_table_comes_in_and_goes_out_again(as_file, count, anja, bring, work, inside):
    table = tables.households(count, team="Team Zuid")
    with inside():
        before, homes = contents(), Household.objects.count()
    content = getattr(table, as_file)()

    page = bring("HOUSEHOLDS", "klanten.csv" if as_file == "as_csv" else "klanten.xlsx", content)
    work()
    shown = tallies(anja.get(page).content.decode())
    with inside():
        untouched = contents()
    anja.post(f"{page}overnemen/")
    work()
    done = anja.get(page).content.decode()

    assert shown == [count - table.faulty, 0, 0, 0, table.faulty]
    assert untouched == before
    assert tallies(done) == shown
    with inside():
        assert Household.objects.count() == homes + count - table.faulty
        assert JournalLine.objects.filter(fact="import_committed").exists()

    anja.post(f"{page}terugdraaien/")
    work()

    assert "alles is zoals het was" in anja.get(page).content.decode().lower()
    with inside():
        assert contents() == before


def test_every_faulty_row_is_named_with_field_value_and_reason(anja, bring, work):
    table = tables.helpers(60, team="Team Zuid")

    page = bring("HELPERS", "hulpen.csv", table.as_csv())
    work()
    text = anja.get(page).content.decode()
    answer = anja.get(f"{page}fouten/")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == table.faulty + 1
    assert rows[0] == [*tables.HELPER, "rij", "reden"]
    assert all(row[-1] for row in rows[1:])
    assert "zweefvliegtuig" in text
    assert "lopend" in text


def test_a_mended_file_of_faulty_rows_can_be_brought_again(anja, bring, work, inside):
    page = bring(
        "HOUSEHOLDS", "a.csv", b"Achternaam;Telefoon;Team\nBakkerij;+31612349999;Team Zuid\nOvens;bel mij;Team Zuid\n"
    )
    work()
    faulty = anja.get(f"{page}fouten/").content

    again = bring("HOUSEHOLDS", "fouten.csv", faulty.replace(b"bel mij", b"'0612349998"))
    work()

    assert tallies(anja.get(again).content.decode()) == [1, 0, 0, 0, 0]


def test_who_was_changed_since_stays_and_is_named(anja, bring, work, inside):
    rows = "Achternaam;Voorletters;Telefoon;Team\nAartsen;A.;0612340001;Team Zuid\nBeemster;B.;0612340002;Team Zuid\n"
    page = bring("HOUSEHOLDS", "x.csv", rows.encode())
    work()
    anja.post(f"{page}overnemen/")
    work()
    with inside():
        person = Person.objects.get(last_name="Beemster")
        Person.objects.filter(pk=person.pk).update(first_name="Berendina")

    anja.post(f"{page}terugdraaien/")
    work()

    text = anja.get(page).content.decode()
    assert "familie Beemster" in text
    assert "familie Aartsen" not in text
    with inside():
        assert list(Household.objects.filter(name__startswith="familie B").values_list("name", flat=True)).count(
            "familie Beemster"
        )
        assert not Household.objects.filter(name="familie Aartsen").exists()
        assert not ContactPoint.objects.filter(normalised="+31612340001").exists()


def test_the_second_time_only_what_differs_changes_and_goes_back(anja, bring, work, inside):
    first = (
        "Klantnr;Achternaam;Telefoon;Adres;Postcode;Team\n"
        "7;Aartsen;0612340001;Kerkweg 1;1211AB;Team Zuid\n"
        "8;Beemster;0612340002;Kerkweg 2;1211AB;Team Zuid\n"
    )
    page = bring("HOUSEHOLDS", "x.csv", first.encode())
    work()
    anja.post(f"{page}overnemen/")
    work()
    with inside():
        before = contents()

    second = first.replace("Kerkweg 2", "Molenlaan 9").replace("0612340002", "0612340003")
    page = bring("HOUSEHOLDS", "x.csv", second.encode())
    work()
    shown = anja.get(page).content.decode()
    anja.post(f"{page}overnemen/")
    work()

    assert tallies(shown) == [0, 1, 1, 0, 0]
    assert "Molenlaan 9" in shown
    with inside():
        assert contents() != before
    anja.post(f"{page}terugdraaien/")
    work()
    with inside():
        assert contents() == before


def test_perhaps_the_same_is_asked_and_never_decided(anja, bring, work, inside):
    first = bring("HOUSEHOLDS", "x.csv", b"Achternaam;Telefoon;Team\nAartsen;0612340001;Team Zuid\n")
    work()
    anja.post(f"{first}overnemen/")
    work()

    page = bring("HOUSEHOLDS", "y.csv", b"Achternaam;Telefoon;Team\nZandstra;0612340001;Team Zuid\n")
    work()
    asked = anja.get(page).content.decode()

    assert tallies(asked) == [0, 0, 0, 1, 0]
    assert "familie Aartsen" in asked
    anja.post(f"{page}vragen/", {"row_2": "NEW"})
    work()
    assert tallies(anja.get(page).content.decode()) == [1, 0, 0, 0, 0]


def test_what_changed_meanwhile_is_said_and_nothing_is_written(anja, bring, work, inside):
    content = b"Achternaam;Telefoon;Team\nAartsen;0612340001;Team Zuid\n"
    slow, quick = bring("HOUSEHOLDS", "x.csv", content), bring("HOUSEHOLDS", "y.csv", content)
    work()
    for page in (quick, slow):
        anja.post(f"{page}overnemen/")
        work()

    text = anja.get(slow).content.decode()

    assert tallies(text) == [0, 0, 1, 0, 0]
    assert "intussen" in text
    with inside():
        assert Household.objects.filter(name="familie Aartsen").count() == 1


def test_agreements_find_their_household_by_its_number(anja, bring, work, inside):
    homes = b"Klantnr;Achternaam;Team\n501;Aartsen;Team Zuid\n502;Beemster;Team Zuid\n"
    page = bring("HOUSEHOLDS", "x.csv", homes)
    work()
    anja.post(f"{page}overnemen/")
    work()
    with inside():
        before = contents()
    agreed = (
        "Klantnr;Hulp;Frequentie;Startdatum;T/m\n"
        "501;Joke;om de week (even) wo 10:00 2,5;30-11-2026;31-3-2027\n"
        "502;;2x per week ma+do 9:00 3 uur;1-12-2026;\n"
        "503;;elke week di 09:30 3 uur;1-12-2026;\n"
        "502;;af en toe;1-12-2026;\n"
    )

    page = bring("ARRANGEMENTS", "afspraken.csv", agreed.encode())
    work()
    shown = anja.get(page).content.decode()
    anja.post(f"{page}overnemen/")
    work()

    assert tallies(shown) == [2, 0, 0, 0, 2]
    with inside():
        arrangement = Arrangement.objects.get(household__name="familie Aartsen")
        term = arrangement.terms.get()
        assert (term.every_n, term.minutes, term.helper.person.first_name) == (2, 150, "Joke")
        assert term.period.upper == date(2027, 4, 1), "t/m: she comes on the last day too"
        assert Visit.objects.filter(household__name="familie Beemster").count() > 10

    anja.post(f"{page}terugdraaien/")
    work()
    with inside():
        assert contents() == before


def test_no_file_says_where_somebody_lives_in_secret(anja, bring, work, inside):
    head = "Klantnr;Achternaam;Straat;Huisnr;Postcode;Woonplaats;Telefoon;Team\n"
    first = bring("HOUSEHOLDS", "x.csv", f"{head}501;Aartsen;Kanariestraat;1;1211 AB;Kanariedorp;;Team Zuid\n".encode())
    work()
    anja.post(f"{first}overnemen/")
    work()
    with inside():
        home = Household.objects.get(name="familie Aartsen")
        export = Export.objects.create(by_ref=home.public_id, asked_at=clock.now(), table_count=1, state="READY")

    anja.post(f"/o/zorgzaam/huishouden/{home.public_id}/plek/", {"kind": "HIDE", "alias": "Opvang Noord"})

    with inside():
        assert "Kanarie" not in json.dumps(list(ImportRow.objects.values("cells", "before", "changes")))
        export.refresh_from_db()
        assert export.state == "FORGOTTEN", "what was put together has the address in it"

    rows = f"{head}501;Aartsen;Kanarielaan;2;1211 AB;Kanariedorp;0612345671;Team Zuid\n"
    again = bring("HOUSEHOLDS", "y.csv", rows.encode())
    work()
    assert "Kanarie" not in anja.get(again).content.decode()
    anja.post(f"{again}overnemen/")
    work()
    anja.post(f"{first}terugdraaien/")
    work()

    with inside():
        assert "Kanarie" not in json.dumps(list(ImportRow.objects.values("cells", "before", "changes")))
        place = home.places.get().place
        assert (place.secret, place.alias, place.street) == (True, "Opvang Noord", None), "a file opens no secret place"
        assert ContactPoint.objects.filter(normalised="+31612345671").exists(), "the rest of the row is taken over"


def test_a_service_number_is_left_out_by_name_and_not_a_digit_is_kept(anja, bring, work, inside):
    page = bring("HOUSEHOLDS", "x.csv", b"Achternaam;BSN;Team\nAartsen;111222333;Team Zuid\n")
    work()

    assert "BSN" in anja.get(page).content.decode()
    with inside():
        assert "111222333" not in str(list(ImportRow.objects.values_list("cells", flat=True)))


def test_a_file_that_cannot_be_read_is_refused_at_its_field(anja, inside):
    answer = anja.post(IMPORTS, {"kind": "HOUSEHOLDS", "file": SimpleUploadedFile("x.csv", b"naam;tel\nJan;=1+1\n")})

    assert answer.status_code == 422
    assert "B2" in answer.content.decode()
    with inside():
        assert not Import.objects.exists()


def test_the_mapping_is_remembered_for_the_next_file(anja, bring, work):
    content = b"Achternaam;Kolom X;Team\nAartsen;Nelleke;Team Zuid\n"
    bring("HOUSEHOLDS", "x.csv", content, column_1="first_name")

    answer = anja.post(IMPORTS, {"kind": "HOUSEHOLDS", "file": SimpleUploadedFile("y.csv", content)})

    assert chosen(anja.get(answer["Location"]).content.decode())["column_1"] == "first_name"


def test_who_may_see_nothing_sees_nothing(bring, zoe, signed_in):
    page = bring("HOUSEHOLDS", "x.csv", b"Achternaam;Team\nAartsen;Team Zuid\n")

    assert zoe.get(page).status_code == 404
    assert signed_in("Bram").get(page).status_code == 403


def table_of(content):
    """The rows of a CSV of ours."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_everything_goes_out_in_one_file_and_the_lists_come_in_again(anja, bring, work, inside, zoe, signed_in):
    rows = b"Achternaam;Telefoon;Adres;Postcode;Woonplaats;Team\nZandstra;0612340001;Kerkweg 1;1211AB;Laren;Team Zuid\n"
    page = bring("HOUSEHOLDS", "x.csv", rows)
    work()
    anja.post(f"{page}overnemen/")
    work()

    anja.post(EXPORTS)
    work()
    address = re.search(rf'href="({EXPORTS}[0-9a-f-]{{36}}/)"', anja.get(EXPORTS).content.decode())[1]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(anja.get(address).streaming_content)))

    with inside():
        assert Audit.objects.filter(event="EXPORT", entrance="export").exists()
    households = table_of(archive.read("tabellen/people_household.csv"))
    assert "familie Zandstra" in [row["name"] for row in households]
    schema = json.loads(archive.read("schema.json"))
    assert schema["people_household"]["columns"]["team_public_id"]["points_to"] == "teams_team"
    assert set(households[0]) == set(schema["people_household"]["columns"])
    assert archive.testzip() is None
    assert zoe.get(address).status_code == 404
    assert signed_in("Bram").get(address).status_code == 403

    listed = anja.get(f"{EXPORTS}huishoudens/").content
    again = bring("HOUSEHOLDS", "huishoudens.csv", listed)
    work()
    new, changed, same, asked, wrong = tallies(anja.get(again).content.decode())
    assert (new, changed, wrong) == (0, 0, 0)
    assert (same, asked) == (len(households) - 1, 1)  # of one nothing is known but a name, so it is asked


def test_an_export_is_gone_after_seven_days(anja, work, inside):
    anja.post(EXPORTS)
    work()
    with inside():
        blob = Export.objects.get().blob

        Export.objects.update(asked_at=blob.created_at - exporting.KEPT - exporting.KEPT)
        exporting.forget.function()

        assert Export.objects.get().state == "FORGOTTEN"
        assert not Blob.objects.filter(pk=blob.pk).exists()
