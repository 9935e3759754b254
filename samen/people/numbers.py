"""The numbers of households and helpers in the organisation's other books: they are found by them."""

from collections.abc import Iterable

from samen.base import many
from samen.people.models import ExternalNumber, Helper, Household


def give_all(pairs: Iterable[tuple[Household | Helper, str]]) -> None:
    """Each of these, who had none yet, is known by this number from now on; the caller writes the journal."""
    many.keep(
        ExternalNumber(
            number=number,
            household=who if isinstance(who, Household) else None,
            helper=who if isinstance(who, Helper) else None,
        )
        for who, number in pairs
    )


def of_households() -> dict[str, int]:
    """The household (by our number) behind each number of theirs."""
    found = ExternalNumber.objects.filter(helper=None).values_list("number", "household_id")
    return {number: pk for number, pk in found if pk is not None}


def of_helpers() -> dict[str, int]:
    """The helper (by our number) behind each number of theirs."""
    found = ExternalNumber.objects.filter(household=None).values_list("number", "helper_id")
    return {number: pk for number, pk in found if pk is not None}
