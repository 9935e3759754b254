"""The independent checker: reads the journal and the tables, in SQL alone, and counts what may never happen.

It shares no code with the verbs whose work it judges; it knows the tables and nothing else.  Only what happened from
a moment on is judged, so that planted history is left alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Ask = Callable[[str, dict[str, Any]], Sequence[tuple[Any, ...]]]
SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One promise: how often it was broken, and the first rows that show it."""

    promise: str
    count: int
    rows: tuple[str, ...] = ()


def check(ask: Ask, *, org: int, since: datetime, until: datetime, only: str = "") -> list[Finding]:
    """Every promise, or only one, judged over what happened between these moments.

    `ask` runs a query and returns its rows.
    """
    judged = {only: PROMISES[only]} if only else PROMISES
    return [_finding(ask, promise, query, org, since, until) for promise, query in judged.items()]


def _finding(ask: Ask, promise: str, query: str, org: int, since: datetime, until: datetime) -> Finding:
    rows = ask(query, {"org": org, "since": since, "until": until})
    return Finding(promise, len(rows), tuple(" ".join(map(str, row)) for row in rows[:SHOWN]))


# --- Nobody is in two places ----------------------------------------------------------------------------

DOUBLE = """
SELECT 'helper', a.helper_id, 'visits', a.visit_id, b.visit_id
  FROM visits_assignment a
  JOIN visits_assignment b ON b.org_id = a.org_id AND b.helper_id = a.helper_id AND b.id > a.id
   AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at
 WHERE a.org_id = %(org)s AND a.ended_at IS NULL AND b.ended_at IS NULL AND a.ends_at > %(since)s
 ORDER BY a.starts_at, a.id
"""

TWO_ON_A_SEAT = """
SELECT 'visit', a.visit_id, 'helpers', a.helper_id, b.helper_id
  FROM visits_assignment a
  JOIN visits_assignment b ON b.org_id = a.org_id AND b.visit_id = a.visit_id AND b.seat = a.seat AND b.id > a.id
 WHERE a.org_id = %(org)s AND a.ended_at IS NULL AND b.ended_at IS NULL AND a.ends_at > %(since)s
 ORDER BY a.starts_at, a.id
"""

# --- Nobody is asked against a "no" -----------------------------------------------------------------------

# The messages with a question: one of its own, or the one that it shared with others to her of the same moment.
LETTERS = """
letters AS (
  SELECT o.id AS offer_id, m.id, m.state
    FROM visits_offer o
    JOIN base_outboxmessage m ON m.org_id = o.org_id AND m.cause_kind = 'offer' AND m.cause_ref = o.public_id
   WHERE o.org_id = %(org)s
   UNION ALL
  SELECT o.id, m.id, m.state
    FROM base_outboxmessage m
    JOIN visits_offer one ON one.org_id = m.org_id AND one.public_id = m.cause_ref
    JOIN visits_offer o ON o.org_id = m.org_id AND o.helper_id = one.helper_id AND o.sent_at = one.sent_at
   WHERE m.org_id = %(org)s AND m.cause_kind = 'offers' AND o.channel <> 'PHONE'
)
"""

# A question to a helper, with the visits in it, as it was when it was asked.  One that was called back never left.
ASKED = f"""
WITH {LETTERS}, asked AS (
  SELECT o.id, o.org_id, o.round_id, o.household_id, o.helper_id, o.sent_at,
         (o.sent_at AT TIME ZONE 'Europe/Amsterdam') AS local,
         CASE WHEN absence.kind = 'ILLNESS' OR absence.id IS NULL THEN 'ILLNESS' ELSE 'LEAVE' END AS kind
    FROM visits_offer o
    JOIN visits_round r ON r.org_id = o.org_id AND r.id = o.round_id
    LEFT JOIN visits_absence absence ON absence.org_id = r.org_id AND absence.id = r.absence_id
   WHERE o.org_id = %(org)s AND o.sent_at >= %(since)s AND o.sent_at < %(until)s
     AND NOT (o.withdrawn_at IS NOT NULL
              AND EXISTS (SELECT FROM letters l WHERE l.offer_id = o.id)
              AND NOT EXISTS (SELECT FROM letters l WHERE l.offer_id = o.id AND l.state <> 'CANCELLED'))
)
"""  # noqa: S608  constants of ours

