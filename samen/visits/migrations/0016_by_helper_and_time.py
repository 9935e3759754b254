from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0015_fair")]

    operations = [
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(ended_at=None),
                fields=["org", "helper", "starts_at"],
                name="assignment_by_helper_and_time",
            ),
        ),
    ]
