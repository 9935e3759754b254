"""What a helper who has not said yes reads of a household."""

import pytest

from samen.visits import words


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("mevrouw De Vries", "mevrouw De V."),
        ("familie Ten Brink", "familie Ten B."),
        ("Smit", "S."),
        ("een gezin", "een gezin"),
        ("een gezin Smit", "een gezin S."),
        ("de heer van der meer", "de heer van der m."),
    ],
)
def test_of_a_family_name_the_initial_is_left_and_what_is_no_name_stays(name, shown):
    assert words.initial(name) == shown
