import django.db.models.deletion
from django.db import migrations, models

import samen.base.schema

# Until now only the reasons said of which team somebody was who was lent.
LENT = """
ALTER TABLE visits_offer NO FORCE ROW LEVEL SECURITY;
ALTER TABLE visits_round NO FORCE ROW LEVEL SECURITY;
ALTER TABLE people_helper NO FORCE ROW LEVEL SECURITY;
UPDATE visits_offer SET lent_by_id = helper.team_id
  FROM people_helper helper, visits_round round
 WHERE helper.org_id = visits_offer.org_id AND helper.id = visits_offer.helper_id
   AND round.org_id = visits_offer.org_id AND round.id = visits_offer.round_id AND helper.team_id <> round.team_id
   AND visits_offer.reasons @> '{"parts": [{"part": "NEIGHBOUR"}]}';
ALTER TABLE visits_offer FORCE ROW LEVEL SECURITY;
ALTER TABLE visits_round FORCE ROW LEVEL SECURITY;
ALTER TABLE people_helper FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0007_counting"),
        ("people", "0010_languages"),
        ("teams", "0005_break"),
        ("visits", "0014_breaks_agreed_upon"),
    ]

    operations = [
        migrations.AddField(
            model_name="workpolicy",
            name="asked_at_most",
            field=models.PositiveSmallIntegerField(default=5, null=True),
        ),
        migrations.AddField(
            model_name="offer",
            name="lent_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="teams.team",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=samen.base.schema.TenantForeignKey(
                fields=("lent_by",), name="offer_lent_by_kept", to="teams.Team"
            ),
        ),
        migrations.RunSQL(LENT, migrations.RunSQL.noop),
    ]
