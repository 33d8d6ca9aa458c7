"""What the rows of a file are understood by: the dictionary as it stands, read once a file."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Self

from metrics.dictionary.holding import holding
from metrics.handing_in.typed import SHARES
from metrics.ingestion import periods
from metrics.models import Definition, Dimension, Measure, Series, Source, SourceOfRecord
from truthgov.periods import Grain


class Named(NamedTuple):
    """The code of a source named as that of record, and the day from which it holds (None: since ever)."""

    source: str
    starts_on: date | None


@dataclass(frozen=True)
class Vocabulary:
    """Measures by their codes in small letters; of each its grain, whether it is a share or a count, of money its
    currency, and where its figures come from when a row does not say: `of_record` are the sources named, in their
    order, each with the day from which it holds, and `reporting` is the first that delivered."""

    measures: dict[str, str]
    grains: dict[str, Grain]
    shares: frozenset[str]
    counts: frozenset[str]
    currencies: dict[str, str]
    of_record: dict[str, list[Named]]
    reporting: dict[str, str]
    sources: frozenset[str]
    dimensions: dict[str, str]

    @classmethod
    def current(cls) -> Self:
        """As it stands now; the same number of queries for any dictionary."""
        codes = dict(Measure.objects.values_list("pk", "code"))
        live = Definition.objects.live().values_list("measure", "grain", "unit", "currency")
        kept = [(codes[measure], Grain(grain), unit, currency) for measure, grain, unit, currency in live]
        sources = dict(Source.objects.values_list("pk", "code"))
        handed_in_from = Source.objects.handed_in_from().values_list("code", "name")
        reporting = Series.objects.order_by("measure", "pk").distinct("measure").values_list("measure", "source")
        named = SourceOfRecord.objects.order_by("pk").values_list("measure", "source", "starts_on")
        of_record: dict[str, list[Named]] = defaultdict(list)
        for measure, source, starts_on in named:
            of_record[codes[measure]].append(Named(sources[source], starts_on))
        return cls(
            measures={code.casefold(): code for code in codes.values()},
            grains={code: grain for code, grain, _, _ in kept},
            shares=frozenset(code for code, _, unit, _ in kept if unit in SHARES),
            counts=frozenset(code for code, _, unit, _ in kept if unit == Definition.Unit.COUNT),
            currencies={code: currency for code, _, _, currency in kept if currency},
            of_record=of_record,
            reporting={codes[measure]: sources[source] for measure, source in reporting},
            sources=frozenset(name for each in handed_in_from for name in each),
            dimensions={name.casefold(): name for name in Dimension.objects.values_list("name", flat=True)},
        )

    def source_of(self, measure: str, period: str) -> str:
        """Where a measure's figure of a period comes from, as the door writes it; empty where nobody knows.

        As on its sheet: the source of record for that period, or, before any was, the first that delivered.
        """
        named = self.of_record.get(measure, [])
        if any(each.starts_on for each in named):
            try:
                found = holding(named, periods.read(period, self.grains[measure]).start)
            except (KeyError, ValueError):  # a period that is none, or of what no definition holds: the door says so
                found = None
        else:
            found = named[-1] if named else None
        return found.source if found else self.reporting.get(measure, "")
