"""Which of several decisions holds in a period: the one rule, and that every reader goes by it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from forums.reconciliation.totals import Moment, Totals
from metrics.assessment.dictionary import dictionary_of
from metrics.dictionary.holding import holding, read_by, shown_source, succession
from metrics.figures.courses import courses
from metrics.models import Reading
from metrics.trust import trust_of
from tests.factories.metrics import (
    DefinitionFactory,
    SegmentFactory,
    SeriesFactory,
    SourceFactory,
    SourceOfRecordFactory,
)
from tests.factories.metrics import measure as define
from truthgov.periods import Grain, Period


@dataclass(frozen=True)
class Decided:
    starts_on: date | None
    source_id: int


DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))
HISTORIES = st.lists(st.builds(Decided, st.none() | DAYS, st.integers(1, 4)), max_size=6)


@given(decided=HISTORIES, start=DAYS)
def test_the_last_decided_of_those_begun_holds(decided: list[Decided], start: date) -> None:
    begun = [each for each in decided if each.starts_on is None or each.starts_on <= start]
    assert holding(decided, start) is (begun[-1] if begun else None)
    if decided:
        assert read_by(decided, start) is (begun[-1] if begun else decided[0])


@given(decided=HISTORIES, start=DAYS, reporting=st.lists(st.integers(1, 4), unique=True))
def test_a_source_of_record_that_is_silent_lets_no_other_stand_in(
    decided: list[Decided], start: date, reporting: list[int]
) -> None:
    record, shown = holding(decided, start), shown_source(decided, reporting, start)
    first = reporting[0] if reporting else None
    assert shown == (first if record is None else record.source_id if record.source_id in reporting else None)


@given(decided=st.lists(st.tuples(st.integers(-3, 12), st.integers()), max_size=6), period=st.integers(-5, 14))
def test_a_succession_is_in_order_and_holds_the_same_in_every_period(
    decided: list[tuple[int, int]], period: int
) -> None:
    lasting = succession(decided)
    starts = [start for start, _ in lasting]
    assert starts == sorted(set(starts))
    begun, kept = ([what for start, what in history if start <= period] for history in (decided, lasting))
    assert begun[-1:] == kept[-1:]


def test_every_reader_goes_by_the_same_version_and_source(
    db: None, django_assert_num_queries: Callable[..., object]
) -> None:
    kpi, crm, desk = define("KPI"), SourceFactory(code="crm"), SourceFactory(code="desk")
    for version, day in enumerate((date(2026, 3, 1), date(2026, 5, 15)), start=2):
        DefinitionFactory(measure=kpi, version=version, starts_on=day)
    SourceOfRecordFactory(measure=kpi, source=crm)
    SourceOfRecordFactory(measure=kpi, source=desk, starts_on=date(2026, 4, 1))
    for source in (crm, desk):
        series = SeriesFactory(measure=kpi, source=source)
        for month in range(1, 9):
            Reading.objects.create(series=series, period_start=date(2026, month, 1), value=1, observation_id=month,
                                   definition=kpi.definitions.get(version=1))  # fmt: skip
    [course] = courses([(kpi.pk, SegmentFactory())])
    now = Moment.of(None)
    with django_assert_num_queries(3):
        totals = Totals([kpi.pk], now)
    judged = dictionary_of([kpi.pk])
    for month, version in enumerate((1, 1, 2, 2, 2, 3, 3, 3), start=1):
        period = Period.containing(date(2026, month, 1), Grain.MONTH)
        source = crm if month < 4 else desk
        point, series = course.at(period.start), totals.declared.shown(kpi.pk, period.start)
        assert (point.definition.version, point.source) == (version, source)
        assert (totals.terms(kpi.pk, period.start).version, series.source_id) == (version, source.pk)
        meaning = [what for start, what in judged.meanings[kpi.pk] if start <= period.ordinal][-1]
        record = [what for start, what in judged.records[kpi.pk] if start <= period.ordinal][-1]
        assert (meaning.version, record.source) == (version, source.pk)
        assert kpi.pk in trust_of([kpi.pk], period)
