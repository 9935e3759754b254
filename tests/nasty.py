"""What people, programs and villains type: every value has a name, so that a failure says what it was.

Collected from the bad inputs that measured systems fell over; texts are what a browser would send, bytes are what no
browser sends.
"""

from collections.abc import Sequence
from dataclasses import dataclass

NOBODY = "9f1c7a52-0b7e-4c55-9d7b-6f2f3f0c1e11"  # the public id of no row
MARK = "x-nasty"  # a header of this name in an answer was smuggled in


@dataclass(frozen=True)
class Nasty:
    """One value, and what it is."""

    name: str
    value: bytes

    def __str__(self) -> str:
        return self.name


def _text(name: str, value: str | bytes) -> Nasty:
    return Nasty(name, value if isinstance(value, bytes) else value.encode())


NOTHING = [
    _text("nothing", ""),
    _text("a space", " "),
    _text("many spaces", " " * 400),
    _text("a tab", "\t"),
    _text("a line end", "\n"),
    _text("only a no-break space", "\u00a0"),
    _text("only a zero-width space", "\u200b"),
]
BYTES = [
    _text("a NUL", "\x00"),
    _text("a NUL inside", "van\x00Dam"),
    _text("a lone surrogate", b"\xed\xa0\x80"),
    _text("a surrogate pair in CESU-8", b"\xed\xa0\xbd\xed\xb8\x80"),
    _text("broken UTF-8", b"\xc3\x28"),
    _text("an overlong slash", b"\xc0\xaf"),
    _text("Latin-1", "Noël".encode("latin1")),
    _text("UTF-16 with its mark", "Anja".encode("utf-16")),
    _text("every control character", bytes(range(1, 32)) + b"\x7f"),
    _text("all 256 bytes", bytes(range(256))),
    _text("a byte-order mark", "\ufeffAnja"),
    _text("a noncharacter", "\ufffe\U0010ffff"),
    _text("line and paragraph separators", "a\u2028b\u2029c"),
]
LONG = [
    _text("as long as may be", "x" * 500),
    _text("one longer", "x" * 501),
    _text("64 KB", "x" * 65536),
    _text("a megabyte", "x" * 1_000_000),
    _text("64 KB of emoji", "🧹" * 16_384),
]
NAMES = [
    _text("van 't", "van 't Hof-d'Hondt"),
    _text("one letter", "É"),
    _text("120 letters", "Ærøskøbing" * 12),
    _text("an emoji", "🧹"),
    _text("a family of one letter", "👩\u200d👩\u200d👧"),
    _text("four-byte letters", "𝒜𝓃𝒿𝒶"),
    _text("right to left", "فاطمة"),
    _text("a right-to-left override", "Anja\u202egnp.exe"),
    _text("bidirectional isolates", "\u2066Anja\u2069"),
    _text("zero-width joints", "An\u200b\u200cja\u2060"),
    _text("a tower of accents", "Z" + "\u0317\u0318\u0322" * 60),
    _text("a look-alike", "Аnjа"),
    _text("a Turkish i", "İIıi"),
    _text("a letter that grows when raised", "ßﬀ"),
]
CODE = [
    _text("a quote", "'"),
    _text("a double quote", '"'),
    _text("a backslash", "\\"),
    _text("always true", "' OR '1'='1' --"),
    _text("a dropped table", "'; DROP TABLE people_person; --"),
    _text("a stacked setting", "'; SELECT set_config('app.org','2',true); --"),
    _text("a per cent sign", "%"),
    _text("C holes", "%s%n%d"),
    _text("Python holes", "{actor.__class__.__init__.__globals__}"),
    _text("an open hole", "{"),
    _text("template syntax", "{{ 7|add:7 }}{% load i18n %}{% csrf_token %}"),
    _text("a lookup of names", "${jndi:ldap://example.org/a}"),
    _text("a script", "<script>alert('nasty')</script>"),
    _text("a picture that runs", '"><img src=nasty onerror=alert(1)>'),
    _text("a broken attribute", "' autofocus onfocus=nasty() x='"),
    _text("a script address", "javascript:alert('nasty')"),
    _text("an HTML comment", "<!-- nasty --!>"),
    _text("the end of a CDATA", "]]>"),
    _text("an entity", "&lt;script&gt;&#0;&nasty;"),
    _text("a formula", '=cmd|"/c calc"!A0'),
    _text("a formula behind a tab", "\t=1+1"),
    _text("a phone number like a formula", "+31612345678"),
]
PATHS = [
    _text("the way up", "../../../../etc/passwd"),
    _text("the way up in Windows", "..\\..\\windows\\win.ini"),
    _text("a path and a NUL", "/etc/passwd\x00.png"),
    _text("a NUL in words", "%00"),
    _text("a slash in words", "%2F..%2F"),
    _text("twice in words", "%252e%252e%252f"),
    _text("a header", f"/\r\n{MARK}: yes"),
    _text("a header in words", f"/%0d%0a{MARK}:%20yes"),
    _text("another recipient", "anja@example.org\nBcc: all@example.org"),
    _text("another host", "//example.org/"),
    _text("a whole address", "https://example.org/"),
    _text("another host by backslash", "/\\example.org"),
    _text("half an address", "http://["),
    _text("a bracket", "//[/"),
]
NUMBERS = [
    _text("minus one", "-1"),
    _text("zero", "0"),
    _text("minus zero", "-0"),
    _text("a Dutch amount", "1.000,50"),
    _text("too large for a float", "1e309"),
    _text("no number", "NaN"),
    _text("infinity", "-Infinity"),
    _text("one more than 32 bits", "2147483648"),
    _text("one more than 64 bits", "9223372036854775808"),
    _text("5,000 digits", "9" * 5000),
    _text("hexadecimal", "0x10"),
    _text("Arabic digits", "٣٤"),
    _text("a superscript", "²"),
    _text("underscores", "1_000"),
]
MOMENTS = [
    _text("the first year", "0001-01-01"),
    _text("the last year", "9999-12-31"),
    _text("31 April", "2026-04-31"),
    _text("31-04", "31-04-2026"),
    _text("29 February of no leap year", "2026-02-29"),
    _text("an hour that is not there", "2027-03-28T02:30"),
    _text("24 o'clock", "24:00"),
    _text("a Japanese era", "令和8年"),
]
IDS = [
    _text("the id of nobody", NOBODY),
    _text("an id in capitals", NOBODY.upper()),
    _text("an id in braces", f"{{{NOBODY}}}"),
    _text("an id as URN", f"urn:uuid:{NOBODY}"),
    _text("an id without hyphens", NOBODY.replace("-", "")),
    _text("an id with a space", f" {NOBODY}"),
    _text("an id with a line end", f"{NOBODY}\n"),
    _text("an id too short", NOBODY[:-1]),
    _text("the nil id", "00000000-0000-0000-0000-000000000000"),
    _text("half a pair", f"{NOBODY}:"),
    _text("the other half of a pair", f":{NOBODY}"),
    _text("a pair of nobody", f"{NOBODY}:{NOBODY}"),
    _text("three of a pair", f"{NOBODY}:{NOBODY}:{NOBODY}"),
    _text("a pair in capitals", f"{NOBODY.upper()}:{NOBODY.upper()}"),
    _text("a pair of nothing", ":"),
    _text("a pair of words", "joke:fatma"),
]
STRUCTURES = [
    _text("null", "null"),
    _text("None", "None"),
    _text("true", "true"),
    _text("undefined", "undefined"),
    _text("an empty list", "[]"),
    _text("an object", '{"$ne": null}'),
    _text("a deep list", "[" * 20_000),
    _text("a list in words", "a,b;c|d"),
    _text("pickled", b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00\x8c\x01a\x94."),
]
ADDRESSES = [
    _text("half an address of mail", "anja@"),
    _text("two at signs", "anja@example@org"),
    _text("an address with a name", "Anja <anja@example.org>"),
    _text("an address of a number", "anja@[127.0.0.1]"),
    _text("an address in another script", "анья@пример.рф"),
    _text("an address that is too long", "a" * 300 + "@example.org"),
    _text("two addresses", "anja@example.org,eva@example.org"),
]
VALUES = [
    *NOTHING,
    *BYTES,
    *LONG,
    *NAMES,
    *CODE,
    *PATHS,
    *NUMBERS,
    *MOMENTS,
    *IDS,
    *STRUCTURES,
    *ADDRESSES,
]
# Of these code may make something else than text.
PARSED = [one for one in (*NUMBERS, *MOMENTS, *IDS, *STRUCTURES) if len(one.value) < 10_000]
ECHOED_TOGETHER = [  # those that hurt where a page says them back: what needs the same care stands after each other
    [one for one in BYTES if b"\0" in one.value],
    [one for one in BYTES if b"\0" not in one.value],
    [*CODE, *(one for one in PATHS if b"\0" not in one.value)],
]
SMUGGLED = (
    b"<script>alert('nasty')",
    b"<img src=nasty",
    b"' autofocus onfocus",
    b"<!-- nasty",
    b'href="javascript:alert',
)


def glued(values: Sequence[Nasty]) -> bytes:
    """All of these after each other, as one text."""
    return b" ".join(one.value for one in values)


def part(boundary: str, name: str, value: bytes, *, more: str = "") -> bytes:
    """One part of a multipart body."""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + value + b"\r\n"


@dataclass(frozen=True)
class Request:
    """A whole request that no form of ours makes."""

    name: str
    body: bytes = b"nothing=1"
    kind: str = "application/x-www-form-urlencoded"
    headers: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.name


FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=X"
REQUESTS = [
    Request("nothing at all", b""),
    Request("JSON", b'{"answer": "yes"}', "application/json"),
    Request("broken JSON", b'{"answer": ', "application/json"),
    Request("XML with an entity", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "text/xml"),
    Request("plain text", b"answer=yes", "text/plain"),
    Request("no content type", b"answer=yes", ""),
    Request("a content type of nonsense", b"answer=yes", "\"';,/"),
    Request("multipart without a boundary", b"--X--", "multipart/form-data"),
    Request("multipart with an empty boundary", b"----", "multipart/form-data; boundary="),
    Request("multipart with a broken boundary", b"--Y\r\nnot a part", MULTIPART),
    Request("multipart that ends too soon", part("X", "answer", b"yes")[:-20], MULTIPART),
    Request("multipart with bad base64", part("X", "a", b"====") + b"--X--", MULTIPART),
    Request(
        "a thousand parts more than may be",
        b"".join(part("X", f"a{n}", b"1") for n in range(2000)) + b"--X--",
        MULTIPART,
    ),
    Request(
        "200 files",
        b"".join(part("X", f"a{n}", b"1", more='; filename="a.png"') for n in range(200)) + b"--X--",
        MULTIPART,
    ),
    Request(
        "a file whose name climbs",
        part("X", "answer", b"yes", more='; filename="../../../../tmp/nasty.png"') + b"--X--",
        MULTIPART,
    ),
    Request(
        "a file without a name",
        part("X", "answer", b"yes", more='; filename=""') + b"--X--",
        MULTIPART,
    ),
    Request("10,000 parameters", "&".join(f"a{n}=1" for n in range(10_000)).encode()),
    Request("10,000 times the same parameter", b"&".join([b"ask=1"] * 10_000)),
    Request("1,000 times the same parameter", b"&".join([b"ask=1"] * 900)),
    Request("only signs", b"&&==&=&;;%%%"),
    Request("three megabytes", b"a=" + b"x" * 3_000_000),
    Request("charset rot13", b"answer=yes", f"{FORM}; charset=rot13"),
    Request("charset hex", b"answer=yes", f"{FORM}; charset=hex"),
    Request("charset undefined", b"answer=yes", f"{FORM}; charset=undefined"),
    Request("charset UTF-16", "answer=yes".encode("utf-16"), f"{FORM}; charset=utf-16"),
    Request("charset that is none", b"answer=yes", f"{FORM}; charset=nasty"),
    Request("multipart in charset rot13", part("X", "answer", b"yes") + b"--X--", f"{MULTIPART}; charset=rot13"),
    Request("a length below zero", headers=(("Content-Length", "-1"),)),
    Request("a length that is too long", headers=(("Content-Length", "100000"),)),
    Request("another method in a header", headers=(("X-HTTP-Method-Override", "DELETE"),)),
    Request("another host", headers=(("Host", "example.org"),)),
    Request("a host of nonsense", headers=(("Host", "a b'\"<>"),)),
    Request("a forwarded host", headers=(("X-Forwarded-Host", "example.org"), ("X-Forwarded-Proto", "https"))),
    Request("from elsewhere", headers=(("Origin", "https://example.org"),)),
    Request("from nowhere", headers=(("Origin", "null"),)),
    Request("from half an address", headers=(("Origin", "http://["), ("Referer", "http://["))),
    Request(
        "htmx from nonsense", headers=(("HX-Request", "true"), ("HX-Current-URL", "http://["), ("HX-Target", "<>"))
    ),
    Request("a language of nonsense", headers=(("Accept-Language", "*" * 5000),)),
    Request("zipped", b"\x1f\x8b\x08\x00nasty", FORM, (("Content-Encoding", "gzip"),)),
]
