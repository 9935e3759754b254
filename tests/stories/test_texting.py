"""Who wants a text message gets one: one message, with the link, in letters every phone shows."""

import pytest

from samen.base import gsm, mail, sms
from samen.people.models import AskRight, Person
from samen.visits import texting
from tests.stories.test_sick_helper import links_to, report, send

LONG = "https://samen.stichting-thuiszorg-midden-nederland.nl"


def texts_to(person):
    return [text.body for text in sms.MEMORY if text.recipient_ref == person.public_id]


@pytest.fixture
def joke_texts(stage, inside):
    with inside():
        AskRight.objects.create(helper=stage.joke, channel="SMS")


def test_joke_is_asked_by_text_and_tineke_hears_by_text(stage, anja, work, client, inside, settings, joke_texts):
    settings.ORIGIN = LONG
    with inside():
        tineke = Person.objects.get(first_name="Tineke")
        tineke.channel = "SMS"
        tineke.save()
    send(anja, report(anja, stage.fatma))
    work(later=21)

    asked = texts_to(stage.joke.person)
    assert asked
    assert all(gsm.length(text) <= gsm.ONE for text in asked)
    assert links_to("joke") == []
    de_vries = next(text for text in asked if "wo 25 nov 10.00-13.00" in text)
    assert client.post(de_vries.split()[-1].removeprefix(LONG), {"answer": "yes"}).status_code == 200
    work()

    [told] = texts_to(tineke)
    assert told.startswith("Joke komt bij u, wo 25 nov 10.00-13.00")
    assert gsm.length(told) <= gsm.ONE
    assert not any(letter.address.startswith("tineke") for letter in mail.MEMORY)


def test_without_a_gateway_joke_gets_her_mail_and_nothing_is_sent_for_show(stage, anja, work, settings, joke_texts):
    settings.SMS = ""

    send(anja, report(anja, stage.fatma))
    work(later=21)

    assert links_to("joke")
    assert sms.MEMORY == []


@pytest.mark.parametrize(
    ("text", "plain", "length"),
    [
        ("Fatma Yılmaz", "Fatma Yilmaz", 12),
        ("śro 25 lis, Agnieszka", "sro 25 lis, Agnieszka", 21),
        ("één café – “ja”", 'één café - "ja"', 15),
        ("[10]", "[10]", 6),
        ("завтра", "завтра", None),
    ],
)
def test_what_a_phone_shows(text, plain, length):
    assert gsm.plain(text) == plain
    assert gsm.length(plain) == length


def test_a_text_that_does_not_fit_says_less(settings):
    holes = {"name": "Anne-Marie", "rest": "x" * 150}

    letter = texting._fitting("Hoi {name}, {rest}", "{rest}", holes=holes)

    assert letter.body == holes["rest"]


@pytest.mark.parametrize(("text", "parts"), [("x" * 160, 1), ("x" * 161, 2), ("й" * 70, 1), ("й" * 71, 2)])
def test_as_how_many_messages_a_text_travels(text, parts):
    assert gsm.parts(text) == parts
