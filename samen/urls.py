"""Every address, and who answers it.  A pattern that is not a registered entrance fails the build."""

from allauth.account import views as account
from django.urls import include, path

from samen.base import front, views
from samen.base.entrances import Role, Scope, page
from samen.base.forms import ButtonForm

ANYBODY = [Role.ANYONE]

urlpatterns = [
    page("", front.front, name="front", scope=Scope.OPEN, roles=ANYBODY),
    page(
        "taal/",
        front.choose_language,
        name="language",
        scope=Scope.OPEN,
        roles=ANYBODY,
        methods=["POST"],
        form=front.LanguageForm,
    ),
    page("stijl/", views.style, name="style", scope=Scope.OPEN, roles=ANYBODY, form=views.Example),
    page(
        "aanmelden/",
        account.login,
        name="account_login",
        scope=Scope.OPEN,
        roles=ANYBODY,
        methods=["GET", "POST"],
        form=account.LoginForm,
    ),
    page(
        "aanmelden/code/",
        account.request_login_code,
        name="account_request_login_code",
        scope=Scope.OPEN,
        roles=ANYBODY,
        methods=["GET", "POST"],
        form=account.RequestLoginCodeForm,
    ),
    page(
        "aanmelden/code/invullen/",
        account.confirm_login_code,
        name="account_confirm_login_code",
        scope=Scope.OPEN,
        roles=ANYBODY,
        methods=["GET", "POST"],
        form=account.ConfirmLoginCodeForm,
    ),
    page(
        "afmelden/",
        account.logout,
        name="account_logout",
        scope=Scope.OPEN,
        roles=ANYBODY,
        methods=["GET", "POST"],
        form=ButtonForm,
    ),
    path("o/<slug:slug>/", include("samen.desk.urls")),
    path("o/<slug:slug>/beheer/", include("samen.office.urls")),
    path("l/<str:token>/", include("samen.portal.urls")),
    path("l/<str:token>/", include("samen.api.urls")),
    path("demo/", include("samen.demo.urls")),
]

handler400 = "samen.base.errors.odd_request"
handler403 = "samen.base.errors.not_allowed"
handler404 = "samen.base.errors.not_found"
handler500 = "samen.base.errors.broken"
