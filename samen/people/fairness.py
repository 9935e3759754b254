"""What may not be written down of people: origin, colour, faith and dress are no wish, by the law on equal treatment.

Algemene wet gelijke behandeling, artikel 1 and 5: no distinction by race, nationality, religion or belief when work is
given or people are brought together.  A list of words catches what is said in so many words; it is no judge.
"""

import re

LAWFUL_IN_A_LANGUAGE = re.compile(
    r"\b(?:nederlands|turks|pools|chinees|arabisch|berbers|oekraïens|somalisch|turkish|chinese|arabic|ukrainian)\b",
    re.IGNORECASE,
)
SOMEBODY = (
    r"(?:e[rn]?)?\s+(?:vrouw|man|mens|hulp|huid|iemand|persoon|dame|meisje|mevrouw|wom[ae]n|m[ae]n\b|helper|people|person|"
    r"lady|skin)"
)
NOBODY_SUCH = r"\b(?:geen|liever|alleen|een|no|only)\s+"  # before a colour at the end of a thought: "geen zwarte."
COLOURS = r"blanke?n?|zwarte?n?|witte?n?|donkere?n?|bruine?n?|gekleurden?|blacks?|whites?|brown|colou?red"
UNLAWFUL = re.compile(
    r"\b(?:"
    # where somebody comes from
    r"afkomst|herkomst|etnisch|etniciteit|nationaliteit|huidskleur|allocht|autocht|buitenland|immigrant|vluchteling|"
    r"migrant|getint|negers?\b|negerin|zigeuner|ras\b|rasse|landgeno|"
    r"marokka|turk(?:en|s|se|ije|ish|ey)?\b|surina|antil|afrika(?:an|ns)|somali|eritre|ethiop|ghan[ae]|nigeria|kaapverd|"
    r"syri[eë]|syri[eë]r|irak|iran|afghaan|pakista|indone|moluk|filipijn|vietnam|koerd|hongaar|servi[eë]r|bosni|"
    r"arabi|arabier|chine|aziat|polen\b|poolse?\b|geen\s+pool\b|oost-?europ|roemeen|bulgaar|oekra|"
    r"ethnic|origin\b|nationality|foreign|refugee|skin(?:ned|\s+colou?r)|moroccan|african|asian|gyps(?:y|ies)|"
    r"east(?:ern)?[\s-]europ|romanian|bulgarian|ukrainian|no\s+poles?\b|polish\s+(?:wom|man|men|helper|people)|"
    # colour
    rf"(?:blank|zwart|wit|donker|bruin|gekleurd|black|white|brown|dark|colou?red|native){SOMEBODY}|"
    rf"(?:nederlands|hollands|dutch){SOMEBODY}|echte?\s+(?:nederland|holland)|dark-?skinned|"
    # faith and dress
    r"moslim|islam|christen(?:en|dom)?\b|christelijk|christians?\b|christianity|catholic|katholi|protestant|gereformeer|"
    r"hervormd|jood|joods|jew(?:s|ish)?\b|hindoe|hindu|boeddh|buddhis|sikh|gelovig|ongelovig|(?<!ik\s)geloof(?!\s+(?:dat|"
    r"het|ik|me)\b)|religi|athe[iï]st|kerkelijk|kerkgang|ramadan|muslim|mohammedaan|"
    r"hoofddoek|sluier|boerka|burka|burqa|nikab|niqab|hijab|hidjab|chador|djellaba|keppel|tulband|headscar|veil\b|turban"
    rf")|{NOBODY_SUCH}(?:{COLOURS})\s*(?=$|[.,;:!?)])",
    re.IGNORECASE,
)
WOMEN_AND_MEN = re.compile(
    r"\b(?:geen|liever|alleen|alleen\s+maar|graag|per\s+se|het\s+liefst|enkel|moet)\s+(?:een\s+|door\s+een\s+)?"
    r"(?:vrouw|vrouwen|man|mannen|vent|dame|dames|heren|meisje|jongen)(?:\s+zijn)?\b(?!\s+(?:thuis|des\s+huizes))|"
    r"\b(?:no|only|rather|prefers?|preferably|must\s+be|not)\s+(?:a\s+|by\s+a\s+)?(?:wom[ae]n|m[ae]n|females?|males?|lady)\b",
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


def asks_for_a_woman_or_a_man(text: str) -> bool:
    """Whether these words ask for one of both: that has a kind of wish of its own, with its ground."""
    return WOMEN_AND_MEN.search(text) is not None


def speaks_of_origin(text: str) -> bool:
    """Whether a story holds words that may never play a part in a match."""
    return UNLAWFUL.search(text) is not None


def speaks_of_health(text: str) -> bool:
    """Whether a story names an illness: health is written down only where the law asks for it."""
    return HEALTH.search(text) is not None
