"""The board of the week by keyboard alone, and by two clicks of the mouse."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sit_down

pytestmark = pytest.mark.browser

HERE = "document.activeElement.closest('td')"


def in_cell(page: Page) -> str:
    return str(page.evaluate(f"{HERE}?.innerText ?? ''"))


def test_a_visit_moves_by_keys_alone(morning, browsers):
    page = browsers.open(viewport={"width": 1280, "height": 860}).new_page()
    sit_down(page, "Anja")
    page.keyboard.press("w")
    page.wait_for_url("**/week/**")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(f"{HERE} !== null"):
            break
    for _ in range(2):  # from Monday to Wednesday
        page.keyboard.press("ArrowRight")
    for _ in range(12):
        if "mevrouw De Vries" in in_cell(page):
            break
        page.keyboard.press("ArrowDown")
    assert "Fatma" in str(page.evaluate(f"{HERE}.parentElement.cells[0].innerText"))

    page.keyboard.press("m")
    expect(page.locator("td.fits").first).to_be_visible()
    page.keyboard.press("ArrowDown")  # Joke, the same day
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")  # Friday
    assert page.evaluate(f"{HERE}.classList.contains('fits')")
    page.keyboard.press("Enter")

    expect(page.locator("#moving.moved")).to_be_visible()
    expect(page.locator("tr", has_text="Joke Smeets").locator("td").nth(4)).to_contain_text("mevrouw De Vries")
    assert "mevrouw De Vries" in in_cell(page)  # the keyboard goes on where the visit is now


def test_a_visit_moves_by_two_clicks_and_a_refusal_is_read(morning, browsers):
    page = browsers.open(forgiven="/plek/", viewport={"width": 1280, "height": 860}).new_page()
    sit_down(page, "Anja")
    page.goto("/o/zorgzaam/week/")
    page.locator("a.slot", has_text="mevrouw De Vries").click()
    expect(page.locator("td.fits").first).to_be_visible()
    page.locator("tr", has_text="Agnieszka").locator("td").nth(4).click()
    expect(page.locator("#moving .wrongs")).to_contain_text("nooit bij dit huishouden")
    page.locator("tr", has_text="Joke Smeets").locator("td").nth(4).click()

    expect(page.locator("#moving.moved")).to_be_visible()
    expect(page.locator("td.fits")).to_have_count(0)
