"""Every page, on a desk and on a phone, by day and by night: readable, reachable, and whole.

With SAMEN_SHOTS=<folder> every look is kept there as a picture.
"""

import os
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.conftest import COCKPIT, arrive, letter_of, own_page, report, sit_down

pytestmark = pytest.mark.browser

DESK, PHONE = 1280, 390
HEIGHT = {DESK: 860, PHONE: 844}
FINGER, MOUSE = 44, 24  # the smallest thing to press, in px
BOARD = "/o/zorgzaam/"
SEEN_BY_NIGHT = ["color-contrast", "scrollable-region-focusable"]  # what axe may judge otherwise there than by day
SHOTS = os.environ.get("SAMEN_SHOTS")

ASK_AXE = """async (rules) => {
  await new Promise(requestAnimationFrame);
  document.getAnimations().forEach((moving) => moving.finish());
  const asked = { resultTypes: ["violations"], preload: false, ...(rules && { runOnly: rules }) };
  const { violations } = await axe.run(asked);
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).map(({ target }) => target).join(" | ")}`);
}"""

# What our headers forbid.
FORBIDDEN = """() => [...document.querySelectorAll("[style], style, script:not([src])")]
  .map((one) => `written into the page: ${one.outerHTML.slice(0, 120)}`)"""

# What does not fit, what is too small to press, and where the keyboard's place cannot be seen or is covered.
MEASURE = """(smallest) => {
  const wrong = [];
  const wide = document.scrollingElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) wrong.push(`${wide} px wider than the screen`);

  const looks = (parts) => parts.map((part) => {
    part.getAnimations().forEach((moving) => moving.finish());
    const { outline, borderColor, boxShadow, backgroundColor } = getComputedStyle(part);
    return [outline, borderColor, boxShadow, backgroundColor].join();
  }).join();

  const seen = [];  // all as they look while the keyboard is nowhere: the page is then drawn once, not for each
  document.activeElement?.blur();
  for (const one of document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.disabled || one.closest(".skip")) continue;
    const name = one.outerHTML.slice(0, 120);
    const target = one.labels?.[0]?.contains(one) ? one.labels[0] : one;
    const { width, height } = target.getBoundingClientRect();
    const inText = getComputedStyle(one).display === "inline";
    if (!inText && Math.min(width, height) < smallest - 0.5)
      wrong.push(`${Math.round(width)} x ${Math.round(height)} px: ${name}`);
    const parts = [one, one.parentElement, target, one.closest(".who")].filter(Boolean);
    seen.push({ one, name, target, parts, before: looks(parts) });
  }

  for (const { one, name, target, parts, before } of seen) {
    one.focus();
    if (document.activeElement !== one) continue;
    if (looks(parts) === before && !one.matches(".is-focus")) wrong.push(`the keyboard's place does not show: ${name}`);
    const { x, y, width: across, height: down } = one.getBoundingClientRect();
    const above = document.elementFromPoint(x + across / 2, y + down / 2);
    if (!above || !(target.contains(above) || above.contains(target)))
      wrong.push(`covered by ${above?.outerHTML.slice(0, 80)}: ${name}`);
  }
  document.activeElement?.blur();
  scrollTo(0, 0);
  return wrong;
}"""


