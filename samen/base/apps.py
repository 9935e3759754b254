"""The app's place in Django."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "samen.base"
    default_auto_field = "django.db.models.BigAutoField"
