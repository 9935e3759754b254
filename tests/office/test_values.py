"""What a Dutch office writes in a cell is understood, and what is not is said at its place."""

from datetime import date, time

import pytest

from samen.office import rhythm, values
from samen.office.rhythm import Rhythm

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31-12-1940", date(1940, 12, 31)),
        ("1-2-51", date(1951, 2, 1)),
        ("01/02/2026", date(2026, 2, 1)),
        ("3.4.1999", date(1999, 4, 3)),
        ("1940-12-31", date(1940, 12, 31)),
        ("31-12-1940 00:00", date(1940, 12, 31)),
        ("3 maart 1962", date(1962, 3, 3)),
        ("3 mrt 1962", date(1962, 3, 3)),
        ("31-04-1940", None),
        ("12-31-1940", None),
        ("14977", None),
        ("gisteren", None),
        ("1-1-0001", None),
    ],
)
def test_days(text, day):
    if day is None:
        with pytest.raises(values.Wrong):
            values.day(text, today=TODAY)
    else:
        assert values.day(text, today=TODAY) == day


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("2,5", 150), ("2.5", 150), ("24", 1440), ("24 uur", 1440), ("2:30", 150), ("45 min", 45), ("1.250,00", None)],
)
def test_hours(text, minutes):
    if minutes is None:
        with pytest.raises(values.Wrong):
            values.hours(text)
    else:
        assert values.hours(text) == minutes


def test_thousands_have_a_point_and_decimals_a_comma():
    assert [str(values.number(text)) for text in ("1.250,50", "1.250", "2,5", "2.5", "-3")] == [
        "1250.50", "1250", "2.5", "2.5", "-3",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["0612345678", "612345678", "06-12 34 56 78", "31612345678", "+31 6 12345678"])
def test_a_telephone_number_survives_excel(text):
    assert values.phone(text) == "+31612345678"


@pytest.mark.parametrize("text", ["6,12E+08", "12345", "bellen na zes"])
def test_what_is_no_telephone_number(text):
    with pytest.raises(values.Wrong):
        values.phone(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Jan de Vries", ("", "Jan", "de", "Vries")),
        ("Mw. J. van der Berg", ("mevrouw", "J.", "van der", "Berg")),
        ("Vries, J. de", ("", "J.", "de", "Vries")),
        ("Berg, van der, Anna Maria", ("", "Anna Maria", "van der", "Berg")),
        ("Bakker", ("", "", "", "Bakker")),
        ("Van Dijk", ("", "", "van", "Dijk")),
        ("dhr Bakker-Smit", ("de heer", "", "", "Bakker-Smit")),
    ],
)
def test_names(text, parts):
    found = values.name(text)

    assert (found["salutation"], found["first_name"], found["prefix"], found["last_name"]) == parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("elke week di 09:30 3 uur", Rhythm((1,), start=time(9, 30), minutes=180)),
        ("wekelijks dinsdag 9.30-12.30", Rhythm((1,), start=time(9, 30), minutes=180)),
        ("om de week (even) wo 10:00 2,5", Rhythm((2,), 2, None, odd_weeks=False, start=time(10), minutes=150)),
        ("oneven weken vr 13.00 2 uur", Rhythm((4,), 2, None, odd_weeks=True, start=time(13), minutes=120)),
        ("2x per week ma+do", Rhythm((0, 3))),
        ("twee keer per week ma en do om 9 uur 90 min", Rhythm((0, 3), start=time(9), minutes=90)),
        ("1e vr van de maand", Rhythm((4,), nth=1)),
        ("laatste maandag van de maand 14:00 2 uur", Rhythm((0,), nth=-1, start=time(14), minutes=120)),
        ("elke maand 2e di", Rhythm((1,), nth=2)),
        ("eens per 3 weken do 8:00", Rhythm((3,), 3, start=time(8))),
        ("1x per 14 dagen ma", Rhythm((0,), 2)),
        ("ma t/m vr 8:30 1 uur", Rhythm((0, 1, 2, 3, 4), start=time(8, 30), minutes=60)),
        ("ma, wo, vr van 9 tot 11 uur", Rhythm((0, 2, 4), start=time(9), minutes=120)),
        ("Dinsdag", Rhythm((1,))),
    ],
)
def test_a_rhythm_in_words(text, expected):
    assert rhythm.read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "elke week", "af en toe ma", "3x per week ma+do", "vr van de maand", "1e vr", "elke week even ma",
        "ma 25:00", "ma 9:00 14 uur", "ma 9:00 tenzij het regent", "ma 12:00-10:00",
    ],
)  # fmt: skip
def test_what_is_no_rhythm_is_said(text):
    with pytest.raises(values.Wrong):
        rhythm.read(text)


def test_even_weeks_begin_in_the_first_even_week():
    since = date(2026, 12, 28)  # week 53, and week 1 after it is odd as well

    slots = rhythm.slots(rhythm.read("even weken ma+vr"), start=time(9), minutes=60, since=since)

    assert [(slot.weekday, slot.anchor_date) for slot in slots] == [(0, date(2027, 1, 11)), (4, date(2027, 1, 15))]


def test_the_test_of_eleven():
    assert values.looks_like_bsn("111222333")
    assert not values.looks_like_bsn("111222334")
    assert not values.looks_like_bsn("0612345678")
