"""The app's place in Django."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "samen.visits"
    default_auto_field = "django.db.models.BigAutoField"
