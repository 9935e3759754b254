"""Ways of asking that are played side by side: how many at once, and how long one waits for an answer."""

from dataclasses import dataclass

SLUG = "simulatie"  # of the organisation that is played
AS_PROPOSED = 3  # so many the screen ticks for a visit


@dataclass(frozen=True)
class Policy:
    """One way of asking.  `at_once` is how many are asked for a visit in one wave, None everybody who can come."""

    name: str
    about: str
    at_once: int | None = AS_PROPOSED
    minutes_today: int = 10  # to answer, of a visit today
    minutes_later: int = 240
    by_itself: bool = False  # the team lets the proposal for today leave by itself, unless somebody stops it


POLICIES = {
    one.name: one
    for one in (
        Policy("samen", "as the screen proposes: three at once, ten minutes today, four hours later"),
        Policy("one-by-one", "one at a time", at_once=1),
        Policy("two-at-once", "two at a time", at_once=2),
        Policy("all-at-once", "everybody who can come, at once", at_once=None),
        Policy("hurried", "three at once; five minutes today, one hour later", minutes_today=5, minutes_later=60),
        Policy("patient", "three at once; half an hour today, a day later", minutes_today=30, minutes_later=24 * 60),
        Policy("by-itself", "as samen, and the proposal for today leaves by itself after five minutes", by_itself=True),
    )
}
