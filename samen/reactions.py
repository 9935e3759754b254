"""Every hop that goes up the stack: which news makes whose screens follow.  One dict, one page.

A reaction runs in the transaction of the verb and hears the subjects of the news.  It changes no rows of those below;
it makes screens look again, and lets go of what was kept for them.
"""

from samen.base.journal import Reaction
from samen.base.outbox import DELIVERED
from samen.desk import live
from samen.office import hiding
from samen.people.facts import Fact as People
from samen.visits.facts import Fact as Visits

REACTIONS: dict[str, tuple[Reaction, ...]] = {
    People.HOUSEHOLD_MOVED: (live.refresh_team,),
    People.HELPER_MOVED: (live.refresh_team,),
    People.HOUSEHOLD_SETTLED: (hiding.forget_homes,),
    People.HELPER_SETTLED: (hiding.forget_homes,),
    Visits.ARRANGEMENT_AGREED: (live.refresh_team,),
    Visits.ARRANGEMENT_CHANGED: (live.refresh_team,),
    Visits.ARRANGEMENTS_HANDED_OVER: (live.refresh_team,),
    Visits.ARRANGEMENTS_GIVEN_BACK: (live.refresh_team,),
    Visits.AWAY_TOLD: (live.refresh_team,),
    Visits.AWAY_CHANGED: (live.refresh_team,),
    Visits.AWAY_WITHDRAWN: (live.refresh_team,),
    Visits.AWAY_UNDONE: (live.refresh_team,),
    Visits.HOLIDAY_CHOSEN: (live.refresh_team,),
    Visits.HOLIDAY_UNDONE: (live.refresh_team,),
    Visits.SCHOOL_REGION_CHOSEN: (live.refresh_team,),
    Visits.ABSENCE_REPORTED: (live.refresh_team,),
    Visits.ABSENCE_LASTS: (live.refresh_team,),
    Visits.ABSENCE_ENDED: (live.refresh_team,),
    Visits.ABSENCE_WITHDRAWN: (live.refresh_team,),
    Visits.OFFERS_SENT: (live.refresh_team,),
    Visits.OFFERS_UNDONE: (live.refresh_team,),
    Visits.QUESTION_TOO_LATE: (live.refresh_team,),
    Visits.SELF_SENDING_ON: (live.refresh_team,),
    Visits.SELF_SENDING_OFF: (live.refresh_team,),
    Visits.SELF_SENDING_STOPPED: (live.refresh_team,),
    Visits.SENT_BY_ITSELF: (live.refresh_team,),
    Visits.HELPER_RUNG: (live.refresh_team,),
    Visits.HELPER_SAID_YES: (live.refresh_team,),
    Visits.HELPER_SAID_NO: (live.refresh_team,),
    Visits.HELPER_RANG_YES: (live.refresh_team,),
    Visits.HELPER_RANG_NO: (live.refresh_team,),
    Visits.HOUSEHOLD_SAID_ANYBODY: (live.refresh_team,),
    Visits.HOUSEHOLD_SAID_NOBODY: (live.refresh_team,),
    Visits.HOUSEHOLD_RUNG: (live.refresh_team,),
    Visits.HOUSEHOLD_TOLD: (live.refresh_team,),
    Visits.HELPER_TOLD: (live.refresh_team,),
    Visits.OFFER_DECLINED: (live.refresh_team,),
    Visits.HOUSEHOLDS_TOLD: (live.refresh_team,),
    Visits.OFFER_WILLING: (live.refresh_team,),
    Visits.REPLACEMENT_CONFIRMED: (live.refresh_team,),
    Visits.REPLACEMENT_SEEN: (live.refresh_team,),
    Visits.OBJECTION_SAID: (live.refresh_team,),
    Visits.OBJECTION_KEPT: (live.refresh_team,),
    Visits.OBJECTION_LOOKED: (live.refresh_team,),
    Visits.OBJECTION_SKIPPED: (live.refresh_team,),
    Visits.PROMISE_CALLED_OFF: (live.refresh_team,),
    Visits.QUESTION_CALLED_OFF: (live.refresh_team,),
    Visits.NOT_LENT: (live.refresh_team,),
    Visits.PROMISE_CHANGED: (live.refresh_team,),
    Visits.OWN_HELPER_BACK: (live.refresh_team,),
    Visits.RESULT_REPORTED: (live.refresh_team,),
    Visits.RESULT_CORRECTED: (live.refresh_team,),
    Visits.RESULT_TAKEN_BACK: (live.refresh_team,),
    Visits.HOURS_APPROVED: (live.refresh_team,),
    Visits.HOURS_FIXED: (live.refresh_team,),
    Visits.HOURS_REOPENED: (live.refresh_team,),
    DELIVERED: (live.refresh_team_of_message,),
}
