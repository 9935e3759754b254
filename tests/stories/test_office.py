"""Beheer: who may come there, and how an organisation sets itself up."""

from samen.base.models import Audit


def test_a_coordinator_reads_who_can_help_and_the_audit_knows_it(stage, inside, signed_in) -> None:
    answer = signed_in("Bram").get("/o/zorgzaam/beheer/")

    assert answer.status_code == 403
    assert "Deze pagina is voor beheerders" in answer.content.decode()
    assert "Anja" in answer.content.decode()
    with inside():
        line = Audit.objects.filter(event="REFUSED").latest("id")
    assert (line.entrance, line.role) == ("office", "COLLEAGUE")


def test_a_manager_comes_in_and_sees_what_stands(anja) -> None:
    answer = anja.get("/o/zorgzaam/beheer/")

    assert answer.status_code == 200
    assert "6 van 6 klaar" in answer.content.decode()


def test_the_link_to_the_office_is_there_for_managers_only(anja, signed_in) -> None:
    assert "/o/zorgzaam/beheer/" in anja.get("/o/zorgzaam/").content.decode()
    assert "/o/zorgzaam/beheer/" not in signed_in("Bram").get("/o/zorgzaam/").content.decode()


def test_somebody_of_another_agency_finds_nothing_there(zoe) -> None:
    assert zoe.get("/o/zorgzaam/beheer/").status_code == 404
