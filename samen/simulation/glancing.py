"""What a colleague sees of a search at a glance: in SQL, so that not every look reads everything.

Most looks find that nothing is to be done yet; whoever has something to do reads what the screen shows.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from samen.base import outbox
from samen.base.models import OutboxMessage
from samen.visits import altered, cancellations
from samen.visits.models import About, Offer, PhoneCall, Round

GLANCE = """
SELECT coalesce(array_agg(x.visit_id ORDER BY x.id), '{}'), coalesce(array_agg(x.id ORDER BY x.id), '{}'),
       EXISTS (SELECT FROM visits_offer o
                 JOIN visits_objection j ON j.org_id = o.org_id AND j.offer_id = o.id
                WHERE o.round_id = %s AND j.decision = '')
  FROM visits_replacement x
  JOIN visits_visit v ON v.org_id = x.org_id AND v.id = x.visit_id
 WHERE x.round_id = %s AND x.closed_at IS NULL AND v.starts_at > %s
"""

# What is owed of each promise that is still ahead, and was neither written nor told by telephone; and whether the own
# helper has a visit ahead again.
NEWS = """
WITH ahead AS (
  SELECT DISTINCT o.id, o.public_id, o.withdrawn_at, o.rule, j.decision
    FROM visits_offer o
    JOIN visits_assignment a ON a.org_id = o.org_id AND a.from_offer_id = o.id AND a.ends_at > %s
    LEFT JOIN visits_objection j ON j.org_id = o.org_id AND j.offer_id = o.id
   WHERE o.round_id = %s AND o.chosen_at IS NOT NULL
), owed AS (
  SELECT id, public_id,
         unnest(CASE WHEN withdrawn_at IS NULL AND decision = 'KEEP' THEN ARRAY['COVERED', 'KEPT']
                     WHEN withdrawn_at IS NULL THEN ARRAY['COVERED']
                     WHEN decision = 'KEEP' THEN ARRAY['CALLED_OFF', 'KEPT']
                     WHEN decision = 'SKIP' THEN ARRAY['CALLED_OFF', 'SKIPPED']
                     ELSE ARRAY['CALLED_OFF', 'LOOKING_ON'] END) AS about
    FROM ahead
   UNION ALL
  SELECT id, public_id, 'CHOSEN' FROM ahead WHERE withdrawn_at IS NULL AND rule = 'CHOOSE'
)
SELECT EXISTS (SELECT FROM owed
                WHERE NOT EXISTS (SELECT FROM base_outboxmessage m
                                   WHERE m.cause_kind = lower(owed.about) AND m.cause_ref = owed.public_id)
                  AND NOT EXISTS (SELECT FROM visits_phonecall c
                                   WHERE c.offer_id = owed.id AND c.about = owed.about AND c.outcome = 'TOLD')),
       EXISTS (SELECT FROM visits_replacement x
                 JOIN visits_visit v ON v.org_id = x.org_id AND v.id = x.visit_id
                WHERE x.round_id = %s AND x.outcome = 'WITHDRAWN' AND v.starts_at > %s),
       EXISTS (SELECT FROM visits_offervisit inside
                 JOIN visits_offer o ON o.org_id = inside.org_id AND o.id = inside.offer_id
                 JOIN visits_visit v ON v.org_id = inside.org_id AND v.id = inside.visit_id
                WHERE o.round_id = %s AND o.withdrawn_at IS NULL AND inside.changed_at IS NOT NULL AND v.ends_at > %s)
"""


@dataclass(frozen=True)
class Glance:
    """The visits ahead that have nobody, each with its row (by number), and whether a household awaits a decision."""

    sought: dict[int, int]
    is_undecided: bool


def at_search(turn: int, *, at: datetime) -> Glance:
    """How this search (by number) stands."""
    visits, rows, undecided = _asked(GLANCE, [turn, turn, at])
    return Glance(dict(zip(visits, rows, strict=True)), undecided)


def has_news(turn: int, *, at: datetime) -> bool:
    """Whether somebody must be rung: there is news of visits ahead that was neither written nor told by telephone."""
    owed, back, changed = _asked(NEWS, [at, turn, turn, at, turn, at])
    return bool(owed or (back and _own_back(Round.objects.get(pk=turn), at=at)) or (changed and _changed(turn)))


def _asked(query: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()


def _changed(turn: int) -> bool:
    """Whether somebody does not know yet that it is otherwise than was promised."""
    said_yes = Offer.objects.filter(round=turn, withdrawn_at=None, answer=Offer.Answer.YES)
    rows = said_yes.filter(visits__changed_at__isnull=False).distinct()
    rung = PhoneCall.objects.filter(round=turn, outcome=PhoneCall.Outcome.TOLD).order_by("pk")
    told = {(call.offer_id, call.about): call.made_at for call in rung}
    for offer in rows.prefetch_related("visits"):
        changed_at, causes = altered.last_of(offer), altered.causes(offer)
        untold = [one for one in causes if offer.goes or one.kind == About.CHANGED.lower()]
        for cause in {*untold} - outbox.written(untold):
            about = About(cause.kind.upper())
            rang = [told.get((offer.pk, said)) for said in (about, altered.NEWS[about])]
            if not any(at is not None and changed_at is not None and at >= changed_at for at in rang):
                return True
    return False


def _own_back(turn: Round, *, at: datetime) -> bool:
    rung = PhoneCall.objects.filter(round=turn, about=About.OWN_BACK, outcome=PhoneCall.Outcome.TOLD)
    told = {call.household_id: call for call in rung.order_by("pk")}
    blocks = cancellations.own_back(turn, at=at)
    blocks = [block for block in blocks if not cancellations.is_told(block, told.get(block[0].visit.household_id))]
    causes = {cancellations.own_back_cause(block[0]).ref for block in blocks}
    written = OutboxMessage.objects.filter(cause_kind="own_back", cause_ref__in=causes)
    return len(causes) > written.count()
