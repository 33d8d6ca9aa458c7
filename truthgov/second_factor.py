"""Whoever decides or administers has a second factor, where the settings ask for it."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

from truthgov.authority import appointment_of
from truthgov.models import ACCOUNTABLE, Person, Role

DECIDING = (*ACCOUNTABLE, Role.ADMINISTRATOR)
"""Whoever holds one of these decides, signs or administers."""


def lacks_second_factor(person: Person) -> bool:
    """Must somebody set up a second factor before anything else?"""
    asked = settings.SECOND_FACTOR_REQUIRED and appointment_of(person, *DECIDING) is not None
    return asked and not is_mfa_enabled(person)