NEVER_AGAIN = f"""{ASKED}
SELECT 'offer', a.id, 'helper', a.helper_id, 'household', a.household_id
  FROM asked a
  JOIN people_pairwish w ON w.org_id = a.org_id AND w.helper_id = a.helper_id AND w.household_id = a.household_id
 WHERE w.strength = 'NEVER' AND w.created_at <= a.sent_at AND (w.until IS NULL OR w.until >= a.local::date)
 ORDER BY a.sent_at, a.id
"""  # noqa: S608  constants of ours

ONLY_OTHERS = f"""{ASKED}
SELECT 'offer', a.id, 'helper', a.helper_id, 'household', a.household_id
  FROM asked a
 WHERE EXISTS (SELECT FROM people_pairwish w WHERE w.org_id = a.org_id AND w.household_id = a.household_id
                  AND w.strength = 'ONLY' AND w.created_at <= a.sent_at
                  AND (w.until IS NULL OR w.until >= a.local::date))
   AND NOT EXISTS (SELECT FROM people_pairwish w WHERE w.org_id = a.org_id AND w.household_id = a.household_id
                  AND w.strength = 'ONLY' AND w.helper_id = a.helper_id)
 ORDER BY a.sent_at, a.id
"""  # noqa: S608

NOBODY_ELSE = f"""{ASKED}
SELECT 'offer', a.id, 'household', a.household_id, w.want
  FROM asked a
  JOIN people_standingwish w ON w.org_id = a.org_id AND w.household_id = a.household_id AND w.for_kind = a.kind
 WHERE w.want IN ('NOBODY', 'SKIP') AND w.confirmed_at <= a.sent_at
   AND (w.ended_at IS NULL OR w.ended_at > a.sent_at)
 ORDER BY a.sent_at, a.id
"""  # noqa: S608

ONLY_KNOWN = f"""{ASKED}
SELECT 'offer', a.id, 'helper', a.helper_id, 'household', a.household_id
  FROM asked a
  JOIN people_standingwish w ON w.org_id = a.org_id AND w.household_id = a.household_id AND w.for_kind = a.kind
 WHERE w.want = 'KNOWN' AND w.confirmed_at <= a.sent_at AND (w.ended_at IS NULL OR w.ended_at > a.sent_at)
   AND NOT EXISTS (SELECT FROM visits_assignment came
                     JOIN visits_visit v ON v.org_id = came.org_id AND v.id = came.visit_id
                    WHERE came.org_id = a.org_id AND came.helper_id = a.helper_id
                      AND v.household_id = a.household_id AND came.ends_at <= a.sent_at
                      AND (came.ended_at IS NULL OR came.ended_at >= came.starts_at))
 ORDER BY a.sent_at, a.id
"""  # noqa: S608

PAUSE = f"""{ASKED}
SELECT 'offer', a.id, 'helper', a.helper_id, 'pause until', w.pause_until
  FROM asked a
  JOIN people_askright w ON w.org_id = a.org_id AND w.helper_id = a.helper_id
 WHERE w.pause_until > a.local::date
 ORDER BY a.sent_at, a.id
"""  # noqa: S608

TOO_OFTEN = f"""{ASKED}
SELECT 'offer', a.id, 'helper', a.helper_id, 'more than', w.per_week
  FROM asked a
  JOIN people_askright w ON w.org_id = a.org_id AND w.helper_id = a.helper_id
 WHERE w.per_week < (SELECT count(*) FROM asked b
                      WHERE b.helper_id = a.helper_id AND b.id <= a.id
                        AND date_trunc('week', b.local) = date_trunc('week', a.local))
 ORDER BY a.sent_at, a.id
"""  # noqa: S608

SAID_NO = f"""{ASKED}
SELECT 'offer', a.id, 'helper', a.helper_id, 'said no to', before.id
  FROM asked a
  JOIN visits_offer before ON before.org_id = a.org_id AND before.round_id = a.round_id
   AND before.household_id = a.household_id AND before.helper_id = a.helper_id AND before.id < a.id
 WHERE before.answer = 'NO' AND before.answered_at <= a.sent_at
 ORDER BY a.sent_at, a.id
"""  # noqa: S608

