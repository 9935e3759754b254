from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import samen.base.schema

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0003_sms"),
    ]

    operations = [
        samen.base.schema.Together(
            [
                migrations.AddField(
                    model_name="organisation",
                    name="helper_word",
                    field=models.CharField(
                        choices=[("HELPER", "Helper"), ("HOME_HELP", "Home Help"), ("WORKER", "Worker")],
                        db_default="HELPER",
                        max_length=12,
                    ),
                ),
                migrations.AddField(
                    model_name="organisation",
                    name="household_word",
                    field=models.CharField(
                        choices=[("HOUSEHOLD", "Household"), ("CUSTOMER", "Customer"), ("CLIENT", "Client")],
                        db_default="HOUSEHOLD",
                        max_length=12,
                    ),
                ),
                migrations.AddField(
                    model_name="organisation",
                    name="practice_of",
                    field=models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.organisation"
                    ),
                ),
            ]
        ),
        migrations.RunSQL((HERE / "founding.sql").read_text()),
    ]
