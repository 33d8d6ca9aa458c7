"""Who stands behind figures, and which feeds owe them: asked once for many periods."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from metrics.models import Attestation, FeedRun, Measure
from truthgov.knowledge import Moment
from truthgov.periods import Period


class Supplier(NamedTuple):
    """Who supplies a measure's figures: its function, and the scope that attests them (else its journey's)."""

    function: int | None
    scope: int | None


@dataclass(frozen=True, slots=True)
class Promises:
    """`covered` are observations that somebody stands behind, `given` the periods that scopes have attested.

    `owed` names the feeds that are late, by their source, function and period.
    """

    suppliers: dict[int, Supplier] = field(default_factory=dict)
    covered: frozenset[int] = frozenset()
    given: frozenset[tuple[int, str, date]] = frozenset()
    owed: dict[tuple[int, int, str, date], list[str]] = field(default_factory=dict)

    def attested(self, measure: int, observation: int) -> bool | None:
        """Does somebody stand behind a figure? None where it is nobody's, neither a function's nor a journey's.

        What was restated, or came, after the scope attested is not covered: it needs a new attestation.
        """
        if observation in self.covered:
            return True
        return False if self._scope(measure) else None

    def was_attested(self, measure: int, period: Period) -> bool:
        """Has the scope that answers for a measure's figures attested a period, whatever has changed since?"""
        return (self._scope(measure), period.grain.value, period.start) in self.given

    def late_feeds(self, measure: int, source: int, period: Period) -> tuple[str, ...]:
        """The feeds that should have brought a measure's figure from a source, by name."""
        supplier = self.suppliers.get(measure)
        owing = (source, (supplier and supplier.function) or 0, period.grain.value, period.start)
        return tuple(sorted(self.owed.get(owing, [])))

    def _scope(self, measure: int) -> int:
        supplier = self.suppliers.get(measure)
        return (supplier and supplier.scope) or 0


def promises_of(measures: Collection[int], starts: Collection[date], moment: Moment, on: date | None) -> Promises:
    """What stood behind these measures' periods at a moment, and the feeds late `on` a day (None: not asked for).

    What feeds owe is known of the present alone. Two or three queries.
    """
    made = Attestation.objects.filter(moment.knew("attested_at"), period_start__in=starts)
    told = list(made.values_list("scope", "grain", "period_start", "observations"))
    owed: dict[tuple[int, int, str, date], list[str]] = defaultdict(list)
    if on:
        late = FeedRun.objects.late(on=on).filter(period_start__in=starts)
        for *owing, name in late.values_list("feed__source", "feed__function", "grain", "period_start", "feed__name"):
            owed[tuple(owing)].append(name)  # type: ignore[index]
    return Promises(
        suppliers=_suppliers(measures),
        covered=frozenset(observation for *_, observations in told for observation in observations),
        given=frozenset((scope, grain, start) for scope, grain, start, _ in told),
        owed=dict(owed),
    )


def _suppliers(measures: Collection[int]) -> dict[int, Supplier]:
    columns = ("pk", "function", "function__scope", "journey__scope")
    rows = Measure.objects.filter(pk__in=measures).values_list(*columns)
    return {pk: Supplier(function, of_function or of_journey) for pk, function, of_function, of_journey in rows}
