"""What the dictionary says today about all that a document names, read in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Max, Model

from journeys.models import Journey
from metrics.dictionary_files.document import Document
from metrics.models import (
    Contradiction,
    Definition,
    DimensionValue,
    Link,
    Measure,
    RequiredOutcome,
    Source,
    SourceOfRecord,
    TargetCondition,
)  # fmt: skip
from truthgov import clock
from truthgov.models import Function

NAMING_MEASURES = {"measures": ("code", "guards"), "links": ("from_measure", "to_measure"),
                   "target_conditions": ("outcome",)}  # fmt: skip


@dataclass
class Standing:
    """The records of the dictionary by the codes and names under which files know them."""

    measures: dict[str, Measure] = field(default_factory=dict)
    live: dict[str, Definition] = field(default_factory=dict)
    waiting: dict[str, Definition] = field(default_factory=dict)
    approved: dict[tuple[str, int], Definition] = field(default_factory=dict)
    last_versions: dict[str, int] = field(default_factory=dict)
    of_record: dict[str, SourceOfRecord] = field(default_factory=dict)
    disputed: dict[str, int] = field(default_factory=dict)
    """By measure, the case in which two of its sources contradict each other."""
    links: dict[tuple[str, str, str], Link] = field(default_factory=dict)
    values: set[tuple[str, str]] = field(default_factory=set)
    functions: dict[str, Function] = field(default_factory=dict)
    journeys: dict[str, Journey] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    conditions: dict[str, TargetCondition] = field(default_factory=dict)
    """By journey, the last version of its target condition."""
    demanded: dict[tuple[str, int], dict[str, int]] = field(default_factory=dict)
    """By journey and version, the outcomes demanded with their trust."""
    today: date = field(default_factory=clock.today)


def standing_of(document: Document) -> Standing:
    codes = {entry.text(name) for table, names in NAMING_MEASURES.items() for name in names
             for entry in document.tables[table]}  # fmt: skip
    found = Measure.objects.filter(code__in=codes).select_related("function", "journey", "guards")
    standing = Standing(measures={measure.code: measure for measure in found})
    standing.functions = _by_name(Function.objects.all())
    standing.journeys = _by_name(Journey.objects.all())
    standing.sources = _by_name(Source.objects.all())
    standing.values = set(DimensionValue.objects.values_list("dimension__name", "value"))
    _take_definitions(standing)
    namings = SourceOfRecord.objects.filter(measure__in=found).select_related("measure", "source", "settles")
    standing.of_record = {naming.measure.code: naming for naming in namings.order_by("pk")}
    cases = Contradiction.objects.of_sources().filter(measure__in=found).order_by("pk")
    standing.disputed = dict(cases.values_list("measure__code", "pk"))
    for link in Link.objects.filter(from_measure__in=found).select_related("from_measure", "to_measure"):
        standing.links[link.kind, link.from_measure.code, link.to_measure.code] = link
    _take_conditions(standing)
    return standing


def _by_name(records: Iterable[Model]) -> dict[str, Any]:
    return {str(record): record for record in records}


def _take_definitions(standing: Standing) -> None:
    definitions = Definition.objects.filter(measure__in=standing.measures.values()).select_related("measure")
    for each in definitions.approved().order_by("version"):
        standing.live[each.measure.code] = standing.approved[each.measure.code, each.version] = each
    standing.waiting = {each.measure.code: each for each in definitions.waiting().select_related("proposed_by")}
    standing.last_versions = dict(definitions.order_by().values_list("measure__code").annotate(Max("version")))


def _take_conditions(standing: Standing) -> None:
    for condition in TargetCondition.objects.select_related("journey").order_by("version"):
        standing.conditions[condition.journey.name] = condition
    for required in RequiredOutcome.objects.select_related("measure", "condition__journey"):
        key = (required.condition.journey.name, required.condition.version)
        standing.demanded.setdefault(key, {})[required.measure.code] = required.trust_needed
