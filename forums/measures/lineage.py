"""Lineage: source → measure → derived → outcome → journey, drawn and as a list; as many queries for any number."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from journeys.models import Journey
from metrics.formulas.grammar import codes_read
from metrics.models import Definition, Link, Measure, Series
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


def lineage_of(about: Collection[Measure], title: str) -> LineagePage | None:
    """Where the figures of some measures come from, and what they lead to; None where nothing is known of either."""
    derived = _derived(about)
    links = _links({*about, *(made for _, made in derived)})
    measures = {each.pk: each for each in about}
    measures |= {each.pk: each for pair in derived for each in pair}
    measures |= {each.pk: each for link in links for each in (link.from_measure, link.to_measure)}
    journeys = Journey.objects.in_bulk({each.journey_id for each in measures.values() if each.is_outcome})
    sources = _sources(measures)
    names = {f"s{key}": name for _, key, name in sources}
    names |= {f"m{each.pk}": each.name for each in measures.values()}
    names |= {f"j{key}": journey.name for key, journey in journeys.items()}
    joined = _joined(sources, derived, links, measures.values())
    if not joined:
        return None
    addresses = {f"m{each.pk}": reverse("forums:measure", args=[each.code]) for each in measures.values()}
    addresses |= {f"j{key}": reverse("forums:journey", args=[each.code]) for key, each in journeys.items()}
    columns = _columns(names, measures.values(), {f"m{made.pk}" for _, made in derived})
    in_question = f"m{next(iter(about)).pk}" if len(about) == 1 else ""
    drawing = draw_lineage(Lineage(title, columns, tuple(joined), in_question))
    told = [(f"{each.from_measure} {each.get_kind_display()} {each.to_measure}", reverse("forums:link", args=[each.pk]))
            for each in links]  # fmt: skip
    return LineagePage(drawing, [(each.title, _stops(each, names, joined, addresses)) for each in columns], told)


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


def _sources(measures: Collection[int]) -> list[tuple[int, int, str]]:
    """Which source reports which measure: measure, source, its name."""
    reporting = Series.objects.filter(measure__in=measures).exclude(source__code=DERIVED)
    found = reporting.order_by("source__name", "measure__code")
    return list(found.values_list("measure", "source", "source__name").distinct())


def _joined(
    sources: Iterable[tuple[int, int, str]], derived: Iterable[Pair], links: Iterable[Link], measures: Iterable[Measure]
) -> list[tuple[str, str]]:
    told = [(f"s{source}", f"m{measure}") for measure, source, _ in sources]
    told += [(f"m{part.pk}", f"m{made.pk}") for part, made in derived]
    told += [(f"m{link.from_measure_id}", f"m{link.to_measure_id}") for link in links]
    told += [(f"m{each.pk}", f"j{each.journey_id}") for each in measures if each.is_outcome]
    return list(dict.fromkeys(told))


def _columns(names: dict[str, str], measures: Collection[Measure], derived: set[str]) -> tuple[Column, ...]:
    outcomes = {f"m{each.pk}" for each in measures if each.is_outcome}
    kinds = {
        "Sources": [key for key in names if key.startswith("s")],
        "Measures": [key for key in names if key.startswith("m") and key not in outcomes | derived],
        "Derived": [key for key in names if key in derived - outcomes],
        "Outcomes": [key for key in names if key in outcomes],
        "Journeys": [key for key in names if key.startswith("j")],
    }
    return tuple(Column(title, tuple((key, names[key]) for key in keys)) for title, keys in kinds.items() if keys)


def _stops(
    column: Column, names: dict[str, str], joined: list[tuple[str, str]], addresses: dict[str, str]
) -> list[Stop]:
    return [
        Stop(name, addresses.get(key, ""), [names[other] for one, other in joined if one == key])
        for key, name in column.boxes
    ]
