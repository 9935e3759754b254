"""The morning Fatma is ill, as the people live it: Anja at her keyboard, the others on their phones."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import COCKPIT, TODAY, arrive, letter_of, own_page, report, sit_down
from tests.browser.test_looks import ASK_AXE

pytestmark = pytest.mark.browser

BOARD = "/o/zorgzaam/"
TOGETHER = re.compile(r"/o/zorgzaam/vervanging/$")
PHONE = {"width": 390, "height": 844}


class Hands:
    """Somebody's hands: every key and every tap is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys: list[str] = []
        self.taps = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys.append(key)

    def tab_to(self, name: str) -> None:
        """Press the tab key until this thing has the focus."""
        wanted = self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first
        for _ in range(60):
            if wanted.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"the tab key never came to {name}")

    def tap(self, name: str) -> None:
        self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first.click()
        self.taps += 1


def mark(page: Page) -> None:
    """A sign in the page that a reload would wipe out."""
    page.evaluate("window.neverReloaded = true")


def never_reloaded(page: Page) -> bool:
    return bool(page.evaluate("window.neverReloaded === true"))


def visit(page: Page, household: str, day: str = "Vandaag") -> Locator:
    """The line of this household's visit in the cockpit, on this day."""
    return page.locator("tbody", has_text=day).locator("tr", has_text=household)


def test_fatma_is_ill_joke_goes_and_mrs_de_vries_hears_who_comes(morning, tab):
    anja, board, joke, piet, household = (tab() for _ in range(5))
    joke_at_home, de_vries = own_page(joke, "Joke"), own_page(household, "mevrouw De Vries")
    household.goto(de_vries)
    expect(household.locator(".next")).to_contain_text("Fatma")

    # Anja, by keyboard only: from the front door to the questions.
    hands = Hands(anja)
    anja.goto("/")
    hands.tab_to("Anja")
    hands.press("Enter")
    arrive(anja, TODAY)
    board.goto(anja.url)
    mark(board)
    hands.keys.clear()
    hands.press("z")
    expect(anja.locator("[data-filter]")).to_be_focused()
    hands.press("f", "a", "t", "Enter")
    arrive(anja, COCKPIT)
    de_vries_today = visit(anja, "mevrouw De Vries")
    expect(de_vries_today.locator("label.pick", has_text="Joke")).to_contain_text("kwam al 2 keer")
    expect(de_vries_today.locator("label.pick", has_text="Piet")).to_contain_text("min")
    expect(board.locator(".now")).to_contain_text("Fatma Yılmaz")  # and nobody touched that tab
    hands.press("Enter")
    expect(anja.locator("#undo")).to_be_visible()
    assert hands.keys == ["z", "f", "a", "t", "Enter", "Enter"], "report to sent: two acts and three letters"
    assert morning.letters() == [], "nothing leaves before the undo delay is over"
    mark(anja)

    # The mails leave when the delay is over, and both screens follow.
    morning.let_pass()
    expect(de_vries_today.locator(".chip", has_text="verstuurd")).to_have_count(2)
    expect(board.locator(".now")).to_contain_text("wacht op een ja")
    joke_letter, piet_letter = (
        letter_of(morning, joke, "joke.smeets", "De V."),
        letter_of(morning, piet, "piet.berg", "De V."),
    )

    # Looking changes nothing; the button does.
    finger = Hands(joke)
    joke.goto("/demo/postvak/?aan=joke.smeets@example.nl")
    joke.locator(".letter", has_text="De V.").evaluate("letter => { letter.open = true }")
    joke.locator(".letter", has_text="De V.").locator("a.button").first.click()
    finger.taps += 1
    expect(joke.get_by_role("button", name="Ja, ik ga")).to_be_visible()
    assert joke.url.endswith(joke_letter.removeprefix(morning.origin))
    piet.goto(piet_letter)
    household.reload()
    expect(household.locator(".next")).to_contain_text("Wij zoeken iemand voor u")
    expect(de_vries_today.locator("ol.track")).to_contain_text("wacht op een ja")
    finger.tap("Ja, ik ga")
    expect(joke.get_by_role("heading", level=1)).to_contain_text("Fijn, jij gaat")
    assert finger.taps == 2, "open the link, say yes"

    # Piet was a moment later.
    with piet.expect_response(lambda answer: answer.request.method == "POST") as answered:
        Hands(piet).tap("Ja, ik ga")
    assert answered.value.status == 409
    expect(piet.get_by_role("heading", level=1)).to_contain_text("Al geregeld")

    # Anja's screens know, without a reload.
    expect(de_vries_today).to_have_class("covered")
    expect(de_vries_today.locator("ol.track")).to_contain_text("Joke gaat")
    expect(de_vries_today.locator("ol.track")).to_contain_text("huishouden weet het")
    expect(board.locator("[aria-labelledby=visits] li.replacing", has_text="mevrouw De Vries")).to_contain_text("Joke")
    assert never_reloaded(anja)
    assert never_reloaded(board)

    # Mrs De Vries reads who comes, in her mail and on her page.
    household.goto("/demo/postvak/?aan=tineke.vries@example.nl")
    letter = household.locator(".letter").first
    expect(letter).to_contain_text("Joke")
    expect(letter).not_to_contain_text("ziek")
    letter.locator("a.button").click()
    expect(household.locator(".next")).to_contain_text("Joke komt bij u")
    Hands(household).tap("Gezien, dank u")
    expect(household.locator(".notice.good")).to_be_visible()
    expect(household.get_by_role("button", name="Gezien, dank u")).to_have_count(0)
    joke.goto(joke_at_home)
    expect(joke.locator(".next")).to_contain_text("mevrouw De Vries")


