"""The app's place in Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "samen.portal"
    default_auto_field = "django.db.models.BigAutoField"
