"""What somebody says of a figure, beside it: kept with the figure that it is about, and never edited."""

from django.core.exceptions import PermissionDenied

from metrics.ingestion import Delivery
from metrics.ingestion.permission import Permission
from metrics.models import FigureNote, Observation, Reading, Submission
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal

LONGEST = 1_000


def may_note(figure: Observation, *, by: Actor) -> bool:
    """Does somebody hand in such figures?"""
    measure = figure.series.measure
    handing_in = Permission.of(by, Delivery(Submission.Channel.FORM))
    return handing_in.covers(measure.function_id, measure.journey_id)


def note(observation: int, text: str, *, by: Actor) -> FigureNote:
    """A person says something of a figure.

    PermissionDenied for anybody but a person; InvalidInput for a text that says nothing; Refusal where the figure was
    restated, or where that stands beside it already.
    """
    if by.person is None:
        raise PermissionDenied
    with audit.act():
        text = text.strip()
        if not text:
            raise InvalidInput("A note says something.", {"text": "Say what is to be known of the figure."})
        if not Reading.objects.filter(observation_id=observation).exists():
            raise Refusal("This figure was restated; say it of the one that stands.")
        latest = FigureNote.objects.latest_of([observation]).get(observation)
        if latest and latest.text == text:
            raise Refusal("This stands beside the figure already.")
        made = FigureNote.objects.create(
            observation_id=observation, text=text, person=by.person, noted_at=clock.now()
        )  # fmt: skip
        audit.record("figure.noted", made, by=by, observation=observation, text=text)
    return made
