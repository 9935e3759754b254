"""The app's place in Django."""

from django.apps import AppConfig

from samen.base import wording


class BaseConfig(AppConfig):
    name = "samen.base"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Sentences are worded from the start."""
        wording.install()
