"""What people read and hear when it turns out otherwise than they were told: in their language, in plain words."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samen.base import texts
from samen.base.texts import Letter, Text
from samen.people.models import Person
from samen.visits import words
from samen.visits.models import Assignment, Offer, Round, Visit

TO_HELPER = {
    "name": "Joke",
    "household": "mevrouw De V.",
    "visits": "- woensdag 25 november, 10.00 – 13.00",
    "team": "Team Zuid",
}
CHANGE = {**TO_HELPER, "phone": "035 555 01 10"}
TO_HOUSEHOLD = {
    "name": "Tineke de Vries",
    "helper": "Joke",
    "visits": "- woensdag 25 november, 10.00 – 13.00",
    "before": "woensdag 25 november 09.00",
    "link": "https://samen.example/l/…",
    "team": "Team Zuid",
    "phone": "035 555 01 10",
}


def _to_helper(subject: str, *lines: str) -> Letter:
    return Letter(subject, "\n".join([_("Hi {name},"), "", *lines, "", "{team}"]))


def _to_household(subject: str, *lines: str) -> Letter:
    end = _("Questions? Call {team}: {phone}")
    return Letter(subject, "\n".join([_("Dear {name},"), "", *lines, "", _("See it here: {link}"), end]))


def _original_called_off() -> Letter:
    """It names nobody's wish: that somebody would rather have another is the team's to know."""
    return _to_helper(
        _("You need not go any more"),
        _("You said yes to {household}. It is no longer needed:"),
        "{visits}",
        "",
        _("Thank you for being there. You need not do anything."),
    )


def _original_question_back() -> Letter:
    return _to_helper(
        _("You need not answer any more"),
        _("We asked whether you could stand in. It is no longer needed:"),
        "{visits}",
        "",
        _("Thank you for being there. You need not do anything."),
    )


def _original_kept() -> Letter:
    return _to_household(
        _("{helper} comes to you"),
        _("You told us that you would rather have somebody else. We looked at it, and {helper} does come, on:"),
        "{visits}",
    )


def _original_looking_on() -> Letter:
    return _to_household(
        _("We are looking for somebody else for you"),
        _("{helper} does not come. We are looking for somebody else for:"),
        "{visits}",
        "",
        _("You hear from us before {before}."),
    )


def _original_skipped() -> Letter:
    return _to_household(
        _("Nobody comes this time"),
        _("Nobody comes this time, on:"),
        "{visits}",
        "",
        _("After that everything is as usual."),
    )


def _original_own_back() -> Letter:
    return _to_household(
        _("{helper} comes after all"), _("{helper} comes to you after all, on:"), "{visits}", "", _("Nothing changes.")
    )


def _original_changed() -> Letter:
    ask = _("Does that not suit you? Call {team}: {phone}")
    said = _("You said yes to {household}, and it changed. This is how it is now:")
    return Letter(_("A visit of yours changed"), "\n".join([_("Hi {name},"), "", said, "{visits}", "", ask]))


def _original_altered() -> Letter:
    return _to_household(
        _("It is otherwise than we wrote"), _("We told you who comes. This is how it is now:"), "{visits}"
    )


def _declare(
    key: str, title: Any, original: Callable[[], Letter], example: Mapping[str, str], without: tuple[str, ...] = ()
) -> Text:
    reader = gettext_lazy("a household") if example is TO_HOUSEHOLD else gettext_lazy("a helper")
    fields = {name: value for name, value in example.items() if name not in without}
    return texts.declare(Text(key, title=title, reader=reader, example=fields, original=original))


CALLED_OFF = _declare("called_off", gettext_lazy("You need not go any more"), _original_called_off, TO_HELPER)
QUESTION_BACK = _declare(
    "question_back", gettext_lazy("You need not answer any more"), _original_question_back, TO_HELPER, ("household",)
)
KEPT = _declare("kept", gettext_lazy("Who was promised comes after all"), _original_kept, TO_HOUSEHOLD, ("before",))
LOOKING_ON = _declare(
    "looking_on", gettext_lazy("We are looking for somebody else"), _original_looking_on, TO_HOUSEHOLD
)
SKIPPED = _declare(
    "skipped", gettext_lazy("Nobody comes this time"), _original_skipped, TO_HOUSEHOLD, ("helper", "before")
)
OWN_BACK = _declare(
    "own_back", gettext_lazy("The own helper comes after all"), _original_own_back, TO_HOUSEHOLD, ("before",)
)
CHANGED = _declare("changed", gettext_lazy("A visit of her yes changed"), _original_changed, CHANGE)
ALTERED = _declare(
    "altered", gettext_lazy("It is otherwise than was promised"), _original_altered, TO_HOUSEHOLD, ("helper", "before")
)


# --- By mail -------------------------------------------------------------------------------------------


def called_off(offer: Offer, visits: list[Visit]) -> Letter:
    """To the helper who had it: she need not go."""
    return _write_helper(CALLED_OFF, offer, visits)


def question_back(offer: Offer, visits: list[Visit]) -> Letter:
    """To the helper who was asked: she need not answer."""
    return _write_helper(QUESTION_BACK, offer, visits)


def _write_helper(text: Text, offer: Offer, visits: list[Visit]) -> Letter:
    person, team = offer.helper.person, offer.round.team.name
    with translation.override(person.language):
        where = words.initial(offer.household.name)
        return texts.write(text, name=person.first_name, visits=words.lines(visits), team=team, household=where)


def kept(offer: Offer, visits: list[Visit], person: Person, *, link: str) -> Letter:
    """To the household that would rather have another: she comes after all."""
    return _write_household(KEPT, offer.round, visits, person, link=link, helper=offer.helper.person.first_name)


def looking_on(offer: Offer, visits: list[Visit], person: Person, *, before: datetime, link: str) -> Letter:
    """To the household that was told who comes: she does not, and we look on."""
    with translation.override(person.language):
        until = words.moment(before)
    helper = offer.helper.person.first_name
    return _write_household(LOOKING_ON, offer.round, visits, person, link=link, helper=helper, before=until)


def skipped(offer: Offer, visits: list[Visit], person: Person, *, link: str) -> Letter:
    """To the household: nobody comes this time."""
    return _write_household(SKIPPED, offer.round, visits, person, link=link)


def own_back(turn: Round, visits: list[Visit], person: Person, *, link: str) -> Letter:
    """To the household that heard of others: its own helper comes."""
    return _write_household(OWN_BACK, turn, visits, person, link=link, helper=own(turn, visits))


def _write_household(text: Text, turn: Round, visits: list[Visit], person: Person, *, link: str, **more: str) -> Letter:
    fields = {"name": person.name, "link": link, "team": turn.team.name, "phone": turn.team.phone}
    with translation.override(person.language):
        return texts.write(text, visits=words.lines(visits), **fields, **more)


def changed(offer: Offer, visits: list[Visit], *, off: AbstractSet[int]) -> Letter:
    """To the helper who said yes: how it is now, and which visits (by number) are not needed any more."""
    if off >= {visit.pk for visit in visits}:
        return called_off(offer, visits)
    person, team = offer.helper.person, offer.round.team
    with translation.override(person.language):
        fields = {"household": words.initial(offer.household.name), "team": team.name, "phone": team.phone}
        lines = "\n".join(f"- {one}" for one in as_changed(visits, off))
        return texts.write(CHANGED, name=person.first_name, visits=lines, **fields)


def altered(offer: Offer, visits: list[Visit], person: Person, *, link: str, going: Mapping[int, str]) -> Letter:
    """To the household that was told who comes: how it is now, and who goes to which visit (by number)."""
    team = offer.round.team
    fields = {"name": person.name, "link": link, "team": team.name, "phone": team.phone}
    with translation.override(person.language):
        return texts.write(ALTERED, visits="\n".join(f"- {one}" for one in as_altered(visits, going)), **fields)


def _home(offer: Offer) -> str:
    """The household by name for whoever goes there; who waits to be chosen need not know who it is."""
    return offer.household.name if offer.goes else words.initial(offer.household.name)


def as_changed(visits: list[Visit], off: AbstractSet[int]) -> list[str]:
    """Each visit as it is now for who said yes: at its time, or not needed any more."""
    gone = _("{when}: no longer needed")
    return [gone.format(when=words.when(visit)) if visit.pk in off else words.when(visit) for visit in visits]


def as_altered(visits: list[Visit], going: Mapping[int, str]) -> list[str]:
    """Each visit as it is now for its household: at its time, and who comes."""
    nobody = {False: _("{when}: we are looking for somebody"), True: _("{when}: nobody comes")}
    return [
        f"{words.when(visit)}: {going[visit.pk]}"
        if visit.pk in going
        else nobody[visit.cancelled_at is not None].format(when=words.when(visit))
        for visit in visits
    ]


def own(turn: Round, visits: list[Visit]) -> str:
    """Who comes herself again to these visits, by her first name."""
    goes = Assignment.objects.standing().filter(visit__in=visits).select_related("helper__person").first()
    if goes is not None:
        return str(goes.helper.person.first_name)
    name: str = turn.absence.helper.person.first_name if turn.absence else turn.team.name
    return name


# --- By telephone --------------------------------------------------------------------------------------


def say_called_off(offer: Offer, visits: list[Visit], *, caller: str) -> str:
    """What one says to a helper who said yes: she need not go; who it was is told to her who had it."""
    person = offer.helper.person
    with translation.override(person.language):
        said = _("Hi {name}, this is {caller} of {team}. You need not go to {household}, {when}. Thank you!")
        where, when = _home(offer), words.spoken(visits)
        team = offer.round.team.name
        return said.format(name=person.first_name, caller=caller, team=team, household=where, when=when)


def say_kept(offer: Offer, visits: list[Visit], person: Person, *, caller: str) -> str:
    """What one says to the household: she comes after all."""
    with translation.override(person.language):
        said = _("We looked at what you told us, and {helper} does come, {when}.")
        helper = offer.helper.person.first_name
        return _greeting(offer.round, person, caller) + said.format(helper=helper, when=words.spoken(visits))


def say_looking_on(offer: Offer, visits: list[Visit], person: Person, *, caller: str, before: datetime) -> str:
    """What one says to the household: she does not come, and we look on."""
    with translation.override(person.language):
        said = _("{helper} does not come, {when}. We are looking for somebody else. You hear from us before {before}.")
        holes = {"helper": offer.helper.person.first_name, "when": words.spoken(visits), "before": words.moment(before)}
        return _greeting(offer.round, person, caller) + said.format(**holes)


def say_skipped(offer: Offer, visits: list[Visit], person: Person, *, caller: str) -> str:
    """What one says to the household: nobody comes this time."""
    with translation.override(person.language):
        said = _("Nobody comes this time, {when}. After that everything is as usual.")
        return _greeting(offer.round, person, caller) + said.format(when=words.spoken(visits))


def say_changed(offer: Offer, visits: list[Visit], *, caller: str, off: AbstractSet[int]) -> str:
    """What one says to the helper who said yes: how it is now."""
    if off >= {visit.pk for visit in visits}:
        return say_called_off(offer, visits, caller=caller)
    person, team = offer.helper.person, offer.round.team.name
    with translation.override(person.language):
        said = _(
            "Hi {name}, this is {caller} of {team}. At {household} it is otherwise now: {when}. Does that suit you?"
        )
        holes = {"household": _home(offer), "when": "; ".join(as_changed(visits, off))}
        return said.format(name=person.first_name, caller=caller, team=team, **holes)


def say_altered(offer: Offer, visits: list[Visit], person: Person, *, caller: str, going: Mapping[int, str]) -> str:
    """What one says to the household that was told who comes: how it is now."""
    with translation.override(person.language):
        said = _("It is otherwise than we told you. It is now: {when}.")
        return _greeting(offer.round, person, caller) + said.format(when="; ".join(as_altered(visits, going)))


def say_own_back(turn: Round, visits: list[Visit], person: Person, *, caller: str) -> str:
    """What one says to the household that heard of others: its own helper comes."""
    with translation.override(person.language):
        said = _("{helper} comes to you after all, {when}.")
        return _greeting(turn, person, caller) + said.format(helper=own(turn, visits), when=words.spoken(visits))


def _greeting(turn: Round, person: Person, caller: str) -> str:
    said = _("Good day {name}, this is {caller} of {team}.")
    return said.format(name=person.addressed, caller=caller, team=turn.team.name) + " "
