from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Count, Max

from truthgov.models import Fact, Person, Recorded

SENT_WITHIN = timedelta(days=1)
"""How long after its publication a pack is still sent, where the hour of its meeting has come meanwhile."""


class PublicationQuerySet(models.QuerySet["Publication"]):
    def latest_of(self, meeting: models.Model) -> "Publication | None":
        """The one that a meeting goes by; None while its agenda is a draft."""
        return self.filter(meeting=meeting).order_by("-number").first()

    def recent(self, *, at: datetime) -> Self:
        """Those that are sent although their meeting begins: people come late, and to meetings that begin late."""
        return self.filter(published_at__gte=at - SENT_WITHIN)

    def with_sendings(self) -> Self:
        """With to how many people each was `sent`, and when it was `sent_last`."""
        return self.annotate(sent=Count("sendings"), sent_last=Max("sendings__sent_at"))


class Publication(Recorded):
    """An agenda with its board pack, as sent to the members; `number` counts those of a meeting from 1.

    What changes afterwards is published anew: the earlier ones stay. `record` is all that the pack says and is drawn
    from again, `digest` its SHA-256, `changes` what differs from the one before, in sentences.
    """

    meeting = models.ForeignKey("forums.Meeting", on_delete=models.PROTECT, related_name="publications")
    number = models.PositiveSmallIntegerField()
    record = models.JSONField()
    digest = models.CharField(max_length=64)
    changes = models.JSONField(default=list)
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    objects = PublicationQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["meeting", "-number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="a_publication_is_numbered_once")]

    def __str__(self) -> str:
        return f"Agenda of {self.meeting}, publication {self.number}"


class PackSending(Fact):
    """That a pack was sent to a person, which happens once."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="sendings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta(Fact.Meta):
        constraints = [
            models.UniqueConstraint(fields=["publication", "person"], name="a_pack_is_sent_to_a_person_once")
        ]

    def __str__(self) -> str:
        return f"{self.publication}, to {self.person}"
