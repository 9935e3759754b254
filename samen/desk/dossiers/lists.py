"""The households and the helpers of a team: found by name, postcode or telephone number, in parts that ask for care."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, Func, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _

from samen.base import clock
from samen.desk.dossiers.forms import SearchForm
from samen.desk.sitting import Desk
from samen.people import formats, lookup, places, standing
from samen.people.models import ContactPoint, Household, HouseholdMember
from samen.visits.models import Absence, Assignment, Visit

A_PAGE = 50


@dataclass(frozen=True)
class Part:
    """A part of the list that one may look at alone."""

    key: str
    name: str
    only: Q


def households(desk: Desk, form: SearchForm) -> dict[str, Any]:
    """The households of the team that were searched for."""
    today = desk.at.astimezone(clock.HOME).date()
    found = lookup.find_households(desk.team, form.said("q"), on=today)
    rows = found.prefetch_related(_members()).order_by(_main_name("name"), "name", "pk")
    listed = _list(desk, form, rows, _parts_of_households(desk), "households")
    page = listed["page"]
    homes = places.of_households([row.pk for row in page], today)
    coming = _coming(desk, [row.pk for row in page])
    listed["rows"] = [_household(desk, row, homes.get(row.pk), coming.get(row.pk)) for row in page]
    return listed


def helpers(desk: Desk, form: SearchForm) -> dict[str, Any]:
    """The helpers of the team that were searched for."""
    today = desk.at.astimezone(clock.HOME).date()
    found = lookup.find_helpers(desk.team, form.said("q"), on=today)
    rows = found.select_related("person").prefetch_related(
        Prefetch("person__contact_points", ContactPoint.objects.standing())
    )
    rows = rows.order_by(Lower("person__first_name"), Lower("person__last_name"), "pk")
    listed = _list(desk, form, rows, _parts_of_helpers(desk), "helpers")
    page = listed["page"]
    homes = places.of_helpers([row.pk for row in page], today)
    going = _going(desk, [row.pk for row in page])
    absent = set(Absence.objects.filter(_absent_now(desk), helper__in=[row.pk for row in page]).values_list("helper"))
    listed["rows"] = [
        {
            "name": row.person.name,
            "url": reverse("helper", args=[desk.visitor.slug, row.public_id]),
            "place": places.roughly(homes.get(row.pk)),
            "phone": _phone(list(row.person.contact_points.all())),
            "absent": (row.pk,) in absent,
            "next": going.get(row.pk),
        }
        for row in page
    ]
    return listed


def _list(desk: Desk, form: SearchForm, rows: QuerySet[Any], parts: list[Part], name: str) -> dict[str, Any]:
    """The chosen part, page by page, and the other parts with how many there are."""
    here = reverse(name, args=[desk.visitor.slug])
    asked, chosen = form.said("q"), next((part for part in parts if part.key == form.said("deel")), parts[0])
    counts = _counts(rows, parts)
    pages = Paginator(rows.filter(chosen.only), A_PAGE)
    pages.count = counts[chosen.key]  # known already, so not asked again
    page: Page[Any] = pages.get_page(form.said("pagina") or 1)

    def address(**query: str) -> str:
        said = {"q": asked, "deel": chosen.key} | query
        return f"{here}?{urlencode({key: value for key, value in said.items() if value})}"

    return {
        "kind": name,
        "asked": asked,
        "chosen": chosen.key,
        "page": page,
        "total": page.paginator.count,
        "parts": [
            {
                "name": part.name,
                "url": address(deel=part.key),
                "chosen": part is chosen,
                "count": counts[part.key],
            }
            for part in parts
        ],
        "previous_url": address(pagina=str(page.previous_page_number())) if page.has_previous() else "",
        "next_url": address(pagina=str(page.next_page_number())) if page.has_next() else "",
        "new_url": reverse({"households": "new_household", "helpers": "new_helper"}[name], args=[desk.visitor.slug]),
        "households_url": reverse("households", args=[desk.visitor.slug]),
        "helpers_url": reverse("helpers", args=[desk.visitor.slug]),
    }


def _counts(rows: QuerySet[Any], parts: list[Part]) -> dict[str, int]:
    """How many there are in each part, in one statement."""
    counted: dict[str, int] = (
        rows.order_by()
        .prefetch_related(None)
        .aggregate(**{f"part_{part.key}": Count("pk", filter=part.only) for part in parts})
    )
    return {part.key: counted[f"part_{part.key}"] for part in parts}


def _parts_of_households(desk: Desk) -> list[Part]:
    ahead = Visit.objects.standing().filter(household=OuterRef("pk"), ends_at__gt=desk.at)
    nobody = ahead.exclude(Exists(Assignment.objects.standing().filter(visit=OuterRef("pk"))))
    return [
        Part("", _("All"), Q()),
        Part("open", _("Nobody yet"), Q(Exists(nobody))),
        Part("zonder", _("No visit planned"), ~Q(Exists(ahead))),
        Part("vragen", _("Wish at absence not asked yet"), standing.never_asked()),
        Part("opnieuw", _("Ask again after a year"), Q(standing.overdue(desk.at))),
    ]


def _parts_of_helpers(desk: Desk) -> list[Part]:
    absent = Absence.objects.filter(_absent_now(desk), helper=OuterRef("pk"))
    ahead = Assignment.objects.standing().filter(helper=OuterRef("pk"), ends_at__gt=desk.at)
    return [
        Part("", _("All"), Q()),
        Part("afwezig", _("Cannot come now"), Q(Exists(absent))),
        Part("zonder", _("No visit planned"), ~Q(Exists(ahead))),
    ]


def _absent_now(desk: Desk) -> Q:
    over = Q(ended_at__lte=desk.at) | Q(ended_at=None, expected_until__lte=desk.at)
    return Q(withdrawn_at=None, starts_at__lte=desk.at) & ~over


def _main_name(column: str) -> Lower:
    """What a household is sorted by: the last word, so that "familie Bakker" stands at the B."""
    return Lower(Func(F(column), Value(r"^.*\s"), Value(""), function="regexp_replace"))


def _members() -> "Prefetch[Any]":
    points = Prefetch("person__contact_points", ContactPoint.objects.standing())
    return Prefetch(
        "members", HouseholdMember.objects.standing().select_related("person").prefetch_related(points).order_by("pk")
    )


def _household(desk: Desk, row: Household, place: Any, coming: dict[str, Any] | None) -> dict[str, Any]:
    points = [point for member in row.members.all() for point in member.person.contact_points.all()]
    return {
        "name": row.name,
        "url": reverse("household", args=[desk.visitor.slug, row.public_id]),
        "place": places.roughly(place),
        "phone": _phone(points),
        "next": coming,
    }


def _phone(points: list[ContactPoint]) -> dict[str, str] | None:
    kept = next((point.normalised for point in points if point.kind == ContactPoint.Kind.PHONE), None)
    return {"number": kept, "shown": formats.phone_shown(kept)} if kept else None


def _coming(desk: Desk, households: list[int]) -> dict[int, dict[str, Any]]:
    """The next visit of each household, and who comes."""
    visits = Visit.objects.standing().filter(household__in=households, ends_at__gt=desk.at)
    first = visits.order_by("household", "starts_at").distinct("household")
    going = Prefetch("assignments", Assignment.objects.standing().select_related("helper__person"))
    return {
        visit.household_id: {
            "at": visit.starts_at,
            "who": next((row.helper.person.first_name for row in visit.assignments.all()), ""),
        }
        for visit in first.prefetch_related(going)
    }


def _going(desk: Desk, helpers: list[int]) -> dict[int, dict[str, Any]]:
    """The next visit of each helper, and where."""
    mine = Assignment.objects.standing().filter(helper__in=helpers, ends_at__gt=desk.at, visit__cancelled_at=None)
    first = mine.order_by("helper", "starts_at").distinct("helper").select_related("visit__household")
    return {row.helper_id: {"at": row.starts_at, "who": row.visit.household.name} for row in first}
