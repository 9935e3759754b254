"""The searches of a visit, the questions to a helper and what came of a question are found without reading all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0010_ends_of_a_call")]

    operations = [
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("from_offer__isnull", False)),
                fields=["org", "from_offer"],
                name="assignment_by_offer",
            ),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(fields=["org", "helper", "sent_at"], name="offer_by_helper"),
        ),
        migrations.AddIndex(
            model_name="offervisit",
            index=models.Index(fields=["org", "visit"], name="offervisit_by_visit"),
        ),
        migrations.AddIndex(
            model_name="replacement",
            index=models.Index(fields=["org", "visit"], name="replacement_by_visit"),
        ),
    ]
