from datetime import date
from decimal import Decimal

from metrics.figures.courses import breaks, courses
from metrics.models import Reading
from tests.factories.metrics import (
    DefinitionFactory,
    SegmentFactory,
    SeriesFactory,
    SourceFactory,
    SourceOfRecordFactory,
)
from tests.factories.metrics import measure as define


def report(series, *months: tuple[int, str]) -> None:
    definition = series.measure.definitions.first()
    for month, value in months:
        Reading.objects.create(
            series=series, period_start=date(2026, month, 1), value=Decimal(value), observation_id=month,
            definition=definition,
        )  # fmt: skip


def test_a_missing_period_stays_missing(db):
    kpi, whole = define("KPI"), SegmentFactory()
    report(SeriesFactory(measure=kpi), (1, "0.1"), (3, "0.3"))
    [course] = courses([(kpi.pk, whole)])
    assert [point.value for point in course.points] == [Decimal("0.1"), None, Decimal("0.3")]
    assert course.latest.period.code == "2026-03"


def test_each_period_shows_the_source_of_record_in_force_for_it(db):
    kpi, whole, crm, desk = define("KPI"), SegmentFactory(), SourceFactory(code="crm"), SourceFactory(code="desk")
    SourceOfRecordFactory(measure=kpi, source=crm)
    SourceOfRecordFactory(measure=kpi, source=desk, starts_on=date(2026, 2, 1))
    report(SeriesFactory(measure=kpi, source=crm), (1, "1"), (2, "2"))
    report(SeriesFactory(measure=kpi, source=desk), (1, "10"), (2, "20"))
    [course] = courses([(kpi.pk, whole)])
    assert [point.value for point in course.points] == [1, 20]
    assert [source.code for source in course.of_source] == ["desk", "crm"]


def test_another_source_does_not_stand_in_for_the_one_of_record(db):
    kpi, whole, crm, desk = define("KPI"), SegmentFactory(), SourceFactory(code="crm"), SourceFactory(code="desk")
    SourceOfRecordFactory(measure=kpi, source=crm)
    report(SeriesFactory(measure=kpi, source=crm), (1, "1"))
    report(SeriesFactory(measure=kpi, source=desk), (2, "20"))
    [course] = courses([(kpi.pk, whole)])
    assert [point.value for point in course.points] == [1, None]


def test_a_change_of_counting_breaks_the_course_and_another_target_does_not(db):
    kpi, whole = define("KPI"), SegmentFactory()
    DefinitionFactory(measure=kpi, version=2, starts_on=date(2026, 3, 1), changes_counting=True)
    DefinitionFactory(measure=kpi, version=3, starts_on=date(2026, 4, 1), target=Decimal("5"))
    report(SeriesFactory(measure=kpi), (1, "1"), (2, "2"), (3, "3"), (4, "4"))
    [course] = courses([(kpi.pk, whole)])
    assert breaks(course.points) == [2]
    assert course.definition.version == 3


def test_a_measure_without_a_definition_or_figures_has_no_course(db, django_assert_num_queries):
    undefined, silent = SeriesFactory(measure__code="A").measure, define("B")
    whole = SegmentFactory()
    none, empty = courses([(undefined.pk, whole), (silent.pk, whole)])
    assert none is None
    assert (empty.points, empty.latest) == ((), None)


def test_many_courses_take_as_many_queries_as_one(db, django_assert_num_queries):
    whole, kpis = SegmentFactory(), [define(f"KPI.{number}") for number in range(5)]
    for kpi in kpis:
        report(SeriesFactory(measure=kpi), (1, "1"), (2, "2"))
    for asked in (kpis[:1], kpis):
        with django_assert_num_queries(8):
            courses([(kpi.pk, whole) for kpi in asked])