ABSENT_HERSELF = f"""{ASKED}
SELECT 'offer', a.id, 'helper', a.helper_id, 'absence', away.id
  FROM asked a
  JOIN visits_offervisit inside ON inside.org_id = a.org_id AND inside.offer_id = a.id
  JOIN visits_visit v ON v.org_id = inside.org_id AND v.id = inside.visit_id
  JOIN visits_absence away ON away.org_id = a.org_id AND away.helper_id = a.helper_id
   AND away.withdrawn_at IS NULL AND away.created_at <= a.sent_at AND away.starts_at < v.ends_at
   AND coalesce(away.ended_at, away.expected_until, 'infinity') > v.starts_at
   AND coalesce(away.ended_at, 'infinity') > a.sent_at
 ORDER BY a.sent_at, a.id
"""  # noqa: S608

UNWANTED = f"""{ASKED}
SELECT 'offer', a.id, 'helper', a.helper_id, 'rather not, of offer', before.id
  FROM asked a
  JOIN visits_offer before ON before.org_id = a.org_id AND before.round_id = a.round_id
   AND before.household_id = a.household_id AND before.helper_id = a.helper_id AND before.id < a.id
  JOIN visits_objection j ON j.org_id = a.org_id AND j.offer_id = before.id
 WHERE j.decision = 'LOOK' AND j.decided_at <= a.sent_at
 ORDER BY a.sent_at, a.id
"""  # noqa: S608

# --- What leaves by itself --------------------------------------------------------------------------------

# By day, five minutes after the report at the soonest, of a team that wants it, unstopped, and for today only.
BY_ITSELF = """
SELECT 'round', r.id, 'at', j.at
  FROM base_journalline j
  JOIN base_journalsubject js ON js.org_id = j.org_id AND js.line_id = j.id AND js.kind = 'round'
  JOIN visits_round r ON r.org_id = j.org_id AND r.public_id = js.ref
 WHERE j.org_id = %(org)s AND j.fact = 'sent_by_itself' AND j.at >= %(since)s AND j.at < %(until)s
   AND ((j.at AT TIME ZONE 'Europe/Amsterdam')::time NOT BETWEEN '07:00' AND '21:59:59.999999'
        OR j.at < r.opened_at + interval '5 minutes'
        OR NOT EXISTS (SELECT FROM visits_selfsending w WHERE w.org_id = j.org_id AND w.team_id = r.team_id
                          AND w.since_at <= j.at AND (w.ended_at IS NULL OR w.ended_at > j.at))
        OR EXISTS (SELECT FROM base_journalsubject s
                     JOIN base_journalline l ON l.org_id = s.org_id AND l.id = s.line_id
                    WHERE s.org_id = j.org_id AND s.ref = r.public_id AND l.fact = 'self_sending_stopped'
                      AND l.at <= j.at)
        OR EXISTS (SELECT FROM visits_offer o
                     JOIN visits_offervisit inside ON inside.org_id = o.org_id AND inside.offer_id = o.id
                     JOIN visits_visit v ON v.org_id = o.org_id AND v.id = inside.visit_id
                    WHERE o.org_id = j.org_id AND o.round_id = r.id AND o.sent_at = j.at
                      AND v.local_date <> (j.at AT TIME ZONE 'Europe/Amsterdam')::date))
 ORDER BY j.at, r.id
"""

# --- Nobody is asked at an hour she does not allow ----------------------------------------------------------

# What counts is when it reaches her: by letter when it left, by telephone when she was rung.
OUTSIDE_HOURS = f"""
WITH {LETTERS}, reached AS (
  SELECT 'offer' AS kind, o.id, o.helper_id, (d.started_at AT TIME ZONE 'Europe/Amsterdam') AS local
    FROM visits_offer o
    JOIN letters l ON l.offer_id = o.id
    JOIN base_delivery d ON d.org_id = o.org_id AND d.outbox_id = l.id AND d.result <> 'FAILED'
   WHERE o.org_id = %(org)s AND d.started_at >= %(since)s AND d.started_at < %(until)s
   UNION ALL
  SELECT 'call', c.id, c.helper_id, (c.made_at AT TIME ZONE 'Europe/Amsterdam')
    FROM visits_phonecall c
   WHERE c.org_id = %(org)s AND c.about = 'ASKED' AND NOT c.rang_us
     AND c.made_at >= %(since)s AND c.made_at < %(until)s
)
SELECT r.kind, r.id, 'helper', r.helper_id, 'at', r.local
  FROM reached r
 WHERE EXISTS (SELECT FROM people_askwindow w WHERE w.org_id = %(org)s AND w.helper_id = r.helper_id)
   AND NOT EXISTS (SELECT FROM people_askwindow w WHERE w.org_id = %(org)s AND w.helper_id = r.helper_id
                      AND w.weekday = extract(isodow FROM r.local) - 1
                      AND w.local_start <= r.local::time AND r.local::time < w.local_end)
 ORDER BY r.local, r.id
"""  # noqa: S608

