"""Wishes, as a colleague chooses them from a list and reads them back."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samen.people.models import PairWish, Wish

WHATS = [  # kind and what, with how it is said
    ("LANGUAGE:nl", gettext_lazy("language: Dutch")),
    ("LANGUAGE:en", gettext_lazy("language: English")),
    ("LANGUAGE:ar", gettext_lazy("language: Arabic")),
    ("LANGUAGE:ber", gettext_lazy("language: Berber")),
    ("LANGUAGE:de", gettext_lazy("language: German")),
    ("LANGUAGE:fr", gettext_lazy("language: French")),
    ("LANGUAGE:fy", gettext_lazy("language: Frisian")),
    ("LANGUAGE:pap", gettext_lazy("language: Papiamento")),
    ("LANGUAGE:pl", gettext_lazy("language: Polish")),
    ("LANGUAGE:es", gettext_lazy("language: Spanish")),
    ("LANGUAGE:tr", gettext_lazy("language: Turkish")),
    ("LANGUAGE:uk", gettext_lazy("language: Ukrainian")),
    ("SKILL:ironing", gettext_lazy("ironing")),
    ("SKILL:windows", gettext_lazy("windows")),
    ("SKILL:cooking", gettext_lazy("cooking")),
    ("SKILL:shopping", gettext_lazy("shopping")),
    ("SKILL:laundry", gettext_lazy("laundry")),
    ("PETS:dog", gettext_lazy("a dog in the house")),
    ("PETS:cat", gettext_lazy("a cat in the house")),
    ("PETS:bird", gettext_lazy("birds in the house")),
    ("SMOKING:yes", gettext_lazy("smoking in the house")),
    ("STAIRS:yes", gettext_lazy("stairs")),
    ("PART_OF_DAY:morning", gettext_lazy("in the morning")),
    ("PART_OF_DAY:afternoon", gettext_lazy("in the afternoon")),
    ("PART_OF_DAY:evening", gettext_lazy("in the evening")),
    ("SAME_FACE:yes", gettext_lazy("the same helper every time")),
    ("GENDER:woman", gettext_lazy("a woman")),
    ("GENDER:man", gettext_lazy("a man")),
]
NAMES = dict(WHATS)


def told(wish: Wish) -> dict[str, Any]:
    """One wish in words."""
    level = f" ({Wish.Level(wish.level).label})" if wish.level else ""
    return {
        "what": f"{NAMES.get(f'{wish.kind}:{wish.what}', wish.what)}{level}",
        "strength": str(Wish.Strength(wish.strength).label),
        "strong": wish.strength in (Wish.Strength.MUST, Wish.Strength.NOT),
        "scope": "" if wish.scope == Wish.Scope.ALWAYS else str(Wish.Scope(wish.scope).label),
        "ground": str(Wish.Ground(wish.ground).label) if wish.ground else "",
        "reason": wish.reason,
        "until": wish.until_date,
        "public_id": wish.public_id,
    }


def told_pair(wish: PairWish, name: str) -> str:
    """What is wished between two, seen from the one: never again: Fatma."""
    reason = f" ({wish.reason})" if wish.reason else ""
    return _("{strength}: {name}").format(strength=PairWish.Strength(wish.strength).label, name=name) + reason
