"""Which pairs of series each kind is given, and what concerns it when a figure comes in."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from django.db import DatabaseError, transaction

from metrics.assessment.cuts import Share, Touched, cuts_of
from metrics.assessment.dictionary import dictionary_of
from metrics.assessment.looks import Look
from metrics.assessment.pairs import Pairs, pairs_of
from metrics.assessment.spans import Spans
from metrics.assessment.wholes import Tree
from metrics.models import Link, Measure, Rule, Segment, Series
from metrics.rules import made as rules
from tests.factories.metrics import LinkFactory, MeasureFactory, SegmentFactory, SeriesFactory, SourceFactory, measure

NAN = float("nan")
JULY = date(2026, 7, 1)
Pairing = set[tuple[str, str, str]]


def part(**values: str) -> Segment:
    return SegmentFactory(key=rules_key(values), values=values)


def rules_key(values: dict[str, str]) -> str:
    return "{" + ",".join(f'"{name}":"{value}"' for name, value in sorted(values.items())) + "}"


@pytest.fixture
def everywhere(db: None) -> Segment:
    return SegmentFactory()


@pytest.fixture
def north(everywhere: Segment) -> Segment:
    return part(region="north")


@pytest.fixture
def web(everywhere: Segment) -> Segment:
    return part(channel="web")


@pytest.fixture
def web_in_the_north(north: Segment, web: Segment) -> Segment:
    return part(channel="web", region="north")


@pytest.fixture
def kept(db: None) -> Measure:
    return measure("journey.kept", outcome=True, target="0.9")


def reported(of: Measure, *segments: Segment, source: str = "crm") -> list[Series]:
    return [SeriesFactory(measure=of, segment=each, source=SourceFactory(code=source)) for each in segments]


def look(kind: str, kpi: Measure, outcome: Measure | None = None) -> Look:
    return Look(1, kind, kpi.pk, (outcome or kpi).pk, 0, NAN, NAN, None)


def paired(looks: Sequence[Look], touched: Sequence[Series]) -> Pairing:
    """The pairs that are judged when these series are touched: the outcome's segment, the kpi's, the other measure."""
    known = dictionary_of({side for each in looks for side in (each.kpi, each.outcome)})
    spans = Spans(span for each in looks for span in known.spans(each))
    what = Touched.of([each.pk for each in touched], [JULY] * len(touched))
    tree = Tree.as_it_stands()
    together = _named(pairs_of(cuts_of(what, spans, known.grains, tree), spans, tree), spans)
    shares = [_named(pairs_of(cuts_of(what, spans, known.grains, tree, Share(number, 3)), spans, tree), spans)
              for number in range(3)]  # fmt: skip
    assert sorted(each for share in shares for each in share) == sorted(together)
    return set(together)


def _named(pairs: Pairs, spans: Spans) -> list[tuple[str, str, str]]:
    segments, names = Segment.objects.in_bulk(), Measure.objects.in_bulk()
    return [
        (str(segments[segment]), str(segments[of_kpi]), names[spans[span].look.outcome].code)
        for span, segment, of_kpi in zip(
            pairs.span.tolist(), pairs.segment.tolist(), pairs.kpi_segment.tolist(), strict=True
        )
    ]


def test_what_some_spans_say_is_put_into_numbers_once_for_all(kept: Measure) -> None:
    aimed = measure("sales.aimed", target="0.5")
    looks = [look("divergence", aimed, kept), look("mix", kept), look("divergence", kept, aimed)]
    known = dictionary_of({aimed.pk, kept.pk})
    spans = Spans(span for each in looks for span in known.spans(each))
    some = spans.some(np.array([2, 1]))
    assert list(some) == [spans[2], spans[1]]
    assert some.column("kpi").tolist() == [kept.pk, kept.pk]
    assert some.column("outcome.target", np.float64).tolist() == [0.5, 0.9]
    assert some.where("of_whole").tolist() == [False, True]
    kinds, which = some.named("look.kind")
    assert (kinds, which.tolist()) == (["divergence", "mix"], [0, 1])
    assert spans.answers.keys() == {"kpi", "outcome.target", "of_whole", ("look.kind",)}


def test_the_wholes_of_a_segment_come_nearest_first_and_then_by_key(
    web_in_the_north: Segment, north: Segment, web: Segment, everywhere: Segment
) -> None:
    part_, whole = Tree.as_it_stands().wholes_of(np.array([web_in_the_north.pk, everywhere.pk]))
    assert part_.tolist() == [web_in_the_north.pk] * 3
    assert whole.tolist() == [web.pk, north.pk, everywhere.pk]


def test_the_parts_of_a_segment_are_all_that_fix_more(
    web_in_the_north: Segment, north: Segment, web: Segment, everywhere: Segment
) -> None:
    whole, found = Tree.as_it_stands().parts_of(np.array([north.pk, everywhere.pk]))
    told = set(zip(whole.tolist(), found.tolist(), strict=True))
    assert told == {(north.pk, web_in_the_north.pk)} | {
        (everywhere.pk, each.pk) for each in (north, web, web_in_the_north)
    }


def test_a_segment_that_is_made_later_is_a_part_from_then_on(north: Segment, everywhere: Segment) -> None:
    before = Tree.as_it_stands().parts_of(np.array([everywhere.pk]))[1].tolist()
    west = Segment.objects.create(key='{"region":"west"}', values={"region": "west"})
    assert Tree.as_it_stands().parts_of(np.array([everywhere.pk]))[1].tolist() == [*before, west.pk]


@pytest.mark.parametrize("kind", ["mix", "inconsistency"])
def test_a_part_is_held_against_the_nearest_whole_that_has_figures(
    kept: Measure, everywhere: Segment, north: Segment, web: Segment, web_in_the_north: Segment, kind: str
) -> None:
    series = reported(kept, everywhere, north, web_in_the_north)
    assert paired([look(kind, kept)], series) == {
        ("region north", "all", "journey.kept"),
        ("channel web, region north", "region north", "journey.kept"),
    }


def test_a_part_without_a_whole_is_not_judged(kept: Measure, web_in_the_north: Segment) -> None:
    assert paired([look("mix", kept)], reported(kept, web_in_the_north)) == set()


def test_a_figure_of_a_whole_concerns_its_parts_and_that_of_a_part_the_part_alone(
    kept: Measure, everywhere: Segment, north: Segment, web: Segment
) -> None:
    whole, *parts = reported(kept, everywhere, north, web)
    assert {segment for segment, _, _ in paired([look("mix", kept)], [whole])} == {"region north", "channel web"}
    assert {segment for segment, _, _ in paired([look("mix", kept)], parts[:1])} == {"region north"}


def test_two_measures_are_judged_in_the_same_segment(kept: Measure, everywhere: Segment, north: Segment) -> None:
    claimed = measure("sales.won", target="0.2")
    reported(kept, everywhere, north)
    touched = reported(claimed, everywhere)
    assert paired([look("gaming", claimed, kept)], touched) == {("all", "all", "journey.kept")}


@pytest.fixture
def companions() -> list[Measure]:
    return [measure("sales.calls"), measure("sales.visits")]


@pytest.fixture
def at_breaks(kept: Measure, companions: list[Measure]) -> list[Look]:
    return [look("definition_break", kept), *(look("definition_break", kept, each) for each in companions)]


def test_a_break_is_judged_beside_every_companion_whichever_of_them_is_touched(
    kept: Measure, companions: list[Measure], at_breaks: list[Look], everywhere: Segment
) -> None:
    reported(kept, everywhere)
    touched, _ = (reported(each, everywhere) for each in companions)
    assert paired(at_breaks, touched) == {("all", "all", "sales.calls"), ("all", "all", "sales.visits")}


def test_a_break_is_judged_by_itself_where_no_companion_has_figures(
    kept: Measure, companions: list[Measure], at_breaks: list[Look], everywhere: Segment, north: Segment
) -> None:
    series = reported(kept, everywhere, north)
    reported(companions[0], everywhere)
    assert paired(at_breaks, series) == {
        ("all", "all", "sales.calls"),
        ("region north", "region north", "journey.kept"),
    }


@pytest.fixture
def link(kept: Measure) -> Link:
    return LinkFactory(to_measure=kept)


def test_a_link_is_judged_as_what_it_was_declared(link: Link) -> None:
    Rule.objects.create(kind="divergence", link=link)
    Rule.objects.create(kind="broken_link", link=link)
    with transaction.atomic(), pytest.raises(DatabaseError, match="as what the link was declared"):
        Rule.objects.create(kind="handoff", link=link)


@pytest.mark.parametrize("kind", ["mix", "inconsistency", "definition_break", "integrity"])
def test_a_measure_is_judged_once_for_each_kind_that_needs_no_other(kept: Measure, kind: str) -> None:
    Rule.objects.create(kind=kind, measure=kept)
    with transaction.atomic(), pytest.raises(DatabaseError, match="measures_are_judged_once_per_kind"):
        Rule.objects.create(kind=kind, measure=kept)


@pytest.mark.parametrize(
    ("kind", "others"),
    [("divergence", 0), ("gaming", 0), ("integrity", 1), ("inconsistency", 1), ("source_disagreement", 0)],
)
def test_a_rule_looks_at_no_more_and_no_less_than_its_kind_judges(kept: Measure, kind: str, others: int) -> None:
    other = MeasureFactory() if others else None
    with transaction.atomic(), pytest.raises(DatabaseError, match="a_rule_looks_at_what_its_kind_judges"):
        Rule.objects.create(kind=kind, measure=kept, other_measure=other)


def test_what_is_declared_gets_its_rules_once(link: Link) -> None:
    rules.follow()
    made = set(Rule.objects.values_list("kind", "link", "measure"))
    assert ("divergence", link.pk, None) in made
    assert rules.follow() == []
    assert set(Rule.objects.values_list("kind", "link", "measure")) == made
