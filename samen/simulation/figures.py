"""How people behave in the simulation: every figure with where it is from.

How often helpers fall ill and for how long, and when they have leave, is `samen.demo.living`'s (Vernet, CBS and ActiZ
figures, docs/decisions/0010).  Of how soon and how often a helper answers a question to stand in nothing was found
published: those figures are assumptions, meant to be replaced by a pilot's own, which the journal keeps.
"""

# --- A helper who is ill ------------------------------------------------------------------------------

REPORTS = (6 * 60 + 15, 8 * 60 + 15)  # minutes of the first morning between which it is told (assumption)
BY_PHONE_PAGE = 0.6  # of the reports she makes on her own page; a colleague takes the others in (assumption)
SAYS_UNTIL_WHEN = 0.4  # of the reports (assumption); she says three days, a week or two, the least that is enough
BETTER_AT = 7 * 60  # minute of the day on which she is better (assumption)
LEAVE_TOLD = 6  # weeks before it begins, as in the demo (assumption)

# --- A helper who is asked ----------------------------------------------------------------------------

YES_TODAY, NO_TODAY = 0.30, 0.35  # the others say nothing (assumption)
YES_LATER, NO_LATER = 0.38, 0.37  # there is time to look into one's week (assumption)
YES_MORE_WHERE_KNOWN = 0.15  # she was there before (assumption)
YES_LESS_EACH_TIME = 0.05  # for each question of this week before this one (assumption)
MINUTES_TODAY, MINUTES_LATER = 5, 50  # until half of the answers are there, after it reached her (assumption)
SPREAD = 1.0  # of the logarithm of those minutes: nine of ten answer within 3.6 times as long (assumption)
AWAKE = (7 * 60, 22 * 60)  # nobody answers at night (the hours in which a team may send, screens C6)
PICKS_UP = 0.6  # a helper who is rung (assumption)
RUNG_AT_MOST = 3  # times, then she is left in peace (assumption)

# --- What helpers and households said beforehand --------------------------------------------------------

HAS_HOURS_TO_BE_ASKED = 0.15  # of the helpers (assumption): weekdays from eight to six
HAS_A_MOST_PER_WEEK = 0.25  # of the helpers (assumption): one to three questions
WANTS_TO_BE_RUNG = 0.10  # of the helpers, and of the households (assumption)
SAID_A_WISH = 0.6  # of the households (assumption); the others take whom we send
WISHES = {"ANYONE": 55, "KNOWN": 15, "MOVE": 8, "SHORTEN": 4, "SKIP": 10, "NOBODY": 4, "CALL": 4}  # assumption
NEVER_AGAIN = 0.05  # of the households have one helper who never comes again (assumption)

# --- What turns out otherwise ---------------------------------------------------------------------------

OBJECTS = 0.04  # of the households that hear by letter who comes would rather have somebody else (assumption)
OBJECTS_AFTER = (10, 600)  # minutes (assumption)
DECIDES = {"KEEP": 30, "LOOK": 50, "SKIP": 20}  # what a colleague makes of that (assumption)
CALLED_OFF = 0.03  # of the questions and promises a colleague takes back later (assumption)
CALLED_OFF_AFTER = (30, 1440)  # minutes (assumption)
VETOED = 0.1  # of what would leave by itself is stopped by a colleague before it does (assumption)
VETOED_AFTER = 2  # minutes (assumption)

# --- A household --------------------------------------------------------------------------------------

CALLS_OFF = 0.03  # of its visits (docs/decisions/0010: an assumption until a pilot's figures)
CALLS_OFF_DAYS = (1, 7)  # before the visit (assumption)
PICKS_UP_HOME = 0.75  # a household that is rung (assumption)
TAKES_ANYONE = 0.7  # of those who want to be rung first or rather move the visit (assumption); the others skip it

# --- What a year brings -------------------------------------------------------------------------------

LEAVES, BEGIN = 0.196, 0.204  # of the helpers, in a year (ActiZ 2021, nursing homes; screens D2)
NOTICE_MONTHS = 1  # to the end of a month (Burgerlijk Wetboek 7:672)
FIRST_VISITS = 7  # days after she began (assumption)
AWAY_IN_SUMMER, AWAY_AT_CHRISTMAS = (
    0.35,
    0.08,
)  # of the households (assumption); in the weeks in which helpers have leave
AWAY_WEEKS = {1: 50, 2: 40, 3: 10}  # for how long, in parts of a hundred (assumption)
AWAY_TOLD = (2, 8)  # weeks before (assumption)
CHRISTMAS_WEEK = 52
HOLIDAYS_DECIDED = 9  # weeks before: as far ahead as visits are made
NOBODY_HOME, NO_SHOW = 0.005, 0.002  # of the visits (screens D2: assumptions until a pilot's figures)
AFTER_IT_BEGAN = 15  # minutes, until somebody says so (assumption)

# --- A coordinator ------------------------------------------------------------------------------------

AT_THE_DESK = (7 * 60, 22 * 60)  # every day; somebody on duty looks too (screens C6, C11)
SEES_IT = 4  # minutes until a colleague acts on what stands on the board (assumption)
RINGS_AGAIN = 20  # minutes after nobody picked up (assumption)
LOOKS_AGAIN = 10 * 60  # minute of the day at which what has nobody is looked at once more (assumption)
SOON = 3  # days before a visit it is looked at every day, before that every Monday (assumption)
