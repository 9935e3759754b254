"""What people read in a mail: in their own language, in plain words, and only what they may know."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from samen.base import clock, texts
from samen.base.texts import Letter, Text
from samen.people import places
from samen.people.models import Helper, Household, Person
from samen.visits import lengths
from samen.visits.models import Absence, Offer, Round, Visit, WorkForm

Stretch = tuple[datetime, datetime]


def _original_offer() -> Letter:
    """It names no reason and no surname, and no day in the subject tells on anybody."""
    lines = [
        _("Hi {name},"),
        "",
        _("Can you stand in at {household} in {town}?"),
        "{visits}",
        "",
        _("Look and answer here: {link}"),
        _("Please answer before {time}. Saying no is always fine."),
        "",
        "{team}",
    ]
    return Letter(_("Can you stand in?"), "\n".join(lines))


def _original_offers() -> Letter:
    lines = [_("Hi {name},"), "", "{how_many}", "", "{questions}", "", "{team}"]
    return Letter(_("Can you stand in?"), "\n".join(lines))


def _question() -> str:
    """One of several questions in a mail."""
    lines = [
        _("Can you stand in at {household} in {town}?"),
        "{visits}",
        _("Look and answer here: {link}"),
        _("Please answer before {time}. Saying no is always fine."),
    ]
    return "\n".join(lines)


def _original_thanks() -> Letter:
    lines = [
        _("Hi {name},"),
        "",
        _("The visit of {day} is taken care of. Thank you for being there; you need not do anything."),
        "",
        "{team}",
    ]
    return Letter(_("It is taken care of, thank you"), "\n".join(lines))


def _original_covered() -> Letter:
    lines = [
        _("Dear {name},"),
        "",
        "{why}",
        "{who_comes}",
        "{visits}",
        "",
        _("You need not do anything. See it here: {link}"),
        _("Questions? Call {team}: {phone}"),
    ]
    return Letter(_("{newcomer} comes to you"), "\n".join(lines))


def _original_searching() -> Letter:
    lines = [
        _("Dear {name},"),
        "",
        "{why}",
        _("We are looking for somebody for:"),
        "{visits}",
        "",
        _("You hear from us before {before}. See it here: {link}"),
        _("Questions? Call {team}: {phone}"),
    ]
    return Letter(_("We are looking for somebody for you"), "\n".join(lines))


def _original_chosen() -> Letter:
    lines = [
        _("Hi {name},"),
        "",
        _("You said yes, and you go to {household}. Thank you!"),
        "{visits}",
        "",
        _("The name and the address stand in your visits, from 18:00 on the day before at the latest."),
        "",
        "{team}",
    ]
    return Letter(_("You go to {household}"), "\n".join(lines))


OFFER = texts.declare(
    Text(
        "offer",
        title=gettext_lazy("Can you stand in?"),
        reader=gettext_lazy("a helper"),
        example={
            "name": "Joke",
            "household": "mevrouw De V.",
            "town": "Hilversum",
            "visits": "- woensdag 25 november, 10.00 – 13.00",
            "link": "https://samen.example/l/…",
            "time": "09.30",
            "team": "Team Zuid",
        },
        original=_original_offer,
    )
)
OFFERS = texts.declare(
    Text(
        "offers",
        title=gettext_lazy("Can you stand in? Several questions"),
        reader=gettext_lazy("a helper"),
        example={
            "name": "Joke",
            "how_many": "Er zijn 2 vragen. Je antwoordt op elke apart.",
            "questions": "Kun je invallen bij mevrouw De V. in Hilversum?\n- woensdag 25 november, 10.00 – 13.00",
            "team": "Team Zuid",
        },
        original=_original_offers,
    )
)
THANKS = texts.declare(
    Text(
        "thanks",
        title=gettext_lazy("It is taken care of, thank you"),
        reader=gettext_lazy("a helper"),
        example={"name": "Piet", "day": "woensdag 25 november", "team": "Team Zuid"},
        original=_original_thanks,
    )
)
CHOSEN = texts.declare(
    Text(
        "chosen",
        title=gettext_lazy("You said yes, and you go"),
        reader=gettext_lazy("a helper"),
        example={
            "name": "Joke",
            "household": "mevrouw De V.",
            "visits": "- woensdag 25 november, 10.00 – 13.00",
            "team": "Team Zuid",
        },
        original=_original_chosen,
    )
)
SEARCHING = texts.declare(
    Text(
        "searching",
        title=gettext_lazy("We are looking for somebody"),
        reader=gettext_lazy("a household"),
        example={
            "name": "Tineke de Vries",
            "why": "Fatma is een tijdje afwezig.",
            "visits": "- woensdag 25 november, 10.00 – 13.00",
            "before": "woensdag 25 november 09.00",
            "link": "https://samen.example/l/…",
            "team": "Team Zuid",
            "phone": "035 555 01 10",
        },
        original=_original_searching,
    )
)
COVERED = texts.declare(
    Text(
        "covered",
        title=gettext_lazy("Somebody else comes"),
        reader=gettext_lazy("a household"),
        example={
            "name": "Tineke de Vries",
            "why": "Fatma is een tijdje afwezig.",
            "who_comes": "Joke komt in plaats daarvan, op:",
            "newcomer": "Joke",
            "visits": "- woensdag 25 november, 10.00 – 13.00",
            "link": "https://samen.example/l/…",
            "team": "Team Zuid",
            "phone": "035 555 01 10",
        },
        original=_original_covered,
    )
)


def offer(offer: Offer, visits: list[Visit], *, link: str) -> Letter:
    """The question to a helper."""
    person = offer.helper.person
    with translation.override(person.language):
        return texts.write(
            OFFER,
            name=person.first_name,
            household=initial(offer.household.name),
            town=_town(visits[0]),
            visits=lines(visits),
            link=link,
            time=hour(offer.reply_by),
            team=offer.round.team.name,
        )


def offers(questions: Sequence[tuple[Offer, list[Visit], str]]) -> Letter:
    """Several questions to one helper, each with the link by which she answers it."""
    first = questions[0][0]
    person = first.helper.person
    with translation.override(person.language):
        many = ngettext(
            "There is {count} question.", "There are {count} questions. You answer each by itself.", len(questions)
        )
        asked = [
            _question().format(
                household=initial(offer.household.name),
                town=_town(visits[0]),
                visits=lines(visits),
                link=link,
                time=moment(offer.reply_by),
            )
            for offer, visits, link in questions
        ]
        return texts.write(
            OFFERS,
            name=person.first_name,
            how_many=many.format(count=len(questions)),
            questions="\n\n".join(asked),
            team=first.round.team.name,
        )


def thanks(offer: Offer, visits: list[Visit]) -> Letter:
    """The thanks to who was asked and was not the first."""
    person = offer.helper.person
    with translation.override(person.language):
        return texts.write(THANKS, name=person.first_name, day=day(visits[0].starts_at), team=offer.round.team.name)


def chosen(offer: Offer, visits: list[Visit]) -> Letter:
    """To who said yes for a period, and was chosen."""
    person = offer.helper.person
    with translation.override(person.language):
        return texts.write(
            CHOSEN,
            name=person.first_name,
            household=initial(offer.household.name),
            visits=lines(visits),
            team=offer.round.team.name,
        )


def covered(offer: Offer, visits: list[Visit], person: Person, *, link: str) -> Letter:
    """What the household hears: who comes, when, and of the absence only what its work form allows."""
    with translation.override(person.language):
        newcomer = offer.helper.person.first_name
        who_comes = ngettext("{newcomer} comes instead, on:", "{newcomer} comes instead, on these days:", len(visits))
        return texts.write(
            COVERED,
            name=person.name,
            why="\n".join(why(offer.round.absence, visits[0]) if offer.round.absence else []),
            who_comes=who_comes.format(newcomer=newcomer),
            newcomer=newcomer,
            visits=lines(visits),
            link=link,
            team=offer.round.team.name,
            phone=offer.round.team.phone,
        )


def searching(turn: Round, visits: list[Visit], person: Person, *, before: datetime, link: str) -> Letter:
    """What the household hears when it takes longer: for which visits we look, and before when it hears more."""
    with translation.override(person.language):
        return texts.write(
            SEARCHING,
            name=person.name,
            why="\n".join(why(turn.absence, visits[0]) if turn.absence else []),
            visits=lines(visits),
            before=moment(before),
            link=link,
            team=turn.team.name,
            phone=turn.team.phone,
        )


def moment(at: datetime) -> str:
    """Day and hour: woensdag 25 november 09.00."""
    return f"{day(at)} {hour(at)}"


def lines(visits: list[Visit]) -> str:
    """The visits, one a line."""
    return "\n".join(f"- {when(visit)}" for visit in visits)


def why(absence: Absence, visit: Visit) -> list[str]:
    """The sentence about the helper who cannot come, as the work form allows it.

    Whose employer the household is, is told of illness, because it must pay wages during illness (Regeling
    dienstverlening aan huis).  Everybody else hears of an absence only: illness is health data (AVG art. 9).  Of a
    report that was taken back nobody hears anything: she cannot come, and that is all.
    """
    name = absence.helper.person.first_name
    work_form = visit.arrangement.work_form if visit.arrangement else WorkForm.AGENCY_EMPLOYS
    ill = absence.kind == Absence.Kind.ILLNESS and absence.withdrawn_at is None
    if work_form == WorkForm.HOUSEHOLD_EMPLOYS and ill:
        return [_("{name} has reported ill. You hear this because {name} is employed by you.").format(name=name)]
    if work_form == WorkForm.SELF_EMPLOYED or absence.withdrawn_at is not None:
        return [_("{name} cannot come.").format(name=name)]
    return [_("{name} is away for a while.").format(name=name)]


def say_offer(offered: Household, visits: list[Visit], person: Person, *, caller: str) -> str:
    """What a colleague says when ringing a helper with a question, in one line of her language."""
    with translation.override(person.language):
        asked = _("Hi {name}, this is {caller} of {team}. Can you go to {household} in {town}, {when}?")
        return asked.format(
            name=person.first_name,
            caller=caller,
            team=offered.team.name,
            household=initial(offered.name),
            town=_town(visits[0]),
            when=spoken(visits),
        )


def say_chosen(offer: Offer, visits: list[Visit], *, caller: str) -> str:
    """What a colleague says when ringing a helper who said yes for a period, and was chosen."""
    person = offer.helper.person
    with translation.override(person.language):
        said = _("Hi {name}, this is {caller} of {team}. You said yes, and you go to {household}, {when}. Thank you!")
        where, when = initial(offer.household.name), spoken(visits)
        team = offer.round.team.name
        return said.format(name=person.first_name, caller=caller, team=team, household=where, when=when)


def say_covered(offer: Offer, visits: list[Visit], person: Person, *, caller: str) -> str:
    """What a colleague says when ringing a household about who comes; of the absence what its work form allows."""
    with translation.override(person.language):
        reason = " ".join(why(offer.round.absence, visits[0]) if offer.round.absence else [])
        said = _("Good day {name}, this is {caller} of {team}. {why} {newcomer} comes instead, {when}.")
        return said.format(
            name=person.addressed,
            caller=caller,
            team=offer.round.team.name,
            why=reason,
            newcomer=offer.helper.person.first_name,
            when=spoken(visits),
        )


def say_nobody_yet(turn: Round, visits: list[Visit], person: Person, *, caller: str, before: datetime) -> str:
    """What a colleague says when ringing a household for which nobody was found yet."""
    with translation.override(person.language):
        reason = " ".join(why(turn.absence, visits[0]) if turn.absence else [])
        said = _(
            "Good day {name}, this is {caller} of {team}. {why} We have not found anybody yet for {when}."
            " You hear from us before {before}."
        )
        return said.format(
            name=person.addressed,
            caller=caller,
            team=turn.team.name,
            why=reason,
            when=spoken(visits),
            before=moment(before),
        )


def say_first(turn: Round, visits: list[Visit], person: Person, *, caller: str, move: bool) -> str:
    """What a colleague asks a household that wants to be rung first; `move`: it would rather have another day."""
    with translation.override(person.language):
        reason = " ".join(why(turn.absence, visits[0]) if turn.absence else [])
        said = _(
            "Good day {name}, this is {caller} of {team}. {why} You wanted us to ring you first."
            " May somebody else come {when}, or rather nobody?"
        )
        if move:
            said = _(
                "Good day {name}, this is {caller} of {team}. {why} You would rather have another day then."
                " Which day suits you instead of {when}? Or may somebody else come, or rather nobody?"
            )
        return said.format(name=person.addressed, caller=caller, team=turn.team.name, why=reason, when=spoken(visits))


def say_nobody_comes(turn: Round, visits: list[Visit], person: Person, *, caller: str) -> str:
    """What a colleague says when ringing a household that wants nobody else."""
    with translation.override(person.language):
        reason = " ".join(why(turn.absence, visits[0]) if turn.absence else [])
        said = _("Good day {name}, this is {caller} of {team}. {why} As you wished, nobody comes {when}.")
        return said.format(name=person.addressed, caller=caller, team=turn.team.name, why=reason, when=spoken(visits))


def spoken(visits: list[Visit]) -> str:
    """The visits as one says them: the first in full, and of a row of them how many follow and until when."""
    first = when(visits[0])
    if len(visits) == 1:
        return first
    more = ngettext(
        "{first} and {count} more time, on {last}", "{first} and {count} more times, until {last}", len(visits) - 1
    )
    return more.format(first=first, count=len(visits) - 1, last=day(visits[-1].starts_at))


def initial(household_name: str) -> str:
    """A household's name for somebody who has not said yes: all but the initial of the family name is left out.

    What is no name but says what it is, as "een gezin" of a secret place, stays.
    """
    *first, last = household_name.split()
    if first[:1] == ["een"] and last.islower():
        return _apart(household_name)
    return _apart(" ".join([*first, f"{last[:1]}."]))


def _apart(name: str) -> str:
    """A name in our letters, with its full stop, amid words that are written from right to left."""
    return f"\u2068{name}\u2069" if translation.get_language_bidi() else name


def surname(household_name: str) -> str:
    """The last word of a household's name."""
    return (household_name.split() or [""])[-1]


