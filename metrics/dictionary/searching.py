"""The measures that a search of the dictionary leaves, for its page and for programs."""

from django.db.models import Q, QuerySet

from journeys.models import Journey
from metrics.models import Definition, Measure
from truthgov.models import Function


def found(
    text: str = "", *, kind: str = "", function: Function | None = None, journey: Journey | None = None,
    unguarded: bool = False,
) -> QuerySet[Measure]:  # fmt: skip
    """The measures that the filters leave.

    Every word of the text must occur in a name, a code, what an approved version says of it, or the name of a function
    or journey. `unguarded`: those with a target that nothing guards.
    """
    asked = {name: value for name, value in (("kind", kind), ("function", function), ("journey", journey)) if value}
    measures = Measure.objects.filter(**asked)
    if unguarded:
        measures = measures.filter(pk__in=Definition.objects.unguarded().values("measure"))
    for word in text.split():
        measures = measures.filter(_says(word))
    return measures


def _says(word: str) -> Q:
    """One condition a word, so that a page of what is often said is full after its first rows."""
    by_name = Q(name__icontains=word) | Q(code__icontains=word)
    functions, journeys = (named.objects.filter(name__icontains=word) for named in (Function, Journey))
    meant = Definition.objects.approved().filter(wording__icontains=word).order_by()
    return by_name | Q(function__in=functions) | Q(journey__in=journeys) | Q(pk__in=meant.values("measure"))
