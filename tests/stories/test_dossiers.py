"""What the team knows: wishes that may be wished, the right not to be asked, the key, notes and papers."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from samen.base import clock, mail
from samen.base.models import Blob
from samen.base.tenancy import SYSTEM
from samen.people import asking, documents, fairness, standing
from samen.people.models import AskRight, Document, Note, PairWish, StandingWish, Story, WayIn, Wish
from samen.visits.models import Offer
from tests.conftest import visit_of

WISH = {
    "what": "PETS:cat",
    "strength": "NICE",
    "level": "",
    "scope": "ALWAYS",
    "ground": "",
    "visible_to": "TEAM",
    "reason": "",
}


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def file_of(row, kind="huishouden"):
    return f"/o/zorgzaam/{kind}/{row.public_id}/"


def ill(anja, helper):
    return anja.post("/o/zorgzaam/ziek/", {"helper": helper.public_id, "start": "today", "until": "1w"})["Location"]


def ticked(page):
    return re.findall(r'name="ask" value="([^"]+)"[^>]*checked', page.content.decode())


# Wishes


def test_a_wish_stands_in_the_file_until_it_is_taken_away(stage, anja, inside):
    peters = file_of(stage.homes["familie Peters"])

    anja.post(f"{peters}wens/", WISH | {"reason": "Minoes slaapt op de trap"})

    page = words(anja.get(peters))
    assert "een kat in huis , fijn als het kan" in page
    assert "Minoes slaapt op de trap" in page
    with inside():
        wish = Wish.objects.get(what="cat", reason__contains="trap")
    anja.post(f"/o/zorgzaam/wens/{wish.public_id}/weg/")
    assert "een kat in huis" not in words(anja.get(peters))


@pytest.mark.parametrize(
    "reason",
    [
        "liever geen Marokkaanse",
        "zonder hoofddoek graag",
        "een blanke vrouw",
        "moet christelijk zijn",
        "no foreigners",
    ],
)
def test_what_the_law_forbids_is_refused_with_words_to_say(stage, anja, inside, reason):
    refused = anja.post(f"{file_of(stage.homes['familie Peters'])}wens/", WISH | {"reason": reason})

    assert refused.status_code == 422
    assert "Daar mogen we geen hulp op kiezen." in words(refused)
    assert '<details class="card padded more sheet" open>' in refused.content.decode()
    assert "iedereen verdient dezelfde kans" in words(refused)
    with inside():
        assert not Wish.objects.filter(reason=reason).exists()


@pytest.mark.parametrize(
    "reason",
    [
        "geen buitenlanders",
        "geen zwarte",
        "liever geen blanken!",
        "no Moroccans please",
        "only white people",
        "a dark-skinned lady",
        "geen Pool",
        "only Dutch people",
        "native Dutch woman",
        "Catholic",
        "no hijab",
        "niet tijdens de ramadan",
        "iemand van ons geloof",
        "no East European helpers",
    ],
)
def test_it_is_known_in_many_words(reason):
    with pytest.raises(fairness.Unlawful):
        fairness.check(reason)


@pytest.mark.parametrize(
    "reason",
    [
        "zwarte kat",
        "spreekt alleen Turks",
        "witte was apart",
        "Kerstboom staat nog",
        "Christine kent de weg",
        "ik geloof dat de trap glad is",
        "negeren als hij blaft",
        "polish the silver",
        "turkoois servies",
        "een zwembad, geen poolhond",
        "de bruine kast is oud",
    ],
)
def test_what_has_nothing_to_do_with_it_is_not_refused(reason):
    fairness.check(reason, of_language=True)


def test_the_reason_for_a_language_may_name_it(stage, anja, inside):
    wish = WISH | {"what": "LANGUAGE:tr", "level": "TALK", "reason": "mevrouw spreekt alleen Turks"}
    page = f"{file_of(stage.homes['familie Peters'])}wens/"

    assert anja.post(page, wish | {"what": "SKILL:ironing"}).status_code == 422
    assert anja.post(page, wish).status_code == 302


@pytest.mark.parametrize("reason", ["alleen een vrouw graag", "geen mannen", "preferably a woman", "liever geen man"])
def test_a_woman_or_a_man_is_not_asked_for_by_the_way(stage, anja, reason):
    refused = anja.post(f"{file_of(stage.homes['familie Peters'])}wens/", WISH | {"reason": reason})

    assert refused.status_code == 422
    assert "met de grond erbij" in words(refused)


@pytest.mark.parametrize(
    "reason", ["mijn man is doof", "haar vrouw doet open", "de vrouw des huizes", "two men moved it"]
)
def test_who_lives_there_is_no_wish(reason):
    assert not fairness.asks_for_a_woman_or_a_man(reason)


def test_there_is_no_kind_for_origin_or_faith_in_the_database_either(stage, anja, inside):
    peters = stage.homes["familie Peters"]

    assert anja.post(f"{file_of(peters)}wens/", WISH | {"what": "FAITH:none"}).status_code == 422
    with inside(), pytest.raises(IntegrityError, match="wish_of_a_lawful_kind"), transaction.atomic():
        Wish.objects.create(household=peters, kind="FAITH", what="none", strength="MUST")


def test_a_wish_for_a_woman_needs_its_ground(stage, anja, inside):
    peters = stage.homes["familie Peters"]
    asked = WISH | {"what": "GENDER:woman", "strength": "MUST"}

    refused = anja.post(f"{file_of(peters)}wens/", asked)

    assert refused.status_code == 422
    assert "Zonder reden mogen we niet om een vrouw of een man vragen." in words(refused)
    assert anja.post(f"{file_of(peters)}wens/", asked | {"ground": "CARE"}).status_code == 302
    with inside(), pytest.raises(IntegrityError, match="gender_wish_has_a_ground"), transaction.atomic():
        Wish.objects.filter(kind="GENDER").update(ground="")


def test_a_language_is_a_need_with_a_level(stage, anja):
    fatma = file_of(stage.fatma, "hulp")

    assert anja.post(f"{fatma}wens/", WISH | {"what": "LANGUAGE:tr"}).status_code == 422
    anja.post(f"{fatma}wens/", WISH | {"what": "LANGUAGE:tr", "level": "WELL"})

    assert "taal: Turks (spreekt het goed)" in words(anja.get(fatma))


def test_a_story_is_kept_and_a_colleague_is_warned_kindly(stage, anja, inside):
    peters = file_of(stage.homes["familie Peters"])

    told = anja.post(
        f"{peters}verhaal/", {"text": "Zong in het kerkkoor, heeft diabetes.", "visible_to": "TEAM"}, follow=True
    )

    assert "Het verhaal noemt een ziekte." in words(told)
    with inside():
        assert Story.objects.get(household=stage.homes["familie Peters"]).text.startswith("Zong")


def test_never_again_has_a_reason_and_keeps_her_away(stage, anja, inside):
    peters = stage.homes["familie Peters"]

    anja.post(
        f"{file_of(peters)}paar/",
        {"helper": stage.joke.public_id, "strength": "NEVER", "reason": "klikte niet", "until": ""},
    )

    assert "nooit meer: Joke Smeets (klikte niet)" in words(anja.get(file_of(peters)))
    assert "nooit bij dit huishouden" in why_not(anja, ill(anja, stage.fatma))


def why_not(anja, cockpit):
    """All that the cockpit says of those who were not proposed, fold by fold."""
    folds = re.findall(rf'hx-get="({cockpit}waarom/[^"]+)"', anja.get(cockpit).content.decode())
    return " ".join(words(anja.get(fold)) for fold in folds)


# The right not to be asked


def test_who_takes_a_pause_is_not_asked_and_it_says_so(stage, anja, phone):
    pause = {"pause_until": "2026-12-24", "per_week": "", "channel": "EMAIL"}
    kept = anja.post(f"{phone(stage.joke)}vragen/", pause, follow=True)

    cockpit = ill(anja, stage.fatma)

    assert "Hierbuiten vraagt niemand je." in words(kept)
    page = anja.get(cockpit)
    assert "wil nu niet gevraagd worden" in why_not(anja, cockpit)
    assert not [pair for pair in ticked(page) if str(stage.joke.public_id) in pair]


def test_hours_and_number_are_kept_to(stage, inside):
    at = clock.now()
    with inside():
        asking.allow(stage.joke, week={at.weekday(): [(clock_time(8), clock_time(9))]}, by=SYSTEM, at=at)
        asking.allow(stage.piet, week={}, per_week=2, by=SYSTEM, at=at)
        numbers = [stage.joke.pk, stage.piet.pk, stage.kim.pk]

        now = asking.quiet(numbers, asked={stage.piet.pk: 2}, at=at)
        later = asking.quiet(numbers, asked={stage.piet.pk: 1}, at=at + timedelta(hours=1))

    assert now == {stage.joke.pk: "ASK_HOURS", stage.piet.pk: "ASKED_OFTEN"}
    assert later == {}


def clock_time(hour):
    from datetime import time

    return time(hour)


# When the helper cannot come


def test_a_household_that_wants_nobody_is_asked_for_by_nobody(stage, anja, inside):
    for home in stage.homes.values():
        with inside():
            if home.team_id == stage.teams["Team Zuid"].pk:
                standing.say(home, wants={"ILLNESS": "NOBODY"}, by=SYSTEM, at=clock.now())

    cockpit = ill(anja, stage.fatma)
    page = anja.get(cockpit)

    assert "Het huishouden wil niemand anders." in words(page)
    assert ticked(page) == []
    with inside():
        assert not Offer.objects.exists()


def test_known_faces_only_is_kept_to(stage, anja, inside):
    with inside():
        for home in stage.homes.values():
            standing.say(home, wants={"ILLNESS": "KNOWN"}, by=SYSTEM, at=clock.now())

    page = words(anja.get(ill(anja, stage.fatma)))

    assert "stuur iemand die ik ken" in page
    assert "een nieuw gezicht" not in page


def test_a_year_later_the_household_is_asked_by_mail_and_answers_on_its_page(stage, anja, inside, work, phone):
    home = stage.homes["familie Peters"]
    with inside():
        standing.say(home, wants={"ILLNESS": "CALL"}, by=SYSTEM, at=clock.now() - timedelta(days=366))
        assert "Als de hulp niet kan" in words(anja.get(file_of(home)))
    assert "familie Peters" in words(anja.get("/o/zorgzaam/huishoudens/", {"deel": "opnieuw"}))

    with inside():
        standing.ask_due.function()
        standing.ask_due.function()
    work(later=60)

    letters = [letter for letter in mail.MEMORY if "afwezig/" in letter.body]
    assert len(letters) == 1
    page = "/l/" + letters[0].body.partition("/l/")[2].split()[0]
    answer = anja.post(page, {"illness": "KNOWN", "leave": "SKIP", "holiday": ""}, follow=True)
    assert "Dank u wel." in words(answer)
    with inside():
        now = dict(StandingWish.objects.filter(household=home, ended_at=None).values_list("for_kind", "want"))
        assert now == {"ILLNESS": "KNOWN", "LEAVE": "SKIP"}
        assert StandingWish.objects.get(household=home, want="CALL").ended_at is not None


def test_not_asked_yet_is_a_part_of_the_list(stage, anja, inside):
    home = stage.homes["familie Peters"]
    before = words(anja.get("/o/zorgzaam/huishoudens/", {"deel": "vragen"}))
    anja.post(f"{file_of(home)}afwezig/", {"illness": "ANYONE", "leave": "", "holiday": ""})

    after = words(anja.get("/o/zorgzaam/huishoudens/", {"deel": "vragen"}))

    assert "familie Peters" in before
    assert "familie Peters" not in after
    assert "als de hulp ziek is: stuur wie u vertrouwt" in words(anja.get(file_of(home)))


# The file


def test_a_code_is_shown_by_a_click_that_is_written_down(stage, anja, inside, zoe):
    home = stage.homes["familie Peters"]
    anja.post(f"{file_of(home)}sleutel/", {"kind": "SAFE", "secret": "4711#"})

    looked = anja.get(file_of(home))
    shown = anja.post(f"{file_of(home)}sleutel/tonen/")

    assert "4711#" not in looked.content.decode()
    assert "sleutelkluis met code" in words(looked)
    assert "4711#" in words(shown)
    assert "4711#" not in anja.get(file_of(home)).content.decode()
    assert zoe.post(f"{file_of(home)}sleutel/tonen/").status_code == 404
    with inside(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM base_audit WHERE event = 'SHOW_KEY'")
        assert cursor.fetchone()[0] == 1
        assert b"4711" not in bytes(WayIn.objects.get(household=home).sealed)


def test_a_note_is_one_click_and_stands_in_the_timeline(stage, anja, inside):
    home = stage.homes["familie Peters"]

    anja.post(f"{file_of(home)}notitie/", {"text": "Marga belt vrijdag terug"})

    page = anja.get(file_of(home))
    assert "Anja Marga belt vrijdag terug" in words(page)
    assert 'data-key="c"' in page.content.decode()
    assert "Marga belt" not in words(anja.get(file_of(home), {"toon": "bezoek"}))
    assert "Marga belt" in words(anja.get(file_of(home), {"toon": "notitie"}))
    with inside():
        assert Note.objects.get(household=home).written_by_kind == "COLLEAGUE"


def test_a_document_is_kept_and_given_to_the_team_only(stage, anja, signed_in, zoe):
    home = file_of(stage.homes["familie Peters"])
    paper = SimpleUploadedFile("afspraak.pdf", b"%PDF-1.7 drie uur per week")

    anja.post(f"{home}document/", {"file": paper, "kept_until": "2028-01-01"})

    link = re.search(r'href="(/o/zorgzaam/document/[^"]+)"', anja.get(home).content.decode())[1]
    given = anja.get(link)
    assert given.content == b"%PDF-1.7 drie uur per week"
    assert given["Content-Disposition"] == 'attachment; filename="afspraak.pdf"'
    assert signed_in("Eva").get(link).status_code == 403
    assert zoe.get(link).status_code == 404


def test_a_program_that_calls_itself_a_picture_is_not_kept(stage, anja):
    wrong = SimpleUploadedFile("foto.png", b"MZ\x90\x00 this is a program")

    refused = anja.post(
        f"{file_of(stage.homes['familie Peters'])}document/", {"file": wrong, "kept_until": "2028-01-01"}
    )

    assert refused.status_code == 422
    assert "We bewaren alleen PDF, JPG, PNG, DOCX en ODT" in words(refused)


def test_an_open_absence_of_the_helper_is_told_in_the_glance(stage, anja):
    ill(anja, stage.fatma)

    assert "Fatma kan niet komen, nog niemand" in words(anja.get(file_of(stage.homes["familie Peters"])))


@pytest.mark.parametrize("kind", ["huishouden", "hulp"])
def test_a_file_costs_at_most_twenty_statements(stage, anja, kind):
    row = stage.homes["mevrouw De Vries"] if kind == "huishouden" else stage.fatma
    anja.post(f"{file_of(row, kind)}notitie/", {"text": "Belde terug"})
    anja.get(file_of(row, kind))  # what was said after keeping the note is read here

    statements = asked_for(anja, file_of(row, kind))
    assert len(statements) <= 20, statements


def test_today_costs_at_most_twenty_statements(stage, anja, work):
    for helper in (stage.fatma, stage.piet):
        cockpit = ill(anja, helper)
        boxes = re.findall(r'name="ask" value="([^"]+)"', anja.get(cockpit).content.decode())
        assert anja.post(cockpit, {"ask": boxes[:3]}).status_code == 302
    work(later=30)

    statements = asked_for(anja, "/o/zorgzaam/")
    assert len(statements) <= 20, statements


def asked_for(browser, page):
    """What this page asks of the database."""
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(page).status_code == 200
    return [query["sql"] for query in asked if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]


def test_what_she_agreed_is_changed_in_one_sheet(stage, anja, inside):
    fatma = file_of(stage.fatma, "hulp")
    terms = {"mode": "CAR", "reach_minutes": "40", "contract_hours": "16,5", "birth_date": "1990-05-01"}

    anja.post(f"{fatma}afspraken/", terms)

    with inside():
        stage.fatma.refresh_from_db()
        assert (stage.fatma.mode, stage.fatma.contract_minutes) == ("CAR", 990)
        assert AskRight.objects.get(helper=stage.fatma).per_week == 6


def test_what_was_said_of_two_is_taken_away_again(stage, anja, inside, signed_in, zoe):
    vries = stage.homes["mevrouw De Vries"]
    with inside():
        pair = PairWish.objects.get(household=vries, helper=stage.agnieszka)
    taken = f"/o/zorgzaam/paar/{pair.public_id}/weg/"
    assert "Agnieszka" in words(anja.get(file_of(vries))).split("Wensen")[-1]
    assert [who.post(taken).status_code for who in (signed_in("Eva"), zoe)] == [403, 404]

    told = anja.post(taken, follow=True)

    assert "haalde weg hoe Agnieszka Nowak en mevrouw De Vries samengaan" in words(told)
    with inside():
        assert not PairWish.objects.filter(pk=pair.pk).exists()


def test_what_was_said_of_two_is_taken_away_from_the_file_of_the_helper_too(stage, anja, inside):
    file = f"/o/zorgzaam/hulp/{stage.agnieszka.public_id}/"
    button = re.search(r'action="([^"]*/paar/[^"]*)"', anja.get(file).content.decode())
    assert button

    told = anja.post(button[1])

    assert told.headers["Location"] == file
    with inside():
        assert not PairWish.objects.filter(helper=stage.agnieszka).exists()


def test_a_document_is_gone_on_its_day_and_the_file_says_so(stage, anja, inside):
    vries = stage.homes["mevrouw De Vries"]
    for name, until in (("kort.pdf", "2026-11-25"), ("lang.pdf", "2026-11-26")):
        file = SimpleUploadedFile(name, b"%PDF-1.7 " + name.encode(), content_type="application/pdf")
        anja.post(f"{file_of(vries)}document/", {"file": file, "kept_until": until})

    for _ in range(2):
        with inside():
            documents.forget.function()

    with inside():
        assert [row.name for row in Document.objects.all()] == ["lang.pdf"]
        assert Blob.objects.count() == 1
    page = words(anja.get(file_of(vries)))
    assert "verwijderde een document van mevrouw De Vries" in page
    assert "kort.pdf" not in page


def test_a_household_that_minds_no_shorter_visit_is_heard_at_the_visit(stage, anja, inside):
    vries = stage.homes["mevrouw De Vries"]
    anja.post(f"{file_of(vries)}afwezig/", {"illness": "SHORTEN", "leave": "NOBODY", "holiday": "SKIP"})
    mornings = {f"day_{weekday}": "8-12.15" for weekday in range(5)}
    anja.post(f"{file_of(stage.joke, 'hulp')}uren/", mornings | {"since": "2026-11-20"})
    ill(anja, stage.fatma)
    with inside():
        visit = visit_of(vries, "2026-11-25")

    page = words(anja.get(file_of(visit, "bezoek") + "?wie=1"))

    assert "Het huishouden zei vooraf: een korter bezoek mag." in page
    assert "Als het 2 uur duurt, kunnen ook komen: Joke." in page
