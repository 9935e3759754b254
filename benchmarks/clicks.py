"""What the commonest acts cost in clicks and seconds, driven in Chromium through the served pages.

A click is a click, a tap, an Enter or a shortcut; a word that is typed is free, and so is the key by which its field
opens.  Promised: no act takes more than its budget, and from "she is ill" to all questions sent is at most thirty
seconds at a quarter of a second a key, with eight seconds to read.  Acts that Samen does not have yet say so.
"""

import argparse
import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as Missing

from benchmarks import Stage, machine, own_cluster, wait_for, working_in
from samen.base import clock, links, tenancy
from samen.base.models import Link
from samen.demo import cast, seeding
from samen.people.models import Helper

DAY = date(2026, 11, 25)
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
BOARD = "/o/zorgzaam/"
KEY, READING = 0.25, 8.0  # seconds: of one key, and of reading a proposal before it is sent
UNDO = 21
MOST_SECONDS = 30.0


class Hands:
    """Somebody's hands: every act and every key is counted, and the time."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.acts, self.keys, self.reading = 0, 0, 0.0
        self.began = time.monotonic()

    def press(self, key: str) -> None:
        """One key that does something."""
        self.page.keyboard.press(key)
        self.acts, self.keys = self.acts + 1, self.keys + 1

    def type(self, opens: str, word: str) -> None:
        """A word into the field that this key opens; typing is free."""
        self.page.keyboard.press(opens)
        field = self.page.locator("input:focus, textarea:focus")
        field.wait_for()
        field.press_sequentially(word)
        self.keys += 1 + len(word)

    def click(self, wanted: Any) -> None:
        """One click or tap."""
        wanted.first.click()
        self.acts += 1

    def open(self, address: str) -> None:
        """One tap on a link in a message."""
        self.page.goto(address)
        self.acts += 1

    def read(self) -> None:
        """Whoever decides reads first."""
        self.reading += READING

    @property
    def seconds(self) -> float:
        """How long it took with human keys: the pages as they were, and the hands and eyes of a person."""
        return time.monotonic() - self.began + KEY * (self.keys or self.acts) + self.reading


@dataclass(frozen=True)
class Act:
    """One act: its name, its budget, and how it is done, if it can be done at all."""

    name: str
    budget: int
    do: Callable[["Scene"], Hands] | None = None
    most_seconds: float | None = None


@dataclass
class Scene:
    """The served pages, and browsers at them."""

    stage: Stage
    riet: str  # the address of her own page
    browser: Browser
    origin: str
    contexts: list[BrowserContext]

    def page(self, **options: Any) -> Page:
        """Somebody's browser."""
        found = self.browser.new_context(base_url=self.origin, reduced_motion="reduce", locale="nl-NL", **options)
        self.contexts.append(found)
        return found.new_page()

    def anja(self) -> Page:
        """Anja at her desk."""
        page = self.page(viewport=DESK)
        page.goto("/")
        page.get_by_role("button", name="Anja").click()
        page.wait_for_url(f"**{BOARD}")
        page.wait_for_load_state()
        return page

    def phone(self, address: str) -> Page:
        """A telephone at this address."""
        page = self.page(viewport=PHONE, has_touch=True, is_mobile=True)
        page.goto(address)
        return page

    def let_pass(self, seconds: int = UNDO) -> None:
        """The clock goes ahead, and every alarm goes off."""
        with self.stage.owner() as owner:
            owner.execute("UPDATE clock_offset SET ahead = ahead + make_interval(secs => %s)", [seconds])
            owner.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
            owner.execute(
                "SELECT pg_notify('procrastinate_any_queue_v1', %s)", ['{"type": "job_inserted", "job_id": 0}']
            )

    def letter(self, reader: str) -> str:
        """The first link in the newest letter to this reader, as soon as there is one."""
        found: list[str] = []

        def there() -> bool:
            rows = self.stage.rows("SELECT body FROM base_letter WHERE address LIKE %s ORDER BY id DESC", f"{reader}%")
            found[:] = [link[0] for (body,) in rows if (link := re.search(r"http://\S+/l/\S+", body))]
            return bool(found)

        wait_for(there, f"a letter to {reader}")
        return found[0]


