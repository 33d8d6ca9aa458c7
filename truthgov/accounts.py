from contextlib import suppress
from smtplib import SMTPException
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import get_ip
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest

from truthgov.errors import Refusal

log = structlog.get_logger(__name__)


class MailNotSent(Refusal):
    """The server for our mails did not take one."""


class ClosedAccounts(DefaultAccountAdapter):
    """Nobody enrols themselves: an administrator does."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """MailNotSent where nobody takes it, whoever it is for: what is answered tells nothing of them."""
        ours = {"current_site": SimpleNamespace(name="truthgov", domain=settings.PUBLIC_ADDRESS)}
        try:
            super().send_mail(template_prefix, email, context | ours)
        except (SMTPException, OSError) as error:
            log.warning("a mail of an account could not be sent", mail=template_prefix, error=str(error))
            raise MailNotSent(
                "Mail cannot be sent just now. Try again in a few minutes, or tell an administrator."
            ) from error

    def format_email_subject(self, subject: str) -> str:
        return f"[truthgov] {subject}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the address that we go by: whoever asks for a mail to somebody else may name any host that is let in."""
        return settings.PUBLIC_ADDRESS + urlsplit(super().get_reset_password_from_key_url(key)).path

    def send_notification_mail(self, *args: Any, **options: Any) -> None:
        """Tell somebody what was done to their account; it stays done where they cannot be told."""
        with suppress(MailNotSent):
            super().send_notification_mail(*args, **options)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What is locked is an account at an address: nobody else's mistakes keep its owner out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{get_ip(request)}"


class ClosedSocialAccounts(DefaultSocialAccountAdapter):
    """A sign-in by another provider reaches an enrolled person only; it makes nobody a new one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False