# --- Every visit ends told ------------------------------------------------------------------------------

# Each visit that was sought, with how its last search ended, as far as it has begun.
SOUGHT = """
WITH sought AS (
  SELECT DISTINCT ON (x.visit_id) x.visit_id, x.round_id, x.outcome, x.closed_at, x.public_id,
         v.household_id, v.starts_at, v.cancelled_at, v.arrangement_id
    FROM visits_replacement x
    JOIN visits_round r ON r.org_id = x.org_id AND r.id = x.round_id
    JOIN visits_visit v ON v.org_id = x.org_id AND v.id = x.visit_id
   WHERE x.org_id = %(org)s AND r.opened_at >= %(since)s AND v.starts_at < %(until)s
   ORDER BY x.visit_id, x.id DESC
), told AS (
  SELECT c.round_id, c.household_id, c.about, c.offer_id, c.made_at AS at
    FROM visits_phonecall c
   WHERE c.org_id = %(org)s AND (c.outcome = 'TOLD' OR c.about = 'FIRST' AND c.outcome = 'NO')
), written AS (
  SELECT m.cause_kind, m.cause_ref, d.finished_at AS at
    FROM base_outboxmessage m
    JOIN base_delivery d ON d.org_id = m.org_id AND d.outbox_id = m.id AND d.result = 'SENT'
   WHERE m.org_id = %(org)s
)
"""

COVERED_UNTOLD = f"""{SOUGHT}
SELECT 'visit', s.visit_id, 'household', s.household_id, 'offer', o.id
  FROM sought s
  JOIN visits_assignment a ON a.org_id = %(org)s AND a.visit_id = s.visit_id AND a.ended_at IS NULL
  JOIN visits_offer o ON o.org_id = a.org_id AND o.id = a.from_offer_id
 WHERE s.outcome = 'COVERED' AND s.cancelled_at IS NULL
   AND NOT EXISTS (SELECT FROM written w WHERE w.cause_kind = 'covered' AND w.cause_ref = o.public_id
                      AND w.at < s.starts_at)
   AND NOT EXISTS (SELECT FROM told t WHERE t.about = 'COVERED' AND t.offer_id = o.id AND t.at < s.starts_at)
 ORDER BY s.starts_at, s.visit_id
"""  # noqa: S608

# A household that calls its own visit off, or says that it is away, need not be told: the journal says that one of its
# people did.
SKIPPED_UNTOLD = f"""{SOUGHT}
SELECT 'visit', s.visit_id, 'household', s.household_id, 'skipped', s.cancelled_at
  FROM sought s
 WHERE s.cancelled_at IS NOT NULL
   AND NOT EXISTS (SELECT FROM told t WHERE t.household_id = s.household_id AND t.round_id = s.round_id
                      AND t.about IN ('NOBODY', 'SEARCHING', 'SKIPPED', 'FIRST') AND t.at < s.starts_at)
   AND NOT EXISTS (SELECT FROM written w JOIN visits_offer o ON o.org_id = %(org)s AND o.public_id = w.cause_ref
                    WHERE w.cause_kind = 'skipped' AND o.round_id = s.round_id AND o.household_id = s.household_id
                      AND w.at < s.starts_at)
   AND NOT EXISTS (SELECT FROM base_journalline j
                     JOIN base_journalsubject js ON js.org_id = j.org_id AND js.line_id = j.id
                     JOIN visits_arrangement g ON g.org_id = j.org_id AND g.public_id = js.ref
                    WHERE j.org_id = %(org)s AND g.id = s.arrangement_id AND j.at = s.cancelled_at
                      AND j.actor_kind = 'PERSON')
   AND NOT EXISTS (SELECT FROM base_journalline j
                     JOIN base_journalsubject js ON js.org_id = j.org_id AND js.line_id = j.id
                     JOIN people_household h ON h.org_id = j.org_id AND h.public_id = js.ref
                    WHERE j.org_id = %(org)s AND h.id = s.household_id AND j.at = s.cancelled_at
                      AND j.fact = 'away_told' AND j.actor_kind = 'PERSON')
 ORDER BY s.starts_at, s.visit_id
"""  # noqa: S608

