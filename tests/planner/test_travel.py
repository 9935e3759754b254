"""The estimate of the way, against the figures it was fitted to."""

import pytest

from samen.planner.travel import Point, Source, Way, distance_km, minutes, too_far, way

HILVERSUM = Point(52.2232, 5.1750)


def north(km: float) -> Point:
    return Point(HILVERSUM.lat + km / 111.195, HILVERSUM.lon)


@pytest.mark.parametrize(
    ("km", "walk", "bike", "ebike", "car", "transit"),
    [
        (0.5, 9, 6, 5, 6, 16),
        (1, 17, 8, 8, 7, 19),
        (2, None, 13, 12, 10, 24),
        (3, None, 17, 16, 12, 28),
        (5, None, 26, 24, 15, 37),
        (8, None, 40, 36, 20, 50),
        (12, None, 58, 53, 25, 67),
    ],
)
def test_the_way_takes_what_dutch_surveys_say(km, walk, bike, ebike, car, transit):
    said = {"WALK": walk, "BIKE": bike, "EBIKE": ebike, "CAR": car, "TRANSIT": transit}

    for mode, expected in said.items():
        if expected is not None:
            # The table is rounded to the nearest minute, the estimate is rounded up.
            assert expected - 1 <= minutes(HILVERSUM, north(km), mode) <= expected + 1


def test_a_degree_of_latitude_is_111_kilometres():
    assert distance_km(Point(52, 5), Point(53, 5)) == pytest.approx(111.19, abs=0.02)


def test_next_door_is_not_nowhere():
    assert minutes(HILVERSUM, HILVERSUM, "BIKE") >= 4


def test_there_and_back_take_the_same():
    assert minutes(HILVERSUM, north(4), "BIKE") == minutes(north(4), HILVERSUM, "BIKE")


def test_parking_in_a_city_takes_longer():
    assert minutes(HILVERSUM, north(3), "CAR", urbanity=1) > minutes(HILVERSUM, north(3), "CAR", urbanity=5)


def test_what_is_known_of_a_way_holds_there_and_back_and_the_rest_is_an_estimate_that_says_so():
    there = north(4)
    known = {(HILVERSUM, there, "BIKE"): Way(41, Source.MANUAL)}

    assert way(HILVERSUM, there, "BIKE", known) == way(there, HILVERSUM, "BIKE", known) == Way(41, Source.MANUAL)
    assert way(HILVERSUM, there, "CAR", known) == Way(minutes(HILVERSUM, there, "CAR"), Source.ESTIMATE)


def test_an_estimate_has_a_margin_and_what_is_known_has_none():
    assert not too_far(Way(25), 20)
    assert too_far(Way(26), 20)
    assert not too_far(Way(20, Source.ENGINE), 20)
    assert too_far(Way(21, Source.ENGINE), 20)
    assert too_far(Way(21, Source.MANUAL), 20)
