"""The invented people of Samen: in the demo, in the tests, in the screenshots.

Team Zuid of Zorgzaam Thuis in Hilversum is the stage.  Team Noord is the other team of the same organisation; Zoë of
Thuishulp Buren is the outsider, who may see nothing.  Places are real, with postcode points of GeoNames (CC BY 4.0);
streets occur in every Dutch town, house numbers and people are invented.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

PASSWORD = "samen-is-een-werkwoord"  # noqa: S105  the demo's own, printed on its front page


@dataclass(frozen=True)
class Spot:
    """A postcode area: town, postcode, and its point."""

    town: str
    postcode: str
    lat: float
    lon: float


CENTRE = Spot("Hilversum", "1211", 52.2232, 5.1750)
SOUTH = Spot("Hilversum", "1213", 52.2119, 5.1801)
WEST = Spot("Hilversum", "1215", 52.2136, 5.1570)
NORTH = Spot("Hilversum", "1217", 52.2298, 5.1633)
EAST = Spot("Hilversum", "1221", 52.2277, 5.1873)
ERFGOOIERS = Spot("Hilversum", "1222", 52.2495, 5.1742)
BUSSUM = Spot("Bussum", "1401", 52.2780, 5.1699)
NAARDEN = Spot("Naarden", "1411", 52.2969, 5.1585)
BUREN = Spot("Buren", "4116", 51.9108, 5.3339)
ERICHEM = Spot("Erichem", "4117", 51.8986, 5.3503)
TIEL = Spot("Tiel", "4001", 51.8865, 5.4315)


@dataclass(frozen=True)
class Colleague:
    """Somebody at the agency; signs in with this address."""

    name: str
    team: str

    @property
    def email(self) -> str:
        """Where the demo's codes go."""
        return f"{key(self.name)}@example.org"


@dataclass(frozen=True)
class Helper:
    """A helper: where from, how, when (weekdays Monday 0 with whole hours), and whom never."""

    first_name: str
    last_name: str
    team: str
    home: Spot
    prefix: str = ""
    mode: str = "BIKE"
    reach: int = 30
    hours: dict[int, tuple[int, int]] = field(default_factory=dict)
    never: tuple[str, ...] = ()
    language: str = "nl"


@dataclass(frozen=True)
class Household:
    """A household, who is told there, where, and its weekly visit: weekday, hour, minutes, by whom."""

    name: str
    told: tuple[str, str, str]
    team: str
    home: Spot
    street: str
    weekday: int
    hour: tuple[int, int]
    minutes: int
    helper: str
    work_form: str = "AGENCY_EMPLOYS"
    role: str = "RESIDENT"
    stood_in: tuple[str, ...] = ()  # who came in each of the last weeks instead
    secret: str = ""  # the alias of a place that nobody may learn


@dataclass(frozen=True)
class Agency:
    """An organisation with everybody in it."""

    slug: str
    name: str
    region: str
    teams: dict[str, str]  # name, phone
    colleagues: tuple[Colleague, ...]
    helpers: tuple[Helper, ...]
    households: tuple[Household, ...]


def key(name: str) -> str:
    """The name as it stands in an address: lower case, without accents."""
    return name.lower().translate(str.maketrans("ëéèïüçı", "eeeiuci")).replace(" ", "")


def demo_day(real: date) -> date:
    """The day the demo plays by default: the first Wednesday from this day on, so that there is always work to do."""
    return real + timedelta(days=(2 - real.weekday()) % 7)


ALL_WEEK = {day: (8, 18) for day in range(5)}
MORNINGS = {day: (8, 13) for day in range(5)}

