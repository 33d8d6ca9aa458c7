from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction

from metrics.figures.courses import courses
from metrics.models import Reading, Rebasing
from metrics.rules.rebasing import approve_rebasing, propose_rebasing, reject_rebasing, withdraw_rebasing
from tests.factories.metrics import SegmentFactory, SeriesFactory, measure
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry

JUNE = date(2025, 6, 1)
WHY = "From June on every rate asks for a card guarantee."


@pytest.fixture
def wins(sales):
    """A KPI of Sales with twelve figures."""
    made = measure("SALES.WINS")
    series = SeriesFactory(measure=made)
    for month in range(1, 13):
        Reading.objects.create(
            series=series, period_start=date(2025, month, 1), value=Decimal("0.2") + month % 3, observation_id=month,
            definition=made.definitions.get(),
        )  # fmt: skip
    return made


def propose(wins, by, **changes) -> Rebasing:
    said = {"starts_on": JUNE, "reason": WHY, **changes}
    return propose_rebasing(wins, SegmentFactory(), **said, by=Actor(person=by))


def test_limits_are_set_anew_by_two_people_one_of_them_the_truth_owner(wins, sales_lead, truth_owner):
    proposed = propose(wins, sales_lead)
    [course] = courses([(wins.pk, proposed.segment)])
    assert course.rebasings == ()
    with pytest.raises(Refusal, match="another person"):
        approve_rebasing(proposed, by=Actor(person=sales_lead))
    approve_rebasing(proposed, by=Actor(person=truth_owner))
    [course] = courses([(wins.pk, proposed.segment)])
    assert [(each.starts_on, each.approved_by) for each in course.rebasings] == [(JUNE, truth_owner)]
    told = AuditEntry.objects.filter(code__startswith="rebasing.").order_by("number")
    assert [(each.code, each.data["reason"]) for each in told] == [
        ("rebasing.proposed", WHY), ("rebasing.approved", WHY)
    ]  # fmt: skip


def test_who_answers_approves_what_the_truth_owner_proposes(wins, sales_lead, truth_owner):
    proposed = propose(wins, truth_owner)
    approve_rebasing(proposed, by=Actor(person=sales_lead))
    assert proposed.status == Rebasing.Status.APPROVED


@pytest.mark.parametrize("who", ["delivery_lead", "auditor", "administrator", "executive"])
def test_nobody_else_sets_limits_anew(wins, truth_owner, who, request):
    other = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        propose(wins, other)
    proposed = propose(wins, truth_owner)
    with pytest.raises(PermissionDenied):
        approve_rebasing(proposed, by=Actor(person=other))


@pytest.mark.parametrize(
    "changes",
    [{"reason": "  "}, {"starts_on": date(2025, 6, 2)}, {"starts_on": date(2025, 1, 1)},
     {"starts_on": date(2026, 1, 1)}],
)  # fmt: skip
def test_a_proposal_has_its_reason_and_a_period_with_figures_on_both_sides(wins, sales_lead, changes):
    with pytest.raises(InvalidInput):
        propose(wins, sales_lead, **changes)


def test_somebody_elses_proposal_is_not_pushed_aside(wins, sales_lead, truth_owner):
    propose(wins, sales_lead)
    replaced = propose(wins, sales_lead, reason="From June on.")
    with pytest.raises(Refusal, match="waits already"):
        propose(wins, truth_owner)
    assert list(Rebasing.objects.waiting()) == [replaced]


def test_the_same_limits_are_not_set_anew_twice(wins, sales_lead, truth_owner):
    approve_rebasing(propose(wins, sales_lead), by=Actor(person=truth_owner))
    with pytest.raises(Refusal, match="already"):
        propose(wins, sales_lead)


def test_its_proposer_withdraws_and_another_person_rejects(wins, sales_lead, truth_owner):
    proposed = propose(wins, sales_lead)
    with pytest.raises(Refusal):
        withdraw_rebasing(proposed, reason="No.", by=Actor(person=truth_owner))
    with pytest.raises(InvalidInput):
        reject_rebasing(proposed, reason=" ", by=Actor(person=truth_owner))
    reject_rebasing(proposed, reason="Nothing was changed in June.", by=Actor(person=truth_owner))
    again = propose(wins, sales_lead)
    with pytest.raises(Refusal):
        reject_rebasing(again, reason="No.", by=Actor(person=sales_lead))
    withdraw_rebasing(again, reason="Right.", by=Actor(person=sales_lead))
    assert [each.status for each in Rebasing.objects.order_by("pk")] == ["rejected", "withdrawn"]


def test_the_database_keeps_what_was_decided(wins, sales_lead, truth_owner):
    proposed = propose(wins, sales_lead)
    mine = Rebasing.objects.filter(pk=proposed.pk)
    for change in ({"reason": "Another."}, {"status": "approved", "approved_by": sales_lead}):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            mine.update(**change)
    approve_rebasing(proposed, by=Actor(person=truth_owner))
    for act in (lambda: mine.update(ended_because="No."), mine.delete):
        with pytest.raises(InternalError), transaction.atomic():
            act()