OPEN_UNTOLD = f"""{SOUGHT}
SELECT 'visit', s.visit_id, 'household', s.household_id, 'nobody came', s.starts_at
  FROM sought s
 WHERE s.cancelled_at IS NULL AND s.closed_at IS NULL
   AND NOT EXISTS (SELECT FROM told t WHERE t.household_id = s.household_id AND t.round_id = s.round_id
                      AND t.about IN ('NOBODY', 'SEARCHING', 'LOOKING_ON') AND t.at < s.starts_at)
   AND NOT EXISTS (SELECT FROM written w JOIN visits_offer o ON o.org_id = %(org)s AND o.public_id = w.cause_ref
                    WHERE w.cause_kind = 'looking_on' AND o.round_id = s.round_id AND o.household_id = s.household_id
                      AND w.at < s.starts_at)
   AND NOT EXISTS (SELECT FROM written w
                     JOIN visits_replacement x ON x.org_id = %(org)s AND x.public_id = w.cause_ref
                     JOIN visits_visit v ON v.org_id = x.org_id AND v.id = x.visit_id
                    WHERE w.cause_kind = 'searching' AND x.round_id = s.round_id AND v.household_id = s.household_id
                      AND w.at < s.starts_at)
 ORDER BY s.starts_at, s.visit_id
"""  # noqa: S608

# Whoever heard that others are sought or come hears it too when her own helper comes after all: once, by whichever
# search for that visit, for there are two when who stood in could not come either.
OWN_BACK_UNTOLD = f"""{SOUGHT}
, heard AS (
  SELECT x.round_id, v.household_id, w.cause_kind AS about, w.at
    FROM written w
    JOIN visits_replacement x ON x.org_id = %(org)s AND x.public_id = w.cause_ref
    JOIN visits_visit v ON v.org_id = x.org_id AND v.id = x.visit_id
   WHERE w.cause_kind IN ('searching', 'own_back')
   UNION ALL
  SELECT o.round_id, o.household_id, w.cause_kind, w.at
    FROM written w
    JOIN visits_offer o ON o.org_id = %(org)s AND o.public_id = w.cause_ref
   WHERE w.cause_kind IN ('covered', 'looking_on', 'kept')
   UNION ALL
  SELECT t.round_id, t.household_id, lower(t.about), t.at
    FROM told t
   WHERE t.about IN ('COVERED', 'SEARCHING', 'NOBODY', 'LOOKING_ON', 'KEPT', 'OWN_BACK')
)
SELECT 'visit', s.visit_id, 'household', s.household_id, 'own helper since', s.closed_at
  FROM sought s
 WHERE s.cancelled_at IS NULL AND s.outcome = 'WITHDRAWN'
   AND EXISTS (SELECT FROM heard h WHERE h.round_id = s.round_id AND h.household_id = s.household_id
                  AND h.about <> 'own_back' AND h.at <= s.closed_at)
   AND NOT EXISTS (SELECT FROM heard h
                     JOIN visits_replacement other ON other.org_id = %(org)s AND other.round_id = h.round_id
                      AND other.visit_id = s.visit_id
                    WHERE h.household_id = s.household_id AND h.about = 'own_back' AND h.at < s.starts_at)
 ORDER BY s.starts_at, s.visit_id
"""  # noqa: S608

NOBODY_STANDS_IN = f"""{SOUGHT}
SELECT 'visit', s.visit_id, 'household', s.household_id, s.outcome
  FROM sought s
 WHERE s.cancelled_at IS NULL AND s.outcome IN ('COVERED', 'WITHDRAWN')
   AND NOT EXISTS (SELECT FROM visits_assignment a
                    WHERE a.org_id = %(org)s AND a.visit_id = s.visit_id AND a.ended_at IS NULL)
 ORDER BY s.starts_at, s.visit_id
"""  # noqa: S608

# --- What was promised and called off ----------------------------------------------------------------------

