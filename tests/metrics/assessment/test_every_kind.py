"""Kinds end to end: what the dictionary and the figures give rules to, and whose case a finding becomes."""

from datetime import date

import numpy as np
import pytest

from metrics.assessment import assess
from metrics.assessment.cases import NO_LONGER_JUDGED
from metrics.assessment.figures import Figures
from metrics.assessment.origins import Origins
from metrics.detection.batch import Mark, Verdict
from metrics.models import Absence, Contradiction, Measure, Rule, Segment, Series, Signal
from metrics.rules import made as rules
from tests.factories.metrics import LinkFactory, MeasureFactory, dimension, measure
from tests.metrics.assessment.conftest import GOOD, LAST_QUIET, QUIET_MONTHS, Push, quiet
from truthgov.actor import Actor
from truthgov.models import Function, Person
from truthgov.periods import Grain, Period

FIRST = LAST_QUIET.shift(1 - QUIET_MONTHS).code
CHANNELS = ("web", "phone", "shop")
SHOP = '{"channel":"shop"}'


def kinds_on(measure: Measure) -> set[str]:
    return set(Rule.objects.filter(measure=measure, other_measure=None).values_list("kind", flat=True))


def channel(name: str) -> str:
    return f'{{"channel": "{name}"}}'


@pytest.fixture
def in_channels(served: Measure, push: Push) -> None:
    """The share of promises kept, quiet for three years: the whole, and three channels of it."""
    dimension("channel", *CHANNELS)
    push(served, quiet(GOOD), first=FIRST, size=6000)
    for name in CHANNELS:
        push(served, quiet(GOOD), first=FIRST, segment=channel(name))
    assess()


def test_figures_in_channels_are_compared_and_their_total_is_doubted(in_channels: None, served: Measure) -> None:
    assert kinds_on(served) >= {"mix", "inconsistency"}


def test_a_measure_without_parts_is_compared_with_none(served: Measure, push: Push) -> None:
    push(served, quiet(GOOD), first=FIRST)
    push(served, quiet(GOOD), first=FIRST, segment=channel("web"))
    assess()
    assert "inconsistency" not in kinds_on(served)


def test_what_guards_a_measure_tells_whether_it_is_gamed(claimed: Measure, sales: Function) -> None:
    guard = MeasureFactory(code="sales.cancelled", kind=Measure.Kind.COUNTER_MEASURE, guards=claimed)
    rules.follow()
    rules.follow([guard.pk])
    assert Rule.objects.get(kind="gaming").parties == (claimed, guard)


@pytest.mark.parametrize(
    ("kind", "judged"), [("divergence", {"divergence"}), ("gaming", {"gaming"}), ("overcommitment", {"overcommitment"}),
                         ("mix", {"mix"}), ("inconsistency", {"inconsistency"}), ("companion", set())],
)  # fmt: skip
def test_a_link_has_a_rule_of_its_kind(claimed: Measure, served: Measure, kind: str, judged: set[str]) -> None:
    link = LinkFactory(kind=kind, from_measure=claimed, to_measure=served)
    rules.follow()
    assert set(link.rules.values_list("kind", flat=True)) - {"broken_link"} == judged


def test_a_link_that_has_segments_compared_takes_the_place_of_what_the_dictionary_compares_by_itself(
    in_channels: None, claimed: Measure, served: Measure
) -> None:
    own = Rule.objects.get(kind="inconsistency", measure=served)
    link = LinkFactory(kind="inconsistency", from_measure=claimed, to_measure=served)
    rules.have_links_judged([link])
    assess()
    own.refresh_from_db()
    assert (own.replaced_by, own.begins_off) == (link, True)
    assert verdicts(own) == {Verdict.RETIRED}
    assert Verdict.QUIET in verdicts(link.rules.get())


def test_the_case_of_a_rule_that_a_link_replaced_waits_for_people_as_that_of_a_rule_switched_off(
    in_channels: None, claimed: Measure, served: Measure, push: Push
) -> None:
    push(served, quiet(0.80), first=FIRST, segment=SHOP, reason="counted again")
    push(served, quiet(0.885), first=FIRST, size=6000, reason="counted again")
    assess()
    case = Contradiction.objects.get(kind="inconsistency")
    assert case.is_looked_at()
    rules.have_links_judged([LinkFactory(kind="inconsistency", from_measure=claimed, to_measure=served)])
    assess()
    case = Contradiction.objects.get(pk=case.pk)
    assert (case.status, case.severity, case.is_looked_at()) == ("open", "low", False)
    assert {signal.withdrawal.why for signal in case.signals.all()} == {NO_LONGER_JUDGED}
    assert Contradiction.objects.filter(kind="inconsistency").exclude(pk=case.pk).get().other_measure == served


