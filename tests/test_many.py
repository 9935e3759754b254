"""Many rows at once: kept in their order, of one moment, and counted before the next rows point to them."""

from django.db import connection

from samen.base import many
from samen.people.models import Person


def believed(table):
    """How many rows PostgreSQL believes there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        return cursor.fetchone()[0]


def test_many_rows_are_counted_at_once_and_keep_their_order(stage, inside):
    names = [f"Achternaam {number}" for number in range(many.MANY)]
    with inside():
        many.keep(Person(last_name="Eerder") for _ in names)
        before = believed("people_person")

        made = many.keep(Person(last_name=name) for name in names)

        assert list(Person.objects.filter(pk__in=[row.pk for row in made]).order_by("pk").values_list("last_name")) == [
            (name,) for name in names
        ]
        assert len({row.created_at for row in made}) == 1
        assert believed("people_person") == before + many.MANY


def test_no_rows_are_no_statement(stage, inside, django_assert_num_queries):
    with inside(), django_assert_num_queries(0):
        assert many.keep([]) == []
