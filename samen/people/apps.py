"""The app's place in Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "samen.people"
    default_auto_field = "django.db.models.BigAutoField"
