"""How word reaches somebody: by the channel they asked for, and by a colleague's call where nothing can be sent."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType

from samen.base import sms
from samen.people.models import AskRight, Channel, ContactPoint, Helper, Person

MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
Points = dict[str, list[str]]


@dataclass(frozen=True)
class Way:
    """By which channel word goes, to which address, and on which number somebody is rung."""

    channel: str
    address: str = ""
    number: str = ""

    @property
    def is_call(self) -> bool:
        """Whether nothing can be sent: a colleague rings, or goes by."""
        return not self.address


def of_helpers(helpers: Collection[Helper]) -> dict[int, Way]:
    """How each of these (by number) is asked: as she said of being asked, else as she is reached best."""
    rights = dict(AskRight.objects.filter(helper__in=helpers).values_list("helper_id", "channel"))
    points = _points([helper.person_id for helper in helpers])
    return {
        helper.pk: _way(rights.get(helper.pk, helper.person.channel), points[helper.person_id]) for helper in helpers
    }


def of_people(people: Collection[Person]) -> dict[int, Way]:
    """How each of these (by number) hears."""
    points = _points([person.pk for person in people])
    return {person.pk: _way(person.channel, points[person.pk]) for person in people}


def _points(people: Collection[int]) -> dict[int, Points]:
    """The addresses and numbers of each, the verified ones first."""
    found: dict[int, Points] = defaultdict(lambda: defaultdict(list))
    rows = ContactPoint.objects.standing().filter(person__in=people)
    for person, kind, normalised in rows.values_list("person_id", "kind", "normalised"):
        found[person][kind].append(normalised)
    return found


def _way(wanted: str, points: Points) -> Way:
    """Somebody who wants to be rung is rung; whom a text message cannot reach gets a mail, if there is an address."""
    mails, numbers = points.get(ContactPoint.Kind.EMAIL, []), points.get(ContactPoint.Kind.PHONE, [])
    number = next(iter(numbers), "")
    mobile = next((one for one in numbers if is_mobile(one)), "")
    if wanted == Channel.SMS and mobile and sms.is_set_up():
        return Way(Channel.SMS, mobile, mobile)
    if wanted in (Channel.EMAIL, Channel.SMS) and mails:
        return Way(Channel.EMAIL, mails[0], number)
    return Way(Channel.PHONE, number=number)


def is_mobile(number: str) -> bool:
    """Whether a text message can reach this number."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) in MOBILE
    except phonenumbers.NumberParseException:
        return False
