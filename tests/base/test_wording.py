"""An organisation's own words stand in every sentence, with the right article, and nowhere else."""

import re

import pytest
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext

from samen.base import tenancy, wording
from samen.base.models import Organisation
from tests.architecture import PACKAGE

SENTENCES = [
    ("Het huishouden gaf nog geen akkoord.", "De klant gaf nog geen akkoord."),
    ("Vertel het het huishouden zelf", "Vertel het de klant zelf"),
    ("het eerste huishouden", "de eerste klant"),
    ("Een nieuw huishouden", "Een nieuwe klant"),
    ("nooit bij dit huishouden", "nooit bij deze klant"),
    ("Huishoudens en huishoudens", "Klanten en klanten"),
    ("{household} is een huishouden", "{household} is een klant"),
]


@pytest.mark.parametrize(("before", "after"), SENTENCES)
def test_the_article_and_the_adjective_follow_the_noun(before: str, after: str) -> None:
    assert wording.reworded(before, "household", "nl", "CUSTOMER", "HELPER") == after


def test_help_is_not_a_helper() -> None:
    """The word "hulp" is changed where the English says helper, and not where somebody needs help."""
    assert wording.reworded("Wie hulp krijgt", "Who is helped", "nl", "HOUSEHOLD", "WORKER") == "Wie hulp krijgt"
    assert wording.reworded("De hulp komt", "The helper comes", "nl", "HOUSEHOLD", "WORKER") == "De medewerker komt"


def test_no_sentence_of_the_catalogue_keeps_the_old_word_or_a_wrong_article() -> None:
    with (PACKAGE / "locale/nl/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="nl")
    made = []
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        english = message.id[-1] if isinstance(message.id, tuple) else message.id
        if not message.context:
            made += [wording.reworded(form, english, "nl", "CLIENT", "HOME_HELP") for form in forms if form]

    assert len([text for text in made if "cliënt" in text]) > 20
    assert [text for text in made if re.search(r"(?<![{(])huishoudens?\b", text)] == []
    assert [
        text for text in made if re.search(r"\b(het|dit|dat|elk|ons)\s+((?!de\b)\w+\s+)?cliënt\b", text, re.IGNORECASE)
    ] == []
    assert [text for text in made if re.search(r"\bg?een\s+\w+[^e\s]\s+cliënt\b", text)] == []


@pytest.mark.django_db
def test_the_words_hold_inside_the_organisation_and_in_every_language() -> None:
    ours, theirs = Organisation.objects.get(slug="zorgzaam"), Organisation.objects.get(slug="buren")
    with tenancy.enter(ours.pk, tenancy.SYSTEM):
        wording.choose(household="CLIENT", helper="WORKER")
    with tenancy.enter(ours.pk, tenancy.SYSTEM):
        assert gettext("Household") == "Cliënt"
        assert pgettext("the word itself", "household, households") == "huishouden, huishoudens"
        with translation.override("en"):
            assert gettext("The helper has not said so yet.") == "The worker has not said so yet."
            assert ngettext("%(count)d helper", "%(count)d helpers", 2) == "%(count)d workers"
        assert gettext("Household") == "Cliënt", "also after another language was spoken"

    with tenancy.enter(theirs.pk, tenancy.SYSTEM):
        assert gettext("Household") == "Huishouden"
    assert gettext("Household") == "Huishouden"


@pytest.mark.django_db
def test_the_choices_of_the_program_are_those_of_the_table() -> None:
    chosen = {choice for _language, choice in wording.NOUNS} | set(tenancy.USUAL_WORDS)

    assert chosen == {*Organisation.HouseholdWord.values, *Organisation.HelperWord.values}