# A promise that was called off, with its first visit that still stood and has begun.
CALLED_OFF = """
WITH off AS (
  SELECT o.id, o.public_id, o.round_id, o.household_id, o.helper_id, o.withdrawn_at, min(a.starts_at) AS starts_at
    FROM visits_offer o
    JOIN visits_assignment a ON a.org_id = o.org_id AND a.from_offer_id = o.id AND a.ended_by_kind = 'called_off'
    JOIN visits_visit v ON v.org_id = o.org_id AND v.id = a.visit_id AND v.cancelled_at IS NULL
   WHERE o.org_id = %(org)s AND o.withdrawn_at >= %(since)s AND a.starts_at < %(until)s
   GROUP BY o.id
), heard AS (
  SELECT upper(m.cause_kind) AS about, o.id AS offer_id, o.round_id, o.household_id, d.finished_at AS at
    FROM base_outboxmessage m
    JOIN base_delivery d ON d.org_id = m.org_id AND d.outbox_id = m.id AND d.result = 'SENT'
    JOIN visits_offer o ON o.org_id = m.org_id AND o.public_id = m.cause_ref
   WHERE m.org_id = %(org)s
   UNION ALL
  SELECT upper(m.cause_kind), NULL, x.round_id, v.household_id, d.finished_at
    FROM base_outboxmessage m
    JOIN base_delivery d ON d.org_id = m.org_id AND d.outbox_id = m.id AND d.result = 'SENT'
    JOIN visits_replacement x ON x.org_id = m.org_id AND x.public_id = m.cause_ref
    JOIN visits_visit v ON v.org_id = x.org_id AND v.id = x.visit_id
   WHERE m.org_id = %(org)s
   UNION ALL
  SELECT c.about, c.offer_id, c.round_id, c.household_id, c.made_at
    FROM visits_phonecall c
   WHERE c.org_id = %(org)s AND c.outcome = 'TOLD'
)
"""

OFF_HELPER_UNTOLD = f"""{CALLED_OFF}
SELECT 'offer', off.id, 'helper', off.helper_id, 'called off', off.withdrawn_at
  FROM off
 WHERE NOT EXISTS (SELECT FROM heard h WHERE h.about = 'CALLED_OFF' AND h.offer_id = off.id AND h.at < off.starts_at)
 ORDER BY off.withdrawn_at, off.id
"""  # noqa: S608

# It hears that we look on, who comes instead, or that nobody does: something, if it had heard that she comes.
OFF_HOUSEHOLD_UNTOLD = f"""{CALLED_OFF}
SELECT 'offer', off.id, 'household', off.household_id, 'called off', off.withdrawn_at
  FROM off
 WHERE EXISTS (SELECT FROM heard h WHERE h.about = 'COVERED' AND h.offer_id = off.id AND h.at <= off.withdrawn_at)
   AND NOT EXISTS (SELECT FROM heard h WHERE h.round_id = off.round_id AND h.household_id = off.household_id
                      AND h.about IN ('LOOKING_ON', 'COVERED', 'OWN_BACK', 'NOBODY', 'SKIPPED')
                      AND h.at >= off.withdrawn_at AND h.at < off.starts_at)
 ORDER BY off.withdrawn_at, off.id
"""  # noqa: S608

# Who asks for somebody else half an hour before or sooner is answered before she comes.
UNDECIDED = """
SELECT 'objection', j.id, 'household', o.household_id, 'said', j.said_at
  FROM visits_objection j
  JOIN visits_offer o ON o.org_id = j.org_id AND o.id = j.offer_id
 WHERE j.org_id = %(org)s AND j.said_at >= %(since)s AND j.decision = ''
   AND EXISTS (SELECT FROM visits_assignment a
                WHERE a.org_id = j.org_id AND a.from_offer_id = o.id AND a.ended_at IS NULL
                  AND a.starts_at > j.said_at + interval '30 minutes' AND a.starts_at < %(until)s)
 ORDER BY j.said_at, j.id
"""

KEPT_UNTOLD = """
SELECT 'objection', j.id, 'household', o.household_id, 'decided', j.decided_at
  FROM visits_objection j
  JOIN visits_offer o ON o.org_id = j.org_id AND o.id = j.offer_id
  JOIN LATERAL (SELECT min(a.starts_at) AS starts_at FROM visits_assignment a
                 WHERE a.org_id = j.org_id AND a.from_offer_id = o.id AND a.ended_at IS NULL
                   AND a.starts_at > j.decided_at) ahead ON ahead.starts_at < %(until)s
 WHERE j.org_id = %(org)s AND j.decided_at >= %(since)s AND j.decision = 'KEEP'
   AND NOT EXISTS (SELECT FROM base_outboxmessage m
                     JOIN base_delivery d ON d.org_id = m.org_id AND d.outbox_id = m.id AND d.result = 'SENT'
                    WHERE m.org_id = j.org_id AND m.cause_kind = 'kept' AND m.cause_ref = o.public_id
                      AND d.finished_at < ahead.starts_at)
   AND NOT EXISTS (SELECT FROM visits_phonecall c
                    WHERE c.org_id = j.org_id AND c.offer_id = o.id AND c.about = 'KEPT' AND c.outcome = 'TOLD'
                      AND c.made_at < ahead.starts_at)
 ORDER BY j.decided_at, j.id
"""

