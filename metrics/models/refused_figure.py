from collections.abc import Iterable
from datetime import date, datetime

from django.db import models, transaction

from metrics.models.observation import Series, TouchedSet
from truthgov.models import Fact


class RefusedFigureQuerySet(models.QuerySet["RefusedFigure"]):
    def remember(self, figures: Iterable[tuple[int, date, str]], *, at: datetime) -> None:
        """Keep which figures (series, first day, fault) were refused at a moment, and have their series judged anew.

        Saying the same again changes nothing: who sends a delivery and who holds it may both say it.
        """
        refused = [self.model(series_id=series, period_start=day, code=code, refused_at=at)
                   for series, day, code in figures]  # fmt: skip
        if refused:
            with transaction.atomic():
                self.bulk_create(refused, ignore_conflicts=True)
                TouchedSet.objects.note((each.series_id, each.period_start) for each in refused)


class RefusedFigure(Fact):
    """A figure that was refused at the door because it cannot be so, or for a slip; the figure itself is not kept.

    `code` is the fault. Until another figure of the cell comes in afterwards, it is what is known of the period.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    period_start = models.DateField()
    code = models.CharField(max_length=40)
    refused_at = models.DateTimeField()

    objects = RefusedFigureQuerySet.as_manager()

    class Meta(Fact.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["series", "period_start", "code", "refused_at"], name="a_refusal_is_remembered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.period_start}: {self.code}"