def when(visit: Visit) -> str:
    """Day and hours in words, and that it is shorter this time if it is."""
    said = _("{day} from {start} to {end}").format(
        day=day(visit.starts_at), start=hour(visit.starts_at), end=hour(visit.ends_at)
    )
    return _("{when}, shorter than usual").format(when=said) if lengths.is_shorter(visit) else said


def day(moment: datetime) -> str:
    """The day in words: woensdag 25 november."""
    return formats.date_format(moment.astimezone(clock.HOME), _("l j F"))


def hour(moment: datetime) -> str:
    """The hour as it is written in the language: 10.00 or 10:00."""
    return formats.date_format(moment.astimezone(clock.HOME), _("H:i"))


def _town(visit: Visit) -> str:
    return places.roughly(places.of_household(visit.household, visit.local_date))


def outcome(key: str) -> str:
    """How a visit went, in a word or two."""
    return {
        "DONE": _("Done"),
        "SHORTER": _("Shorter"),
        "NOBODY_HOME": _("Nobody home"),
        "NOT_DONE": _("Not done"),
    }[key]


def month(day: date) -> str:
    """The month in words: november 2026."""
    return formats.date_format(day, "F Y")


def hours_ready(helper: Helper, month_: date, untold: int, *, link: str) -> Letter:
    """To a helper: her hours of a month stand ready to be looked at, and of which visits nothing is known yet."""
    person = helper.person
    with translation.override(person.language):
        lines = [
            _("Hi {name},").format(name=person.first_name),
            "",
            _("Your hours of {month} stand ready. Look whether they are right: {link}").format(
                month=month(month_), link=link
            ),
            *(_untold(untold) if untold else []),
            "",
            helper.team.name,
        ]
        return Letter(_("Are your hours of {month} right?").format(month=month(month_)), "\n".join(lines))


