"""A helper is asked in her own language: by mail, by text message, and on the page of the question."""

import re

import pytest
from django.utils.translation import trans_real

from samen.base import gsm, links, mail, sms
from samen.base.models import Link
from samen.commands import messages
from samen.people.models import AskRight, Language, Person
from samen.visits.models import Offer
from tests.stories.test_choosing import choices
from tests.stories.test_sick_helper import TODAY, send, ticked

ENDS = ("offer", "thank_you", "willing", "declined", "too_late", "begun", "called_off", "expired")
OTHERS = [language for language in Language if language not in (Language.NL, Language.EN)]


@pytest.fixture
def untranslated(monkeypatch):
    """Every sentence that somebody's language does not have, and that was said in Dutch instead."""
    missing = set()

    def listen(name):
        said = getattr(trans_real.DjangoTranslation, name)

        def heard(self, message, *more):
            language = self.language()
            known = self._catalog.get(message, None) if not more else self._catalog.get((message, self.plural(1)), None)
            if language in OTHERS and message and known is None:
                missing.add((language, message))
            return said(self, message, *more)

        monkeypatch.setattr(trans_real.DjangoTranslation, name, heard)

    for name in ("gettext", "ngettext"):
        listen(name)
    return missing


def question_to(inside, helper, household):
    with inside():
        offer = Offer.objects.filter(helper=helper, household=household).latest("pk")
        return f"/l/{links.token(Link.objects.get(object_ref=offer.public_id).public_id)}/"


@pytest.mark.parametrize("language", OTHERS, ids=[language.value for language in OTHERS])
def test_every_sentence_of_a_question_is_in_the_language_of_the_helper(
    stage, anja, work, client, inside, language, untranslated
):
    with inside():
        Person.objects.filter(helpers__in=[stage.joke, stage.piet, stage.kim, stage.riet]).update(language=language)
        AskRight.objects.create(helper=stage.piet, channel="SMS")
    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"})
    send(anja, answer["Location"])
    work(later=21)
    homes = stage.homes
    asked = question_to(inside, stage.joke, homes["mevrouw De Vries"])
    pages = [client.get(asked), client.post(asked, {}), client.post(asked, {"answer": "yes"})]
    pages += [client.post(question_to(inside, stage.piet, homes["mevrouw De Vries"]), {"answer": "yes"})]
    period = question_to(inside, stage.kim, homes["familie Peters"])
    pages += [client.get(period), client.post(period, {"answer": "yes"})]
    pages += [client.post(question_to(inside, stage.kim, homes["familie Smit"]), {"answer": "no"})]
    for offer, _name in choices(anja.get(answer["Location"])):
        anja.post(f"{answer['Location']}keuze/", {"offer": offer})
    pages += [client.get(period)]
    work()
    off = f"{answer['Location']}afzeggen/"
    anja.post(off, {"offer": re.findall(r'name="offer" value="([^"]+)"', anja.get(off).content.decode())})
    pages += [client.get(asked)]
    work()

    direction = "rtl" if language == Language.AR else "ltr"
    assert all(f'lang="{language}" dir="{direction}"' in page.content.decode() for page in pages)
    assert sorted({message for _language, message in untranslated}) == []
    [letter] = [one for one in mail.MEMORY if one.address.startswith("joke") and asked in one.body]
    apart = "\u2068mevrouw De V.\u2069"  # else the full stop stands before the name, where Arabic goes on
    assert "mevrouw De V." in letter.body
    assert (apart in letter.body, apart in pages[0].content.decode()) == (direction == "rtl",) * 2
    texts = [text.body for text in sms.MEMORY if text.recipient_ref == stage.piet.person.public_id]
    assert texts
    latin = language in (Language.PL, Language.TR)
    assert all((gsm.length(text) or 999) <= gsm.ONE if latin else gsm.parts(text) <= 3 for text in texts)


@pytest.mark.parametrize("language", OTHERS, ids=[language.value for language in OTHERS])
def test_whatever_page_a_question_may_end_on_is_in_the_language_of_the_helper(language):
    found = messages.sentences(messages.PACKAGE / "portal")
    pages = {f"portal/templates/portal/{name}.html" for name in ENDS}
    wanted = {key for key, sentence in found.items() if pages & {place for place, _line in sentence.locations}}
    filled = messages.read(messages.po_file(messages.PACKAGE, language), language)

    assert len(wanted) > 20
    assert wanted <= {messages.key(sentence) for sentence in messages.known(filled) if sentence.string}


def test_the_words_to_say_by_telephone_are_written_the_way_they_are_read(stage, anja, inside):
    with inside():
        Person.objects.filter(pk=stage.joke.person_id).update(language="ar")
    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "3d"})

    page = anja.get(f"{answer['Location']}?bellen=1").content.decode()

    assert re.search(r'class="script" lang="ar" dir="rtl">[^<]*Joke', page)
    assert ticked(anja.get(answer["Location"]))
