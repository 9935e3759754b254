"""Who said that a shorter visit is fine gets a step of the ladder, and everybody reads that it is shorter."""

from datetime import time

from samen.base import clock, tenancy
from samen.people import standing
from samen.people.models import Availability, StandingWish
from tests.conftest import visit_of
from tests.stories.test_choosing import letters_to
from tests.stories.test_sick_helper import links_to, report, send

DE_VRIES, DAY = "mevrouw De Vries", "2026-11-25"
STEP = "Joke kan van 10.00 tot 12.00: korter, en dat vindt het huishouden goed"


def test_a_shorter_visit_is_a_step_where_the_household_said_so_and_is_told(stage, anja, work, client, inside):
    with inside():
        Availability.objects.exclude(helper=stage.joke).delete()
        Availability.objects.filter(helper=stage.joke, weekday=2).update(local_end=time(12))
        visit = visit_of(stage.homes[DE_VRIES], DAY)
    cockpit = report(anja, stage.fatma)
    possible = f"{cockpit}?mogelijk=1"
    assert "korter" not in row_of_de_vries(anja.get(possible)), "nobody shortens what nobody said may be shorter"

    with inside():
        wants = {StandingWish.For.ILLNESS: StandingWish.Want.SHORTEN}
        standing.say(stage.homes[DE_VRIES], wants=wants, by=tenancy.SYSTEM, at=clock.now())
    assert STEP in row_of_de_vries(anja.get(possible))
    shorter = {"day": DAY, "start": "10:00", "minutes": "120", "scope": "one"}
    assert anja.post(f"/o/zorgzaam/bezoek/{visit.public_id}/", shorter).status_code == 302
    send(anja, cockpit)
    work(later=21)
    [question] = [letter for letter in letters_to("joke") if "mevrouw De V." in letter.body]
    assert "van 10.00 tot 12.00" in question.body
    assert "korter dan anders" in question.body
    for link in links_to("joke"):
        client.post(link, {"answer": "yes"})
    work()

    [told] = letters_to("tineke")
    assert "van 10.00 tot 12.00 uur, korter dan anders" in told.body


def row_of_de_vries(page):
    return page.content.decode().partition(DE_VRIES)[2].partition("</tr>")[0]