def verdicts(rule: Rule) -> set[int]:
    return {verdict for each in rule.judgements.all() for verdict in each.cells["verdict"].tolist()}


@pytest.fixture
def failing(in_channels: None, served: Measure, push: Push) -> Contradiction:
    """In July and August the shop keeps few of its promises, and the whole hides it."""
    for name, level in zip(CHANNELS, (0.95, 0.95, 0.80), strict=True):
        push(served, [level, level], first="2026-07", segment=channel(name))
    push(served, [0.92, 0.92], first="2026-07", size=6000)
    assess()
    return Contradiction.objects.get(kind="mix")


def test_a_part_that_fails_is_a_case_of_its_measure_in_that_part(failing: Contradiction, served: Measure) -> None:
    assert (failing.measure, failing.other_measure, str(failing.segment)) == (served, None, "channel shop")
    assert failing.journey == served.journey
    assert "channel shop" in failing.statement


def test_its_evidence_names_the_whole_and_cites_each_figure_once(failing: Contradiction) -> None:
    signal = Signal.objects.filter(contradiction=failing).latest("period_start")
    assert signal.evidence["whole"] == Segment.objects.whole().pk
    assert len(signal.observations) == len(set(signal.observations)) > QUIET_MONTHS


def test_the_whole_alone_touched_has_its_parts_judged_anew(failing: Contradiction, served: Measure, push: Push) -> None:
    push(served, [0.80, 0.80], first="2026-07", size=6000, reason="counted again")
    assess()
    assert not Signal.objects.filter(contradiction=failing, withdrawal=None).exists()


@pytest.fixture
def series(served: Measure, push: Push) -> Series:
    """Restated, late by a year, with a gap that nobody explained and one that somebody did."""
    push(served, [0.90, 0.91, None, 0.92, None, 0.93], first="2025-01")
    push(served, [0.95], first="2025-02", reason="counted again")
    assess()
    return Series.objects.get(measure=served)


def test_figures_are_known_as_first_reported_and_with_what_is_marked_on_them(
    series: Series, truth_owner: Person
) -> None:
    Absence.objects.create(
        measure=series.measure, segment=series.segment, period_start=date(2025, 5, 1), reason="No survey.",
        person=truth_owner, appointment=truth_owner.appointments.get(), stated_at="2025-06-01T00:00Z",
    )  # fmt: skip
    begins = Period.parse("2025-01", Grain.MONTH).ordinal
    ids = np.array([series.pk])
    figures = Figures.read(ids, np.array([begins]), Grain.MONTH)
    origins = Origins.read(figures, ids, Grain.MONTH)
    assert origins.first.values[0, :2].tolist() == [0.90, 0.91]
    assert origins.standing.values[0, :2].tolist() == [0.90, 0.95]
    marks = [Mark(int(mark)) for mark in origins.marks[0]]
    assert Mark.RESTATED | Mark.MATERIAL_RESTATEMENT in marks[1]
    assert [Mark.MISSING in mark for mark in marks] == [False, False, True, False, False, False]


def test_a_new_companion_has_breaks_judged_beside_it(served: Measure, push: Push) -> None:
    push(served, quiet(GOOD), first=FIRST)
    beside = measure("sales.calls")
    rule = Rule.objects.create(kind="definition_break", measure=served)
    link = LinkFactory(kind="companion", from_measure=served, to_measure=beside)
    assess()
    rules.have_links_judged([link])
    assert rules.history_of([rule.pk])
    assert assess() == 1


def test_a_case_that_people_surface_is_proved_by_the_rule_on_its_parties(
    in_channels: None, served: Measure, truth_owner: Person
) -> None:
    case = Contradiction.surface(
        kind="mix", measure=served, other_measure=None, segment=Segment.objects.get(key=SHOP),
        statement="The shop fails.", by=Actor(person=truth_owner),
    )  # fmt: skip
    assert case.rule == Rule.objects.get(kind="mix", measure=served)
