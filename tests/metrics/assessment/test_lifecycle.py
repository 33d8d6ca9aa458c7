"""What figures do to a case once a forum has decided: prove the remedy, restart the count, bring the case back."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import InternalError, connection, transaction

from metrics.assessment import assess
from metrics.assessment.proof import lost_proofs, proof_of
from metrics.detection.batch import Verdict
from metrics.figures.withdrawing import Unknown, make_unknown
from metrics.models import Contradiction, Judgement, Link, Reading, Signal
from tests.factories.metrics import SourceFactory
from tests.metrics.assessment.conftest import AUGUST, BAD, CLOCKWORK, GOOD, Push, quiet
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Person
from truthgov.periods import Grain, Period

AUTUMN, SPRING = datetime(2026, 11, 10, 9, tzinfo=UTC), datetime(2027, 4, 10, 9, tzinfo=UTC)


@pytest.fixture
def lose(link: Link) -> Callable[..., None]:
    """`lose(AUGUST)`: the outcome's figures of some months cannot be computed any more."""

    def lost(*starts: date) -> None:
        outcome = link.to_measure
        standing = Reading.objects.filter(series__measure=outcome, period_start__in=starts)
        cells = [
            Unknown(outcome, each.series.segment, Period.containing(each.period_start, Grain.MONTH), "Lost.",
                    each.series_id, each.observation_id)
            for each in standing.select_related("series__segment")
        ]  # fmt: skip
        make_unknown(cells, by=CLOCKWORK)
        assess()

    return lost


def test_three_quiet_periods_prove_the_remedy(in_remedy: Contradiction, report: Callable[..., None]) -> None:
    report(GOOD, GOOD)
    in_remedy.refresh_from_db()
    assert (in_remedy.status, len(proof_of(in_remedy).quiet)) == ("in_remedy", 2)
    report(GOOD, first="2026-10")
    in_remedy.refresh_from_db()
    assert in_remedy.status == "closed"
    closing = in_remedy.events.last()
    assert closing
    assert closing.code == "proved"
    assert closing.data["quiet_periods"] == ["2026-08-01", "2026-09-01", "2026-10-01"]


def test_quiet_periods_before_the_remedy_prove_nothing(
    go_bad: Callable[..., None], report: Callable[..., None]
) -> None:
    go_bad(1, first="2026-07")
    report(GOOD, GOOD, GOOD)
    assert Contradiction.objects.get(kind="divergence").status == "open"


def test_a_signal_during_remedy_restarts_the_count(in_remedy: Contradiction, report: Callable[..., None]) -> None:
    report(GOOD, BAD, GOOD)
    in_remedy.refresh_from_db()
    assert (in_remedy.status, proof_of(in_remedy).quiet) == ("in_remedy", [date(2026, 10, 1)])


def test_a_missing_period_is_not_quiet(in_remedy: Contradiction, report: Callable[..., None]) -> None:
    report(GOOD, None, GOOD)
    in_remedy.refresh_from_db()
    assert (in_remedy.status, len(proof_of(in_remedy).quiet)) == ("in_remedy", 2)


def test_an_implausible_figure_is_not_quiet(in_remedy: Contradiction, report: Callable[..., None]) -> None:
    report(GOOD, GOOD)
    Reading.objects.filter(period_start=AUGUST, series__measure=in_remedy.other_measure_id).update(
        notices=["factor_of_1000"]
    )
    assert proof_of(in_remedy).quiet == [date(2026, 9, 1)]


def test_an_outcome_off_target_proves_nothing_when_only_the_claim_is_gone(
    in_remedy: Contradiction, link: Link, push: Push
) -> None:
    push(link.from_measure, [0.05] * 3, first="2026-08")
    push(link.to_measure, [BAD] * 3, first="2026-08")
    assess()
    in_remedy.refresh_from_db()
    october = Judgement.objects.get(rule=in_remedy.rule, period_start=date(2026, 10, 1))
    assert october.verdict_on(in_remedy.segment_id) == Verdict.CONCORDANT
    assert (in_remedy.status, proof_of(in_remedy).quiet) == ("in_remedy", [])


