"""Who belongs to a household changes: another number, another name, somebody who decides, somebody who leaves."""

import re

from samen.base.models import JournalLine
from samen.people import lookup
from samen.people.models import ContactPoint, HouseholdMember

AT = "/o/zorgzaam/"


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def member_of(household):
    return HouseholdMember.objects.select_related("person").get(household=household)


def answers(**changes):
    now = {
        "first_name": "Tineke",
        "name_prefix": "de",
        "last_name": "Vries",
        "salutation": "",
        "language": "nl",
        "channel": "PHONE",
        "phone": "",
        "email": "",
        "role": "RESIDENT",
        "mandate": "",
        "mandate_date": "",
        "until": "",
    }
    return now | changes


def test_another_name_salutation_and_number_are_kept_and_told(stage, anja, inside):
    vries = stage.homes["mevrouw De Vries"]
    with inside():
        member = member_of(vries)
    page = f"{AT}persoon/{member.public_id}/"
    said = answers(last_name="Vries-Bos", salutation="mevrouw De Vries-Bos", language="en", phone="0612345678")

    assert anja.post(page, said).status_code == 302

    with inside():
        member.person.refresh_from_db()
        assert (member.person.addressed, member.person.language) == ("mevrouw De Vries-Bos", "en")
    file = text(anja.get(f"{AT}huishouden/{vries.public_id}/"))
    assert "Tineke de Vries-Bos" in file
    assert "veranderde hoe Tineke de Vries-Bos heet" in file
    assert "06 12345678" in text(anja.get(page))


def test_a_number_that_was_looked_after_comes_first_and_one_that_is_wrong_is_kept_but_not_used(stage, anja, inside):
    vries = stage.homes["mevrouw De Vries"]
    with inside():
        member = member_of(vries)
        before = lookup.phone(member.person)
    page = f"{AT}persoon/{member.public_id}/"
    anja.post(page, answers(phone="0612345678"))
    with inside():
        point = ContactPoint.objects.get(normalised="+31612345678")
        assert lookup.phone(member.person) == before

    anja.post(f"{AT}contact/{point.public_id}/klopt/")
    with inside():
        assert lookup.phone(member.person) == "+31612345678"
    assert "klopt op 25 november 2026" in text(anja.get(page))

    anja.post(f"{AT}contact/{point.public_id}/weg/")
    with inside():
        assert lookup.phone(member.person) == before
        assert str(ContactPoint.objects.get(pk=point.pk).until_date) == "2026-11-25"
    assert anja.post(f"{AT}contact/{point.public_id}/weg/").status_code == 404


def test_somebody_leaves_the_household_and_cannot_look_in_any_more(stage, anja, inside, phone, client):
    vries = stage.homes["mevrouw De Vries"]
    own_page = phone(vries)
    with inside():
        member = member_of(vries)
    page = f"{AT}persoon/{member.public_id}/"
    assert client.get(own_page).status_code == 200

    alone = anja.post(page, answers(until="2026-11-25"))
    assert alone.status_code == 422
    assert "Er moet iemand bij het huishouden horen" in text(alone)
    new = {"last_name": "Bos", "role": "REPRESENTATIVE", "mandate": "WRITTEN", "mandate_date": "2026-11-01"}
    anja.post(f"{AT}huishouden/{vries.public_id}/persoon/", new)

    assert anja.post(page, answers(until="2026-11-26")).status_code == 422, "tomorrow is not yet"
    assert anja.post(page, answers(until="2026-11-24")).status_code == 302

    assert client.get(own_page).status_code != 200
    file = text(anja.get(f"{AT}huishouden/{vries.public_id}/"))
    assert "tot 24 november 2026" in file
    with inside():
        assert HouseholdMember.objects.get(pk=member.pk).until_date is not None
        assert lookup.told(vries).last_name == "Bos"
        assert JournalLine.objects.filter(fact="member_removed").exists()


def test_who_decides_needs_a_mandate_here_too(stage, anja, inside):
    with inside():
        member = member_of(stage.homes["mevrouw De Vries"])

    answer = anja.post(f"{AT}persoon/{member.public_id}/", answers(role="REPRESENTATIVE"))

    assert answer.status_code == 422
    assert "Kies waarom deze persoon" in text(answer)


def test_a_helper_has_another_number_and_another_team_sees_nothing(stage, anja, inside, signed_in, zoe):
    page = f"{AT}hulp/{stage.fatma.public_id}/persoon/"
    said = {"first_name": "Fatma", "last_name": "Kaya", "language": "nl", "channel": "EMAIL", "phone": "0612345678"}

    assert anja.post(page, said).status_code == 302

    assert "Fatma Kaya" in text(anja.get(f"{AT}hulp/{stage.fatma.public_id}/"))
    with inside():
        point = ContactPoint.objects.get(normalised="+31612345678")
    for who, status in ((signed_in("Eva"), 403), (zoe, 404)):
        assert who.get(page).status_code == status
        assert who.post(f"{AT}contact/{point.public_id}/klopt/").status_code == status
