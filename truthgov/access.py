"""The doors to people, appointments and the mandate: unseen is 404, unpermitted is 403."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from truthgov import authority
from truthgov.appointing import PROPOSERS, confirmers
from truthgov.models import Appointment, AuditEntry, Person, Role, Scope

READERS_OF_DATA = (Role.AUDITOR, Role.SPONSOR, Role.TRUTH_OWNER, Role.ADMINISTRATOR)


def holds(person: Person, *roles: str) -> bool:
    """Whether somebody exercises one of these roles today."""
    return authority.appointment_of(person, *roles) is not None


def require(person: Person, *roles: str) -> None:
    """PermissionDenied unless somebody exercises one of these roles today."""
    if not holds(person, *roles):
        raise PermissionDenied


def organisation_to_administer(person: Person) -> Scope:
    require(person, Role.ADMINISTRATOR)
    return Scope.organisation()


def organisation_to_appoint_in(person: Person) -> Scope:
    require(person, *PROPOSERS)
    return Scope.organisation()


def organisation_to_grant_for(person: Person) -> Scope:
    require(person, Role.SPONSOR)
    return Scope.organisation()


def person_to_read(viewer: Person, pk: int) -> Person:
    return get_object_or_404(Person, pk=pk)


def person_to_administer(viewer: Person, pk: int) -> Person:
    person = person_to_read(viewer, pk)
    require(viewer, Role.ADMINISTRATOR)
    return person


def appointment_to_read(viewer: Person, pk: int) -> Appointment:
    appointments = Appointment.objects.select_related("person", "scope", "proposed_by", "confirmed_by")
    return get_object_or_404(appointments, pk=pk)


def appointment_to_confirm(viewer: Person, pk: int) -> Appointment:
    appointment = appointment_to_read(viewer, pk)
    require(viewer, *confirmers(appointment.role))
    return appointment


def appointment_to_decline(viewer: Person, pk: int) -> Appointment:
    appointment = appointment_to_read(viewer, pk)
    if viewer not in (appointment.person, appointment.proposed_by):
        require(viewer, *confirmers(appointment.role))
    return appointment


def appointment_to_end(viewer: Person, pk: int) -> Appointment:
    appointment = appointment_to_read(viewer, pk)
    if viewer != appointment.person:
        require(viewer, *confirmers(appointment.role))
    return appointment


def appointment_to_deputise(viewer: Person, pk: int) -> Appointment:
    appointment = appointment_to_read(viewer, pk)
    if viewer != appointment.person:
        raise PermissionDenied
    return appointment


def entry_to_read(viewer: Person, number: int) -> AuditEntry:
    return get_object_or_404(AuditEntry, number=number)


def may_read_data(viewer: Person) -> bool:
    """Whether somebody sees what an entry holds beyond who did what to which record."""
    return holds(viewer, *READERS_OF_DATA)
