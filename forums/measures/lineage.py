"""Lineage: source → measure → derived → outcome → journey, drawn and as a list; as many queries for any number."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from journeys.models import Journey
from metrics.formulas.grammar import codes_read
from metrics.models import Definition, Link, Measure, Series, Source
from metrics.models.source import DERIVED
from truthgov.svg import Column, Lineage, Svg, draw_lineage

Pair = tuple[Measure, Measure]
"""A measure and one that is computed from it."""
SERVING = (Link.Kind.DIVERGENCE, Link.Kind.HANDOFF)


@dataclass(frozen=True, slots=True)
class Stop:
    """Something on the way: its name, where to read about it (nothing of a source), and what it leads to."""

    name: str
    address: str
    leads_to: list[str]


@dataclass(frozen=True, slots=True)
class LineagePage:
    """The drawing, its columns as lists, and the pages of its links: does the one serve the other?"""

    drawing: Svg
    columns: list[tuple[str, list[Stop]]]
    links: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Graph:
    """Sources, measures and journeys, each by its key, and which leads to which; `links` are those between measures."""

    sources: dict[str, Source]
    measures: dict[str, Measure]
    journeys: dict[str, Journey]
    derived: frozenset[str]
    """The keys of what is computed."""
    links: list[Link]
    joined: list[tuple[str, str]]

    @property
    def boxes(self) -> dict[str, Source | Measure | Journey]:
        return {**self.sources, **self.measures, **self.journeys}


def graph_of(about: Collection[Measure]) -> Graph:
    """Where the figures of some measures come from, and what they lead to; as many queries for any number."""
    derived = _derived(about)
    links = _links({*about, *(made for _, made in derived)})
    measures = {each.pk: each for each in about}
    measures |= {each.pk: each for pair in derived for each in pair}
    measures |= {each.pk: each for link in links for each in (link.from_measure, link.to_measure)}
    journeys = Journey.objects.in_bulk({each.journey_id for each in measures.values() if each.is_outcome})
    reported = _reported(measures)
    return Graph(
        {f"s{source.pk}": source for _, source in reported},
        {f"m{key}": each for key, each in measures.items()},
        {f"j{key}": journey for key, journey in journeys.items()},
        frozenset(f"m{made.pk}" for _, made in derived),
        links,
        _joined(reported, derived, links, measures.values()),
    )


def lineage_of(about: Collection[Measure], title: str) -> LineagePage | None:
    """The same to be looked at; None where nothing is known of either."""
    graph = graph_of(about)
    if not graph.joined:
        return None
    addresses = {key: reverse("forums:measure", args=[each.code]) for key, each in graph.measures.items()}
    addresses |= {key: reverse("forums:journey", args=[each.code]) for key, each in graph.journeys.items()}
    columns = _columns(graph)
    in_question = f"m{next(iter(about)).pk}" if len(about) == 1 else ""
    drawing = draw_lineage(Lineage(title, columns, tuple(graph.joined), in_question))
    told = [(f"{each.from_measure} {each.get_kind_display()} {each.to_measure}", reverse("forums:link", args=[each.pk]))
            for each in graph.links]  # fmt: skip
    return LineagePage(drawing, [(each.title, _stops(each, graph, addresses)) for each in columns], told)


def _links(about: Collection[Measure]) -> list[Link]:
    serving = Link.objects.filter(Q(from_measure__in=about) | Q(to_measure__in=about), kind__in=SERVING)
    return list(serving.select_related("from_measure", "to_measure"))


def _derived(about: Collection[Measure]) -> list[Pair]:
    """What some measures are computed from, and what is computed from them, each with the measure it goes into."""
    asked = {each.code for each in about}
    derived = Definition.objects.derived().select_related("measure")
    parts = {each.measure: codes_read(each.derivation) for each in derived}
    wanted = {code for made, codes in parts.items() for code in codes if code in asked or made.code in asked}
    if not wanted:
        return []
    named = {each.code: each for each in Measure.objects.filter(code__in=wanted)}
    return [(named[code], made) for made, codes in parts.items() for code in codes
            if (code in asked or made.code in asked) and code in named]  # fmt: skip


def _reported(measures: Collection[int]) -> list[tuple[int, Source]]:
    """Which source reports which measure, by the number of the measure."""
    reporting = Series.objects.filter(measure__in=measures).exclude(source__code=DERIVED).select_related("source")
    first = reporting.order_by("source__name", "measure__code", "source", "measure")
    return [
        (each.measure_id, each.source) for each in first.distinct("source__name", "measure__code", "source", "measure")
    ]


def _joined(
    reported: Iterable[tuple[int, Source]], derived: Iterable[Pair], links: Iterable[Link], measures: Iterable[Measure]
) -> list[tuple[str, str]]:
    told = [(f"s{source.pk}", f"m{measure}") for measure, source in reported]
    told += [(f"m{part.pk}", f"m{made.pk}") for part, made in derived]
    told += [(f"m{link.from_measure_id}", f"m{link.to_measure_id}") for link in links]
    told += [(f"m{each.pk}", f"j{each.journey_id}") for each in measures if each.is_outcome]
    return list(dict.fromkeys(told))


def _columns(graph: Graph) -> tuple[Column, ...]:
    outcomes = {key for key, each in graph.measures.items() if each.is_outcome}
    boxes = graph.boxes
    kinds = {
        "Sources": list(graph.sources),
        "Measures": [key for key in graph.measures if key not in outcomes | graph.derived],
        "Derived": [key for key in graph.measures if key in graph.derived - outcomes],
        "Outcomes": [key for key in graph.measures if key in outcomes],
        "Journeys": list(graph.journeys),
    }
    return tuple(Column(title, tuple((key, boxes[key].name) for key in keys)) for title, keys in kinds.items() if keys)


def _stops(column: Column, graph: Graph, addresses: dict[str, str]) -> list[Stop]:
    boxes = graph.boxes
    return [
        Stop(name, addresses.get(key, ""), [boxes[other].name for one, other in graph.joined if one == key])
        for key, name in column.boxes
    ]
