from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("base", "0006_own_words"), ("teams", "0003_set_up")]

    operations = [migrations.RunSQL((HERE / "practice.sql").read_text())]
