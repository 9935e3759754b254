"""What may not be written down of people: origin, colour, faith and dress are no wish, by the law on equal treatment.

Algemene wet gelijke behandeling, artikel 1 and 5: no distinction by race, nationality, religion or belief when work is
given or people are brought together.  A list of words catches what is said in so many words; it is no judge.
"""

import re

LAWFUL_IN_A_LANGUAGE = re.compile(r"\b(?:nederlands|turks|pools|chinees|arabisch|berbers)\b", re.IGNORECASE)
PEOPLE = r"(?:e[rn]?)?\s+(?:vrouw|man|mens|hulp|huid|iemand|persoon|dame|meisje|mevrouw)"
UNLAWFUL = re.compile(
    r"\b(?:"
    r"afkomst|herkomst|etnisch|etniciteit|nationaliteit|huidskleur|allocht|autocht|buitenland|immigrant|vluchteling|"
    r"migrant|getint|neger|zigeuner|ras\b|rasse|"
    r"marokka|turk|surina|antil|afrik|somali|eritre|syri[eë]|syri[eë]r|arabi|chine|polen\b|poolse?\b|oost-?europ|"
    r"roemeen|bulgaar|oekra|"
    rf"(?:blank|zwart|wit|donker|gekleurd|nederlands|hollands){PEOPLE}|echte?\s+(?:nederland|holland)|"
    r"moslim|islam|christ|katholi|protestant|gereformeer|hervormd|jood|joods|hindoe|boeddh|gelovig|ongelovig|geloof|"
    r"religi|atheïst|hoofddoek|sluier|boerka|nikab|niqab|keppel|tulband|"
    r"ethnic|origin\b|nationality|foreign|immigrant|refugee|skin colou?r|white\s+(?:wom|man|helper)|"
    r"black\s+(?:wom|man|helper)|muslim|jewish|hindu|buddhis|headscarf|veil\b|turban"
    r")",
    re.IGNORECASE,
)
HEALTH = re.compile(
    r"\b(?:dement|alzheimer|parkinson|kanker|chemo|tumor|diabet|suikerziek|epilep|psychos|psychiat|depress|schizo|"
    r"autis|adhd|borderline|hartfalen|infarct|beroerte|copd|astma|reuma|multiple sclerose|hiv|verslaa|alcoholi|"
    r"diagnose|medicat|dementia|cancer|stroke|diagnos)",
    re.IGNORECASE,
)


class Unlawful(Exception):
    """Origin, colour, faith and dress cannot be a wish, nor the reason of one."""


def check(text: str, *, of_language: bool = False) -> None:
    """Raises `Unlawful` for words about origin, colour, faith or dress; the name of a language is none of those."""
    if UNLAWFUL.search(LAWFUL_IN_A_LANGUAGE.sub("", text) if of_language else text):
        raise Unlawful(Unlawful.__doc__)


def speaks_of_origin(text: str) -> bool:
    """Whether a story holds words that may never play a part in a match."""
    return UNLAWFUL.search(text) is not None


def speaks_of_health(text: str) -> bool:
    """Whether a story names an illness: health is written down only where the law asks for it."""
    return HEALTH.search(text) is not None
