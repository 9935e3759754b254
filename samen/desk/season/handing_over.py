"""The page of a helper who stops: all her agreements from a day on, who could take each over, and what that does."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from samen.base import clock
from samen.base.forms import EARLIEST, LATEST
from samen.desk import cockpit, terms
from samen.desk.season import differences
from samen.desk.season.forms import HandoverForm
from samen.desk.sitting import Desk
from samen.people.models import Helper
from samen.visits import handovers, planning, rehearsals
from samen.visits.handovers import Decision, Fate
from samen.visits.models import Arrangement, Assignment, Bundle
from samen.visits.planning import Successor

MOST = 8  # successors in a list: the ninth is nobody's choice


class NotTheseAgreements(Exception):
    """Some of these agreements are not hers any more, or who takes them over is not of the team: look again."""


def day_of(desk: Desk, words: str) -> date:
    """The day an address names, else the first of next month; 404 for what is no day, or one that has passed."""
    today = desk.at.astimezone(clock.HOME).date()
    if not words:
        return date(today.year + today.month // 12, today.month % 12 + 1, 1)
    try:
        day = date.fromisoformat(words)
    except ValueError:
        raise Http404 from None
    if not max(today, EARLIEST) <= day < min(LATEST, date(today.year + 3, 1, 1)):
        raise Http404
    return day


def of(desk: Desk, helper: Helper, since: date, picked: Sequence[str] = ()) -> dict[str, Any]:
    """What the page shows."""
    agreements = handovers.concerning(helper, since)
    hers = handovers.terms_of(helper, since)
    ranked = planning.successors([term for found in hers.values() for term in found], since=since, at=desk.at)
    numbers = {row.helper for rows in ranked.values() for row in rows}
    people = Helper.objects.select_related("person").in_bulk(numbers)
    words = {word.partition(":")[0]: word for word in picked}
    slug = desk.visitor.slug
    return {
        "name": helper.person.name,
        "first_name": helper.person.first_name,
        "team": helper.team,
        "url": reverse("helper", args=[slug, helper.public_id]),
        "since": since,
        "rows": [
            _row(
                one,
                [terms.sentence(term, since) for term in hers[one.pk]],
                _successors(ranked.get(one.pk, []), people, helper),
                words if picked else None,
            )
            for one in agreements
        ],
        "alone": _alone(slug, helper, since, agreements),
        "last": _last(slug, helper),
    }


def _successors(rows: list[Successor], people: dict[int, Helper], helper: Helper) -> list[dict[str, Any]]:
    return [
        {
            "id": str(people[row.helper].public_id),
            "name": people[row.helper].person.name,
            "able": row.able,
            "of": row.of,
            "travel_minutes": row.travel,
            "mode": people[row.helper].mode.lower(),
            "reasons": cockpit.reasons((part.part, part.cost, part.count) for part in row.reasons),
        }
        for row in [row for row in rows if row.helper != helper.pk][:MOST]
    ]


def _row(
    agreement: Arrangement, hers: list[str], successors: list[dict[str, Any]], picked: dict[str, str] | None
) -> dict[str, Any]:
    ref = str(agreement.public_id)
    best = next((one for one in successors if one["able"] == one["of"]), None)
    options = [(f"{ref}:{Fate.GIVE}:{one['id']}", _option(one)) for one in successors]
    options += [
        (f"{ref}:{Fate.NOBODY}", _("nobody yet")),
        (f"{ref}:{Fate.END}", _("the agreement ends")),
        ("", _("nothing changes")),
    ]
    default = f"{ref}:{Fate.GIVE}:{best['id']}" if best else f"{ref}:{Fate.NOBODY}"
    return {
        "ref": ref,
        "household": agreement.household.name,
        "words": hers,
        "options": options,
        "picked": default if picked is None else picked.get(ref, ""),
        "best": successors[:1],
    }


def _option(one: dict[str, Any]) -> str:
    if one["able"] < one["of"]:
        return _("{name}, but only {able} of {of} times").format(name=one["name"], able=one["able"], of=one["of"])
    if one["travel_minutes"] is None:
        return str(one["name"])
    return _("{name}, ≈ {minutes} min").format(name=one["name"], minutes=one["travel_minutes"])


def _alone(slug: str, helper: Helper, since: date, agreements: list[Arrangement]) -> list[dict[str, Any]]:
    """Visits she would still go to: agreed for one day only, or those she stands in for."""
    going = Assignment.objects.standing().filter(helper=helper, visit__local_date__gte=since)
    own = going.filter(visit__own_helper=True) | going.exclude(from_offer=None)
    others = going.exclude(visit__arrangement__in=agreements)
    found = (own | others).select_related("visit__household").order_by("starts_at").distinct()
    return [
        {
            "time": row.starts_at,
            "ends_at": row.ends_at,
            "household": row.visit.household.name,
            "url": reverse("visit", args=[slug, row.visit.public_id]),
        }
        for row in found
    ]


def _last(slug: str, helper: Helper) -> dict[str, Any] | None:
    found = Bundle.objects.filter(helper=helper, undone_at=None).order_by("-pk").first()
    if found is None:
        return None
    count = found.changes.filter(undone_at=None).count()
    return {"since": found.since, "count": count, "undo_url": reverse("undo_hand_over", args=[slug, found.public_id])}


class Handover:
    """One hand-over being decided: what the answers would do, and doing it."""

    def __init__(self, desk: Desk, helper: Helper, form: HandoverForm) -> None:
        self.desk, self.helper = desk, helper
        self.since: date = form.cleaned_data["since"]
        self.seen: str = form.cleaned_data["seen"]
        agreements = handovers.concerning(helper, self.since)
        decided = form.decided()
        if not decided.keys() <= {one.public_id for one in agreements}:
            raise NotTheseAgreements(NotTheseAgreements.__doc__)
        takers = self._takers(decided)
        hers = [one for one in agreements if one.public_id in decided]
        self.decisions = {one: _decision(*decided[one.public_id], takers) for one in hers}
        self.touched = self._touched(list(takers.values()))
        self.window = handovers.window(self.since, desk.at)

    def _takers(self, decided: dict[uuid.UUID, tuple[str, uuid.UUID | None]]) -> dict[uuid.UUID, Helper]:
        refs = {ref for _fate, ref in decided.values() if ref}
        found = Helper.objects.filter(public_id__in=refs, team=self.helper.team).exclude(pk=self.helper.pk)
        takers = {one.public_id: one for one in found}
        if takers.keys() != refs:
            raise NotTheseAgreements(NotTheseAgreements.__doc__)
        return takers

    def _touched(self, takers: list[Helper]) -> list[Arrangement]:
        """Her agreements, and those of whoever takes over: a clash is between the two."""
        theirs = Arrangement.objects.filter(terms__helper__in=takers).distinct()
        others = theirs.select_related("household__team").prefetch_related(Prefetch("terms"))
        return [*self.decisions, *(one for one in others if one not in self.decisions)]

    def rehearse(self) -> dict[str, Any]:
        """What would change."""
        tried = rehearsals.rehearse(self.touched, self._hand_over, at=self.desk.at, window=self.window)
        return differences.preview(tried, self.touched)

    def perform(self) -> Bundle:
        """Do it; `ChangedMeanwhile` when it is not what was previewed."""
        return rehearsals.perform(
            self.touched, self._hand_over, expected=self.seen, at=self.desk.at, window=self.window
        )

    def _hand_over(self) -> Bundle:
        bundle, _settled = handovers.hand_over(
            self.helper, self.decisions, since=self.since, by=self.desk.visitor.actor, at=self.desk.at
        )
        return bundle


def _decision(fate: str, ref: uuid.UUID | None, takers: dict[uuid.UUID, Helper]) -> Decision:
    return Decision(Fate(fate), takers[ref] if ref else None)
