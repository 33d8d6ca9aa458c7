"""Every target has something that would show its being gamed, or a reason why it needs nothing.

A counter-measure guards it, or a measure that it is declared to be gamed against; one that is retired guards nothing.
"""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from metrics.models import Definition, Link, Measure
from truthgov.errors import InvalidInput, Refusal


def guards_of(measure: Measure) -> QuerySet[Measure]:
    """What would show that a measure is gamed."""
    gamed = Link.objects.filter(kind=Link.Kind.GAMING, from_measure=measure).values("to_measure")
    guarding = Measure.objects.filter(Q(guards=measure) | Q(pk__in=gamed))
    return guarding.exclude(pk__in=Definition.objects.retiring().values("measure"))


def require_guard(measure: Measure, terms: dict[str, Any]) -> None:
    """InvalidInput where these terms set a target that nothing guards, without a reason."""
    if terms["target"] is not None and not terms["unguarded_because"].strip() and not guards_of(measure).exists():
        raise InvalidInput(
            "A target invites gaming: it has a counter-measure, or a reason why it needs none.",
            {"unguarded_because": "No measure guards this one; say why its target needs none, or declare one first."},
        )


def require_guards_nothing_alone(guard: Measure) -> None:
    """Refusal where a measure that is to end is all that guards a target, and no reason stands beside that."""
    gamed = Link.objects.filter(kind=Link.Kind.GAMING, to_measure=guard).values("from_measure")
    guarded = Q(measure=guard.guards_id) | Q(measure__in=gamed)
    bare = Definition.objects.last_approved().filter(guarded, target__isnull=False, unguarded_because="", retires=False)
    left = [each.measure for each in bare.select_related("measure") if not guards_of(each.measure).exclude(pk=guard.pk)]
    if left:
        named = " and ".join(str(measure) for measure in left)
        raise Refusal(f"Nothing else guards the target of {named}; give it another guard, or the reason it needs none.")


def count_unguarded() -> int:
    """How many targets nothing guards, and without a reason why nothing needs to."""
    with connection.cursor() as cursor:
        cursor.execute(*_counting_unguarded())
        count: int = cursor.fetchone()[0]
    return count


@cache
def _counting_unguarded() -> tuple[str, tuple[Any, ...]]:
    # Always the same question, which takes longer to word than to answer.
    asked, given = Definition.objects.unguarded().values("pk").query.sql_with_params()
    return f"SELECT count(*) FROM ({asked}) AS unguarded", given  # noqa: S608 - the words are our own
