from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "counting.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0006_own_words"),
    ]

    operations = [
        migrations.RunSQL(sql=SQL, reverse_sql=migrations.RunSQL.noop),
    ]
