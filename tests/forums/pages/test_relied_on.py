"""What cannot be relied on is unknown on the pages of its measure, too, in the words of the view."""

from datetime import date

import pytest

from forums.reconciliation.reconciled import reconciled_view
from metrics.dictionary.target_conditions import trust_needed, trust_needed_of
from metrics.models import RequiredOutcome, TargetCondition
from truthgov.periods import Grain, Period

MEASURE = "/dictionary/HT.JRN.CANCEL/"


@pytest.mark.parametrize(
    ("page", "standing_of"),
    [
        (MEASURE, lambda page: page.standing),
        (MEASURE, lambda page: page.figures[0].standing),
        (f"{MEASURE}process/", lambda page: page.standing),
        (f"{MEASURE}figures/2026-10/", lambda page: page.sources[0].standing),
    ],
)
def test_a_disputed_outcome_is_unknown_where_the_view_says_so(as_person, shown, page, standing_of):
    rows = reconciled_view(Period.parse("2026-10", Grain.MONTH)).journeys
    [seen] = [outcome for row in rows for outcome in row.outcomes if outcome.measure == "HT.JRN.CANCEL"]
    answer = as_person(shown.hotel.executive).get(page)
    standing = standing_of(answer.context["page"])
    assert seen.doubt.lower().rstrip(".") in standing.words
    assert (str(standing.period), standing.words[:9], standing.tone) == ("October 2026", "unknown: ", "muted")
    assert standing.words.lower() in answer.content.decode().lower()


def test_what_is_trusted_is_held_against_its_target_as_before(as_person, shown):
    page = as_person(shown.hotel.executive).get("/dictionary/HT.MKT.BOOKINGS_YOY/").context["page"]
    assert page.standing.words == "off target, at least 0.0\N{NARROW NO-BREAK SPACE}%"


def test_a_source_keeps_its_name_where_two_disagree(as_person, shown):
    rows = as_person(shown.hotel.executive).get(MEASURE).context["page"].figures
    assert rows[1].standing.words.startswith("unknown: CRM: 5.7")


def test_each_period_is_held_to_the_trust_that_was_demanded_in_it(shown):
    outcome = shown.hotel.measures["HT.JRN.CANCEL"]
    told = TargetCondition.objects.get(required__measure=outcome)
    later = TargetCondition.objects.create(
        journey=told.journey, version=told.version + 1, starts_on=date(2026, 9, 1), proposed_by=told.proposed_by,
        approved_by=told.approved_by, set_at=told.set_at,
    )  # fmt: skip
    RequiredOutcome.objects.create(condition=later, measure=outcome, trust_needed=95)
    days = [date(2010, 1, 31), date(2026, 8, 31), date(2026, 9, 30)]
    expected = {day: trust_needed([outcome.pk], on=day)[outcome.pk] for day in days}
    assert trust_needed_of(outcome, days) == expected
    assert expected[days[2]] == 95
