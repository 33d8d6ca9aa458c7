"""The measures that a search of the dictionary leaves, for its page and for programs."""

from typing import Any

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
        measures = measures.filter(pk__in=_saying(word))
    return measures


def _saying(word: str) -> QuerySet[Any]:
    """Measures (their numbers) of which a word is said; each part by itself, so that its own index answers."""
    by_name = Measure.objects.filter(Q(name__icontains=word) | Q(code__icontains=word)).values("pk")
    by_answering = Measure.objects.filter(
        Q(function__in=Function.objects.filter(name__icontains=word))
        | Q(journey__in=Journey.objects.filter(name__icontains=word))
    ).values("pk")
    by_meaning = Definition.objects.approved().filter(wording__icontains=word).values("measure")
    return by_name.union(by_answering, by_meaning)
