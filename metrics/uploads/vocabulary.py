"""What the rows of a file are understood by: the dictionary as it stands, read once a file."""

from dataclasses import dataclass
from typing import Self

from metrics.handing_in import SHARES
from metrics.models import Definition, Dimension, Measure, Series, Source, SourceOfRecord
from truthgov.periods import Grain


@dataclass(frozen=True)
class Vocabulary:
    """Measures by their codes in small letters; of each its grain, whether it is a share, and where its figures come
    from when a row does not say."""

    measures: dict[str, str]
    grains: dict[str, Grain]
    shares: frozenset[str]
    of_record: dict[str, str]
    sources: frozenset[str]
    dimensions: dict[str, str]

    @classmethod
    def current(cls) -> Self:
        """As it stands now; the same number of queries for any dictionary."""
        codes = dict(Measure.objects.values_list("pk", "code"))
        live = Definition.objects.live().values_list("measure", "grain", "unit")
        kept = [(codes[measure], Grain(grain), unit) for measure, grain, unit in live]
        sources = dict(Source.objects.values_list("pk", "code"))
        reporting = Series.objects.order_by("measure", "pk").distinct("measure").values_list("measure", "source")
        named = SourceOfRecord.objects.order_by("pk").values_list("measure", "source")
        return cls(
            measures={code.casefold(): code for code in codes.values()},
            grains={code: grain for code, grain, _ in kept},
            shares=frozenset(code for code, _, unit in kept if unit in SHARES),
            of_record={codes[measure]: sources[source] for measure, source in [*reporting, *named]},
            sources=frozenset(sources.values()) | frozenset(Source.objects.values_list("name", flat=True)),
            dimensions={name.casefold(): name for name in Dimension.objects.values_list("name", flat=True)},
        )