GOOI = Agency(
    slug="zorgzaam",
    name="Zorgzaam Thuis",
    region="Gooi",
    teams={"Team Zuid": "035 555 01 10", "Team Noord": "035 555 01 20"},
    colleagues=(
        Colleague("Anja", "Team Zuid"),
        Colleague("Bram", "Team Zuid"),
        Colleague("Chris", "Team Zuid"),
        Colleague("Dilek", "Team Zuid"),
        Colleague("Eva", "Team Noord"),
    ),
    helpers=(
        Helper("Fatma", "Yılmaz", "Team Zuid", SOUTH, hours=ALL_WEEK),
        Helper("Joke", "Smeets", "Team Zuid", CENTRE, hours=ALL_WEEK),
        Helper("Piet", "Berg", "Team Zuid", NORTH, prefix="van den", mode="EBIKE", hours=ALL_WEEK),
        Helper("Kim", "Hofstra", "Team Zuid", EAST, hours=ALL_WEEK),
        Helper(
            "Agnieszka",
            "Nowak",
            "Team Zuid",
            WEST,
            hours=ALL_WEEK,
            never=("mevrouw De Vries",),
            language="en",
        ),
        Helper("Riet", "Molenaar", "Team Zuid", CENTRE, hours={0: (8, 17), 1: (8, 17), 3: (8, 17)}),
        Helper("Samira", "Bouzid", "Team Zuid", NAARDEN, reach=20, hours=ALL_WEEK),
        Helper("Tom", "Kuipers", "Team Zuid", ERFGOOIERS, mode="CAR", hours=MORNINGS),
        Helper("Lotte", "Prins", "Team Noord", BUSSUM, hours=ALL_WEEK),
        Helper("Hüseyin", "Kaya", "Team Noord", NAARDEN, mode="CAR", hours=ALL_WEEK),
    ),
    households=(
        Household(
            "mevrouw De Vries",
            ("Tineke", "de", "Vries"),
            "Team Zuid",
            CENTRE,
            "Vijverlaan",
            2,
            (10, 0),
            180,
            "Fatma",
            stood_in=("Joke", "Joke"),
        ),
        Household(
            "familie Smit",
            ("Marloes", "", "Smit"),
            "Team Zuid",
            SOUTH,
            "Lindenlaan",
            2,
            (13, 30),
            150,
            "Fatma",
            work_form="HOUSEHOLD_EMPLOYS",
        ),
        Household(
            "familie Peters",
            ("Ruud", "", "Peters"),
            "Team Zuid",
            EAST,
            "Dorpsstraat",
            3,
            (9, 30),
            180,
            "Fatma",
        ),
        Household(
            "meneer Vos",
            ("Henk", "", "Vos"),
            "Team Zuid",
            WEST,
            "Kerkstraat",
            4,
            (13, 0),
            120,
            "Fatma",
            work_form="SELF_EMPLOYED",
        ),
        Household(
            "mevrouw De Haan",
            ("Marga", "de", "Haan"),
            "Team Zuid",
            ERFGOOIERS,
            "Molenweg",
            0,
            (8, 30),
            180,
            "Fatma",
            role="REPRESENTATIVE",
        ),
        Household("mevrouw Bos", ("Corrie", "", "Bos"), "Team Zuid", SOUTH, "Beatrixstraat", 1, (8, 30), 150, "Joke"),
        Household(
            "familie Willems",
            ("Sanne", "", "Willems"),
            "Team Zuid",
            EAST,
            "Stationsweg",
            2,
            (9, 30),
            180,
            "Kim",
        ),
        Household("meneer Kok", ("Wim", "", "Kok"), "Team Zuid", NORTH, "Julianalaan", 2, (14, 0), 150, "Piet"),
        Household(
            "mevrouw Jansen",
            ("Annie", "", "Jansen"),
            "Team Zuid",
            CENTRE,
            "Dorpsstraat",
            3,
            (9, 0),
            180,
            "Joke",
        ),
        Household(
            "familie Mulder",
            ("Bas", "", "Mulder"),
            "Team Zuid",
            WEST,
            "Schoolstraat",
            3,
            (13, 0),
            180,
            "Piet",
        ),
        Household(
            "familie Visser",
            ("Laura", "", "Visser"),
            "Team Zuid",
            SOUTH,
            "Wilhelminastraat",
            1,
            (9, 30),
            180,
            "Agnieszka",
        ),
        Household(
            "een gezin",
            ("Contact", "", "Opvang"),
            "Team Zuid",
            CENTRE,
            "",
            1,
            (13, 0),
            120,
            "Kim",
            secret="Locatie 7F",  # noqa: S106  an alias, not a password
        ),
        Household("meneer Bakker", ("Gerard", "", "Bakker"), "Team Zuid", NORTH, "Parklaan", 2, (9, 0), 120, "Tom"),
        Household(
            "mevrouw Prins",
            ("Greet", "", "Prins"),
            "Team Noord",
            NAARDEN,
            "Marktstraat",
            2,
            (9, 30),
            180,
            "Lotte",
        ),
        Household(
            "familie Aydın",
            ("Elif", "", "Aydın"),
            "Team Noord",
            BUSSUM,
            "Brinklaan",
            3,
            (10, 0),
            180,
            "Hüseyin",
        ),
    ),
)
BETUWE = Agency(
    slug="buren",
    name="Thuishulp Buren",
    region="Betuwe",
    teams={"Team Betuwe": "0344 555 030"},
    colleagues=(Colleague("Zoë", "Team Betuwe"),),
    helpers=(
        Helper("Noor", "Dam", "Team Betuwe", BUREN, prefix="van", hours=ALL_WEEK),
        Helper("Oksana", "Bondar", "Team Betuwe", ERICHEM, hours=ALL_WEEK),
        Helper("Wout", "Timmer", "Team Betuwe", TIEL, mode="CAR", hours=ALL_WEEK),
    ),
    households=(
        Household(
            "meneer Verhoeven",
            ("Theo", "", "Verhoeven"),
            "Team Betuwe",
            BUREN,
            "Kornewal",
            2,
            (9, 0),
            180,
            "Noor",
        ),
        Household(
            "mevrouw Van Zanten",
            ("Ans", "van", "Zanten"),
            "Team Betuwe",
            TIEL,
            "Waterstraat",
            3,
            (13, 0),
            120,
            "Oksana",
        ),
    ),
)
AGENCIES = (GOOI, BETUWE)

# Around the cast: more households of Team Zuid, drawn by the seed, so that the board looks like a working day.
FAMILY_NAMES = (
    "Bruin",
    "Dekker",
    "Groen",
    "Hoekstra",
    "Koster",
    "Maas",
    "Postma",
    "Schouten",
    "Verbeek",
    "Wolters",
)
STREETS = ("Kastanjelaan", "Emmastraat", "Vaartweg", "Bosdrift", "Havenstraat", "Koninginneweg")
AROUND = (CENTRE, SOUTH, WEST, NORTH, EAST)
FILLERS = 8
