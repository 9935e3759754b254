"""Dutch spellings: many ways to write it, one way to keep it."""

import pytest

from samen.people import formats


@pytest.mark.parametrize("text", ["1211ab", "1211 AB", " 1211  ab ", "1211-AB"])
def test_a_postcode_is_kept_in_one_spelling(text: str) -> None:
    assert formats.postcode(text) == "1211 AB"


@pytest.mark.parametrize("text", ["", "121", "0211 AB", "1211 A", "1211 SS", "12111 AB", "postcode", "1211 ab\x00"])
def test_what_is_no_postcode_is_refused(text: str) -> None:
    with pytest.raises(formats.NotAPostcode):
        formats.postcode(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("14", "14"),
        ("14b", "14B"),
        ("14 B", "14B"),
        ("14-2", "14-2"),
        ("14 2", "14-2"),
        ("14/2", "14-2"),
        ("14 b 2", "14B-2"),
        ("14bis", "14 bis"),
        ("14 a-bis", "14A bis"),
        ("14-iii", "14 III"),
        ("14 HS", "14 hs"),
    ],
)
def test_a_house_number_is_kept_in_one_spelling(text: str, kept: str) -> None:
    assert formats.house_number(text) == kept
    assert formats.house_number(kept) == kept


@pytest.mark.parametrize("text", ["", "0", "b14", "14 of 16", "123456", "١٤", "14 " + "x" * 40])
def test_what_is_no_house_number_is_refused(text: str) -> None:
    with pytest.raises(formats.NotAHouseNumber):
        formats.house_number(text)


@pytest.mark.parametrize(
    ("text", "kept", "shown"),
    [
        ("06-12345678", "+31612345678", "06 12345678"),
        ("0031 6 1234 5678", "+31612345678", "06 12345678"),
        ("035-5550110", "+31355550110", "035 555 01 10"),
        ("(0297) 12 34 56", "+31297123456", "0297 12 34 56"),
        ("+49 30 901820", "+4930901820", "+49 30 901820"),
    ],
)
def test_a_number_is_kept_for_machines_and_shown_for_people(text: str, kept: str, shown: str) -> None:
    assert formats.phone(text) == kept
    assert formats.phone_shown(kept) == shown
    assert formats.phone(shown) == kept


@pytest.mark.parametrize("text", ["", "112", "06-1234", "bel mij", "06 12345678 toestel 12", "+31 6 12345678 ext. 4"])
def test_a_number_nobody_answers_is_refused(text: str) -> None:
    with pytest.raises(formats.NotAPhoneNumber):
        formats.phone(text)
