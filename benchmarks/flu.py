"""Fifteen per cent of a region are ill at once: how soon there is a plan, and how many messages everybody gets.

Through the served pages, in a region as the demo draws them: 95 helpers, 420 households, 14 of the helpers ill.
Promised: nobody gets more than one message, and nobody is asked about two visits at once.  Each visit to which nobody
can go shows a step that would bring somebody, or that it can be skipped: also in the country, where many have nobody.
"""

import argparse
import re
import statistics
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from benchmarks import Answer, Browser, Stage, machine, own_cluster, working_in
from samen.base import clock, tenancy
from samen.demo import cast, country, filling, seeding
from samen.demo.living import Life
from samen.people.models import Helper
from samen.visits import absences
from samen.visits.models import Absence

DAY = date(2026, 11, 25)
OFFICE = "/o/zorgzaam/"
ILL = 0.15
ROW = re.compile(r'<tr class="(\w+)" id="row-.*?</tr>', re.DOTALL)
UNASKED = "wil niemand anders"
SEARCH = re.compile(rf'href="({OFFICE}afwezig/[^/"]+/)')
STEPS = re.compile(r'<div class="steps">.*?<ul>(.*?)</ul>', re.DOTALL)
TICKED = re.compile(r'name="ask" value="([^"]+)"[^>]*checked')
MESSAGES = "SELECT count(*) FROM base_outboxmessage WHERE cause_kind IN ('offer', 'offers') GROUP BY recipient_ref"
SENT = "sent_at = (SELECT max(sent_at) FROM visits_offer)"  # the invented past has questions of its own
QUESTIONS = f"SELECT count(*) FROM visits_offer WHERE {SENT} GROUP BY helper_id"
AT_ONCE = f"""
    WITH asked AS (
        SELECT o.helper_id, v.id, v.starts_at, v.ends_at FROM (SELECT * FROM visits_offer WHERE {SENT}) o
        JOIN visits_offervisit ov ON ov.offer_id = o.id JOIN visits_visit v ON v.id = ov.visit_id
    )
    SELECT count(*) FROM asked a JOIN asked b ON a.helper_id = b.helper_id AND a.id < b.id
    WHERE a.starts_at < b.ends_at AND b.starts_at < a.ends_at"""


def main(words: list[str]) -> int:
    """Plant, fall ill, look, send, count; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="bench flu", description=__doc__)
    parser.add_argument("--seed", type=int, default=7, help="which region is drawn (7)")
    names = [region.name for region in country.REGIONS]
    parser.add_argument("--region", choices=names, default=names[1], help=f"which region falls ill ({names[1]})")
    parser.add_argument("--times", type=int, default=3, help="how often the page is opened, of which the median counts")
    options = parser.parse_args(words)
    with own_cluster() as stage, working_in(stage):
        region = country.REGIONS[names.index(options.region)]
        life, ill = _plant(stage, region, options.seed)
        browser = Browser(stage.web(SAMEN_DEMO="1").port)
        browser.look("/demo/")
        browser.say("/demo/word/", persona=cast.Colleague(life.crew.region.coordinators[0], "").email)
        return _measure(stage, browser, ill, options.times)


def _plant(stage: Stage, region: country.Region, seed: int) -> tuple[Life, int]:
    with stage.owner() as owner:
        seeding.set_clock(owner, datetime.combine(DAY, seeding.MORNING, tzinfo=clock.HOME))
        org = seeding.lay_ground(owner, (cast.GOOI, cast.BETUWE))["zorgzaam"]
        filling.staff(owner)
        logins = seeding.logins(owner)
    life = filling.life_of(region, day=DAY, seed=seed)
    filling.fill(life, org, logins)
    seeding.look_again(stage.urls["SAMEN_MIGRATE_URL"])
    with tenancy.enter(org, tenancy.SYSTEM) as here:
        well = Helper.objects.exclude(absences__withdrawn_at=None, absences__ended_at=None, absences__isnull=False)
        wanted = list(well.order_by("pk").select_related("team"))
        ill = wanted[:: round(1 / ILL)][: round(ILL * Helper.objects.count())]
        until = here.at + timedelta(days=7)
        for helper in ill:
            kind = Absence.Kind.ILLNESS
            absences.report(helper=helper, kind=kind, start=here.at, until=until, by=tenancy.SYSTEM, at=here.at)
    return life, len(ill)


def _measure(stage: Stage, browser: Browser, ill: int, times: int) -> int:
    today = _look(browser, OFFICE, times)
    page = _look(browser, f"{OFFICE}vervanging/", times)
    ticked = TICKED.findall(page[-1].body)
    stepless = _ladders(browser, sorted(set(SEARCH.findall(page[-1].body))))
    sent = browser.say(f"{OFFICE}vervanging/", ask=ticked)
    if sent.status != 302:
        raise SystemExit(f"Sending answered {sent.status}: {sent.body[:500]}")
    messages = [count for (count,) in stage.rows(MESSAGES)]
    each = [count for (count,) in stage.rows(QUESTIONS)]
    clashes = stage.number(AT_ONCE)
    first, usual = statistics.median(one.seconds for one in page), statistics.median(one.seconds for one in today)
    print(f"{ill} helpers ill, {len(re.findall('id=.row-', page[-1].body))} households, {len(ticked)} proposals ticked")
    ratio = f"{first / usual:.1f} times Today"
    print(f"the first plan on the screen after {first:.2f} s, {ratio}; sent in {sent.seconds:.2f} s")
    print(f"{sum(each)} questions to {len(each)} helpers: {_spread(each)} each")
    print(f"{sum(messages)} messages: {_spread(messages)} each; one a question would be {max(each)} at most")
    print(f"{clashes} pairs of questions about one hour to one helper")
    print(machine())
    kept = max(messages) == 1 and clashes == 0 and not stepless
    print("KEPT" if kept else "BROKEN")
    return 0 if kept else 1


def _ladders(browser: Browser, searches: Sequence[str]) -> int:
    """Open every search with its ladders; returns to how many visits nobody can go and no step is shown."""
    looked, alone, steps, stepless = 0, 0, 0, 0
    for search in searches:
        for row in ROW.finditer(browser.look(f"{search}?mogelijk=1").body):
            looked += 1
            if row[1] == "nobody" and UNASKED not in row[0]:
                found = STEPS.search(row[0])
                shown = found[1].count("<li>") if found else 0
                alone, steps, stepless = alone + 1, steps + shown, stepless + (shown == 0)
    print(f"{looked} visits in {len(searches)} searches; to {alone} nobody can go, {stepless} of them without a step")
    print(f"{steps} steps are shown: {steps / max(1, alone):.1f} a visit, the last that it is skipped")
    return stepless


def _look(browser: Browser, path: str, times: int) -> list[Answer]:
    answers = [browser.look(path) for _ in range(times + 1)][1:]  # the first one fills what is kept
    if {answer.status for answer in answers} != {200}:
        raise SystemExit(f"{path} answered {answers[0].status}")
    return answers


def _spread(counts: Sequence[int]) -> str:
    return f"{max(counts)} at most, {statistics.mean(counts):.2f} on average"
