"""What a household wants done when its helper cannot come: asked before it is needed, and confirmed every year."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from samen.base import clock, jobs, journal, links, outbox
from samen.base.journal import Subject
from samen.base.models import Link
from samen.base.tenancy import SYSTEM, Actor
from samen.people import lookup
from samen.people.facts import Fact
from samen.people.models import Household, Person, StandingQuestion, StandingWish

HOLDS = timedelta(days=365)
ASKED_AGAIN = timedelta(days=60)
LINK_LIVES = timedelta(days=60)
AT_ONCE = 200


def say(household: Household, *, wants: Mapping[str, str], by: Actor, at: datetime) -> None:
    """These are the wishes of the household, by kind of absence; what is the same as before is confirmed."""
    Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    standing = {row.for_kind: row for row in StandingWish.objects.filter(household=household, ended_at=None)}
    for kind, want in wants.items():
        row = standing.get(kind)
        if row is not None and row.want == want:
            row.confirmed_at, row.said_by_kind, row.said_by_ref = at, by.kind, by.ref
            row.save(update_fields=["confirmed_at", "said_by_kind", "said_by_ref"])
            continue
        if row is not None:
            row.ended_at = at
            row.save(update_fields=["ended_at"])
        StandingWish.objects.create(
            household=household, for_kind=kind, want=want, confirmed_at=at, said_by_kind=by.kind, said_by_ref=by.ref
        )
    StandingQuestion.objects.filter(household=household, answered_at=None).update(answered_at=at)
    journal.record(Fact.STANDING_WISH_SAID, about=[household, household.team], by=by, at=at)


def of(households: Collection[int]) -> dict[int, dict[str, str]]:
    """What each of these households (by number) wants, by kind of absence."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in StandingWish.objects.filter(household__in=households, ended_at=None):
        found[row.household_id][row.for_kind] = row.want
    return found


def confirmed_at(household: Household) -> datetime | None:
    """When the oldest of its standing wishes was last confirmed; None when it was never asked."""
    rows = StandingWish.objects.filter(household=household, ended_at=None).order_by("confirmed_at")
    return rows.values_list("confirmed_at", flat=True).first()


def never_asked() -> Q:
    """Households of which nothing is known."""
    return ~Q(Exists(StandingWish.objects.filter(household=OuterRef("pk"), ended_at=None)))


def overdue(at: datetime) -> Exists:
    """Households whose wishes were confirmed longer than a year ago."""
    return Exists(StandingWish.objects.filter(household=OuterRef("pk"), ended_at=None, confirmed_at__lte=at - HOLDS))


@jobs.job(of={})
def ask_due() -> None:
    """Whoever's wishes are a year old is asked by mail whether they still hold; safe to run any number of times."""
    at = clock.now()
    for household in _due(at)[:AT_ONCE]:
        person = lookup.told(household)
        address = lookup.email(person) if person else None
        if person and address:
            ask(household, person=person, address=address, by=SYSTEM, at=at)


jobs.every("47 9 * * 1-5", ask_due)


def _due(at: datetime) -> QuerySet[Household]:
    lately = StandingQuestion.objects.filter(household=OuterRef("pk"), asked_at__gt=at - ASKED_AGAIN)
    return Household.objects.filter(overdue(at)).exclude(Exists(lately)).select_related("team").order_by("pk")


def ask(household: Household, *, person: Person, address: str, by: Actor, at: datetime) -> StandingQuestion:
    """The household is asked by mail; its answer takes a page and a button."""
    StandingQuestion.objects.filter(household=household, answered_at=None).update(answered_at=at)
    question = StandingQuestion.objects.create(household=household, asked_at=at)
    link = links.make(
        purpose=Link.Purpose.HOUSEHOLD,
        person=person.public_id,
        about=Subject.of(household),
        expires_at=at + LINK_LIVES,
    )
    with translation.override(person.language):
        lines = [
            _("Dear {name},").format(name=person.addressed),
            "",
            _("A year ago you told us what you want when your helper cannot come. Is it still right?"),
            "",
            _("Look and answer here: {link}").format(link=f"{links.placeholder(link)}afwezig/"),
            _("Questions? Call {team}: {phone}").format(team=household.team.name, phone=household.team.phone),
        ]
        outbox.put(
            cause=Subject.of(question),
            recipient=person.public_id,
            address=address,
            subject=_("When your helper cannot come"),
            body="\n".join(lines),
            at=at,
        )
    journal.record(Fact.STANDING_WISH_ASKED, about=[household, household.team], by=by, at=at)
    return question
