"""What is declared of many measures, as known at a moment, read as plain rows: no model instance a measure."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.backends.utils import CursorWrapper

from metrics.dictionary.holding import by_measure, read_by, shown_source
from metrics.dictionary.terms import Terms
from truthgov.knowledge import KNOWN, Moment


class Named(NamedTuple):
    """A source named as that of record, as `SourceOfRecord` has it."""

    measure_id: int
    source_id: int
    starts_on: date | None


class Whole(NamedTuple):
    """The series of a measure's total from one source."""

    pk: int
    measure_id: int
    source_id: int


Row = TypeVar("Row", Terms, Named, Whole)


class Declared:
    """Terms, sources of record and series of the whole of some measures, as known at a moment; three queries."""

    def __init__(self, measures: Collection[int], moment: Moment) -> None:
        asked = {"measures": list(measures)} | moment.asked
        with connection.cursor() as cursor:
            self._terms = _read(cursor, TERMS, asked, Terms)
            self._named = _read(cursor, NAMED, asked, Named)
            self._wholes = _read(cursor, WHOLES, asked, Whole)
        self._settled: dict[int, Any] = {}

    def wholes(self, measure: int) -> list[Whole]:
        """The total's series, one a source."""
        return self._wholes.get(measure, [])

    def read_by(self, measure: int, start: date) -> Terms | None:
        """The terms by which the figure of the period that starts on a day is read."""
        versions = self._terms.get(measure)
        return read_by(versions, start) if versions else None

    def shown(self, measure: int, start: date) -> Whole | None:
        """The total from the source of record for the period that starts on a day."""
        if measure not in self._settled:
            # The usual case, and a page asks thousands of times: one source of record, since ever.
            lasting = all(row.starts_on is None for row in self._named.get(measure, []))
            self._settled[measure] = self._shown_on(measure, start) if lasting else ...
        settled = self._settled[measure]
        return self._shown_on(measure, start) if settled is ... else settled

    def _shown_on(self, measure: int, start: date) -> Whole | None:
        reporting = self.wholes(measure)
        source = shown_source(self._named.get(measure, []), [each.source_id for each in reporting], start)
        return next((each for each in reporting if each.source_id == source), None)


def _read(cursor: CursorWrapper, query: str, asked: dict[str, Any], row: type[Row]) -> dict[int, list[Row]]:
    if not asked["measures"]:
        return {}
    # Not by the ORM: with hundreds of measures it spends more on the list of them than the database on its answer.
    cursor.execute(query, asked)
    return by_measure([row(*each) for each in cursor.fetchall()])


TERMS = f"""
    SELECT id, measure_id, starts_on, unit, currency, direction, grain, decimals, target, reliable_from, retires,
           version, roll_up, changes_counting, bridge_factor, bridge_offset
    FROM metrics_definition WHERE measure_id = ANY (%(measures)s) AND status = 'approved'
      AND {KNOWN.format(table="metrics_definition", stamp="approved_at")}
    ORDER BY version
"""  # noqa: S608 - KNOWN is our own
NAMED = f"""
    SELECT measure_id, source_id, starts_on
    FROM metrics_sourceofrecord WHERE measure_id = ANY (%(measures)s)
      AND {KNOWN.format(table="metrics_sourceofrecord", stamp="named_at")}
    ORDER BY id
"""  # noqa: S608 - KNOWN is our own
WHOLES = """
    SELECT id, measure_id, source_id FROM metrics_series
    WHERE measure_id = ANY (%(measures)s) AND segment_id = (SELECT id FROM metrics_segment WHERE key = '{}')
    ORDER BY id
"""
