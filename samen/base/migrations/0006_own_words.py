import uuid

import django.db.models.deletion
from django.db import migrations, models

import samen.base.schema


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0005_feeds"),
    ]

    operations = [
        samen.base.schema.Together(
            [
                migrations.CreateModel(
                    name="MessageText",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("created_at", models.DateTimeField(db_default=samen.base.schema.SamenNow(), editable=False)),
                        ("key", models.CharField(max_length=30)),
                        ("language", models.CharField(max_length=5)),
                        ("version", models.PositiveIntegerField()),
                        ("subject", models.CharField(max_length=200)),
                        ("body", models.TextField()),
                        ("replaced_at", models.DateTimeField(null=True)),
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
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("org", "id"), name="base_messagetext_org_id"),
                            models.UniqueConstraint(fields=("org", "public_id"), name="base_messagetext_org_public"),
                            models.UniqueConstraint(
                                fields=("org", "key", "language", "version"), name="one_text_per_version"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("replaced_at", None)),
                                fields=("org", "key", "language"),
                                name="one_text_in_force",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Sender",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                        ("created_at", models.DateTimeField(db_default=samen.base.schema.SamenNow(), editable=False)),
                        ("from_name", models.CharField(blank=True, max_length=100)),
                        ("reply_to", models.EmailField(blank=True, max_length=254)),
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
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("org", "id"), name="base_sender_org_id"),
                            models.UniqueConstraint(fields=("org", "public_id"), name="base_sender_org_public"),
                            models.UniqueConstraint(fields=("org",), name="one_sender"),
                        ],
                    },
                ),
            ]
        ),
        samen.base.schema.Protect("base_messagetext"),
        samen.base.schema.Protect("base_sender"),
    ]