# Whose helper was known to be away when it began, and whom nobody had taken off it.
AWAY_AND_EXPECTED = """
SELECT 'visit', a.visit_id, 'helper', a.helper_id, 'absence', away.id
  FROM visits_assignment a
  JOIN visits_visit v ON v.org_id = a.org_id AND v.id = a.visit_id AND v.cancelled_at IS NULL
  JOIN visits_absence away ON away.org_id = a.org_id AND away.helper_id = a.helper_id
   AND away.withdrawn_at IS NULL AND away.starts_at <= a.starts_at AND away.created_at < a.starts_at
   AND coalesce(away.ended_at, away.expected_until, 'infinity') > a.starts_at
 WHERE a.org_id = %(org)s AND a.ended_at IS NULL AND a.starts_at >= %(since)s AND a.starts_at < %(until)s
 ORDER BY a.starts_at, a.id
"""

# Whose helper does not work here any more on that day.
GONE_AND_EXPECTED = """
SELECT 'visit', a.visit_id, 'helper', a.helper_id, 'left on', h.until_date
  FROM visits_assignment a
  JOIN visits_visit v ON v.org_id = a.org_id AND v.id = a.visit_id AND v.cancelled_at IS NULL
  JOIN people_helper h ON h.org_id = a.org_id AND h.id = a.helper_id
   AND h.until_date <= (a.starts_at AT TIME ZONE 'Europe/Amsterdam')::date
 WHERE a.org_id = %(org)s AND a.ended_at IS NULL AND a.starts_at >= %(since)s AND a.starts_at < %(until)s
 ORDER BY a.starts_at, a.id
"""

# A standing visit to which nobody goes and which nobody looks for is on no list at all.
FORGOTTEN = """
SELECT 'visit', v.id, 'household', v.household_id, 'at', v.starts_at
  FROM visits_visit v
  JOIN visits_term t ON t.org_id = v.org_id AND t.arrangement_id = v.arrangement_id AND t.slot_no = v.slot_no
   AND t.period @> v.occurrence_date AND t.helper_id IS NOT NULL
 WHERE v.org_id = %(org)s AND v.cancelled_at IS NULL AND v.starts_at >= %(since)s AND v.starts_at < %(until)s
   AND NOT EXISTS (SELECT FROM visits_assignment a
                    WHERE a.org_id = v.org_id AND a.visit_id = v.id AND a.ended_at IS NULL)
   AND NOT EXISTS (SELECT FROM visits_replacement x WHERE x.org_id = v.org_id AND x.visit_id = v.id)
 ORDER BY v.starts_at, v.id
"""

# Whoever said yes knows when she goes, or that she need not; the last minutes before it begins are too late to tell.
YES = """
WITH yes AS (
  SELECT inside.visit_id, o.id, o.helper_id, o.household_id, inside.known_start, inside.known_end, inside.changed_at,
         v.starts_at, v.ends_at, last.ended_at, last.ended_by_kind
    FROM visits_offervisit inside
    JOIN visits_offer o ON o.org_id = inside.org_id AND o.id = inside.offer_id
    JOIN visits_visit v ON v.org_id = inside.org_id AND v.id = inside.visit_id
    JOIN LATERAL (SELECT a.ended_at, a.ended_by_kind FROM visits_assignment a
                   WHERE a.org_id = inside.org_id AND a.visit_id = v.id AND a.from_offer_id = o.id
                   ORDER BY a.id DESC LIMIT 1) last ON true
   WHERE inside.org_id = %(org)s AND o.sent_at >= %(since)s AND o.chosen_at IS NOT NULL AND o.withdrawn_at IS NULL
     AND NOT inside.left_out AND v.starts_at < %(until)s
)
"""

