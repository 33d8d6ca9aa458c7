"""Publishing an agenda: from then on the members have it, with its pack; what changes is published anew."""

from django.core.exceptions import PermissionDenied

from forums.agendas.changes import changes_between
from forums.models import Meeting, Publication
from forums.packs.board_pack.record import agenda_told, record_of
from truthgov import audit, clock, pdf
from truthgov.actor import Actor
from truthgov.errors import Refusal


def publish(meeting: Meeting, *, by: Actor) -> Publication:
    """Chair or secretary publishes the agenda as it stands; a Refusal where it says nothing new, or has begun.

    Its pack is sent to each member once, by whoever sweeps for what is owed: also where its hour has come.
    """
    with audit.act():
        held = meeting.lock()
        person = by.person
        if person is None or not held.is_recorded_by(person):
            raise PermissionDenied
        if held.status != held.Status.SCHEDULED:
            raise Refusal("This meeting has begun; its agenda is published before.")
        if not held.items.exists():
            raise Refusal("Nothing stands on this agenda; draft it, or put a matter on it.")
        before, record = Publication.objects.latest_of(held), record_of(held, person)
        changes = changes_between(before.record, record) if before else []
        if before and not changes:
            raise Refusal("Nothing has changed since this agenda was published; its pack stands.")
        publication = Publication.objects.create(
            meeting=held, number=before.number + 1 if before else 1, record=record, digest=pdf.digest(record),
            changes=changes, published_by=person, published_at=clock.now(),
        )  # fmt: skip
        held.keep_order()
        meeting.note_change()
        audit.record("agenda.published", publication, by=by, meeting=held.pk, number=publication.number,
                     pack=publication.digest, items=[each["subject"] for each in record["items"]])  # fmt: skip
    return publication


def changes_since(publication: Publication) -> list[str]:
    """What differs now on the agenda from what was published, in sentences; papers are not looked at."""
    return changes_between(publication.record, agenda_told(publication.meeting))
