"""The same messages as in `words.py`, as a text message: no more than fits in one, and never a reason.

A text lights up on a table where others sit, so it says who comes and when, and nothing of why.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samen.base import clock, gsm, links
from samen.base.texts import Letter
from samen.people import places
from samen.people.models import Person
from samen.visits import lengths, turned, words
from samen.visits.models import Offer, Round, Visit

MOST_PARTS = 3  # of letters that no phone of the Netherlands sends for one: Arabic, Cyrillic


def offer(offer: Offer, visits: list[Visit], *, link: str) -> Letter:
    """The question to a helper."""
    person = offer.helper.person
    with translation.override(person.language):
        holes = {
            "name": person.first_name,
            "household": words.initial(offer.household.name),
            "town": _town(visits[0]),
            "when": _when(visits),
            "time": words.hour(offer.reply_by),
            "link": link,
        }
        return _fitting(
            _("Hi {name}, can you stand in {when} at {household}, {town}? Answer before {time}: {link}"),
            _("Can you stand in {when} at {household}, {town}? Answer: {link}"),
            _("Can you stand in {when}? Answer: {link}"),
            holes=holes,
        )


def offers(questions: Sequence[tuple[Offer, list[Visit], str]]) -> Letter:
    """Several questions to one helper: the link is to the first, and its page shows the others."""
    offer, visits, link = questions[0]
    person = offer.helper.person
    with translation.override(person.language):
        holes = {
            "name": person.first_name,
            "count": str(len(questions)),
            "when": _when(visits),
            "time": words.hour(offer.reply_by),
            "link": link,
        }
        return _fitting(
            _("Hi {name}, can you stand in? {count} questions, the first {when}. Answer before {time}: {link}"),
            _("Can you stand in? {count} questions, the first {when}. Answer: {link}"),
            _("Can you stand in {when}? Answer: {link}"),
            holes=holes,
        )


def thanks(offer: Offer, visits: list[Visit]) -> Letter:
    """The thanks to who was asked and was not the first."""
    with translation.override(offer.helper.person.language):
        holes = {"day": _day(visits[0]), "team": offer.round.team.name}
        return _fitting(
            _("The visit of {day} is taken care of. Thank you! You need not do anything. {team}"),
            _("The visit of {day} is taken care of. Thank you!"),
            holes=holes,
        )


def chosen(offer: Offer, visits: list[Visit]) -> Letter:
    """To who said yes for a period, and was chosen."""
    with translation.override(offer.helper.person.language):
        holes = {"household": words.initial(offer.household.name), "when": _when(visits), "team": offer.round.team.name}
        return _fitting(
            _("You go to {household}, {when}. Thank you! {team}"),
            _("You go: {when}. Thank you! {team}"),
            holes=holes,
        )


def covered(offer: Offer, visits: list[Visit], person: Person, *, link: str) -> Letter:
    """What the household reads: who comes, and when."""
    with translation.override(person.language):
        team = offer.round.team
        holes = {
            "newcomer": offer.helper.person.first_name,
            "when": _when(visits),
            "team": team.name,
            "phone": team.phone,
            "link": link,
        }
        return _fitting(
            _("{newcomer} comes to you {when}. You need not do anything. {team} {phone} {link}"),
            _("{newcomer} comes to you {when}. {phone} {link}"),
            _("{newcomer} comes to you {when}. {link}"),
            holes=holes,
        )


def searching(turn: Round, visits: list[Visit], person: Person, *, before: datetime, link: str) -> Letter:
    """What the household reads when it takes longer."""
    with translation.override(person.language):
        holes = {"when": _when(visits), "before": _moment(before), "phone": turn.team.phone, "link": link}
        return _fitting(
            _("We are looking for somebody for {when}. You hear from us before {before}. {phone} {link}"),
            _("We are looking for somebody for {when}. You hear before {before}. {link}"),
            holes=holes,
        )


def called_off(offer: Offer, visits: list[Visit]) -> Letter:
    """To the helper who had it."""
    with translation.override(offer.helper.person.language):
        holes = {"household": words.initial(offer.household.name), "when": _when(visits), "team": offer.round.team.name}
        return _fitting(
            _("You need not go to {household} any more, {when}. Thank you for being there! {team}"),
            _("You need not go any more: {when}. Thank you! {team}"),
            holes=holes,
        )


def question_back(offer: Offer, visits: list[Visit]) -> Letter:
    """To the helper who was asked."""
    with translation.override(offer.helper.person.language):
        holes = {"when": _when(visits), "team": offer.round.team.name}
        return _fitting(_("You need not answer any more about {when}. Thank you! {team}"), holes=holes)


def kept(offer: Offer, visits: list[Visit], person: Person, *, link: str) -> Letter:
    """To the household that would rather have another."""
    with translation.override(person.language):
        holes = {"newcomer": offer.helper.person.first_name} | _around(offer.round, visits, link)
        return _fitting(
            _("We looked at what you told us: {newcomer} does come, {when}. {phone} {link}"),
            _("{newcomer} comes to you {when}. {link}"),
            holes=holes,
        )


def looking_on(offer: Offer, visits: list[Visit], person: Person, *, before: datetime, link: str) -> Letter:
    """To the household that was told who comes."""
    with translation.override(person.language):
        around = _around(offer.round, visits, link)
        holes = {"newcomer": offer.helper.person.first_name, "before": _moment(before)} | around
        return _fitting(
            _("{newcomer} does not come {when}. We look for somebody else. You hear before {before}. {phone} {link}"),
            _("We are looking for somebody for {when}. You hear before {before}. {link}"),
            holes=holes,
        )


def skipped(offer: Offer, visits: list[Visit], person: Person, *, link: str) -> Letter:
    """To the household: nobody comes."""
    with translation.override(person.language):
        return _fitting(_("Nobody comes {when}. {phone} {link}"), holes=_around(offer.round, visits, link))


def changed(offer: Offer, visits: list[Visit], *, off: AbstractSet[int]) -> Letter:
    """To the helper who said yes: how it is now."""
    if off >= {visit.pk for visit in visits}:
        return called_off(offer, visits)
    with translation.override(offer.helper.person.language):
        team = offer.round.team
        holes = {"household": words.initial(offer.household.name), "team": team.name, "phone": team.phone}
        return _fitting(
            _("Changed at {household}: {when}. Does that not suit you? {team} {phone}"),
            _("A visit of yours changed: {when}. {phone}"),
            _("A visit of yours changed. Call {team}: {phone}"),
            holes=holes | {"when": "; ".join(turned.as_changed(visits, off))},
        )


def altered(offer: Offer, visits: list[Visit], person: Person, *, link: str, going: Mapping[int, str]) -> Letter:
    """To the household that was told who comes: how it is now."""
    with translation.override(person.language):
        when = "; ".join(turned.as_altered(visits, going))
        return _fitting(
            _("It is otherwise now. {when}. {phone} {link}"),
            _("It is otherwise than we wrote. See: {link}"),
            holes={"when": when, "phone": offer.round.team.phone, "link": link},
        )


def own_back(turn: Round, visits: list[Visit], person: Person, *, link: str) -> Letter:
    """To the household that heard of others."""
    with translation.override(person.language):
        holes = {"newcomer": turned.own(turn, visits)} | _around(turn, visits, link)
        return _fitting(_("{newcomer} comes to you after all, {when}. {phone} {link}"), holes=holes)


def _around(turn: Round, visits: list[Visit], link: str) -> dict[str, str]:
    return {"when": _when(visits), "phone": turn.team.phone, "link": link}


def _moment(at: datetime) -> str:
    return f"{formats.date_format(at.astimezone(clock.HOME), 'D j M').lower()} {words.hour(at)}"


def _when(visits: list[Visit]) -> str:
    first = visits[0]
    hours = f"{_day(first)} {words.hour(first.starts_at)}-{words.hour(first.ends_at)}"
    if lengths.is_shorter(first):
        hours = _("{hours} (shorter)").format(hours=hours)
    if len(visits) == 1:
        return hours
    return ngettext("{hours} (+{count} time)", "{hours} (+{count} times)", len(visits) - 1).format(
        hours=hours, count=len(visits) - 1
    )


def _day(visit: Visit) -> str:
    return formats.date_format(visit.starts_at.astimezone(clock.HOME), "D j M").lower()


def _town(visit: Visit) -> str:
    place = places.of_households([visit.household_id], visit.local_date).get(visit.household_id)
    return places.roughly(place)


def _fitting(*sentences: str, holes: dict[str, str]) -> Letter:
    """The first of these sentences that fits, in the letters a text message has, else the last and shortest."""
    bodies = [gsm.plain(sentence.format(**holes)) for sentence in sentences]
    return Letter("", next((body for body in bodies if _fits(links.fill(body))), bodies[-1]))


def _fits(text: str) -> bool:
    taken = gsm.length(text)
    return taken <= gsm.ONE if taken is not None else gsm.parts(text) <= MOST_PARTS
