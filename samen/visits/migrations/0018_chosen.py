from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("visits", "0017_reasons"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="phonecall",
            name="phonecall_answers_its_question",
        ),
        migrations.AlterField(
            model_name="phonecall",
            name="about",
            field=models.CharField(
                choices=[
                    ("ASKED", "Asked"),
                    ("FIRST", "First"),
                    ("COVERED", "Covered"),
                    ("SEARCHING", "Searching"),
                    ("NOBODY", "Nobody"),
                    ("CHOSEN", "Chosen"),
                    ("CALLED_OFF", "Called Off"),
                    ("KEPT", "Kept"),
                    ("LOOKING_ON", "Looking On"),
                    ("SKIPPED", "Skipped"),
                    ("OWN_BACK", "Own Back"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="phonecall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("about", "ASKED"), ("offer__isnull", False), ("outcome__in", ["YES", "NO"])),
                    models.Q(("about", "FIRST"), ("offer", None), ("outcome__in", ["YES", "NO"])),
                    models.Q(
                        (
                            "about__in",
                            [
                                "COVERED",
                                "SEARCHING",
                                "NOBODY",
                                "CHOSEN",
                                "CALLED_OFF",
                                "KEPT",
                                "LOOKING_ON",
                                "SKIPPED",
                                "OWN_BACK",
                            ],
                        ),
                        ("outcome", "TOLD"),
                    ),
                    models.Q(
                        (
                            "about__in",
                            [
                                "ASKED",
                                "FIRST",
                                "COVERED",
                                "SEARCHING",
                                "NOBODY",
                                "CHOSEN",
                                "CALLED_OFF",
                                "KEPT",
                                "LOOKING_ON",
                                "SKIPPED",
                                "OWN_BACK",
                            ],
                        ),
                        ("outcome", "NO_ANSWER"),
                        ("rang_us", False),
                    ),
                    _connector="OR",
                ),
                name="phonecall_answers_its_question",
            ),
        ),
    ]
