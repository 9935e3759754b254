"""The app's place in Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "samen.desk"
    default_auto_field = "django.db.models.BigAutoField"
