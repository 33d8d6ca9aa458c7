"""Which figures of a view that a meeting froze were restated since. The view itself stays as it was."""

from forums.models.minutes import ViewSnapshot
from metrics.figures.restatements import Asked, Restatement, restated, told


def restated_since(frozen: ViewSnapshot | None, *, known_at: int | None = None) -> list[Restatement]:
    """Of each figure shown the restatement that replaced it, in the order in which they came in; one query.

    `known_at` is the audit entry up to which they count, None for all.
    """
    if frozen is None:
        return []
    later = restated(Asked()).filter(restates__in=_shown(frozen))
    return told((later if known_at is None else later.filter(submission__entry__lte=known_at)).order_by("pk"))


def _shown(frozen: ViewSnapshot) -> list[int]:
    outcomes = [outcome for row in frozen.content["journeys"] for outcome in row["outcomes"]]
    shown = {each["observation"] for each in [*outcomes, *frozen.content["claims"]]}
    shown |= {part for each in outcomes for part in each.get("rolled_from", ())}
    return sorted(shown - {None})
