"""Declaring the dimensions that figures may be cut by, and their values."""

from collections.abc import Iterable, Mapping

from metrics.ingestion import segments
from metrics.models import Dimension, DimensionValue
from truthgov import audit
from truthgov.actor import Actor
from truthgov.models import Scope


def dimensions_in(texts: Iterable[str]) -> dict[str, set[str]]:
    """The dimensions and values that segments name, as senders spell them; what is no segment is left out."""
    observed: dict[str, set[str]] = {}
    for text in set(texts):
        try:
            values = segments.read(text)
        except ValueError:
            continue
        for name, value in values.items():
            observed.setdefault(name, set()).add(value)
    return observed


def declare_dimensions(observed: Mapping[str, set[str]], *, by: Actor) -> int:
    """Declare these dimensions with these values, beside those there are; answers how many values were new."""
    declared = set(DimensionValue.objects.values_list("dimension__name", "value"))
    new = sorted(
        (name, value) for name, values in observed.items() for value in values if (name, value) not in declared
    )
    if not new:
        return 0
    with audit.act():
        names = sorted({name for name, _ in new})
        Dimension.objects.bulk_create([Dimension(name=name) for name in names], ignore_conflicts=True)
        dimensions = {dimension.name: dimension for dimension in Dimension.objects.filter(name__in=names)}
        DimensionValue.objects.bulk_create(
            [DimensionValue(dimension=dimensions[name], value=value) for name, value in new], ignore_conflicts=True
        )
        audit.record("dimensions.declared", Scope.organisation(), by=by, values=new)
    return len(new)
