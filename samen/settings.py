"""Wiring: what Django and the libraries need to know.  Everything that differs per machine is in the environment."""

import importlib.util
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

PACKAGE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SAMEN_DATA") or PACKAGE.parent / ".data" / "demo")
DEBUG = os.environ.get("SAMEN_DEBUG") == "1"
DEMO = os.environ.get("SAMEN_DEMO") == "1"
ORIGIN = os.environ.get("SAMEN_ORIGIN", "http://127.0.0.1:8000")
TESTING = os.environ.get("SAMEN_TESTING") == "1"
ROLE = os.environ.get("SAMEN_ROLE", "app")  # app (web), worker, migrate or backup: which door to the database


def _secret() -> str:
    """The installation's secret: from the environment, or made once in a file only its owner can read."""
    if given := os.environ.get("SAMEN_SECRET"):
        return given
    file = Path(os.environ.get("SAMEN_SECRET_FILE") or DATA / "secret")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return file.read_text().strip()
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_hex(64))
    return file.read_text().strip()


def _database(role: str) -> dict[str, Any]:
    """Django's words for the address of one of the database's roles."""
    url = os.environ.get("SAMEN_DATABASE_URL", "postgresql://samen_app@/samen")
    if role != "app":
        url = os.environ.get(f"SAMEN_{role.upper()}_URL") or url
    parts = dict(conninfo_to_dict(url))
    options = {name: parts[name] for name in parts.keys() - {"dbname", "user", "password", "host", "port"}}
    if role == "migrate":
        # Everything made belongs to the owner, whoever of its members makes it.
        options["options"] = "-c role=samen_owner"
    else:
        # What a connection asks again and again is planned once: docs/decisions/0018-statements-planned-once.md
        options |= {"server_side_binding": True, "prepare_threshold": 3}
    return {
        "ENGINE": "samen.base.database",
        "NAME": parts.get("dbname", "samen"),
        "USER": parts.get("user", "samen_app") if role == "app" else _user(role, parts),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        "TEST": {"NAME": parts.get("dbname", "samen")},
    }


def _user(role: str, parts: dict[str, Any]) -> Any:
    return parts.get("user") if os.environ.get(f"SAMEN_{role.upper()}_URL") else f"samen_{role}"


SECRET_KEY = _secret()
DATABASES = {"default": _database(ROLE)}

ALLOWED_HOSTS = [urlsplit(ORIGIN).hostname or "localhost", "localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [ORIGIN]
INSTALLED_APPS = [
    "samen.base",
    "samen.teams",
    "samen.people",
    "samen.visits",
    "samen.desk",
    "samen.office",
    "samen.portal",
    "samen.demo",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "django_htmx",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "samen.base.headers.HeadersMiddleware",
    "samen.base.bundles.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "samen.base.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "samen.base.entrances.EntranceMiddleware",
    "samen.teams.namecard.NameCardMiddleware",
    "samen.teams.rolecard.RoleCardMiddleware",
]
ROOT_URLCONF = "samen.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "samen.base.entrances.page_context",
            ],
        },
    }
]
FORM_RENDERER = "samen.base.forms.Renderer"
APPEND_SLASH = True

AUTH_USER_MODEL = "base.Login"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "front"
ACCOUNT_ADAPTER = "samen.base.signin.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "front"
ACCOUNT_SESSION_REMEMBER = True

SESSION_ENGINE = "samen.base.sessions"
SESSION_COOKIE_NAME = "samen"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ORIGIN.startswith("https://")
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "samen.base.errors.stale_form"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

STATIC_URL = "/static/"
# The letters come from their package as it is installed; no font file stands in this repository.
FONTS = importlib.util.find_spec("fontpkg_atkinson_hyperlegible")
STATICFILES_DIRS = (
    [("fonts", Path(place) / "files") for place in (FONTS.submodule_search_locations or [])] if FONTS else []
)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 24 * 60 * 60
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

MAIL = os.environ.get("SAMEN_MAIL") or ("demo" if DEMO else "smtp://localhost:25")
MAIL_FROM = os.environ.get("SAMEN_MAIL_FROM", "Samen <samen@example.org>")
SMS = os.environ.get("SAMEN_SMS") or ("demo" if DEMO else "")
SMS_KEY = os.environ.get("SAMEN_SMS_KEY", "")
SMS_FROM = os.environ.get("SAMEN_SMS_FROM", "Samen")
# Where addresses are asked for their point: a PDOK Locatieserver or one that speaks like it.  Empty: nobody is asked.
GEOCODER = os.environ.get("SAMEN_GEOCODER", "")
# Valhalla's own configuration, which names its tiles: then it says how long ways take.  Empty: they are estimated.
TRAVEL_ENGINE = os.environ.get("SAMEN_TRAVEL_ENGINE", "")
REACTIONS = "samen.reactions.REACTIONS"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = [
    "samen.base.outbox",
    "samen.base.live",
    "samen.base.audit",
    "samen.people.places",
    "samen.teams.colleagues",
    "samen.people.standing",
    "samen.people.documents",
    "samen.demo.practising",
    "samen.visits.altered",
    "samen.visits.arrangements",
    "samen.visits.held",
    "samen.visits.lasting",
    "samen.visits.leaving",
    "samen.visits.mornings",
    "samen.visits.settling",
    "samen.office.importing",
    "samen.office.exporting",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "samen.base.logs.MaskLinks"}},
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["mask"], "formatter": "plain"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "samen": {"level": "INFO"},
        "uvicorn.access": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "uvicorn.error": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
    },
}
