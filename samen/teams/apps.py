"""The app's place in Django."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "samen.teams"
    default_auto_field = "django.db.models.BigAutoField"
