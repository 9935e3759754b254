"""Somebody new sets up an agency from nothing, in the browser alone, and reaches the first visit."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import arrive

pytestmark = pytest.mark.browser

OFFICE = re.compile(r"/beheer/$")
SHOTS = os.environ.get("SAMEN_SHOTS")


def shot(page: Page, name: str) -> None:
    """A picture of this moment, for who wants to look."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def fill_in(page: Page, press: str, **answers: str) -> None:
    """Fill in what the labels ask, and press the button."""
    for label, answer in answers.items():
        field = page.get_by_label(label.replace("_", " "), exact=True).first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(label=answer)
        else:
            field.fill(answer)
    page.get_by_role("button", name=press).click()


def step(page: Page, title: str, done: int) -> None:
    """So far so many steps are done; open this one."""
    page.get_by_role("link", name="Beheer").first.click()
    arrive(page, OFFICE)
    expect(page.locator(".set-up")).to_contain_text(f"{done} van 8 klaar")
    expect(page.locator(".step.following")).to_contain_text(title)
    shot(page, f"step-{done}")
    page.locator(".step", has_text=title).get_by_role("link").click()


def test_a_newcomer_sets_up_an_agency_from_nothing_and_reaches_the_first_visit(morning, tab):
    robin = tab()
    robin.goto("/")
    robin.get_by_role("link", name="Begin een nieuwe organisatie").click()
    fill_in(robin, "Begin", **{"Hoe heet je organisatie?": "Thuishulp Eemland", "En hoe heet jij?": "Robin"})
    arrive(robin, OFFICE)

    step(robin, "Een regio", 0)
    fill_in(robin, "Maak deze regio", Naam="Eemland", Postcodes="3811-3829, 3740")
    expect(robin.get_by_role("link", name="Eemland")).to_contain_text("3740, 3811-3829")
    step(robin, "Een team", 1)
    fill_in(robin, "Maak dit team", Naam="Team Eem", Telefoon="033 555 01 10", Regio="Eemland")
    step(robin, "Collega's in het team", 2)
    robin.locator(".entries").get_by_role("link", name="Robin").click()
    fill_in(robin, "In dit team zetten", Team="Team Eem")
    step(robin, "Openingstijden", 3)
    robin.get_by_role("button", name="Bewaar de tijden").click()
    step(robin, "Jullie woorden", 4)
    robin.get_by_label("klant, klanten").check()
    robin.get_by_role("button", name="Bewaar deze woorden").click()
    step(robin, "De eerste klant", 5)
    fill_in(
        robin,
        "Inschrijven",
        **{"Zo noemen we de klant": "mevrouw De Wit", "Achternaam": "Wit", "Postcode": "3811 AB", "Huisnummer": "7"},
    )
    step(robin, "De eerste hulp", 6)
    fill_in(robin, "Inschrijven", Voornaam="Amina", Achternaam="Haddad")
    step(robin, "Het eerste bezoek", 7)
    fill_in(robin, "Spreek af en maak de bezoeken", Dag="donderdag", Vanaf="09:30", Hulp="Amina Haddad")

    expect(robin.locator(".agenda li").first).to_contain_text("09.30")
    expect(robin.locator(".agenda li").first).to_contain_text("Amina")
    robin.get_by_role("link", name="Beheer").first.click()
    expect(robin.locator(".set-up")).to_contain_text("8 van 8 klaar")
    shot(robin, "done")