RIGHT = """() => {  // where the first words of the page end, in px before the end of what they stand in
  const heading = document.querySelector("main h1"), words = document.createRange();
  words.selectNodeContents(heading);
  return heading.getBoundingClientRect().right - words.getBoundingClientRect().right;
}"""


def test_the_flu_two_keys_ask_for_all_and_a_helper_reads_it_in_arabic(morning, tab, browsers):
    morning.speaks("Joke", "ar")
    anja = tab()
    sit_down(anja, "Anja")
    for letters in ("fat", "rie"):
        report(anja, letters)
    anja.goto(BOARD)
    hands = Hands(anja)
    hands.press("v")
    arrive(anja, TOGETHER)
    expect(anja.locator("tr", has_text="mevrouw De Vries").first).to_contain_text("in plaats van Fatma")
    hands.press("Enter")
    expect(anja.locator("#undo")).to_be_visible()
    assert hands.keys == ["v", "Enter"], "all questions of all absences"
    morning.let_pass()
    phone = browsers.open(viewport=PHONE, has_touch=True, is_mobile=True, bypass_csp=True).new_page()
    link = letter_of(morning, phone, "joke.smeets", "De V.")

    finger = Hands(phone)
    phone.goto(link)
    finger.taps += 1
    assert phone.locator("html").evaluate("one => [one.lang, one.dir]") == ["ar", "rtl"]
    assert abs(phone.evaluate(RIGHT)) < 2, "the words begin at the right"
    assert phone.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    assert "De V." in phone.locator("main").inner_text()
    phone.evaluate(AXE_SCRIPT)
    assert phone.evaluate(ASK_AXE, None) == []
    finger.tap("نعم، سأذهب")
    expect(phone.locator("main h1")).to_contain_text("تم تأكيد ذهابك")
    assert finger.taps == 2, "open the link, say yes"
    assert phone.locator("#more").count() == 1, "and the next question stands below"
    expect(anja.locator(".tally-bar .covered")).to_have_count(2)  # today, and next Wednesday


def test_u_calls_everything_back(morning, tab):
    page = tab()
    sit_down(page, "Anja")
    report(page, "fat")
    page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_be_visible()
    page.wait_for_load_state()  # the button is there before what listens to keys

    page.keyboard.press("u")

    expect(page.locator(".toast")).to_contain_text("Teruggehaald")
    expect(visit(page, "mevrouw De Vries").locator("label.pick :checked")).to_have_count(2)
    morning.let_pass()
    page.reload()
    expect(page.locator("#send")).to_be_visible()
    assert morning.letters() == []


def test_fatma_reports_herself_in_two_taps(morning, tab, browsers):
    board = tab()
    sit_down(board, "Anja")
    mark(board)
    phone = browsers.open(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).new_page()
    phone.goto(own_page(phone, "Fatma"))

    finger = Hands(phone)
    finger.tap("Ik ben ziek")
    finger.tap("Meld mij ziek")

    expect(phone.get_by_role("heading", level=1)).to_contain_text("Beterschap, Fatma")
    assert finger.taps == 2
    expect(board.locator(".now")).to_contain_text("Fatma Yılmaz is ziek gemeld")
    board.keyboard.press("Enter")
    arrive(board, COCKPIT)


def test_everything_works_without_javascript(morning, browsers):
    context = browsers.open(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page, fatma = context.new_page(), context.new_page()
    fatma.goto(own_page(fatma, "Fatma"))
    Hands(fatma).tap("Ik ben ziek")
    Hands(fatma).tap("Meld mij ziek")
    expect(fatma.get_by_role("heading", level=1)).to_contain_text("Beterschap")

    # Anja reports another helper by the plain form, and sends for Fatma.
    sit_down(page, "Anja")
    Hands(page).tap("Ziekmelding")
    page.get_by_role("radio", name="Riet Molenaar").check()
    Hands(page).tap("Zoek vervanging")
    arrive(page, COCKPIT)
    page.goto("/o/zorgzaam/")
    page.locator(".now li", has_text="Fatma").get_by_role("link").click()
    page.locator("#send").click()
    expect(page.locator("#undo")).to_be_visible()
    morning.let_pass()
    morning.wait_for_letter("joke", "De V.")
    page.reload()
    expect(visit(page, "mevrouw De Vries").locator(".chip", has_text="verstuurd").first).to_be_visible()

    page.goto(letter_of(morning, page, "joke.smeets", "De V."))
    Hands(page).tap("Ja, ik ga")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fijn, jij gaat")
    morning.wait_for_letter("tineke", "Joke")
    page.goto(own_page(page, "mevrouw De Vries"))
    expect(page.locator(".next")).to_contain_text("Joke komt bij u")
    Hands(page).tap("Gezien, dank u")
    expect(page.get_by_role("button", name="Gezien, dank u")).to_have_count(0)


def test_a_dead_line_delays_the_screen_and_spoils_nothing(morning, browsers):
    context = browsers.open(viewport={"width": 1280, "height": 860}, forgiven="/live/")
    context.route("**/live/**", lambda route: route.abort())
    board, phone = context.new_page(), context.new_page()
    board.clock.install()
    sit_down(board, "Anja")
    mark(board)
    phone.goto(own_page(phone, "Fatma"))
    Hands(phone).tap("Ik ben ziek")
    Hands(phone).tap("Meld mij ziek")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Beterschap")
    expect(board.locator(".now")).to_contain_text("Niets dringends")

    board.clock.fast_forward(21_000)

    expect(board.locator(".now")).to_contain_text("Fatma Yılmaz is ziek gemeld")
    assert never_reloaded(board)
    board.reload()
    expect(board.locator(".now")).to_contain_text("Fatma Yılmaz is ziek gemeld")
