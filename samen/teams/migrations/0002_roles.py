from pathlib import Path

from django.db import migrations, models

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="colleague",
            name="role",
            field=models.CharField(
                choices=[("COORDINATOR", "Coordinator"), ("MANAGER", "Manager")], default="COORDINATOR", max_length=12
            ),
        ),
        migrations.RunSQL((HERE / "memberships.sql").read_text()),
    ]
