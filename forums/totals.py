"""The total of each measure from its source of record: what every read model of the forums shows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from metrics.holding import by_measure, read_by, shown_source
from metrics.known import Cell, Known, figures
from metrics.models import Definition, Series, SourceOfRecord
from truthgov import clock
from truthgov.errors import InvalidInput
from truthgov.models import AuditEntry


@dataclass(frozen=True)
class Moment:
    """A moment of knowledge: an audit entry (None: now) and when it was made."""

    entry: int | None
    at: datetime

    @classmethod
    def of(cls, entry: int | None) -> "Moment":
        """InvalidInput where there is no such entry; entry 0 is before everything."""
        if entry is None:
            return cls(None, clock.now())
        made = AuditEntry.objects.filter(pk=entry).values_list("at", flat=True).first()
        if made is None and entry:
            raise InvalidInput(f"There is no audit entry {entry}; choose a day instead.")
        return cls(entry, made or datetime.min.replace(tzinfo=UTC))

    @property
    def day(self) -> date:
        return local_day(self.at)


def local_day(at: datetime) -> date:
    """The date of an instant in the organisation's zone."""
    return timezone.localdate(at, timezone.get_default_timezone())


class Totals:
    """Definitions, sources of record and series of some measures as known at a moment; three queries.

    `load` reads the figures of a range of dates into it, one query each time.
    """

    def __init__(self, measures: Collection[int], moment: Moment) -> None:
        self._moment = moment
        approved = Definition.objects.filter(measure__in=measures, approved_at__lte=moment.at)
        named = SourceOfRecord.objects.filter(measure__in=measures, named_at__lte=moment.at)
        whole = Series.objects.filter(measure__in=measures, segment__key="{}").order_by("pk")
        self._versions: dict[int, list[Definition]] = approved.histories()
        self._of_record: dict[int, list[SourceOfRecord]] = named.histories()
        self._series: dict[int, list[Series]] = by_measure(whole)
        self._settled: dict[int, Any] = {}
        self.figures: dict[Cell, Known] = {}

    def load(self, measures: Iterable[int], first: date, last: date) -> None:
        """Read the figures, from every source, of periods that start from `first` to `last`."""
        keys = [series.pk for measure in measures for series in self._series.get(measure, [])]
        self.figures |= figures(keys, first, last, known_at=self._moment.entry)

    def definition(self, measure: int, start: date) -> Definition | None:
        """The version that holds for the period that starts on a day."""
        versions = self._versions.get(measure)
        return read_by(versions, start) if versions else None

    def series(self, measure: int, start: date) -> Series | None:
        """The total from the source of record for the period that starts on a day."""
        if measure not in self._settled:
            # The usual case, and a page asks thousands of times: one source of record, since ever.
            lasting = all(row.starts_on is None for row in self._of_record.get(measure, []))
            self._settled[measure] = self._series_on(measure, start) if lasting else ...
        settled = self._settled[measure]
        return self._series_on(measure, start) if settled is ... else settled

    def _series_on(self, measure: int, start: date) -> Series | None:
        reporting = self._series.get(measure, [])
        source = shown_source(self._of_record.get(measure, []), [each.source_id for each in reporting], start)
        return next((each for each in reporting if each.source_id == source), None)

    def figure(self, measure: int, start: date) -> Known | None:
        series = self.series(measure, start)
        return self.figures.get((series.pk, start)) if series else None
