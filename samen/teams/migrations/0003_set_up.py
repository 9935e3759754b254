import uuid
from pathlib import Path

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import samen.base.schema

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0004_founding"),
        ("teams", "0002_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="colleague",
            name="starts_date",
            field=models.DateField(null=True),
        ),
        samen.base.schema.Together(
            [
                migrations.CreateModel(
                    name="ClosedDay",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("created_at", models.DateTimeField(db_default=samen.base.schema.SamenNow(), editable=False)),
                        ("date", models.DateField()),
                        ("name", models.CharField(blank=True, max_length=100)),
                        (
                            "org",
                            models.ForeignKey(
                                db_index=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="base.organisation",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="closed_days",
                                to="teams.team",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("org", "id"), name="teams_closedday_org_id"),
                            models.UniqueConstraint(fields=("org", "public_id"), name="teams_closedday_org_public"),
                            samen.base.schema.TenantForeignKey(
                                fields=("team",), name="closedday_team_kept", to="teams.Team"
                            ),
                            models.UniqueConstraint(fields=("org", "team", "date"), name="one_closing_per_day"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OpeningHours",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("created_at", models.DateTimeField(db_default=samen.base.schema.SamenNow(), editable=False)),
                        ("weekday", models.PositiveSmallIntegerField()),
                        ("local_start", models.TimeField()),
                        ("local_end", models.TimeField()),
                        (
                            "org",
                            models.ForeignKey(
                                db_index=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="base.organisation",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hours",
                                to="teams.team",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("org", "id"), name="teams_openinghours_org_id"),
                            models.UniqueConstraint(fields=("org", "public_id"), name="teams_openinghours_org_public"),
                            samen.base.schema.TenantForeignKey(
                                fields=("team",), name="openinghours_team_kept", to="teams.Team"
                            ),
                            models.UniqueConstraint(fields=("org", "team", "weekday"), name="one_opening_per_day"),
                            models.CheckConstraint(
                                condition=models.Q(("local_start__lt", models.F("local_end")), ("weekday__lte", 6)),
                                name="opens_before_closing",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PostcodeSpan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("created_at", models.DateTimeField(db_default=samen.base.schema.SamenNow(), editable=False)),
                        ("span", django.contrib.postgres.fields.ranges.IntegerRangeField()),
                        (
                            "org",
                            models.ForeignKey(
                                db_index=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="base.organisation",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="spans",
                                to="teams.region",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("org", "id"), name="teams_postcodespan_org_id"),
                            models.UniqueConstraint(fields=("org", "public_id"), name="teams_postcodespan_org_public"),
                            samen.base.schema.TenantForeignKey(
                                fields=("region",), name="postcodespan_region_kept", to="teams.Region"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("span__endswith__lte", 10000),
                                    ("span__isempty", False),
                                    ("span__startswith__gte", 1000),
                                ),
                                name="postcodes_are_four_digits",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[("org", "="), ("span", "&&")], name="one_region_per_postcode"
                            ),
                        ],
                    },
                ),
            ]
        ),
        samen.base.schema.Protect("teams_postcodespan"),
        samen.base.schema.Protect("teams_openinghours"),
        samen.base.schema.Protect("teams_closedday"),
        migrations.RunSQL((HERE / "service.sql").read_text()),
    ]
