"""The app's place in Django."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "samen.office"
    default_auto_field = "django.db.models.BigAutoField"
