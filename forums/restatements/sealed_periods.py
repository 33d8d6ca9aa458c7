"""Which figures a meeting has looked at and frozen: what is restated in such a period never changes what was sealed."""

from dataclasses import dataclass
from datetime import date

from django.db.models import DateField, Exists, F, Func, Min, OuterRef, Q, QuerySet

from forums.models.forum import Forum
from forums.models.minutes import ViewSnapshot
from metrics.figures.restatements import Restatement
from metrics.models import Observation
from truthgov.periods import Grain, Period


class MonthOf(Func):
    """The first day of the month in whose view an observation's period stands: the one that it ends in."""

    template = """date_trunc('month', %(expressions)s
        WHEN 'quarter' THEN interval '2 months' WHEN 'week' THEN interval '6 days' ELSE interval '0' END)::date"""
    arg_joiner = " + CASE "
    output_field = DateField()

    def __init__(self) -> None:
        super().__init__(F("period_start"), F("definition__grain"))


@dataclass(frozen=True)
class SealedPeriods:
    """Month → the audit entry up to which its first frozen view knew the figures."""

    months: dict[date, int]

    @classmethod
    def standing(cls) -> "SealedPeriods":
        """One query."""
        frozen = ViewSnapshot.objects.order_by().values_list("period_start").annotate(known=Min("known_entry"))
        return cls(dict(frozen))

    def hold(self, restatement: Restatement) -> bool:
        """Was the month of a restated figure frozen before the new one came in?"""
        entry = self.months.get(month_of(restatement.period))
        return entry is not None and entry < restatement.submission.entry


def month_of(period: Period) -> date:
    return Period.containing(period.last_day, Grain.MONTH).start


def with_sealed(rows: QuerySet[Observation], forum: Forum | None = None) -> QuerySet[Observation]:
    """Rows with `month`, and `is_sealed`: whether a meeting (of a forum, where one is given) had frozen it before."""
    frozen = ViewSnapshot.objects.filter(period_start=OuterRef("month"), known_entry__lt=OuterRef("submission__entry"))
    if forum:
        frozen = frozen.filter(meeting__forum=forum)
    return rows.annotate(month=MonthOf(), is_sealed=Exists(frozen))


def sealed_only(rows: QuerySet[Observation], sealed: bool = True) -> QuerySet[Observation]:
    """Those in a period that some meeting had frozen, or the others."""
    return with_sealed(rows).filter(Q(is_sealed=sealed))
