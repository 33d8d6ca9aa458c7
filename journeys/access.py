"""The doors to journeys: everybody signed in reads them; their owner and the truth owner shape them."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from journeys.models import Handoff, Journey, Stage
from truthgov.authority import appointment_of
from truthgov.models import Person, Role


def may_found_journeys(person: Person) -> bool:
    """May somebody establish a journey?"""
    return appointment_of(person, Role.TRUTH_OWNER, Role.SPONSOR) is not None


def journeys_to_found(person: Person) -> None:
    """PermissionDenied unless somebody may establish a journey."""
    if not may_found_journeys(person):
        raise PermissionDenied


def journey_to_read(person: Person, code: str) -> Journey:
    """Any journey: everybody signed in may read the truth."""
    return get_object_or_404(Journey.objects.select_related("scope"), code=code)


def journey_to_shape(person: Person, code: str) -> Journey:
    journey = get_object_or_404(Journey.objects.select_related("scope"), code=code)
    if not journey.may_be_shaped_by(person):
        raise PermissionDenied
    return journey


def stage_to_shape(person: Person, code: str, pk: int) -> Stage:
    return get_object_or_404(Stage.objects.select_related("journey"), journey=journey_to_shape(person, code), pk=pk)


def handoff_to_shape(person: Person, code: str, pk: int) -> Handoff:
    return get_object_or_404(Handoff.objects.select_related("journey"), journey=journey_to_shape(person, code), pk=pk)
