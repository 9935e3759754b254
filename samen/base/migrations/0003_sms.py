"""Text messages leave by the outbox too, and land in the demo's sink."""

from django.db import migrations, models

CHANNELS = [("EMAIL", "Email"), ("SMS", "Sms")]


class Migration(migrations.Migration):
    dependencies = [("base", "0002_plumbing")]

    operations = [
        migrations.AddField("letter", "channel", models.CharField(choices=CHANNELS, default="EMAIL", max_length=10)),
        migrations.AlterField("outboxmessage", "channel", models.CharField(choices=CHANNELS, max_length=10)),
    ]
