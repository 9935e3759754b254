from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_found_by_reference"),
    ]

    operations = [
        migrations.AlterField(
            model_name="householdmember",
            name="mandate",
            field=models.CharField(
                blank=True,
                choices=[
                    ("SPOKEN", "the resident said so"),
                    ("WRITTEN", "a signed letter"),
                    ("NOTARY", "a living will at the notary"),
                    ("MENTOR", "mentor, by a judge"),
                    ("ADMINISTRATOR", "administrator, by a judge"),
                    ("GUARDIAN", "guardian, by a judge"),
                    ("UNKNOWN", "mandate not noted yet: ask for it"),
                ],
                max_length=20,
            ),
        ),
    ]
