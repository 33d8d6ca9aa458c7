"""A board pack as PDF/UA: the same bytes for the same record, wherever and whenever it is drawn."""

from datetime import datetime
from typing import cast

from django.core.cache import cache

from forums.models import Meeting, Publication
from forums.packs.board_pack.record import Record, record_of, recused_from, withholding
from truthgov import clock, pdf
from truthgov.dates import moment
from truthgov.models import Person

TEMPLATE = "forums/agendas/pack.typ"
KEPT_SECONDS = 3600


def published(publication: Publication, reader: Person) -> bytes:
    """A publication's pack for a reader: without the papers of what they are recused from."""
    hidden = recused_from(publication.meeting, reader)
    said = f"Publication {publication.number}, {moment(publication.published_at)}, by {publication.published_by}"
    told = publication.record | {"state": said, "changes": publication.changes}
    return drawn(withholding(told, hidden), as_of=publication.published_at)


def drafted(meeting: Meeting, reader: Person) -> bytes:
    """The pack as it would be published now."""
    told = record_of(meeting, reader) | {"state": "Draft, not published", "changes": []}
    return drawn(withholding(told, recused_from(meeting, reader)), as_of=clock.now())


def name_of(publication: Publication) -> str:
    """Of its file."""
    return f"pack-{publication.meeting_id}-{publication.number}.pdf"


def drawn(record: Record, *, as_of: datetime) -> bytes:
    """The document of a record; the hash at its foot is that of everything else it says."""
    digest = pdf.digest(record)

    def draw() -> bytes:
        return pdf.render(TEMPLATE, record | {"digest": digest}, as_of=as_of)

    # Many members open one pack in the same hour; the cache may lose it, and then it is drawn again.
    return cast("bytes", cache.get_or_set(f"board-pack:{digest}:{as_of.timestamp()}", draw, KEPT_SECONDS))
