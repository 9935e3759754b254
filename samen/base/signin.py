"""How colleagues sign in: by password, or by a code that comes by mail like every other mail."""

import uuid
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from samen.base import clock, entrances, outbox, tenancy
from samen.base.journal import Subject
from samen.base.models import Login


class Adapter(DefaultAccountAdapter):
    """allauth, told that nobody signs up by themselves and that mail leaves by the outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Colleagues are invited by their organisation."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The login behind these; one that was closed is told the same as a wrong password."""
        login = super().authenticate(request, **credentials)
        return login if login is not None and login.is_active else None

    def is_safe_url(self, url: str | None) -> bool:
        """Whether this is a place to go on to; half an address (`http://[`) is none."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail in the outbox of the first organisation this login belongs to; an unknown address gets none."""
        login = Login.objects.filter(email=email.lower(), is_active=True).first()
        if login is None:
            return
        for membership in entrances.memberships(login.pk)[:1]:
            letter = self.render_mail(template_prefix, email, context)
            with tenancy.enter(membership.org, tenancy.SYSTEM):
                outbox.put(
                    cause=Subject("signin", uuid.uuid4()),
                    recipient=membership.colleague,
                    address=email,
                    subject=letter.subject,
                    body=str(letter.body),
                    at=clock.now(),
                    undo=timedelta(0),
                )
