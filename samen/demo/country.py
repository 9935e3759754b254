"""Six regions of the Netherlands with the postcodes where the invented people of the demo live.

Facts: towns, four-digit postcodes and their points are from GeoNames (geonames.org), CC BY 4.0, thinned out; the weight
is the municipality's inhabitants in thousands over its postcodes here (CBS, key figures 2021, CC BY 4.0).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Area:
    """A postcode area: its town, its middle, how far the next one is, and how much it counts."""

    town: str
    postcode: str
    lat: float
    lon: float
    size_km: float
    weight: int


@dataclass(frozen=True)
class Region:
    """A part of the country, the team that answers for it, and who works there."""

    name: str
    team: str
    phone: str
    coordinators: tuple[str, ...]
    areas: tuple[Area, ...]
    schools: str  # in which of the three regions they have their breaks


GOOI = (
    Area("Hilversum", "1211", 52.2232, 5.175, 0.98, 13),
    Area("Hilversum", "1212", 52.2171, 5.1956, 1.19, 13),
    Area("Hilversum", "1214", 52.2142, 5.1693, 0.78, 13),
    Area("Hilversum", "1215", 52.2136, 5.157, 0.84, 13),
    Area("Hilversum", "1218", 52.2705, 5.1372, 1.21, 13),
    Area("Hilversum", "1221", 52.2277, 5.1873, 0.72, 13),
    Area("Hilversum", "1222", 52.2495, 5.1742, 1.96, 13),
    Area("Muiden", "1398", 52.3314, 5.0645, 1.93, 12),
    Area("Muiderberg", "1399", 52.3245, 5.1191, 2.45, 12),
    Area("Bussum", "1402", 52.2719, 5.1741, 0.72, 12),
    Area("Bussum", "1404", 52.2757, 5.1621, 0.59, 12),
    Area("Bussum", "1406", 52.2697, 5.155, 0.81, 12),
    Area("Huizen", "1271", 52.2997, 5.2379, 1.14, 14),
    Area("Huizen", "1273", 52.3008, 5.2576, 0.85, 14),
    Area("Huizen", "1275", 52.291, 5.2634, 0.91, 14),
    Area("Laren", "1251", 52.2543, 5.2282, 1.07, 11),
    Area("Blaricum", "1261", 52.2808, 5.2585, 1.18, 12),
    Area("Kortenhoef", "1231", 52.2127, 5.0757, 3.11, 12),
    Area("Nederhorst den Berg", "1394", 52.257, 5.05, 2.39, 12),
)
UTRECHT = (
    Area("Vleuten", "3451", 52.1063, 5.013, 1.39, 19),
    Area("De Meern", "3453", 52.0822, 5.0147, 1.37, 19),
    Area("Haarzuilens", "3455", 52.121, 4.997, 1.97, 19),
    Area("Utrecht", "3513", 52.0987, 5.1093, 0.74, 19),
    Area("Utrecht", "3515", 52.1037, 5.1165, 0.52, 19),
    Area("Utrecht", "3524", 52.0631, 5.1355, 1.14, 19),
    Area("Utrecht", "3526", 52.0685, 5.1017, 1.07, 19),
    Area("Utrecht", "3528", 52.0694, 5.0805, 1.25, 19),
    Area("Utrecht", "3533", 52.0866, 5.0858, 0.86, 19),
    Area("Utrecht", "3541", 52.0944, 5.0693, 1.29, 19),
    Area("Utrecht", "3544", 52.0925, 5.0506, 1.19, 19),
    Area("Utrecht", "3546", 52.0461, 5.0482, 1.92, 19),
    Area("Utrecht", "3553", 52.1093, 5.0878, 0.52, 19),
    Area("Utrecht", "3555", 52.1166, 5.0778, 1.06, 19),
    Area("Utrecht", "3562", 52.116, 5.116, 0.65, 19),
    Area("Utrecht", "3565", 52.1271, 5.0876, 1.24, 19),
    Area("Utrecht", "3571", 52.1072, 5.1291, 0.7, 19),
    Area("Utrecht", "3581", 52.0905, 5.1341, 0.78, 19),
    Area("Utrecht", "3583", 52.0851, 5.1433, 0.87, 19),
)
EEMLAND = (
    Area("Amersfoort", "3811", 52.1557, 5.3881, 0.95, 13),
    Area("Amersfoort", "3812", 52.1607, 5.3658, 1.28, 13),
    Area("Amersfoort", "3813", 52.1698, 5.3874, 1.16, 13),
    Area("Amersfoort", "3815", 52.1657, 5.4097, 0.91, 13),
    Area("Amersfoort", "3816", 52.1533, 5.4079, 1.15, 13),
    Area("Amersfoort", "3819", 52.1554, 5.3492, 1.28, 13),
    Area("Amersfoort", "3821", 52.1747, 5.4152, 1.07, 13),
    Area("Amersfoort", "3822", 52.182, 5.4035, 0.99, 13),
    Area("Amersfoort", "3824", 52.2005, 5.3771, 0.51, 13),
    Area("Amersfoort", "3825", 52.1957, 5.4189, 0.77, 13),
    Area("Hoogland", "3828", 52.1864, 5.375, 1.29, 13),
    Area("Hooglanderveen", "3829", 52.1866, 5.4298, 1.26, 13),
    Area("Soest", "3761", 52.1869, 5.2909, 1.1, 16),
    Area("Soest", "3763", 52.1744, 5.2687, 0.99, 16),
    Area("Soest", "3766", 52.1666, 5.2812, 0.76, 16),
    Area("Baarn", "3741", 52.2175, 5.2856, 0.76, 12),
    Area("Baarn", "3743", 52.211, 5.2822, 0.76, 12),
    Area("Achterveld", "3791", 52.1371, 5.4941, 1.51, 15),
    Area("Leusden", "3834", 52.1275, 5.4366, 0.92, 15),
)
KENNEMERLAND = (
    Area("Haarlem", "2012", 52.3714, 4.6301, 1.05, 13),
    Area("Haarlem", "2013", 52.3825, 4.6242, 0.68, 13),
    Area("Haarlem", "2014", 52.3733, 4.615, 1.05, 13),
    Area("Haarlem", "2021", 52.3927, 4.6433, 0.79, 13),
    Area("Haarlem", "2022", 52.4017, 4.65, 0.86, 13),
    Area("Haarlem", "2023", 52.3963, 4.6332, 0.79, 13),
    Area("Haarlem", "2025", 52.4148, 4.6491, 0.48, 13),
    Area("Haarlem", "2026", 52.4183, 4.6533, 0.48, 13),
    Area("Haarlem", "2032", 52.3787, 4.6525, 0.53, 13),
    Area("Haarlem", "2033", 52.3745, 4.6563, 0.53, 13),
    Area("Haarlem", "2034", 52.3613, 4.6464, 0.83, 13),
    Area("Haarlem", "2036", 52.3515, 4.6518, 0.81, 13),
    Area("Haarlem", "2037", 52.3562, 4.661, 0.81, 13),
    Area("Overveen", "2051", 52.3923, 4.6094, 1.07, 12),
    Area("Aerdenhout", "2111", 52.3638, 4.595, 1.13, 12),
    Area("Heemstede", "2101", 52.3524, 4.6193, 0.7, 14),
    Area("Heemstede", "2104", 52.3319, 4.6126, 1.47, 14),
    Area("Bentveld", "2116", 52.3654, 4.5716, 1.6, 17),
)
ARNHEM_NIJMEGEN = (
    Area("Arnhem", "6811", 51.9814, 5.9064, 1.04, 27),
    Area("Arnhem", "6815", 52.0042, 5.907, 1.67, 27),
    Area("Arnhem", "6824", 51.9909, 5.9359, 0.96, 27),
    Area("Arnhem", "6828", 51.981, 5.9222, 1.08, 27),
    Area("Arnhem", "6834", 51.956, 5.923, 1.18, 27),
    Area("Arnhem", "6842", 51.9587, 5.8794, 0.95, 27),
    Area("Nijmegen", "6511", 51.8462, 5.8626, 0.84, 25),
    Area("Nijmegen", "6521", 51.839, 5.8739, 0.55, 25),
    Area("Nijmegen", "6524", 51.8349, 5.8649, 0.77, 25),
    Area("Nijmegen", "6533", 51.8152, 5.8459, 1.36, 25),
    Area("Nijmegen", "6536", 51.8012, 5.8093, 1.4, 25),
    Area("Nijmegen", "6542", 51.8409, 5.8416, 0.86, 25),
    Area("Nijmegen", "6545", 51.8328, 5.8016, 0.92, 25),
    Area("Oosterbeek", "6861", 51.9909, 5.8391, 0.95, 31),
    Area("Velp", "6881", 51.9982, 5.9725, 0.95, 22),
    Area("Dieren", "6953", 52.0444, 6.1076, 1.38, 22),
    Area("Elst", "6662", 51.9143, 5.8429, 1.03, 24),
    Area("Hemmen", "6672", 51.933, 5.6988, 1.22, 24),
    Area("Groesbeek", "6561", 51.7837, 5.9289, 1.81, 35),
)
ZWOLLE = (
    Area("Zwolle", "8011", 52.5116, 6.0921, 0.72, 14),
    Area("Zwolle", "8013", 52.4957, 6.1232, 1.3, 14),
    Area("Zwolle", "8017", 52.4981, 6.0933, 1.0, 14),
    Area("Zwolle", "8021", 52.5173, 6.0973, 0.72, 14),
    Area("Zwolle", "8024", 52.523, 6.1359, 1.62, 14),
    Area("Zwolle", "8026", 52.4942, 6.1664, 2.93, 14),
    Area("Zwolle", "8033", 52.5353, 6.1104, 0.79, 14),
    Area("Zwolle", "8035", 52.5549, 6.1556, 2.05, 14),
    Area("Zwolle", "8043", 52.5341, 6.0566, 1.28, 14),
    Area("Dalfsen", "7721", 52.5107, 6.2572, 0.9, 14),
    Area("Lemelerveld", "8152", 52.444, 6.335, 1.0, 14),
    Area("Kampen", "8261", 52.557, 5.9168, 1.05, 14),
    Area("Kampen", "8264", 52.5575, 5.8925, 0.88, 14),
    Area("IJsselmuiden", "8271", 52.5658, 5.9371, 1.69, 14),
    Area("Zalk", "8276", 52.5179, 6.0036, 2.11, 14),
    Area("Hattem", "8051", 52.4726, 6.0607, 1.09, 12),
    Area("Heerde", "8181", 52.3887, 6.0385, 3.82, 19),
    Area("Hattemerbroek", "8094", 52.4741, 6.0192, 2.42, 12),
    Area("Oldebroek", "8096", 52.4429, 5.9062, 2.3, 12),
)

REGIONS = (
    Region("Gooi", "Team Gooi", "035 555 01 30", ("Marjan", "Ilse", "Gijs", "Sevda"), GOOI, "NORTH"),
    Region("Utrecht", "Team Utrecht", "030 555 01 40", ("Roos", "Pim", "Hanneke", "Karim"), UTRECHT, "MIDDLE"),
    Region("Eemland", "Team Eemland", "033 555 01 50", ("Wilma", "Teun", "Aafke", "Murat"), EEMLAND, "MIDDLE"),
    Region(
        "Zuid-Kennemerland",
        "Team Kennemerland",
        "023 555 01 60",
        ("Floor", "Bart", "Jolien", "Amina"),
        KENNEMERLAND,
        "NORTH",
    ),
    Region(
        "Arnhem-Nijmegen",
        "Team Arnhem",
        "026 555 01 70",
        ("Marleen", "Sjoerd", "Nadia", "Koen"),
        ARNHEM_NIJMEGEN,
        "SOUTH",
    ),
    Region("Zwolle", "Team Zwolle", "038 555 01 80", ("Gerda", "Hilde", "Rutger", "Sanae"), ZWOLLE, "NORTH"),
)