OTHERWISE_THAN_SHE_KNOWS = f"""{YES}
SELECT 'visit', visit_id, 'offer', id, 'known', known_start, 'is', starts_at, coalesce(ended_by_kind, '')
  FROM yes
 WHERE ended_at IS NULL AND (known_start, known_end) IS DISTINCT FROM (starts_at, ends_at)
    OR known_start IS NOT NULL AND ended_by_kind IN ('cancelled', 'changed', 'moved')
       AND ended_at < known_start - interval '5 minutes'
 ORDER BY starts_at, visit_id
"""  # noqa: S608

CHANGED_UNTOLD = f"""{YES}
SELECT DISTINCT 'offer', yes.id, 'changed', yes.changed_at, about
  FROM yes
  CROSS JOIN (VALUES ('CHANGED', 'CHOSEN'), ('ALTERED', 'COVERED')) AS news (about, as_well)
 WHERE yes.changed_at < yes.starts_at - interval '1 day'
   AND NOT EXISTS (SELECT FROM visits_phonecall c
                    WHERE c.org_id = %(org)s AND c.offer_id = yes.id AND c.outcome = 'TOLD'
                      AND c.about IN (news.about, news.as_well)
                      AND c.made_at >= yes.changed_at)
   AND NOT EXISTS (SELECT FROM base_outboxmessage m
                     JOIN base_delivery d ON d.org_id = m.org_id AND d.outbox_id = m.id AND d.result = 'SENT'
                     JOIN people_person p ON p.org_id = m.org_id AND p.public_id = m.recipient_ref
                     LEFT JOIN people_helper h ON h.org_id = m.org_id AND h.person_id = p.id
                     LEFT JOIN people_householdmember who ON who.org_id = m.org_id AND who.person_id = p.id
                    WHERE m.org_id = %(org)s AND m.cause_kind = lower(news.about) AND m.created_at >= yes.changed_at
                      AND (h.id = yes.helper_id OR who.household_id = yes.household_id))
 ORDER BY 4, 2
"""  # noqa: S608

# A yes that the journal does not know of, or a covered row without one.
NOT_WRITTEN_DOWN = f"""{SOUGHT}
SELECT 'visit', s.visit_id, 'covered at', s.closed_at
  FROM sought s
  JOIN visits_visit v ON v.org_id = %(org)s AND v.id = s.visit_id
 WHERE s.outcome = 'COVERED'
   AND NOT EXISTS (SELECT FROM base_journalsubject js
                     JOIN base_journalline j ON j.org_id = js.org_id AND j.id = js.line_id
                    WHERE js.org_id = %(org)s AND js.ref = v.public_id AND j.fact = 'replacement_confirmed')
 ORDER BY s.starts_at, s.visit_id
"""  # noqa: S608

PROMISES = {
    "double bookings": DOUBLE,
    "two helpers on one seat": TWO_ON_A_SEAT,
    "asked of a pair that is never again": NEVER_AGAIN,
    "asked where only others are wanted": ONLY_OTHERS,
    "asked where nobody else is wanted": NOBODY_ELSE,
    "asked a stranger where only known faces are wanted": ONLY_KNOWN,
    "asked in a pause": PAUSE,
    "asked oftener than she allows in a week": TOO_OFTEN,
    "asked again after a no": SAID_NO,
    "asked while absent herself": ABSENT_HERSELF,
    "asked again whom the household would rather not have": UNWANTED,
    "left by itself against the rules": BY_ITSELF,
    "asked outside the hours she allows": OUTSIDE_HOURS,
    "covered, and the household was not told": COVERED_UNTOLD,
    "skipped, and the household was not told": SKIPPED_UNTOLD,
    "nobody came, and the household was not told": OPEN_UNTOLD,
    "her own helper comes, and the household was not told": OWN_BACK_UNTOLD,
    "called off, and the helper was not told": OFF_HELPER_UNTOLD,
    "called off, and the household was not told": OFF_HOUSEHOLD_UNTOLD,
    "rather not her, and nobody decided": UNDECIDED,
    "decided that she comes, and the household was not told": KEPT_UNTOLD,
    "closed, and nobody goes": NOBODY_STANDS_IN,
    "expected of a helper who is away": AWAY_AND_EXPECTED,
    "expected of a helper who left": GONE_AND_EXPECTED,
    "without anybody, and nobody looks": FORGOTTEN,
    "it is otherwise than who said yes knows": OTHERWISE_THAN_SHE_KNOWS,
    "otherwise than promised, and not everybody was told": CHANGED_UNTOLD,
    "covered, and not in the journal": NOT_WRITTEN_DOWN,
}