def main(words: list[str]) -> int:
    """Do everything once, say what it cost; 1 when a budget is broken."""
    parser = argparse.ArgumentParser(prog="bench clicks", description=__doc__)
    parser.parse_args(words)
    chromium = os.environ.get("SAMEN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        parser.error("No Chromium on this machine: set SAMEN_CHROMIUM, or install the package chromium.")
    with own_cluster() as stage, working_in(stage):
        riet = _own_page(_plant(stage), "Riet")
        web = stage.web(SAMEN_DEMO="1")
        stage.worker(SAMEN_DEMO="1", SAMEN_ORIGIN=f"http://127.0.0.1:{web.port}")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            scene = Scene(stage, riet, browser, f"http://127.0.0.1:{web.port}", [])
            return _report([(act, _done(act, scene)) for act in ACTS])


def _plant(stage: Stage) -> int:
    with stage.owner() as owner:
        seeding.set_clock(owner, datetime.combine(DAY, seeding.MORNING, tzinfo=clock.HOME))
        numbers = seeding.lay_ground(owner)
        logins = seeding.logins(owner)
    for agency in cast.AGENCIES:
        seeding.plant(agency, numbers[agency.slug], logins, day=DAY, seed=7)
    return numbers[cast.GOOI.slug]


def _own_page(org: int, first_name: str) -> str:
    with tenancy.enter(org, tenancy.SYSTEM):
        helper = Helper.objects.get(person__first_name=first_name)
        link = Link.objects.get(purpose=Link.Purpose.HELPER, object_ref=helper.public_id)
        return f"/l/{links.token(link.public_id)}/"


@dataclass(frozen=True)
class Done:
    """What an act cost."""

    acts: int
    keys: int
    seconds: float
    whole: bool = True  # it came to its end


def _done(act: Act, scene: Scene) -> Done | None:
    if act.do is None:
        return None
    try:
        hands = act.do(scene)
        done = Done(hands.acts, hands.keys, hands.seconds)
    except Missing as missing:
        done = Done(0, 0, 0.0, whole=False)
        print(missing, flush=True)
    print(f"{act.name}: {done.acts} in {done.seconds:.1f} s", flush=True)
    for context in scene.contexts:
        context.close()
    scene.contexts.clear()
    return done


# --- The acts -----------------------------------------------------------------------------------------


def _ill_to_sent(scene: Scene) -> Hands:
    page = scene.anja()
    page.keyboard.press("m")  # from any page
    page.wait_for_url("**/huishoudens/")
    page.wait_for_load_state()
    hands = Hands(page)
    hands.type("z", "fat")
    hands.press("Enter")
    page.locator("#send").wait_for()
    page.wait_for_load_state()
    hands.read()
    hands.press("Enter")
    page.locator("#undo").wait_for()
    return hands


def _accept(scene: Scene) -> Hands:
    scene.let_pass()
    link = scene.letter("joke.smeets")
    page = scene.phone("/")
    hands = Hands(page)
    hands.open(link)
    hands.click(page.get_by_role("button", name="Ja, ik ga"))
    page.get_by_role("heading", name="Fijn, jij gaat").wait_for()
    return hands


def _reports_herself(scene: Scene) -> Hands:
    page = scene.phone(scene.riet)
    hands = Hands(page)
    hands.click(page.get_by_role("link", name="Ik ben ziek"))
    hands.click(page.get_by_role("button", name="Meld mij ziek"))
    page.get_by_role("heading", name="Beterschap").wait_for()
    return hands


def _coordinator_then(scene: Scene) -> Hands:
    page = scene.anja()
    page.goto(page.locator(".now li", has_text="Riet").get_by_role("link").first.get_attribute("href") or "")
    hands = Hands(page)
    hands.read()
    hands.press("Enter")
    page.locator("#undo").wait_for()
    return hands


def _wave(scene: Scene) -> Hands:
    page = scene.anja()
    for name in ("tom", "kim"):
        page.keyboard.press("z")
        page.locator("[data-filter]").press_sequentially(name)
        page.keyboard.press("Enter")
        page.wait_for_url("**/afwezig/**")
        page.goto(BOARD)
    hands = Hands(page)
    hands.press("v")
    page.locator("#send").wait_for()
    page.wait_for_load_state()
    hands.read()
    hands.press("Enter")
    page.locator("#undo").wait_for()
    return hands


def _who_comes(scene: Scene) -> Hands:
    page = scene.anja()
    hands = Hands(page)
    hands.type("/", "vries")
    hands.press("Enter")
    page.locator("main li", has_text="De Vries").first.get_by_text("Joke").wait_for()
    return hands


def _note(scene: Scene) -> Hands:
    page = scene.anja()
    page.goto(f"{BOARD}huishoudens/?q=vries")
    page.locator("main li a", has_text="De Vries").first.click()
    page.locator("textarea[data-key=c]").wait_for()
    page.wait_for_load_state()
    hands = Hands(page)
    hands.type("c", "Marga belde")
    hands.press("Control+Enter")
    page.locator(".timeline", has_text="Marga belde").wait_for()
    return hands


def _move(scene: Scene) -> Hands:
    page = scene.anja()
    page.goto(f"{BOARD}week/?week=2026-W49")
    page.wait_for_load_state()
    hands = Hands(page)
    hands.click(page.locator("a.slot", has_text="familie Willems"))
    page.locator("td.fits").first.wait_for()
    hands.click(page.locator("td.fits"))
    page.locator("#moving.moved").wait_for()
    return hands


ACTS = (
    Act("Ill, reported from any page, until all questions are sent", 2, _ill_to_sent, MOST_SECONDS),
    Act("A helper says yes to a question", 2, _accept),
    Act("A helper reports herself ill", 2, _reports_herself, 15.0),
    Act("… and the coordinator sends the questions", 1, _coordinator_then),
    Act("A flu wave: from Today until all questions of all absences are sent", 2, _wave, MOST_SECONDS),
    Act("Who comes at Mrs De Vries?", 1, _who_comes),
    Act("A note in a file after a call", 1, _note),
    Act("Move one visit", 2, _move),
    Act("Answer a mail with a template, and close it", 2),
    Act("A new request, until the helpers stand ranked", 2),
    Act("Propose a match to both sides", 2),
    Act("A household skips a visit", 3),
    Act("Hand over duty", 2),
    Act("Adopt a layout of a start screen", 3),
)


# --- What is told -------------------------------------------------------------------------------------


def _report(found: list[tuple[Act, Done | None]]) -> int:
    wide = max(len(act.name) for act in ACTS)
    print(f"\n{machine()}\n\n{'act':<{wide}}  budget  measured  keys  seconds  met")
    broken = 0
    for act, done in found:
        if done is None:
            print(f"{act.name:<{wide}}  {act.budget:>6}  not built")
            continue
        met = done.whole and done.acts <= act.budget and done.seconds <= (act.most_seconds or done.seconds)
        broken += not met
        said = "yes" if met else "NO"
        print(f"{act.name:<{wide}}  {act.budget:>6}  {done.acts:>8}  {done.keys:>4}  {done.seconds:>7.1f}  {said}")
    print("\nKEPT" if not broken else f"\nBROKEN: {broken}")
    return 1 if broken else 0
