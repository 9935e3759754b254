"""What can happen around visits, each with its sentence."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from samen.base import journal


class Fact(models.TextChoices):
    """Keys of the journal; the label is the sentence."""

    ARRANGEMENT_AGREED = "arrangement_agreed", _("{actor} agreed with {household} when somebody comes")
    ARRANGEMENT_CHANGED = "arrangement_changed", _("{actor} changed what was agreed with {household}")
    ARRANGEMENTS_HANDED_OVER = "arrangements_handed_over", _("{actor} handed over the agreements of {helper}")
    ARRANGEMENTS_GIVEN_BACK = "arrangements_given_back", _("{actor} undid a hand-over of agreements of {helper}")
    VISITS_FOLLOWED = "visits_followed", _("{count} visits ahead went to another team with their households")
    AWAY_TOLD = "away_told", _("{actor} noted when {household} is away")
    AWAY_CHANGED = "away_changed", _("{actor} noted when {household} is back")
    AWAY_WITHDRAWN = "away_withdrawn", _("{actor} noted that {household} does not go away")
    AWAY_UNDONE = "away_undone", _("{actor} undid what was noted last about {household} being away")
    HOLIDAY_CHOSEN = "holiday_chosen", _("{actor} decided for the team what happens on {day}")
    HOLIDAY_UNDONE = "holiday_undone", _("{actor} undid what the team had decided for {day}")
    SCHOOL_REGION_CHOSEN = "school_region_chosen", _("{actor} noted in which school region the team works")
    ABSENCE_REPORTED = "absence_reported", _("{actor} reported that {helper} cannot come")
    ABSENCE_LASTS = "absence_lasts", _("{helper} still cannot come: {count} more visits wait for somebody else")
    ABSENCE_ENDED = "absence_ended", _("{actor} reported that {helper} is better")
    ABSENCE_WITHDRAWN = "absence_withdrawn", _("{actor} took back that {helper} cannot come")
    OFFERS_SENT = "offers_sent", _("{actor} asked {count} times who can stand in for {helper}")
    QUESTION_TOO_LATE = (
        "question_too_late",
        _("The question to {helper} about {household} could not leave in time, so it was not asked"),
    )
    OFFERS_UNDONE = "offers_undone", _("{actor} called the questions back before they left")
    SELF_SENDING_ON = "self_sending_on", _("{actor} switched on that proposals for today leave by themselves")
    SELF_SENDING_OFF = "self_sending_off", _("{actor} switched off that proposals for today leave by themselves")
    SELF_SENDING_STOPPED = "self_sending_stopped", _("{actor} stopped the proposal for {helper} before it left")
    MORNING_ASKED = "morning_asked", _("{actor} had the morning of {count} teams planned at once")
    SENT_BY_ITSELF = "sent_by_itself", _("The setting of the team sent the proposal for {helper}, nobody stopped it")
    HELPER_RUNG = "helper_rung", _("{actor} rang {helper} about {household}, who did not pick up")
    HELPER_SAID_YES = "helper_said_yes", _("{actor} rang {helper} about {household}: yes")
    HELPER_SAID_NO = "helper_said_no", _("{actor} rang {helper} about {household}: no")
    HELPER_RANG_YES = "helper_rang_yes", _("{helper} rang {actor} about {household}: yes")
    HELPER_RANG_NO = "helper_rang_no", _("{helper} rang {actor} about {household}: no")
    HOUSEHOLD_SAID_ANYBODY = "household_said_anybody", _("{actor} rang {household}: somebody else may come")
    HOUSEHOLD_SAID_NOBODY = "household_said_nobody", _("{actor} rang {household}: rather nobody")
    HOUSEHOLD_RUNG = "household_rung", _("{actor} rang {household}, who did not pick up")
    HOUSEHOLD_TOLD = "household_told", _("{actor} told {household} by telephone")
    HELPER_TOLD = "helper_told", _("{actor} told {helper} by telephone about {household}")
    OFFER_DECLINED = "offer_declined", _("{helper} cannot go to {household} this time")
    HOUSEHOLDS_TOLD = "households_told", _("{actor} told {count} households that we are looking")
    OFFER_WILLING = "offer_willing", _("{helper} can go to {household}; the team chooses")
    REPLACEMENT_CONFIRMED = "replacement_confirmed", _("{helper} goes to {household}")
    REPLACEMENT_SEEN = "replacement_seen", _("{household} has seen who comes")
    OBJECTION_SAID = "objection_said", _("{household} would rather have somebody else than {helper}")
    OBJECTION_KEPT = "objection_kept", _("{actor} decided that {helper} goes to {household} after all")
    OBJECTION_LOOKED = "objection_looked", _("{actor} decided to look for somebody else than {helper} for {household}")
    OBJECTION_SKIPPED = "objection_skipped", _("{actor} decided that nobody goes to {household} this time")
    PROMISE_CALLED_OFF = "promise_called_off", _("{actor} called off that {helper} goes to {household}")
    QUESTION_CALLED_OFF = "question_called_off", _("{actor} took back the question to {helper} about {household}")
    NOT_LENT = "not_lent", _("{actor} would rather not have {helper} asked by another team")
    PROMISE_CHANGED = "promise_changed", _("{helper} and {household} hear that it is otherwise than was promised")
    OWN_HELPER_BACK = "own_helper_back", _("{count} households hear that {helper} comes after all")
    RESULT_REPORTED = "result_reported", _("{actor} said how the visit of {helper} to {household} went")
    RESULT_CORRECTED = "result_corrected", _("{actor} corrected how the visit of {helper} to {household} went")
    RESULT_TAKEN_BACK = "result_taken_back", _("{actor} took back how the visit of {helper} to {household} went")
    HOURS_APPROVED = "hours_approved", _("{actor} approved the hours of {helper} at {household} in {month}")
    HOURS_FIXED = "hours_fixed", _("The hours of {helper} at {household} in {month} are fixed: both sides approved")
    HOURS_REOPENED = (
        "hours_reopened",
        _("The hours of {helper} at {household} in {month} changed and are open again"),
    )
    HOURS_REMINDED = "hours_reminded", _("{actor} asked {count} people to look at the hours of {month}")
    TASKS_CHANGED = "tasks_changed", _("{actor} changed what comes first at {household}")
    RATE_SET = "rate_set", _("{actor} changed a rate")
    POLICY_CHANGED = "policy_changed", _("{actor} changed what the organisation holds to in its work")
    RULE_OVERRIDDEN = "rule_overridden", _("{actor} went on although a rule warned, and said why")
    FEED_SHARED = "feed_shared", _("{actor} made a secret address for a calendar")
    FEED_WITHDRAWN = "feed_withdrawn", _("{actor} withdrew the secret address of a calendar")


journal.declare(Fact)
