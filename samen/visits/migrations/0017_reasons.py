from django.db import migrations, models
from django.db.models import Q

import samen.visits.models

# A question that was planted for the demo said nothing at all, and its page could not be shown.
SAY_NOTHING = """
ALTER TABLE visits_offer NO FORCE ROW LEVEL SECURITY;
UPDATE visits_offer SET reasons = '{"travel_minutes": null, "parts": []}'::jsonb || reasons
 WHERE NOT reasons ?& ARRAY['parts', 'travel_minutes'];
ALTER TABLE visits_offer FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("visits", "0016_by_helper_and_time")]

    operations = [
        migrations.RunSQL(SAY_NOTHING, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="offer",
            name="reasons",
            field=models.JSONField(default=samen.visits.models.no_reasons),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=Q(reasons__has_keys=["parts", "travel_minutes"]), name="offer_has_reasons"
            ),
        ),
    ]
