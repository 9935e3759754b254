"""The app's place in Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "samen.demo"
    default_auto_field = "django.db.models.BigAutoField"
