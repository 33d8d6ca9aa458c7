"""The reconciled view on real hotel figures: verdicts, claims, knowledge at a moment, and its cost in queries."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums.reconciliation.reconciled import reconciled_view
from forums.reconciliation.verdicts import Standing, Verdict
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Absence, Measure, Reading, Series, SourceOfRecord
from tests.factories.metrics import DefinitionFactory, measure
from tests.showcase.figures import instant, restate, submit
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput
from truthgov.models import Appointment
from truthgov.periods import Grain, Period

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH)


def journey(view, code="book-to-stay"):
    return next(row for row in view.journeys if row.code == code)


def outcome(view, code):
    return next(outcome for row in view.journeys for outcome in row.outcomes if outcome.measure == code)


def test_a_journey_fails_while_a_required_outcome_is_off_target(shown):
    row = journey(reconciled_view(OCTOBER))
    assert row.verdict is Verdict.FAILING
    assert [outcome.measure for outcome in row.failing] == ["HT.FIN.REALISATION"]
    assert row.failing[0].since == date(2025, 10, 1)


def test_an_outcome_that_two_sources_report_differently_is_unknown_and_still_shown(shown):
    disputed = outcome(reconciled_view(OCTOBER), "HT.JRN.CANCEL")
    assert (disputed.is_met, disputed.trust) == (None, "disputed")
    assert disputed.value > Decimal("0.36")


def test_an_outcome_that_has_not_come_is_late_after_its_promise(shown):
    late = reconciled_view(OCTOBER.shift(1))
    assert outcome(late, "HT.JRN.REPEAT").trust == "awaited"
    with clock.at(instant(date(2027, 1, 15))):
        assert outcome(reconciled_view(OCTOBER.shift(1)), "HT.JRN.REPEAT").trust == "late"


def test_segments_that_fail_are_named_beneath_their_outcome(shown):
    cancelled = outcome(reconciled_view(OCTOBER), "HT.JRN.CANCEL")
    assert [segment.segment for segment in cancelled.failing_segments] == ["City Hotel", "Resort Hotel"]


def test_no_function_claims_while_its_journey_fails(shown):
    claims = {claim.measure: claim for claim in reconciled_view(OCTOBER).claims}
    booked = claims["HT.REV.BOOKED_YOY"]
    assert (booked.standing, booked.why) == (Standing.NOT_CLAIMABLE, "Book-to-stay fails its customers")
    assert claims["HT.MKT.BOOKINGS_YOY"].standing is Standing.OFF_TARGET


def test_a_weekly_outcome_is_shown_and_not_judged_in_a_month(shown):
    weekly = outcome(reconciled_view(OCTOBER), "HT.JRN.CANCEL_W")
    assert (weekly.judged, weekly.is_met) == (False, None)


WEEKS = (40, 41, 42, 43, 44)
"""Those of October: most of their days lie in it."""


def report_weeks(shown, how: str, *weeks: int) -> None:
    """The weekly outcome is rolled up from now on, and these weeks of October have come, each a tenth cancelled."""
    weekly = Measure.objects.get(code="HT.JRN.CANCEL_W")
    unit = "hours" if how == "sum" else "fraction"
    said = {"unit": unit, "grain": "week", "direction": "lower", "target": Decimal("0.3"), "roll_up": how}
    DefinitionFactory(measure=weekly, version=2, **said)
    record = SourceOfRecord.objects.filter(measure=weekly).latest("pk").source
    a_tenth = {"measure": weekly.code, "value": "0.1", "numerator": 40, "denominator": 400}
    rows = [a_tenth | {"period": f"2026-W{week}"} for week in weeks]
    ingest(Rows.of(rows), Delivery("api", source=record.code, reason="anew"), by=Actor(clockwork="test"))


def test_a_weekly_outcome_is_judged_by_what_its_weeks_come_to(shown):
    report_weeks(shown, "ratio", *WEEKS)
    weekly = outcome(reconciled_view(OCTOBER), "HT.JRN.CANCEL_W")
    assert (weekly.value, weekly.judged, weekly.rolled_up) == (Decimal("0.1"), True, "rolled up from 5 weeks")
    assert set(weekly.rolled_from) == {
        reading.observation_id
        for reading in Reading.objects.filter(series__measure__code="HT.JRN.CANCEL_W", series__segment__key="{}",
                                              period_start__range=(date(2026, 9, 28), date(2026, 10, 26)))
    }  # fmt: skip


def test_a_frozen_view_is_found_by_the_weeks_that_it_rolled_up(shown):
    report_weeks(shown, "ratio", *WEEKS)
    view = reconciled_view(OCTOBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT forums_observations_shown(%s::jsonb)", [json.dumps(view.content())])
        found = cursor.fetchone()[0]
    assert set(outcome(view, "HT.JRN.CANCEL_W").rolled_from) <= set(found)


def test_a_week_that_is_missing_leaves_its_month_unknown(shown):
    report_weeks(shown, "ratio", *WEEKS[:-1])
    weekly = outcome(reconciled_view(OCTOBER), "HT.JRN.CANCEL_W")
    assert (weekly.value, weekly.is_met, weekly.rolled_up) == (None, None, "unknown: 4 of 5 weeks reported")


def test_a_month_in_which_the_counting_changes_is_unknown_and_says_since_when(shown):
    report_weeks(shown, "ratio", *WEEKS)
    DefinitionFactory(
        measure=Measure.objects.get(code="HT.JRN.CANCEL_W"), version=3, grain="week", direction="lower",
        target=Decimal("0.3"), roll_up="ratio", changes_counting=True, starts_on=date(2026, 10, 12),
    )  # fmt: skip
    weekly = outcome(reconciled_view(OCTOBER), "HT.JRN.CANCEL_W")
    assert (weekly.value, weekly.is_met) == (None, None)
    assert weekly.rolled_up == "unknown: it is counted otherwise from 2026-W42 on (version 3)"


def test_the_target_of_a_week_is_none_for_the_sum_of_a_month(shown):
    report_weeks(shown, "sum", *WEEKS)
    weekly = outcome(reconciled_view(OCTOBER), "HT.JRN.CANCEL_W")
    assert (weekly.judged, weekly.value) == (False, Decimal("0.5"))
    assert weekly.rolled_up == "rolled up from 5 weeks; its target is for a week"


def test_a_missing_figure_leaves_the_journey_unknown_and_nothing_claimable(shown):
    cell = Reading.objects.filter(series__measure__code="HT.JRN.REPEAT", period_start=OCTOBER.start)
    cell.delete()
    row = journey(reconciled_view(OCTOBER), "return")
    assert row.verdict is Verdict.UNKNOWN
    assert [outcome.measure for outcome in row.unknown] == ["HT.JRN.REPEAT"]


def test_a_figure_that_somebody_declared_not_available_is_told_with_the_reason_and_by_whom(shown):
    gone = Reading.objects.select_related("series__measure").get(
        series__measure__code="HT.JRN.REPEAT", series__segment__key="{}", period_start=OCTOBER.start
    )
    before, julia = audit.known_now(), Appointment.objects.get(person__name="Julia Moreno")
    of, segment = gone.series.measure, gone.series.segment_id
    gone.delete()
    Absence.objects.create(
        measure=of, segment_id=segment, period_start=OCTOBER.start,
        reason="The survey was not sent.", person=julia.person, appointment=julia, stated_at=clock.now(),
    )  # fmt: skip
    told = outcome(reconciled_view(OCTOBER), "HT.JRN.REPEAT")
    assert (told.value, told.rolled_up) == (None, "not available: “The survey was not sent.” Julia Moreno")
    assert outcome(reconciled_view(OCTOBER, known_at=before), "HT.JRN.REPEAT").rolled_up == ""


def test_open_contradictions_come_by_severity(shown):
    view = reconciled_view(OCTOBER)
    ranks = [case.severity for case in view.cases]
    assert ranks[0] == "critical"
    assert view.cases_in_all == sum(case.count for case in view.cases)


def test_what_is_known_now_is_the_view_as_it_stands(shown):
    submit(shown.hotel.leads["Reservations"])  # the latest entry: the showcase is not built in order of time
    now = reconciled_view(OCTOBER)
    known = reconciled_view(OCTOBER, known_at=audit.known_now())
    assert known.journeys == now.journeys
    assert known.claims == now.claims


def test_a_restatement_changes_what_stands_and_not_what_was_known(shown):
    before = audit.known_now()
    restate(shown.hotel, "HT.JRN.CANCEL", OCTOBER.start, Decimal("0.25"), "a late correction")
    assert outcome(reconciled_view(OCTOBER), "HT.JRN.CANCEL").value == Decimal("0.25")
    assert outcome(reconciled_view(OCTOBER, known_at=before), "HT.JRN.CANCEL").value > Decimal("0.36")


def test_before_everything_nothing_is_known(shown):
    view = reconciled_view(OCTOBER, known_at=0)
    assert {row.verdict for row in view.journeys} == {Verdict.UNKNOWN}
    assert not view.cases


def test_there_is_no_knowledge_at_an_entry_that_does_not_exist(shown):
    with pytest.raises(InvalidInput, match="no audit entry"):
        reconciled_view(OCTOBER, known_at=10**9)


def test_the_same_content_has_the_same_hash(shown):
    at = audit.known_now()
    one, two = reconciled_view(OCTOBER, known_at=at), reconciled_view(OCTOBER, known_at=at)
    assert one.hash == two.hash
    assert json.loads(json.dumps(one.content())) == one.content()
    assert reconciled_view(OCTOBER.shift(-1), known_at=at).hash != one.hash


@pytest.mark.parametrize("known", [False, True])
def test_the_view_costs_the_same_queries_with_many_rows(shown, known):
    at = audit.known_now() if known else None
    with CaptureQueriesContext(connection) as few:
        reconciled_view(OCTOBER, known_at=at)
    home = shown.hotel.journeys["Return"]
    for number in range(12):
        made = measure(f"HT.MORE.{number}", outcome=True, target=Decimal("0.5"))
        made.journey = home
        made.save()
        _report(made, shown, OCTOBER.start - timedelta(days=30 * number))
    with CaptureQueriesContext(connection) as many:
        reconciled_view(OCTOBER, known_at=at)
    assert len(many) == len(few) <= (38 if known else 35)


def _report(made, shown, start):
    like = Series.objects.filter(measure__code="HT.JRN.REPEAT", segment__key="{}").first()
    series = Series.objects.create(measure=made, segment=like.segment, source=like.source)
    Reading.objects.create(
        series=series, period_start=start.replace(day=1), value=Decimal("0.4"), observation_id=1,
        definition=made.definitions.get(),
    )  # fmt: skip
