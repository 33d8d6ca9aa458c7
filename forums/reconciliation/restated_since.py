"""Which figures of a view that a meeting froze were restated since. The view itself stays as it was."""

from forums.models.minutes import ViewSnapshot
from metrics.figures.restatements import Restatement, given_anew


def restated_since(frozen: ViewSnapshot | None, *, known_at: int | None = None) -> list[Restatement]:
    """Of each figure shown that was restated, what it is now, in the order in which that came in; two queries.

    `known_at` is the audit entry up to which they count, None for all.
    """
    if frozen is None:
        return []
    return sorted(given_anew(_shown(frozen), known_at=known_at).values(), key=lambda each: each.number)


def _shown(frozen: ViewSnapshot) -> list[int]:
    outcomes = [outcome for row in frozen.content["journeys"] for outcome in row["outcomes"]]
    shown = {each["observation"] for each in [*outcomes, *frozen.content["claims"]]}
    shown |= {part for each in outcomes for part in each.get("rolled_from", ())}
    return sorted(shown - {None})
