"""What was known at an audit entry is what acts had ended by then: not those under way, whatever the time they took."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from threading import Event, Thread

import pytest
from django.db import connections
from django.db.models import Model

from forums.reconciliation.facts import Facts
from forums.reconciliation.reconciled import reconciled_view
from forums.reconciliation.totals import Totals
from journeys.models import Journey
from metrics.dictionary.target_conditions import set_target_condition, trust_needed
from metrics.models import Absence, Attestation, Contradiction, Link, Measure, SourceOfRecord
from metrics.trust.promises import promises_of
from metrics.trust.record import Record
from tests.factories.metrics import DefinitionFactory, MeasureFactory, OutcomeFactory, SegmentFactory, SourceFactory
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.knowledge import Moment
from truthgov.models import Person
from truthgov.periods import Grain, Period

CLOCKWORK = Actor(clockwork="assessment")
PATIENCE = 30


@contextmanager
def under_way(act: Callable[[], None]) -> Iterator[None]:
    """An act on a connection of its own that has written its rows, and ends after the block."""
    written, may_end = Event(), Event()
    failed: list[BaseException] = []

    def acted() -> None:
        try:
            with audit.act():
                act()
                written.set()
                may_end.wait(PATIENCE)
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            written.set()
            connections.close_all()

    thread = Thread(target=acted)
    thread.start()
    try:
        assert written.wait(PATIENCE)
        yield
    finally:
        may_end.set()
        thread.join(PATIENCE)
    assert not failed


def entry_of_another_act() -> int:
    """The number of the entry that another act leaves meanwhile."""
    with audit.act():
        audit.record("source.established", SourceFactory(), by=CLOCKWORK)
    return audit.known_now()


def cases_known(entry: int) -> list[str]:
    view = reconciled_view(Period.containing(clock.today(), Grain.MONTH), known_at=entry)
    return [case.status for case in view.cases]


def month() -> Period:
    return Period.containing(clock.today(), Grain.MONTH)


def test_a_case_that_is_opened_meanwhile_is_known_from_its_own_entry_on(own_database, request):
    measure, whole, lead = MeasureFactory(), SegmentFactory(), request.getfixturevalue("truth_owner")

    def surface() -> None:
        Contradiction.surface(
            kind="divergence", measure=measure, other_measure=None, segment=whole, statement="It fails.",
            by=Actor(person=lead),
        )  # fmt: skip

    with under_way(surface):
        before = entry_of_another_act()
    assert (cases_known(before), cases_known(audit.known_now())) == ([], ["open"])


@pytest.fixture
def two_measures(own_database: None) -> tuple[Measure, Measure]:
    return MeasureFactory(), MeasureFactory()


def test_a_link_that_is_declared_meanwhile_is_known_from_its_own_entry_on(two_measures, request):
    kpi, outcome = two_measures
    people = [request.getfixturevalue(name) for name in ("truth_owner", "sales_lead")]

    def declare() -> None:
        link = Link.objects.create(
            kind="divergence", from_measure=kpi, to_measure=outcome, proposed_by=people[0], approved_by=people[1],
            declared_at=clock.now(),
        )  # fmt: skip
        audit.record("link.declared", link, by=CLOCKWORK)

    with under_way(declare):
        before = entry_of_another_act()
    known = [Facts(month(), Moment.of(entry)).links for entry in (before, audit.known_now())]
    assert known == [{}, {kpi.pk: [outcome.pk]}]


def test_a_source_that_is_named_meanwhile_is_known_from_its_own_entry_on(two_measures, request):
    measure, _ = two_measures
    sources = [SourceFactory(), SourceFactory()]
    for source in sources:
        measure.series.create(source=source, segment=SegmentFactory())
    people = [request.getfixturevalue(name) for name in ("truth_owner", "sales_lead")]

    def name() -> None:
        named = SourceOfRecord.objects.create(
            measure=measure, source=sources[1], proposed_by=people[0], approved_by=people[1], named_at=clock.now()
        )
        audit.record("source_of_record.named", named, by=CLOCKWORK)

    with under_way(name):
        before = entry_of_another_act()
    shown = [
        Totals([measure.pk], Moment.of(entry)).declared.shown(measure.pk, date(2026, 1, 1))
        for entry in (before, audit.known_now())
    ]
    assert [whole and whole.source_id for whole in shown] == [source.pk for source in sources]


def test_a_condition_that_is_set_meanwhile_is_known_from_its_own_entry_on(own_database, request):
    journey, truth_owner = request.getfixturevalue("journey"), request.getfixturevalue("truth_owner")
    outcome = MeasureFactory(kind="journey_outcome", function=None, journey=journey)
    other: Person = request.getfixturevalue("sales_lead")

    def demand() -> None:
        set_target_condition(
            journey, {outcome: 33}, starts_on=date(2026, 1, 1), proposed_by=other, by=Actor(person=truth_owner)
        )

    with under_way(demand):
        before = entry_of_another_act()
    needed = [trust_needed([outcome.pk], on=clock.today(), known_at=entry) for entry in (before, audit.known_now())]
    assert needed == [{outcome.pk: 80}, {outcome.pk: 33}]


def test_acts_of_one_instant_are_told_apart(db, truth_owner):
    measure = MeasureFactory()
    with clock.at(clock.now()):
        before = entry_of_another_act()
        Contradiction.surface(
            kind="divergence", measure=measure, other_measure=None, segment=SegmentFactory(), statement="It fails.",
            by=Actor(person=truth_owner),
        )  # fmt: skip
    assert (cases_known(before), cases_known(audit.known_now())) == ([], ["open"])


def test_what_is_older_than_the_names_of_acts_is_known_by_its_time(db, truth_owner, sales_lead):
    source, measure = SourceFactory(), MeasureFactory()
    before = entry_of_another_act()
    naming = {"measure": measure, "source": source, "proposed_by": truth_owner, "approved_by": sales_lead}
    SourceOfRecord.objects.create(named_at=clock.now(), **naming)
    after = entry_of_another_act()
    known = [SourceOfRecord.objects.filter(Moment.of(entry).knew("named_at")).count() for entry in (before, after)]
    assert known == [0, 1]


@pytest.mark.parametrize("zone", ["Europe/Lisbon", "America/New_York"])
def test_before_everything_nothing_is_known_wherever_the_organisation_is(db, settings, zone):
    settings.TIME_ZONE = zone
    view = reconciled_view(month(), known_at=0)
    assert (view.journeys, view.cases, view.decisions) == ((), (), ())


@pytest.fixture
def outcome(journey: Journey) -> Measure:
    return OutcomeFactory(journey=journey)


def told_at(write: Callable[[], Model], known: Callable[[Moment], object]) -> list[object]:
    """What is known at an entry and after the next act, which writes something at the same instant."""
    with clock.at(clock.now()):
        before = entry_of_another_act()
        with audit.act():
            audit.record("test.written", write(), by=CLOCKWORK)
    return [known(Moment.of(entry)) for entry in (before, audit.known_now())]


def test_why_there_is_no_figure_is_known_from_its_entry_on(outcome, truth_owner):
    def say() -> Absence:
        return Absence.objects.create(
            measure=outcome, segment=SegmentFactory(), period_start=month().start, reason="No stock was taken.",
            person=truth_owner, appointment=truth_owner.appointments.get(), stated_at=clock.now(),
        )  # fmt: skip

    said = told_at(say, lambda moment: list(Facts(month(), moment).absences))
    assert said == [[], [outcome.pk]]


def test_who_stands_behind_a_figure_is_known_from_its_entry_on(outcome, truth_owner):
    def attest() -> Attestation:
        appointment = truth_owner.appointments.get()
        return Attestation.objects.create(
            scope=appointment.scope, grain="month", period_start=month().start, person=truth_owner,
            appointment=appointment, wording="It is so.", observations=[7], digest="", attested_at=clock.now(),
        )  # fmt: skip

    covered = told_at(attest, lambda moment: promises_of([outcome.pk], [month().start], moment, None).covered)
    assert covered == [frozenset(), frozenset({7})]


def test_trust_goes_by_the_definitions_that_were_approved(outcome):
    versions = told_at(
        lambda: DefinitionFactory(measure=outcome, approved_at=clock.now()),
        lambda moment: list(Record([outcome.pk], [month()], moment.entry, SegmentFactory()).versions),
    )
    assert versions == [[], [outcome.pk]]
