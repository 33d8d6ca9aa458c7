"""Whoever decides or administers has a second factor, where the settings ask for it."""

from collections.abc import Collection
from time import time

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from truthgov import clock
from truthgov.authority import holds_any
from truthgov.models import ACCOUNTABLE, Appointment, Person, Role

FRESH = 120
"""Seconds in which a second factor that was asked for anew counts for the act that asked for it."""

DECIDING = (*ACCOUNTABLE, Role.ADMINISTRATOR)
"""Whoever holds one of these decides, signs or administers."""
FACTOR_MISSING = "Set up a second factor first: you hold a role that decides or administers."


def lacks_second_factor(person: Person) -> bool:
    """Must somebody set up a second factor before anything else?"""
    asked = settings.SECOND_FACTOR_REQUIRED and holds_any(person, *DECIDING)
    return asked and not is_mfa_enabled(person)


def who_lacks_second_factor(people: Collection[int]) -> set[int]:
    """Of some people, those who must set one up before anything else: the same for many at once."""
    if not settings.SECOND_FACTOR_REQUIRED:
        return set()
    today = clock.today()
    deciding = set(people) & Appointment.objects.in_force(on=today).filter(role__in=DECIDING).people(on=today)
    return deciding - set(Authenticator.objects.filter(user__in=deciding).values_list("user_id", flat=True))


def asked_anew(request: HttpRequest) -> HttpResponse | None:
    """Where the settings ask for a second factor: the page that asks for it, after which the act goes on by itself.

    None where it was given anew a moment ago, or none is required.
    """
    if not settings.SECOND_FACTOR_REQUIRED or _given_anew(request):
        return None
    return suspend_request(request, reverse("mfa_reauthenticate"))


def _given_anew(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    given = [each["at"] for each in records if each.get("method") == "mfa" and each.get("reauthenticated")]
    return bool(given) and time() - max(given) < FRESH