class Eye:
    """Looks at a page in every light and width, and keeps a picture if asked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []

    def look(self, name: str, *, finger: bool = False, english: bool = False, again: bool = False) -> None:
        """Judge the page as it stands.

        `finger` where people only ever have a phone, `english` to read it in both languages, and `again` for a page
        that was judged before and only says something else now.
        """
        self._note(name, self.page.evaluate(FORBIDDEN))
        self.page.keyboard.press("Shift")  # from here on focus is shown as to somebody with a keyboard
        for width, theme in ((DESK, "dark"), (DESK, "light"), (PHONE, "light"), (PHONE, "dark")):
            judged = (width, theme) in ((DESK, "light"), (PHONE, "dark"))
            if not judged and not SHOTS:
                continue
            self._set(width, theme)
            self.keep(name, theme)
            if judged:
                self._note(name, self.page.evaluate(MEASURE, FINGER if finger or width == PHONE else MOUSE))
            if judged and not (again and width == DESK):
                self._note(name, self._axe(None if theme == "light" else SEEN_BY_NIGHT))
        if english:
            self._read_in_english(name)
        self._set(DESK, "light")

    def keep(self, name: str, ending: str) -> None:
        """A picture of the whole page, as on a screen that is high enough."""
        if not SHOTS:
            return
        size = self.page.viewport_size or {}
        high = self.page.evaluate("document.scrollingElement.scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": max(high, size["height"])})
        self.page.screenshot(path=Path(SHOTS) / f"{name}-{size['width']}-{ending}.png", caret="initial")
        self.page.set_viewport_size(size)

    def _read_in_english(self, name: str) -> None:
        """The page of the moment stays English; the next one is Dutch again."""
        self.page.context.add_cookies([{"name": "samen_language", "value": "en", "url": self.page.url}])
        self.page.reload()
        self.page.context.clear_cookies(name="samen_language")
        for width in (PHONE, DESK):
            self._set(width, "light")
            self._note(f"{name} in English", self.page.evaluate(MEASURE, FINGER if width == PHONE else MOUSE))
            self.keep(name, "en")

    def _set(self, width: int, theme: str) -> None:
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        self.page.set_viewport_size({"width": width, "height": HEIGHT[width]})

    def _axe(self, rules: list[str] | None) -> list[str]:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        found: list[str] = self.page.evaluate(ASK_AXE, rules)
        return found

    def _note(self, name: str, complaints: list[str]) -> None:
        width = (self.page.viewport_size or {})["width"]
        self.wrong += [f"{name} {width}: {complaint}" for complaint in complaints]


@pytest.fixture
def eye(browsers):
    """Somebody who looks, and says at the end what was wrong.

    Axe writes styles into the page, so here our headers are not obeyed; the stories obey them.
    """
    seeing = Eye(browsers.open(viewport={"width": DESK, "height": HEIGHT[DESK]}, bypass_csp=True).new_page())
    yield seeing
    assert seeing.wrong == []


def test_the_front_door_and_signing_in(morning, eye):
    page = eye.page
    page.goto("/")
    eye.look("front", english=True)
    page.goto("/demo/postvak/")
    eye.look("mailbox-empty")
    page.goto("/aanmelden/")
    eye.look("sign-in")
    page.locator("input[name=login]").fill("anja@example.org")
    page.locator("input[name=password]").fill("not her password")
    page.locator("main form button").first.click()
    expect(page.locator(".wrongs")).to_be_visible()
    eye.look("sign-in-wrong", again=True)
    page.goto("/aanmelden/code/")
    eye.look("code-ask", again=True)
    page.locator("input[type=email]").fill("anja@example.org")
    page.locator("main form button").first.click()
    page.wait_for_url("**/invullen/")
    eye.look("code", english=True)
    page.goto("/nergens/")
    eye.look("not-here")
    page.goto("/stijl/")
    eye.look("style")


def test_the_desk_from_report_to_covered(morning, eye):
    page = eye.page
    sit_down(page, "Anja")
    eye.look("today-quiet")
    page.goto(f"{BOARD}ziek/")
    eye.look("report")
    page.locator("main form").evaluate("form => { form.noValidate = true }")
    page.locator("main form button.lead").click()
    expect(page.locator(".wrongs")).to_be_visible()
    eye.look("report-wrong", again=True)
    page.goto(BOARD)
    page.keyboard.press("z")
    page.locator("[data-filter]").press_sequentially("fat")
    eye.look("report-dialog")
    page.locator("[data-filter]").press("Enter")
    arrive(page, COCKPIT)
    cockpit = page.url
    page.locator("details.whynot summary").first.click()
    page.locator("#words-open").click()
    eye.look("cockpit-proposal", english=True)
    page.locator(".eyebrow a").click()
    eye.look("helper-file")
    page.goto(BOARD)
    eye.look("today-urgent", english=True, again=True)
    page.goto(cockpit)
    page.locator("#send").click()
    expect(page.locator("#undo")).to_be_visible()
    eye.look("cockpit-undo", again=True)
    page.goto(BOARD)
    eye.look("today-waiting", again=True)
    morning.let_pass()
    morning.wait_for_letter("joke", "De V.")
    page.goto(cockpit)
    expect(page.locator("#undo")).to_have_count(0)
    eye.look("cockpit-sent", again=True)
    page.goto(letter_of(morning, page, "joke.smeets", "De V."))
    page.locator("button[value=yes]").click()
    page.goto(letter_of(morning, page, "kim.hofstra", "familie P."))
    page.locator("button[value=no]").click()
    morning.wait_for_letter("tineke", "Joke")
    page.goto(cockpit)
    expect(page.locator("tr.covered").first).to_be_visible()
    eye.look("cockpit-covered", again=True)
    page.goto(BOARD)
    page.locator("a.quiet-link", has_text="mevrouw De Vries").first.click()
    eye.look("household-file", english=True)


def test_the_desk_when_nobody_can_and_when_it_was_a_mistake(morning, eye):
    page = eye.page
    sit_down(page, "Anja")
    for letters in ("jok", "pie", "fat"):
        page.goto(BOARD)
        report(page, letters)
    cockpit = page.url
    eye.look("cockpit-nobody", again=True)
    page.goto(f"{BOARD}vervanging/")
    eye.look("all-absences")
    page.goto(f"{BOARD}ochtend/")
    eye.look("morning", again=True)
    page.goto(cockpit)
    page.locator("#withdraw").click()
    expect(page.locator(".toast")).to_be_visible()
    eye.look("today-taken-back", again=True)
    page.goto(cockpit)
    eye.look("cockpit-withdrawn", again=True)


def test_the_desk_when_who_was_asked_says_no(morning, eye):
    page = eye.page
    sit_down(page, "Anja")
    report(page, "fat")
    cockpit = page.url
    page.evaluate("document.querySelectorAll('[name=ask]').forEach((tick) => { tick.checked = false })")
    page.locator("tr", has_text="familie Peters").first.locator("label.pick", has_text="Kim").click()
    page.locator("#send").click()
    expect(page.locator("#undo")).to_be_visible()
    morning.let_pass()
    page.goto(letter_of(morning, page, "kim.hofstra", "familie P."))
    page.locator("button[value=no]").click()
    page.goto(cockpit)
    expect(page.locator("tr.open")).to_have_count(1)
    eye.look("cockpit-refused", again=True)
    page.goto(BOARD)
    eye.look("today-refused", again=True)


def test_a_file_of_the_other_team(morning, eye):
    page = eye.page
    sit_down(page, "Anja")
    file = page.locator("a.quiet-link", has_text="mevrouw De Vries").first.get_attribute("href")
    sit_down(page, "Eva")
    page.goto(file)
    eye.look("name-card", english=True)
    page.locator("textarea").fill("Haar dochter belt mij.")
    page.locator("main form button").click()
    expect(page.locator("textarea")).to_have_count(0)
    eye.look("name-card-asked", again=True)
    sit_down(page, "Anja")
    eye.look("today-access-asked", again=True)


def test_the_phones(morning, eye):
    page = eye.page
    fatma, household = own_page(page, "Fatma"), own_page(page, "mevrouw De Vries")
    page.goto(fatma)
    eye.look("phone-helper", finger=True, english=True)
    page.goto(household)
    eye.look("phone-household", finger=True)
    page.goto(fatma)
    page.locator(".pinned a.urgent").click()
    eye.look("phone-sick", finger=True, english=True)
    page.locator("button.urgent").click()
    eye.look("phone-get-well", finger=True, again=True)
    page.goto(fatma)
    eye.look("phone-helper-sick", finger=True, again=True)
    page.goto(household)
    eye.look("phone-household-open", finger=True, english=True, again=True)
    sit_down(page, "Anja")
    page.locator("[data-enter]").click()
    page.locator("#send").click()
    expect(page.locator("#undo")).to_be_visible()
    morning.let_pass()
    joke, piet = letter_of(morning, page, "joke.smeets", "De V."), letter_of(morning, page, "piet.berg", "De V.")
    page.goto(own_page(page, "Joke"))
    eye.look("phone-helper-asked", finger=True)
    page.goto(joke)
    eye.look("phone-offer", finger=True, english=True)
    page.locator("button[value=yes]").click()
    eye.look("phone-thank-you", finger=True, again=True)
    page.goto(piet)
    eye.look("phone-too-late", finger=True, again=True)
    page.goto(letter_of(morning, page, "kim.hofstra", "familie P."))
    page.locator("button[value=no]").click()
    eye.look("phone-declined", finger=True, again=True)
    morning.wait_for_letter("tineke", "Joke")
    page.goto(household)
    eye.look("phone-household-covered", finger=True, english=True, again=True)
    page.locator("main form button.lead").click()
    eye.look("phone-household-seen", finger=True, again=True)
    page.goto("/demo/postvak/")
    eye.look("mailbox-full")
    morning.let_pass(60 * 24 * 3600)
    page.goto(joke)
    eye.look("phone-expired", finger=True)
