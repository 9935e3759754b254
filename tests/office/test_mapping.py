"""Which column is which: by its name in Dutch or English, with slips of the keyboard, and by what stands below it."""

import pytest

from samen.office import mapping
from samen.office.mapping import Kind
from samen.office.reading import Row


def guessed(kind, table):
    """The fields guessed for a table written as a dictionary of columns."""
    height = max(map(len, table.values()))
    rows = [Row(n + 2, [cells[n] if n < len(cells) else "" for cells in table.values()]) for n in range(height)]
    return {column.name: column.field for column in mapping.columns(kind, list(table), rows)}


@pytest.mark.parametrize(
    ("kind", "header", "fields"),
    [
        (
            Kind.HOUSEHOLDS,
            "Klantnr;Aanhef;Voorletters;Tussenvoegsel;Achternaam;Straat;Huisnr.;Toev.;Woonplaats;Kleur",
            "number salutation first_name prefix last_name street house_number addition town -",
        ),
        (Kind.HOUSEHOLDS, "Naam klant;Adress;Plaats;Mantelzorger", "full_name street_number town contact_name"),
        (Kind.HOUSEHOLDS, "customer number;First name;Surname;City", "number first_name last_name town"),
        (
            Kind.HELPERS,
            "Personeelsnummer;Naam;Gebortedatum;Vervoermiddel;Contracturen;Ma;Di",
            "number full_name birth_date mode contract_hours day_0 day_1",
        ),
        (
            Kind.ARRANGEMENTS,
            "Klantnummer;Hulp;Frequentie;Dag;Begintijd;Duur;Startdatum",
            "household_number helper_name rhythm weekday start hours since",
        ),
        (Kind.ARRANGEMENTS, "Naam;Herhaling;Tot", "household_name rhythm until"),
        (Kind.ARRANGEMENTS, "Naam;Herhaling;Einddatum", "household_name rhythm last_day"),
    ],
)
def test_names_in_two_languages_with_slips(kind, header, fields):
    expected = ["" if field == "-" else field for field in fields.split()]

    assert list(guessed(kind, {name: [""] for name in header.split(";")}).values()) == expected


def test_what_stands_there_tells_when_the_name_does_not():
    table = {
        "kolom 1": ["1211 AB", "1401cd", "", "3741EF"],
        "kolom 2": ["jan@example.org", "ans@example.org"],
        "kolom 3": ["612345678", "035 5550101"],
        "kolom 4": ["rood", "groen"],
    }

    assert list(guessed(Kind.HOUSEHOLDS, table).values()) == ["postcode", "email", "phone", ""]


def test_a_name_that_what_stands_there_denies_is_not_believed():
    assert guessed(Kind.HOUSEHOLDS, {"telefoon": ["jan@example.org"] * 3})["telefoon"] == "email"


def test_two_columns_never_have_the_same_field():
    table = {"telefoon": ["035 5550101"], "tel": ["0612345678"], "mobiel": ["0612345679"]}

    found = list(guessed(Kind.HOUSEHOLDS, table).values())

    assert found.count("phone") == 1
    assert found[2] == "phone_2"


def test_three_different_samples_are_shown():
    column = mapping.columns(Kind.HOUSEHOLDS, ["x"], [Row(n, [text]) for n, text in enumerate("aabbccdd")])[0]

    assert column.samples == ["a", "b", "c"]


def test_what_is_needed_is_named():
    assert len(mapping.missing(Kind.ARRANGEMENTS, ["household_number"])) == 1
    assert mapping.missing(Kind.HOUSEHOLDS, ["last_name"]) == []


def test_the_same_names_in_another_order_are_remembered_as_one():
    assert mapping.key_of(["Naam", "Tel."]) == mapping.key_of(["tel", "NAAM"]) != mapping.key_of(["naam"])


def test_a_service_number_is_known_by_name_and_by_sight():
    numbers = ["111222333", "123456782", "012345672", "100000009", "111111110"]
    rows = [Row(n, ["x", number, "612345678"]) for n, number in enumerate(numbers)]

    assert mapping.service_numbers(["BSN cliënt", "nummer", "tel"], rows) == [0, 1]
