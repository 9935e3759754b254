"""Tables as offices bring them: invented people, written by a Dutch Excel, some rows with something wrong in them."""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import openpyxl

FIRST = ("Anna", "Bram", "Chantal", "Daan", "Eefje", "Femke", "Gijs", "Hennie", "Ingrid", "Joost", "Kees", "Loes")
PREFIX = ("", "", "", "", "van", "de", "van der", "van den")
LAST = ("Akkerman", "Boersma", "Coenen", "Dijkstra", "Elzinga", "Faber", "Görtzen", "Hoekstra", "Ijzerman", "Jonkér")
STREETS = ("Dorpsstraat", "Kerkweg", "Molenlaan", "Prinses Beatrixlaan", "'s-Gravenlandseweg", "Nieuwe Gracht")
TOWNS = ("Hilversum", "Laren", "Huizen", "Bussum", "Naarden")
HOUSEHOLD = (
    "Klantnr", "Aanhef", "Voorletters", "Tussenvoegsel", "Achternaam", "Straat", "Huisnr", "Postcode", "Woonplaats",
    "Telefoon", "E-mail", "Startdatum", "Team", "Contactpersoon", "Tel contactpersoon", "Opmerking",
)  # fmt: skip
HELPER = (
    "Personeelsnr", "Naam", "Geboortedatum", "Adres", "Postcode", "Woonplaats", "Mobiel", "E-mailadres", "Vervoer",
    "Max reistijd", "Contracturen", "Team", "Ma", "Di", "Vr",
)  # fmt: skip
FAULTY = 0.07
Row = list[str]
Break = Callable[[Row, tuple[str, ...]], None]


@dataclass(frozen=True)
class Table:
    """A table, with how many of its rows cannot be taken over."""

    header: tuple[str, ...]
    rows: list[Row]
    faulty: int

    def as_csv(self) -> bytes:
        """As Excel saves it in the Netherlands: semicolons, Windows letters."""
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows([self.header, *self.rows])
        return out.getvalue().encode("cp1252")

    def as_book(self) -> bytes:
        """As a spreadsheet, in which days are days and numbers are numbers."""
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Blad1")
        sheet.append(list(self.header))
        for row in self.rows:
            sheet.append([_typed(cell) for cell in row])
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def _typed(cell: str) -> object:
    if len(cell) == 10 and cell[2] == cell[5] == "-" and cell.replace("-", "").isdigit():
        try:
            return datetime.strptime(cell, "%d-%m-%Y")  # noqa: DTZ007  Excel knows no zone
        except ValueError:
            return cell
    if cell.isdigit() and len(cell) > 8:
        return int(cell)  # so a telephone number loses its zero
    return float(cell.replace(",", ".")) if cell.count(",") == 1 and cell.replace(",", "").isdigit() else cell


def households(count: int, *, team: str, seed: int = 1) -> Table:
    """Households with a number of their own."""
    chance = random.Random(seed)
    rows = [_household(chance, number, team) for number in range(count)]
    return Table(HOUSEHOLD, rows, _spoil(chance, HOUSEHOLD, rows, FAULTS_OF_HOUSEHOLDS))


def _household(chance: random.Random, number: int, team: str) -> Row:
    contact = [f"{chance.choice(FIRST)} {chance.choice(LAST)}", f"0355{number:06}"] if number % 3 == 0 else ["", ""]
    return [
        f"K{number:05}", chance.choice(("mevrouw", "dhr.", "")), f"{chance.choice('ABCDEFGHJ')}.",
        chance.choice(PREFIX),
        chance.choice(LAST), chance.choice(STREETS), str(1 + number % 900), _postcode(number), chance.choice(TOWNS),
        f"061{number:07}", f"h{number}@example.org" if number % 2 else "", _day(chance, 2020, 2026), team, *contact,
        "heeft een hond" if number % 50 == 0 else "",
    ]  # fmt: skip


def helpers(count: int, *, team: str, seed: int = 1) -> Table:
    """Helpers with hours and a way to travel."""
    chance = random.Random(seed + 1)
    rows = [_helper(chance, number, team) for number in range(count)]
    return Table(HELPER, rows, _spoil(chance, HELPER, rows, FAULTS_OF_HELPERS))


def _helper(chance: random.Random, number: int, team: str) -> Row:
    name = " ".join(part for part in (chance.choice(FIRST), chance.choice(PREFIX), chance.choice(LAST)) if part)
    return [
        str(1000 + number), name, _day(chance, 1965, 2003), f"{chance.choice(STREETS)} {1 + number % 900}",
        _postcode(number + 20_000), chance.choice(TOWNS), f"062{number:07}", f"m{number}@example.org",
        chance.choice(("fiets", "auto", "e-bike", "OV")), chance.choice(("30", "45 min")),
        chance.choice(("16", "22,5", "24 uur")), team, chance.choice(("8-13", "")), "8.30-12 en 13-17", "",
    ]  # fmt: skip


def _postcode(number: int) -> str:
    letters = "ABCDEGHJ"
    return f"{1211 + number // 900 % 89} {letters[number // 100 % 8]}{letters[number // 10 % 8]}"


def _day(chance: random.Random, first: int, last: int) -> str:
    return f"{date(first, 1, 1) + timedelta(days=chance.randrange((last - first) * 365)):%d-%m-%Y}"


def _spoil(chance: random.Random, header: tuple[str, ...], rows: list[Row], faults: tuple[Break, ...]) -> int:
    """Seven of a hundred rows get something wrong; returns how many did."""
    chosen = chance.sample(range(1, len(rows)), round(FAULTY * len(rows)))
    for turn, place in enumerate(chosen):
        faults[turn % len(faults)](rows[place], header)
    return len(chosen)


def _put(column: str, text: str) -> Break:
    def spoil(row: Row, header: tuple[str, ...]) -> None:
        row[header.index(column)] = text

    return spoil


FAULTS_OF_HOUSEHOLDS = (
    _put("Achternaam", ""), _put("Postcode", "12 AB"), _put("Telefoon", "bellen na zes"), _put("E-mail", "geen mail"),
    _put("Startdatum", "31-02-2025"), _put("Team", "Team Bestaat Niet"), _put("Huisnr", "achterom"),
    _put("Achternaam", "x" * 90),
)  # fmt: skip
FAULTS_OF_HELPERS = (
    _put("Naam", ""),
    _put("Geboortedatum", "onbekend"), _put("Vervoer", "zweefvliegtuig"), _put("Contracturen", "te veel"),
    _put("Ma", "soms"), _put("Max reistijd", "999"), _put("Postcode", "AB 1212"), _put("Mobiel", "12"),
)  # fmt: skip
