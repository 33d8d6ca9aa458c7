"""The contradictions of the view: siblings in one line, and each as it was known."""

from datetime import date, timedelta

import pytest

from forums.reconciliation.reconciled import reconciled_view
from metrics.cases.known import severities_at
from metrics.models import Contradiction, ContradictionEvent, Rule, Signal, SignalWithdrawal
from tests.factories.forums import ContradictionFactory, in_session, item_about, resolving
from tests.factories.metrics import LinkFactory, SegmentFactory
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.knowledge import Moment
from truthgov.periods import Grain, Period

CLOCKWORK = Actor(clockwork="assessment")


@pytest.fixture
def siblings(journey):
    """The same two measures contradict each other in the whole and in two segments; the worst is a part."""
    first = ContradictionFactory(journey=journey, severity_rank=3)
    parties = {"measure": first.measure, "other_measure": first.other_measure, "journey": journey}
    city, resort = (SegmentFactory(values={"hotel": name}, key=f'{{"hotel":"{name}"}}') for name in ("City", "Resort"))
    worst = ContradictionFactory(**parties, segment=city, severity="critical", severity_rank=9)
    return worst, first, ContradictionFactory(**parties, segment=resort, severity_rank=2)


def cases(known_at=None):
    return reconciled_view(Period.containing(clock.today(), Grain.MONTH), known_at=known_at).cases


def test_siblings_stand_in_one_line_the_worst_first(siblings):
    worst, *others = siblings
    (line,) = cases()
    assert (line.pk, line.severity, line.count) == (worst.pk, "critical", 3)
    assert line.siblings == tuple(each.pk for each in others)
    assert line.segments == ("hotel City", "all", "hotel Resort")


def test_a_sibling_that_was_decided_on_stands_apart(siblings, steering, truth_owner):
    item_about(in_session(steering), siblings[0]).decide(resolving(), by=Actor(person=truth_owner))
    assert sorted((line.status, line.count) for line in cases()) == [("in_remedy", 1), ("open", 2)]


def test_other_parties_and_other_journeys_are_no_siblings(siblings):
    ContradictionFactory()
    assert sorted(line.count for line in cases()) == [1, 3]


def test_the_line_of_siblings_leads_to_all_of_them(as_person, outsider, siblings):
    browser = as_person(outsider)
    (band,) = browser.get("/view/").context["page"].bands
    (line,) = band.cases
    assert line.where == "in 3 segments, worst first: hotel City; all; hotel Resort"
    queue = browser.get(f"/contradictions/?{line.siblings}").context["queue"]
    assert {row.pk for row in queue.rows} == {case.pk for case in siblings}


@pytest.fixture
def graded(journey):
    """A case opened on a slight finding, which a grave one followed a day later; and the entry before that."""
    case = ContradictionFactory(journey=journey, severity="critical", severity_rank=9)
    rule = Rule.objects.create(kind=Rule.Kind.DIVERGENCE, link=LinkFactory())
    signalled(case, rule, date(2026, 8, 1), times=1.0, at=clock.now())
    with audit.act():
        case.note("opened", by=CLOCKWORK)
    entry = audit.known_now()
    grave = signalled(case, rule, date(2026, 9, 1), times=9.0, at=clock.now() + timedelta(days=1))
    return case, entry, grave


def signalled(case, rule, start, *, times, at):
    weight = {"times_the_smallest_that_matters": times, "periods_in_a_row": 1 if times < 2 else 4, "share": 0.6}
    return Signal.objects.create(
        contradiction=case, rule=rule, segment=case.segment, period_start=start, effect=times, sentence="It fails.",
        evidence={"weight": weight}, at=at,
    )  # fmt: skip


def test_a_case_is_shown_as_severe_as_it_was_known_to_be(graded):
    _, entry, _ = graded
    assert [line.severity for line in cases()] == ["critical"]
    assert [line.severity for line in cases(entry)] == ["moderate"]


def test_a_finding_weighs_until_it_was_withdrawn(graded):
    case, _, grave = graded
    SignalWithdrawal.objects.create(signal=grave, why="restated", at=grave.at + timedelta(days=1))
    word = {
        days: severities_at([case.pk], Moment(None, grave.at + timedelta(days=days)))[case.pk][0] for days in (-1, 0, 1)
    }
    assert word == {-1: "moderate", 0: "critical", 1: "moderate"}


def test_how_often_a_case_came_back_is_what_was_known(graded):
    case, entry, _ = graded
    later = clock.now() + timedelta(days=1)
    ContradictionEvent.objects.create(contradiction=case, code="recurred", status="open", actor={}, at=later)
    Contradiction.objects.filter(pk=case.pk).update(recurrences=1)
    assert [line.recurrences for line in cases()] == [1]
    assert [line.recurrences for line in cases(entry)] == [0]