def _untold(count: int) -> list[str]:
    sentence = ngettext(
        "Of {count} visit we do not know yet how it went; you can say it there too.",
        "Of {count} visits we do not know yet how they went; you can say it there too.",
        count,
    )
    return ["", sentence.format(count=count)]


def hours_to_approve(household: Household, person: Person, month_: date, *, link: str) -> Letter:
    """To a household: the hours of a month stand ready to be looked at."""
    with translation.override(person.language):
        lines = [
            _("Dear {name},").format(name=person.name),
            "",
            _("The hours of {month} at your home stand ready. Would you look whether they are right? {link}").format(
                month=month(month_), link=link
            ),
            _("Questions? Call {team}: {phone}").format(team=household.team.name, phone=household.team.phone),
        ]
        return Letter(_("Are the hours of {month} right?").format(month=month(month_)), "\n".join(lines))


def step(change: str, *, name: str = "", by: int = 0, when: Stretch | None = None, others: str = "") -> str:
    """A step of the ladder, in a sentence: what would be otherwise, and who could go then.

    `when` is when the visit would be, `others` the name of the other team, or of who would take a visit of hers over.
    """
    if change == "SHORTEN" and when is not None:
        said = _("{name} can from {start} to {end}: shorter, which the household said is fine")
        return said.format(name=name, start=hour(when[0]), end=hour(when[1]))
    if change == "OTHER_HOUR" and when is not None:
        return _("{name} can at {hour}").format(name=name, hour=hour(when[0]))
    if change == "OTHER_DAY" and when is not None:
        return _("{name} can on {day}").format(name=name, day=day(when[0]))
    texts = {
        "MORE_REACH": ngettext(
            "{name} can, if {by} minute more travel is all right",
            "{name} can, if {by} minutes more travel are all right",
            by,
        ),
        "NEIGHBOUR": _("{others} has somebody: {name}"),
        "SWAP": _("{name} can, if {others} takes over another visit of hers"),
        "SKIP": _("Skip it, and tell the household in time"),
    }
    return texts[change].format(name=name, by=by, others=others)
