"""The doors to contradictions, and to the list of what they come from."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from metrics.models import Contradiction, PositionFile, RootCause
from metrics.models.contradiction import SURFACING
from metrics.models.ruling import LINKING
from truthgov import authority
from truthgov.models import Person, Role, Scope


def contradiction_to_read(person: Person, pk: int) -> Contradiction:
    """Any contradiction: everybody signed in may read the truth."""
    return get_object_or_404(Contradiction, pk=pk)


def contradiction_to_judge(person: Person, pk: int) -> Contradiction:
    """One to challenge a party on, or to declare a false alarm: the truth owner's."""
    contradiction = contradiction_to_read(person, pk)
    if not authority.appointment_of(person, Role.TRUTH_OWNER, scope=Scope.organisation()):
        raise PermissionDenied
    return contradiction


def contradiction_to_link(person: Person, pk: int) -> Contradiction:
    """One to link to another: for whoever answers for something, and the truth owner."""
    contradiction = contradiction_to_read(person, pk)
    if not authority.appointment_of(person, *LINKING):
        raise PermissionDenied
    return contradiction


def position_file_to_read(person: Person, pk: int, file: int) -> PositionFile:
    """A file of a position on a contradiction: everybody who reads the case reads what its parties rest on."""
    return get_object_or_404(PositionFile, pk=file, position__contradiction=contradiction_to_read(person, pk))


def may_keep_causes(person: Person) -> bool:
    """Does somebody keep the list of root causes? The truth owner does."""
    return authority.appointment_of(person, Role.TRUTH_OWNER, scope=Scope.organisation()) is not None


def causes_to_keep(person: Person) -> None:
    """PermissionDenied unless somebody keeps the list of root causes."""
    if not may_keep_causes(person):
        raise PermissionDenied


def cause_to_retire(person: Person, pk: int) -> RootCause:
    """An entry of the list, for whoever keeps it."""
    causes_to_keep(person)
    return get_object_or_404(RootCause, pk=pk)


def contradiction_to_answer(person: Person, pk: int) -> Contradiction:
    """One on which this person answers for a party, or for somebody who was challenged."""
    contradiction = contradiction_to_read(person, pk)
    if not scopes_to_answer_for(person, contradiction):
        raise PermissionDenied
    return contradiction


def scopes_to_answer_for(person: Person, contradiction: Contradiction) -> list[Scope]:
    """The parties, and those challenged, that this person answers for today."""
    scopes = Scope.objects.filter(pk__in=contradiction.heard_scope_ids())
    held = authority.appointment_of
    return [scope for scope in scopes if held(person, authority.answering_role(scope), scope=scope)]


def may_surface(person: Person, *, on: date | None = None) -> bool:
    """May somebody surface a contradiction by hand? Who answers for a function or a journey, and the truth owner."""
    return authority.holds_any(person, *SURFACING, on=on)


def surfacing_to_start(person: Person) -> None:
    """PermissionDenied unless somebody may surface a contradiction by hand."""
    if not may_surface(person):
        raise PermissionDenied
