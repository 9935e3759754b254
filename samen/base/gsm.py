"""What fits in one text message: the letters of GSM 03.38, 160 of them, and without them 70."""

import unicodedata

ONE = 160
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = frozenset("^{}\\[~]|€\f")  # these take the place of two
# What has no mark to take off, or would lose its meaning.
INSTEAD = str.maketrans(
    {"ł": "l", "Ł": "L", "ı": "i", "đ": "d", "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "..."}
)


def plain(text: str) -> str:
    """The text in letters of a text message, as far as there are any: Yılmaz becomes Yilmaz, środa becomes sroda."""
    return "".join(_letter(sign) for sign in text.translate(INSTEAD))


def _letter(sign: str) -> str:
    if sign in BASIC or sign in DOUBLE:
        return sign
    bare = "".join(part for part in unicodedata.normalize("NFD", sign) if not unicodedata.combining(part))
    return bare if bare and all(part in BASIC for part in bare) else sign


def length(text: str) -> int | None:
    """How many of the 160 places this takes; None when it has other letters and goes as Unicode, 70 at a time."""
    if any(sign not in BASIC and sign not in DOUBLE for sign in text):
        return None
    return len(text) + sum(sign in DOUBLE for sign in text)


def parts(text: str) -> int:
    """As how many messages this travels."""
    taken = length(text)
    one, more = (ONE, 153) if taken is not None else (70, 67)
    taken = taken if taken is not None else len(text.encode("utf-16-be")) // 2
    return 1 if taken <= one else -(-taken // more)
