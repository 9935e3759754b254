"""The sheets of a file: one form, one verb, and back to the file."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from samen.base import clock
from samen.base.entrances import visitor
from samen.desk.dossiers.forms import (
    DocumentForm,
    MemberChangeForm,
    MemberForm,
    NoteForm,
    PairForm,
    PersonForm,
    StoryForm,
    TermsForm,
    WayInForm,
    WishForm,
)
from samen.desk.shell import page
from samen.desk.sitting import Desk, desk
from samen.people import access as people
from samen.people import (
    asking,
    documents,
    fairness,
    formats,
    helpers,
    households,
    notes,
    persons,
    standing,
    stories,
    ways_in,
    wishes,
)
from samen.people.forms import AskRightForm, StandingForm
from samen.people.models import ContactPoint, Helper, Household, HouseholdMember, Person
from samen.teams.models import Team

MINUTES = 60


@dataclass(frozen=True)
class Sheet:
    """What stands around a form: a title, a word of explanation, and what else the page shows."""

    title: str
    intro: str = ""
    action: str = ""
    more: dict[str, Any] = field(default_factory=dict)


def _household(request: HttpRequest, household: uuid.UUID) -> tuple[Desk, Household]:
    here = desk(visitor(request))
    return here, people.household_for(here.visitor, household)


def _helper(request: HttpRequest, helper: uuid.UUID) -> tuple[Desk, Helper]:
    here = desk(visitor(request))
    return here, people.helper_for(here.visitor, helper)


def _keep(
    request: HttpRequest,
    here: Desk,
    whose: Household | Helper,
    form: forms.Form,
    sheet: Sheet,
    keep: Callable[[], object],
) -> HttpResponse:
    """The sheet with its form; a right answer is kept, and the file is shown again."""
    kind = "household" if isinstance(whose, Household) else "helper"
    if request.method == "POST" and form.is_valid():
        keep()
        if not form.errors:
            messages.success(request, _("Kept."))
            return redirect(kind, here.visitor.slug, whose.public_id)
    shown = {
        "form": form,
        "sheet": sheet,
        "whose": whose.name if isinstance(whose, Household) else whose.person.name,
        "team": whose.team,
        "file_url": reverse(kind, args=[here.visitor.slug, whose.public_id]),
        "section": "people",
    } | sheet.more
    return page(request, here, "file_sheet", shown, status=422 if form.errors else 200)


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def household_wish(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """A wish of a household."""
    return _wish(request, *_household(request, household))


def helper_wish(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """A wish of a helper."""
    return _wish(request, *_helper(request, helper))


def _wish(request: HttpRequest, here: Desk, whose: Household | Helper) -> HttpResponse:
    form = WishForm(_posted(request))
    sheet = Sheet(_("New wish"), more={"how_to_refuse": True, "refused": _is_unlawful(form)})
    return _keep(
        request,
        here,
        whose,
        form,
        sheet,
        lambda: wishes.want(whose, new=form.wish(), by=here.visitor.actor, at=here.at),
    )


def _is_unlawful(form: forms.Form) -> bool:
    return form.is_bound and any(error.code == "unlawful" for one in form.errors.as_data().values() for error in one)


def household_story(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """What a household tells."""
    return _story(request, *_household(request, household))


def helper_story(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """What a helper tells."""
    return _story(request, *_helper(request, helper))


def _story(request: HttpRequest, here: Desk, whose: Household | Helper) -> HttpResponse:
    story = stories.of(whose)
    initial = {"text": story.text, "visible_to": story.visible_to} if story else {}
    form = StoryForm(_posted(request), initial=initial)

    def keep() -> None:
        stories.tell(whose, **form.cleaned_data, by=here.visitor.actor, at=here.at)
        _warn(request, form.cleaned_data["text"])

    return _keep(request, here, whose, form, Sheet(_("The story")), keep)


def _warn(request: HttpRequest, text: str) -> None:
    """Said kindly, after keeping: a story may hold it, and a colleague may think again."""
    if fairness.speaks_of_origin(text):
        messages.warning(request, _("The story speaks of origin or faith. Nobody is matched on it; is it needed here?"))
    if fairness.speaks_of_health(text):
        messages.warning(
            request, _("The story names an illness. Say rather what is needed: what should the helper do or leave?")
        )


def household_note(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """A note about a household."""
    return _note(request, *_household(request, household))


def helper_note(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """A note about a helper."""
    return _note(request, *_helper(request, helper))


def _note(request: HttpRequest, here: Desk, whose: Household | Helper) -> HttpResponse:
    form = NoteForm(_posted(request))
    intro = _("Colleagues read it, and nobody else. Never write down why somebody is ill.")
    return _keep(
        request,
        here,
        whose,
        form,
        Sheet(_("Note"), intro),
        lambda: notes.write(whose, text=form.cleaned_data["text"], by=here.visitor.actor, at=here.at),
    )


def household_document(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """A file about a household."""
    return _document(request, *_household(request, household))


def helper_document(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """A file about a helper."""
    return _document(request, *_helper(request, helper))


def _document(request: HttpRequest, here: Desk, whose: Household | Helper) -> HttpResponse:
    form = DocumentForm(_posted(request), request.FILES if request.method == "POST" else None)
    return _keep(
        request,
        here,
        whose,
        form,
        Sheet(_("New document")),
        lambda: documents.add(whose, new=form.document(), by=here.visitor.actor, at=here.at),
    )


def pair(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """Which helper goes well with this household, and which never."""
    here, whose = _household(request, household)
    form = PairForm(_posted(request), helpers=_choices(whose.team))

    def keep() -> None:
        said = dict(form.cleaned_data)
        helper = people.helper_for(here.visitor, said.pop("helper"))
        wishes.pair(helper=helper, household=whose, **said, by=here.visitor.actor, at=here.at)

    sheet = Sheet(_("With whom, and with whom not"), more={"how_to_refuse": True, "refused": _is_unlawful(form)})
    return _keep(request, here, whose, form, sheet, keep)


def _choices(team: Team) -> list[tuple[str, str]]:
    rows: Iterable[Helper] = Helper.objects.filter(team=team).select_related("person").order_by("person__first_name")
    return [(str(row.public_id), row.person.name) for row in rows]


def standing_wish(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """What this household wants when its helper cannot come."""
    here, whose = _household(request, household)
    now = {kind.lower(): want for kind, want in standing.of([whose.pk]).get(whose.pk, {}).items()}
    form = StandingForm(_posted(request), initial=now)
    intro = _("Ask it before it is needed. Then nobody has to call on the morning itself.")
    return _keep(
        request,
        here,
        whose,
        form,
        Sheet(_("When the helper cannot come"), intro),
        lambda: standing.say(whose, wants=form.wants(), by=here.visitor.actor, at=here.at),
    )


def member(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """Somebody else of a household."""
    here, whose = _household(request, household)
    form = MemberForm(_posted(request))
    return _keep(
        request,
        here,
        whose,
        form,
        Sheet(_("Somebody else we may call")),
        lambda: households.add_member(household=whose, new=form.member(), by=here.visitor.actor, at=here.at),
    )


def person(request: HttpRequest, slug: str, member: uuid.UUID) -> HttpResponse:
    """Somebody of a household: how they are called and reached, what they do there, and since when no longer."""
    here = desk(visitor(request))
    found = people.member_for(here.visitor, member)
    today = here.at.astimezone(clock.HOME).date()
    role = {"role": found.role, "mandate": found.mandate, "mandate_date": found.mandate_date, "until": found.until_date}
    form = MemberChangeForm(_posted(request), initial=_called(found.person) | role, today=today)

    def keep() -> None:
        try:
            _change_member(here, found, form)
        except households.NobodyLeft:
            form.add_error("until", _("Somebody must belong to the household. Add who does first."))
        except households.RoleTaken:
            form.add_error("role", _("This person does that already."))
        else:
            _change_person(here, found.person, form, found.household)

    return _keep(request, here, found.household, form, _about(here, found.person), keep)


def _change_member(here: Desk, member: HouseholdMember, form: MemberChangeForm) -> None:
    said, by, at = form.cleaned_data, here.visitor.actor, here.at
    if said["until"] and member.until_date is None:
        households.end_member(member, until=said["until"], by=by, at=at)
    part = {name: said[name] for name in ("role", "mandate", "mandate_date")}
    households.change_member(member, **part, by=by, at=at)


def helper_person(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """How a helper is called and reached."""
    here, whose = _helper(request, helper)
    form = PersonForm(_posted(request), initial=_called(whose.person))
    sheet = _about(here, whose.person)
    return _keep(request, here, whose, form, sheet, lambda: _change_person(here, whose.person, form, whose))


def _called(person: Person) -> dict[str, str]:
    names = ("first_name", "last_name", "salutation", "language", "channel")
    return {name: getattr(person, name) for name in names} | {"name_prefix": person.prefix}


def _about(here: Desk, person: Person) -> Sheet:
    """The sheet of somebody, with how they are reached now."""
    rows = [
        {
            "shown": formats.phone_shown(row.normalised) if row.kind == ContactPoint.Kind.PHONE else row.normalised,
            "verified_at": row.verified_at,
            "right_url": reverse("point_right", args=[here.visitor.slug, row.public_id]),
            "end_url": reverse("point_end", args=[here.visitor.slug, row.public_id]),
        }
        for row in ContactPoint.objects.standing().filter(person=person)
    ]
    return Sheet(person.name, more={"points": rows})


def _change_person(here: Desk, person: Person, form: PersonForm, whose: Household | Helper) -> None:
    said, by, at = form.cleaned_data, here.visitor.actor, here.at
    persons.change(person, said=form.called(), whose=whose, by=by, at=at)
    points = ((ContactPoint.Kind.PHONE, said["phone"]), (ContactPoint.Kind.EMAIL, said["email"].lower()))
    for kind, normalised in points:
        if normalised:
            persons.add_point(person, kind=kind, normalised=normalised, whose=whose, by=by, at=at)


def point_right(request: HttpRequest, slug: str, point: uuid.UUID) -> HttpResponse:
    """Somebody was reached by this, or said that it is right."""
    return _point(request, point, persons.verify, _("Noted that it is right."))


def point_end(request: HttpRequest, slug: str, point: uuid.UUID) -> HttpResponse:
    """Nobody is reached by this any more."""
    return _point(request, point, persons.end_point, _("Not used any more. That it was theirs is kept."))


def _point(request: HttpRequest, point: uuid.UUID, verb: Callable[..., None], told: str) -> HttpResponse:
    here = desk(visitor(request))
    found, who = people.point_for(here.visitor, point)
    whose = who.household if isinstance(who, HouseholdMember) else who
    verb(found, whose=whose, by=here.visitor.actor, at=here.at)
    messages.success(request, told)
    page = "person" if isinstance(who, HouseholdMember) else "helper_person"
    return redirect(page, here.visitor.slug, who.public_id)


def way_in(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """How one comes in."""
    here, whose = _household(request, household)
    row = ways_in.of(whose)
    form = WayInForm(_posted(request), initial={"kind": row.kind} if row else {})

    def keep() -> None:
        kind, secret = form.cleaned_data["kind"], form.cleaned_data["secret"] or None
        ways_in.describe(whose, kind=kind, secret=secret, by=here.visitor.actor, at=here.at)

    return _keep(request, here, whose, form, Sheet(_("How one comes in")), keep)


def asking_right(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """When and how often this helper may be asked to stand in."""
    here, whose = _helper(request, helper)
    form = AskRightForm(_posted(request), initial=asking.in_words(whose))
    intro = _(
        "Outside these hours, over this number and during a pause nobody asks her. Empty: she may be asked always."
    )
    return _keep(
        request,
        here,
        whose,
        form,
        Sheet(_("When she may be asked"), intro),
        lambda: asking.allow(whose, **form.right(), by=here.visitor.actor, at=here.at),
    )


def terms(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """What is agreed with this helper."""
    here, whose = _helper(request, helper)
    names = ("mode", "reach_minutes", "birth_date", "until_date")
    now = {name: getattr(whose, name) for name in names} | {"contract_hours": whose.contract_minutes / MINUTES}
    form = TermsForm(_posted(request), initial=now)

    def keep() -> None:
        said = {name: form.cleaned_data[name] for name in names}
        said["contract_minutes"] = int((form.cleaned_data["contract_hours"] or 0) * MINUTES)
        helpers.change(whose, terms=said, by=here.visitor.actor, at=here.at)

    return _keep(request, here, whose, form, Sheet(_("What is agreed")), keep)
