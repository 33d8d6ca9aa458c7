"""Two sources of one measure: judged where they are compared with the source of record, settled by naming it."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Q

from forums.motions.acts import SourceNaming
from metrics.assessment import assess
from metrics.dictionary.export import dictionary_as_it_stands
from metrics.dictionary_import.importing import ImportRefused, import_dictionary
from metrics.models import Contradiction, Measure, Rule, Signal
from metrics.trust import State, trust_of
from metrics.trust.record import disputes
from tests.factories.metrics import SourceFactory, SourceOfRecordFactory
from tests.metrics.assessment.conftest import GOOD, SIZE, Push
from truthgov import clock
from truthgov.knowledge import Moment
from truthgov.models import Person
from truthgov.periods import Grain, Period

MARCH = Period.parse("2026-03", Grain.MONTH)


@pytest.fixture
def disagree(served: Measure, push: Push) -> Callable[..., None]:
    """The survey is the named share below the CRM, the source of record, month by month from January 2026."""
    SourceOfRecordFactory(measure=served, source=SourceFactory(code="crm"))

    def disagreeing(*shares: float, first: str = "2026-01") -> None:
        push(served, [0.9] * len(shares), first=first)
        push(served, [0.9 * (1 - share) for share in shares], first=first, source="survey")
        assess()

    return disagreeing


def test_only_what_is_beyond_the_tolerance_is_a_disagreement(disagree: Callable[..., None]) -> None:
    disagree(0.0, 0.05, 0.051, 0.3)
    assert [signal.period_start.month for signal in Signal.objects.order_by("period_start")] == [3, 4]
    case = Contradiction.objects.get()
    assert (case.kind, {case.source.code, case.other_source.code}) == ("source_disagreement", {"crm", "survey"})
    assert "SURVEY" in case.statement


def test_a_figure_that_two_sources_dispute_is_not_trusted(disagree: Callable[..., None], served: Measure) -> None:
    disagree(0.0, 0.0, 0.3)
    assert trust_of([served.pk], MARCH)[served.pk].state == State.DISPUTED
    assert trust_of([served.pk], MARCH.shift(-1))[served.pk].state == State.TRUSTED


def test_a_dispute_that_was_cleared_up_stood_before(disagree: Callable[..., None], served: Measure, push: Push) -> None:
    disagree(0.3)
    then = Moment(None, clock.now())
    push(served, [0.9], first="2026-01", source="survey", reason="a correction")
    assess()
    assert [disputes([served.pk], Q(segment__key="{}"), moment).count() for moment in (None, then)] == [0, 1]


def test_a_decision_to_name_the_source_of_record_settles_the_pair(
    disagree: Callable[..., None], served: Measure, decide: Callable[..., None], sales_lead: Person
) -> None:
    disagree(0.3, 0.3)
    case = Contradiction.objects.get()
    crm, survey = SourceFactory(code="crm"), SourceFactory(code="survey")
    naming = SourceNaming(served, crm, proposed_by=sales_lead, starts_on=MARCH.start, settles=survey)
    decide(case, MARCH.start, naming)
    disagree(0.3, 0.3, first="2026-03")
    case.refresh_from_db()
    assert (case.status, case.signals.count()) == ("closed", 2)
    assert case.events.last().code == "settled"
    assert "restated" not in case.severity_why  # no figure was: its periods are judged no more


@pytest.mark.parametrize("remedied", [False, True])
def test_while_two_sources_disagree_nothing_but_a_decision_names_one(
    disagree: Callable[..., None], served: Measure, decide: Callable[..., None], sales_lead: Person,
    truth_owner: Person, *, remedied: bool,
) -> None:  # fmt: skip
    disagree(0.3, 0.3)
    case = Contradiction.objects.get()
    if remedied:
        decide(case, MARCH.start)
    document = dictionary_as_it_stands()
    document.tables["sources_of_record"][0].said.update(source="SURVEY", settles="CRM")
    with pytest.raises(ImportRefused) as refused:
        import_dictionary(document, proposed_by=sales_lead, approved_by=truth_owner)
    assert [str(case.pk) in problem.message for problem in refused.value.problems] == [True]
    with pytest.raises(DatabaseError, match="a decision names its source of record"), transaction.atomic():
        SourceOfRecordFactory(measure=served, source=SourceFactory(code="survey"), settles=SourceFactory(code="crm"))


def test_the_source_of_record_is_the_one_others_are_held_against(served: Measure, push: Push) -> None:
    survey = SourceFactory(code="survey")
    SourceOfRecordFactory(measure=served, source=survey)
    push(served, [GOOD], first="2026-09")
    push(served, [GOOD - 0.2], first="2026-09", source="survey")
    assess()
    assert Signal.objects.get().evidence["figures"]["kpi_value"] == pytest.approx(GOOD - 0.2)


def test_of_three_sources_only_pairs_with_the_record_are_judged(
    disagree: Callable[..., None], served: Measure, push: Push
) -> None:
    SourceFactory(code="panel")
    disagree(0.3, first="2026-09")
    push(served, [0.5], first="2026-09", source="panel")
    assess()
    assert Rule.objects.filter(kind="source_disagreement").count() == 3
    judged = {(case.source.code, case.other_source.code) for case in Contradiction.objects.all()}
    assert judged == {("crm", "survey"), ("crm", "panel")}


def test_a_late_incomplete_or_awaited_figure_is_not_trusted(
    disagree: Callable[..., None], served: Measure, push: Push
) -> None:
    push(served, [GOOD], first="2026-07", segment='{"channel": "web"}')
    push(served, [GOOD, GOOD], first="2026-07")
    with clock.at(datetime(2026, 11, 30, tzinfo=UTC)):
        states = [
            trust_of([served.pk], Period.containing(date(2026, month, 1), Grain.MONTH))[served.pk].state
            for month in (7, 8, 9, 10)
        ]
    assert states == [State.TRUSTED, State.INCOMPLETE, State.LATE, State.AWAITED]


@pytest.mark.parametrize(("size", "state"), [(SIZE // 50, State.INCOMPLETE), (SIZE // 200, State.TRUSTED)])
def test_a_silent_part_is_missed_from_a_hundredth_of_the_whole_on(
    served: Measure, push: Push, size: int, state: State
) -> None:
    push(served, [GOOD], first="2026-07", segment='{"channel": "phone"}', size=size)
    push(served, [GOOD, GOOD], first="2026-07")
    august = Period.containing(date(2026, 8, 1), Grain.MONTH)
    assert trust_of([served.pk], august)[served.pk].state is state