def test_a_finding_that_was_set_aside_proves_nothing(in_remedy: Contradiction, report: Callable[..., None]) -> None:
    report(GOOD, GOOD)
    judged = Judgement.objects.filter(rule=in_remedy.rule, period_start=AUGUST)
    cells = judged.get().cells.copy()
    cells["verdict"] = Verdict.NOT_CONTROLLED
    judged.update(packed=cells.tobytes())
    assert proof_of(in_remedy).quiet == [date(2026, 9, 1)]


def test_what_comes_back_reopens_the_case_and_is_counted(
    in_remedy: Contradiction, report: Callable[..., None], link: Link, push: Push
) -> None:
    report(GOOD, GOOD, GOOD)
    report(BAD, first="2026-11")
    case = Contradiction.objects.get(kind="divergence")
    assert (case.status, case.recurrences, case.remedy_from) == ("open", 1, None)
    assert [event.code for event in case.events.all()] == ["opened", "entered_remedy", "proved", "recurred"]


def test_a_restated_figure_that_undoes_the_proof_reopens_the_case(
    in_remedy: Contradiction, report: Callable[..., None]
) -> None:
    report(GOOD, GOOD, GOOD)
    report(BAD, first="2026-09", reason="counted again")
    case = Contradiction.objects.get(kind="divergence")
    assert (case.status, case.recurrences) == ("open", 1)


def test_a_proof_that_is_restated_long_after_reopens_the_case(
    in_remedy: Contradiction, report: Callable[..., None]
) -> None:
    with clock.at(AUTUMN):
        report(GOOD, GOOD, GOOD)
    with clock.at(SPRING):
        report(*quiet(GOOD, 5), first="2026-11")
        report(BAD, BAD, BAD, reason="The survey was counted wrongly.")
    in_remedy.refresh_from_db()
    assert (in_remedy.status, in_remedy.recurrences) == ("open", 1)
    assert [start.month for start in in_remedy.signals.values_list("period_start", flat=True)] == [7, 8, 9, 10]
    last = in_remedy.events.last()
    assert last
    assert (last.code, last.reason) == ("recurred", "It shows in a period that had proved its remedy.")


def test_history_that_proved_nothing_is_left_to_rest(in_remedy: Contradiction, report: Callable[..., None]) -> None:
    with clock.at(AUTUMN):
        report(GOOD, GOOD, GOOD)
    with clock.at(SPRING):
        report(*quiet(GOOD, 5), first="2026-11")
        report(BAD, first="2026-11", reason="counted again")
    in_remedy.refresh_from_db()
    assert (in_remedy.status, in_remedy.events.last().code) == ("closed", "proved")


def test_a_case_whose_proof_is_withdrawn_is_open_again_and_has_not_come_back(
    in_remedy: Contradiction, report: Callable[..., None], lose: Callable[..., None]
) -> None:
    report(GOOD, GOOD, GOOD)
    lose(AUGUST, date(2026, 10, 1))
    connection.check_constraints()
    in_remedy.refresh_from_db()
    assert (in_remedy.status, in_remedy.recurrences, in_remedy.remedy_from) == ("open", 0, None)
    last = in_remedy.events.last()
    assert last
    assert (last.code, last.data) == ("returned_to_open", {"periods": ["2026-08-01", "2026-10-01"]})
    assert last.reason == (
        "What proved its remedy no longer does: the figures of August 2026, October 2026. "
        "1 of the 3 quiet periods that it takes is left."
    )


def test_a_case_that_others_prove_as_well_stays_closed_and_says_by_which(
    in_remedy: Contradiction, report: Callable[..., None], lose: Callable[..., None]
) -> None:
    report(GOOD, GOOD, GOOD)
    report(GOOD, first="2026-11")
    lose(AUGUST)
    connection.check_constraints()
    in_remedy.refresh_from_db()
    last = in_remedy.events.last()
    assert last
    assert (in_remedy.status, last.code) == ("closed", "proved")
    assert last.data["quiet_periods"] == ["2026-09-01", "2026-10-01", "2026-11-01"]
    assert last.reason.endswith("August 2026. Its rule stayed quiet for 3 periods all the same.")
    events = in_remedy.events.count()
    report(GOOD + 0.001, first="2026-11", reason="counted again")
    assert in_remedy.events.count() == events


