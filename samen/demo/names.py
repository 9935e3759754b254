"""Invented names: common Dutch given names by about when people were born, and family names with their prefix.

None of them belongs to the cast, so that a name on the stage of the story is always that of the story.
"""

import random
from dataclasses import dataclass


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN_OLD = _words(
    "Hennie Bep Riek Jannie Mien Toos Dinie Lenie Sjaan Gré Mieke Ria Thea Wil Hetty Gerrie Tonny Elly Ineke Coby "
    "Ank Leni Betsy Dora Aleida Fenna Geesje Hermina Josephina Lamberta"
)
MEN_OLD = _words(
    "Arie Bertus Dirk Evert Frits Gerrit Harm Jaap Klaas Leen Maarten Nico Otto Rinus Sjaak Teunis Wouter Ab Cees "
    "Freek Gijsbert Hendrik Jelle Koos Lambert Roelof Siebe Toon Wiebe Joop"
)
WOMEN = _words(
    "Astrid Bianca Carla Diana Ellen Francis Gonnie Heleen Irma Jacqueline Karin Liesbeth Monique Natasja Olga "
    "Patricia Renate Saskia Tamara Ursula Vera Wendy Yvonne Ayşe Naïma Sunita Fadoua Hatice Meryem Shanti"
)
MEN = _words(
    "Alex Bas Casper Dennis Edwin Ferry Gerben Hugo Ivo Jeroen Kees Leon Marco Niels Oscar Patrick Remco Stefan "
    "Twan Vincent Wesley Yusuf Rachid Mehmet Rajesh Driss Ömer Winston Andre Sander"
)
WOMEN_YOUNG = _words(
    "Amber Britt Chantal Demi Esmee Femke Guusje Iris Jasmijn Kelly Lieke Maud Naomi Pleun Romy Sofie Tess Veerle "
    "Yara Zeynep Elif Hanan Ikram Dounia Katarzyna Magda Nataliia Iryna Ewa Selam"
)
MEN_YOUNG = _words(
    "Boaz Daan Emre Finn Guus Hidde Jesse Kevin Lars Milan Noah Rick Sem Thijs Youssef Bilal Mateusz Tomasz "
    "Andrii Joost Ruben Stijn Tim Victor Wessel Yassin Ravi Dawit Luuk Mees"
)

PLAIN = _words(
    "Jansma Bakels Vissers Meijer Brouwer Hendriks Dijkstra Smeenk Jacobs Vermeulen Peeters Willemsen Maassen "
    "Verhoeff Kosters Blom Huisman Kuiper Mulders Kramer Scholten Schipper Timmerman Wagenaar Veenstra Postema "
    "Zijlstra Hoogland Gerritsen Evers Martens Driessen Klaassen Boersma Bosman Kroon Molendijk Verhagen Simons "
    "Lammers Wessels Ruiter Kuijpers Sanders Franken Rietveld Scheffer Hermans Goossens Nieuwenhuis Vonk Zwart "
    "Roos Stam Haverkamp Teunissen Öztürk Demir Çelik Yıldız Arslan Bouali Azzouzi Bennani Haddou Singh Ramdin "
    "Jagesar Kowalska Wiśniewska Lewandowska Shevchuk Melnyk Nguyen Tran Mensah Tesfaye Haile Silva Pinas Martina"
)
WITH_PREFIX = (
    ("de", "Jonge"), ("de", "Boer"), ("de", "Groot"), ("de", "Wit"), ("de", "Graaf"), ("de", "Bruijn"), ("de", "Leeuw"),
    ("den", "Hartog"), ("den", "Ouden"), ("van", "Dijk"), ("van", "Leeuwen"), ("van", "Vliet"), ("van", "Loon"),
    ("van", "Beek"), ("van", "Wijk"), ("van", "Rossum"), ("van de", "Ven"), ("van de", "Pol"), ("van de", "Kamp"),
    ("van den", "Broek"), ("van den", "Heuvel"), ("van den", "Bosch"), ("van der", "Meer"), ("van der", "Linden"),
    ("van der", "Wal"), ("van der", "Heijden"), ("van der", "Laan"), ("van der", "Horst"), ("ter", "Horst"),
    ("te", "Velde"), ("ten", "Brink"), ("op den", "Berg"), ("in 't", "Veld"), ("van 't", "Hof"), ("el", "Idrissi"),
    ("dos", "Santos"),
)  # fmt: skip
STREETS = _words(
    "Kastanjelaan Emmastraat Vaartweg Havenstraat Koninginneweg Schoolstraat Molenweg Julianastraat Parallelweg "
    "Nieuwstraat Wilhelminastraat Sportlaan Stationsweg Oranjestraat Beukenlaan Eikenlaan Lindelaan Hoofdstraat "
    "Marktstraat Tulpstraat Rozenstraat Meidoornlaan Acacialaan Vondelstraat Rembrandtlaan Esdoornlaan "
    "Merelstraat Leeuwerikstraat Zandweg Bosweg Heideweg Populierenlaan Vijverweg Tuinstraat Dorpsweg"
)


@dataclass(frozen=True)
class Name:
    """A given name, a family name with its prefix, and how this person is addressed."""

    first: str
    prefix: str
    last: str
    woman: bool

    @property
    def formal(self) -> str:
        """As it stands behind a title: the prefix begins with a capital when no given name precedes it."""
        return f"{self.prefix[:1].upper()}{self.prefix[1:]} {self.last}".strip()


def old(chance: random.Random) -> Name:
    """Somebody of about seventy or older."""
    return _name(chance, WOMEN_OLD, MEN_OLD, 0.65)


def grown(chance: random.Random) -> Name:
    """Somebody of about forty to seventy."""
    return _name(chance, WOMEN, MEN, 0.6)


def helper(chance: random.Random) -> Name:
    """Somebody who helps: mostly women, of every age that works."""
    if chance.random() < 0.55:
        return _name(chance, WOMEN, MEN, 0.92)
    return _name(chance, WOMEN_YOUNG, MEN_YOUNG, 0.88)


def _name(chance: random.Random, women: tuple[str, ...], men: tuple[str, ...], share: float) -> Name:
    woman = chance.random() < share
    prefix, last = chance.choice(WITH_PREFIX) if chance.random() < 0.3 else ("", chance.choice(PLAIN))
    return Name(chance.choice(women if woman else men), prefix, last, woman)
