"""The doors to forums, their charters, and the calendar that all of them keep."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from forums.models import Charter, DayOff, Forum
from truthgov import authority
from truthgov.models import Person, Role

RULING = (Role.SPONSOR, Role.TRUTH_OWNER)
PROPOSING = (*RULING, Role.SECRETARY)


def forum_to_read(person: Person, code: str) -> Forum:
    return get_object_or_404(Forum, code=code)


def forum_to_found(person: Person) -> None:
    _require(person, *RULING)


def forum_to_charter(person: Person, code: str) -> Forum:
    """For who may propose its rules."""
    forum = forum_to_read(person, code)
    _require(person, *PROPOSING)
    return forum


def charter_to_read(person: Person | None, code: str, version: int) -> Charter:
    """Any version: what a forum may decide is for everybody who may read."""
    return get_object_or_404(Charter.objects.select_related("forum"), forum__code=code, version=version)


def charter_to_approve(person: Person, code: str, version: int) -> Charter:
    """Or to reject."""
    charter = charter_to_read(person, code, version)
    _require(person, *RULING)
    return charter


def charter_to_withdraw(person: Person, code: str, version: int) -> Charter:
    """For who proposed it."""
    charter = charter_to_read(person, code, version)
    if charter.proposed_by != person:
        raise PermissionDenied
    return charter


def calendar_to_keep(person: Person) -> None:
    """For who may propose charters: days without meetings hold for every forum."""
    _require(person, *PROPOSING)


def day_off_to_withdraw(person: Person, pk: int) -> DayOff:
    calendar_to_keep(person)
    return get_object_or_404(DayOff, pk=pk)


def may_propose_charters(person: Person) -> bool:
    return authority.appointment_of(person, *PROPOSING) is not None


def may_approve_charters(person: Person) -> bool:
    return authority.appointment_of(person, *RULING) is not None


def _require(person: Person, *roles: str) -> None:
    if not authority.appointment_of(person, *roles):
        raise PermissionDenied
