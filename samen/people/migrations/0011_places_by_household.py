from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0010_languages")]

    operations = [
        migrations.AddIndex(
            model_name="householdplace",
            index=models.Index(fields=["org", "household"], name="householdplace_by_household"),
        ),
    ]