def test_what_is_no_longer_looked_at_undoes_no_proof(in_remedy: Contradiction, report: Callable[..., None]) -> None:
    report(GOOD, GOOD, GOOD)
    judged = Judgement.objects.filter(rule=in_remedy.rule, period_start=AUGUST)
    for verdict, lost in ((Verdict.RETIRED, []), (Verdict.MISSING, ["August 2026"])):
        cells = judged.get().cells.copy()
        cells["verdict"] = verdict
        judged.update(packed=cells.tobytes())
        assert [str(each) for each in lost_proofs([in_remedy]).get(in_remedy.pk, [])] == lost


def test_a_case_that_was_surfaced_since_speaks_for_one_whose_proof_is_withdrawn(
    in_remedy: Contradiction, report: Callable[..., None], lose: Callable[..., None], sales_lead: Person
) -> None:
    report(GOOD, GOOD, GOOD)
    since = Contradiction.surface(
        kind="divergence", measure=in_remedy.measure, other_measure=in_remedy.other_measure, segment=in_remedy.segment,
        statement="Customers complain again.", by=Actor(person=sales_lead),
    )  # fmt: skip
    lose(AUGUST)
    in_remedy.refresh_from_db()
    assert (in_remedy.status, Contradiction.objects.live().get()) == ("closed", since)


def test_an_outcome_that_goes_bad_with_its_kpi_in_what_proved_the_remedy_is_no_proof(
    in_remedy: Contradiction, report: Callable[..., None], link: Link, push: Push
) -> None:
    report(GOOD, GOOD, GOOD)
    for each, level in ((link.from_measure, 0.05), (link.to_measure, BAD)):
        push(each, [level], first="2026-10", reason="counted again")
    assess()
    in_remedy.refresh_from_db()
    assert (in_remedy.status, in_remedy.recurrences) == ("open", 0)


def test_what_the_truth_owner_saw_stays_a_false_alarm_and_what_follows_is_a_new_case(
    go_bad: Callable[..., None], report: Callable[..., None], truth_owner: Person
) -> None:
    go_bad(1)
    case = Contradiction.objects.get(kind="divergence")
    case.declare_false_alarm(by=Actor(person=truth_owner), reason="The survey was sent twice.")
    report(BAD + 0.01, first="2026-07", reason="recounted")
    assert Contradiction.objects.get(kind="divergence").status == "false_alarm"
    report(BAD)
    assert set(Contradiction.objects.values_list("status", flat=True)) == {"false_alarm", "open"}


def test_a_case_surfaced_by_hand_is_fed_by_the_figures(
    quiet_years: None, link: Link, sales_lead: Person, report: Callable[..., None]
) -> None:
    whole = link.to_measure.series.get().segment
    case = Contradiction.surface(
        kind="divergence", measure=link.from_measure, other_measure=link.to_measure, segment=whole,
        statement="Customers complain about what we promise.", by=Actor(person=sales_lead),
    )  # fmt: skip
    report(BAD, first="2026-07")
    assert Contradiction.objects.get(kind="divergence") == case
    assert Signal.objects.get(contradiction__kind="divergence").contradiction == case


def test_the_database_refuses_to_delete_a_contradiction(go_bad: Callable[..., None]) -> None:
    go_bad(1)
    with pytest.raises(InternalError, match="delete"), transaction.atomic():
        Contradiction.objects.all()._raw_delete("default")


@pytest.mark.parametrize("target", ["closed"])
def test_the_database_refuses_to_close_what_nobody_decided(go_bad: Callable[..., None], target: str) -> None:
    go_bad(1)
    with pytest.raises(InternalError, match="transition"), transaction.atomic():
        Contradiction.objects.update(status=target)


def test_the_database_refuses_a_change_of_state_that_no_event_tells_of(go_bad: Callable[..., None]) -> None:
    go_bad(1)
    with transaction.atomic():
        Contradiction.objects.update(status="false_alarm")
        with pytest.raises(InternalError, match="an event that says so"):
            connection.check_constraints()
        transaction.set_rollback(True)


def test_no_second_live_case_of_the_same_parties(go_bad: Callable[..., None], link: Link) -> None:
    go_bad(1)
    SourceFactory(code="another")
    go_bad(2, first="2026-08")
    assert Contradiction.objects.filter(kind="divergence").count() == 1
