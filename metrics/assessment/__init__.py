"""From what was touched to contradictions: which rules look at it, what their detectors say, what becomes of cases."""

from collections import defaultdict
from typing import Any

from metrics.assessment import cases, families, monitoring, proving, queue
from metrics.assessment.cuts import Touched, cuts_of
from metrics.assessment.dictionary import Dictionary, Spans, dictionary_of
from metrics.assessment.judging import judge
from metrics.assessment.looks import looks_at
from metrics.assessment.pairs import pairs_of
from metrics.assessment.silence import silences
from metrics.figures.recomputing import recompute
from metrics.models import TouchedSet
from metrics.prepared import plan_once
from metrics.rules import made as rules
from truthgov import audit
from truthgov.periods import Grain

__all__ = ["assess", "assess_next"]


def assess() -> int:
    """Assess everything that waits, or, where nothing does, what has become judgeable; how many sets that were.

    May run twice, at once, or die in between: what is claimed is locked, and gone only with what came of it.
    """
    done = _assess_waiting()
    # What somebody else is assessing brings its rules with it: made here as well, they would be judged twice.
    if not done and not TouchedSet.objects.waiting().exists() and rules.have_new_ones_judged():
        done = _assess_waiting()
    return done


def _assess_waiting() -> int:
    done = 0
    while claimed := queue.claim():
        done += _assess_claimed(claimed)
    return done


def assess_next(limit: int = queue.AT_ONCE) -> int:
    """Assess the next touched sets in one transaction; how many they were, 0 when nothing waits."""
    return _assess_claimed(queue.claim(limit))


def _assess_claimed(claimed: list[int]) -> int:
    """Assess claimed sets, and forget them with the same commit; those that somebody else has taken are theirs.

    What is derived from them is computed before, so that no rule sees an old figure beside a new one.
    """
    if not claimed:
        return 0
    derived = recompute(claimed)
    with audit.act():
        plan_once()
        taken = queue.take([*claimed, *derived])
        if taken:
            _assess_touched(taken)
    return len(taken)


def _assess_touched(sets: list[queue.Taken]) -> None:
    touched = _what_to_judge(sets)
    concerned = looks_at(touched.measures[0].tolist())
    if not concerned:
        return
    # Whoever holds a kind's lock sees every figure and p-value that its holders before have stored: read after it.
    families.lock([look.kind for look in concerned])
    known = dictionary_of({measure for look in concerned for measure in (look.kpi, look.outcome)})
    spans = [span for look in concerned for span in known.spans(look)]
    active, monitored = (Spans(span for span in spans if span.is_monitored is monitor) for monitor in (False, True))
    sheets = _judged(touched, active, known)
    for silence in silences(touched, concerned, active, known.grains):
        sheets[silence.kind, silence.grain].append(silence)
    news = families.settle(sheets)
    for (kind, grain), some in _judged(touched, monitored, known).items():
        monitoring.keep(kind, grain, some)
    cases.follow(news)
    proving.prove(look.rule for look in concerned)


def _what_to_judge(sets: list[queue.Taken]) -> Touched:
    """What was touched, and the history of what has only now been given its rules."""
    series = [each for touched in sets for each in touched.series]
    days = [each for touched in sets for each in touched.first_periods]
    touched = Touched.of(series, days)
    measures = touched.measures[0].tolist()
    rules.follow_sources(measures)
    unjudged = rules.follow(measures)
    if not unjudged:
        return touched
    further, since = zip(*unjudged, strict=True)
    return Touched.of([*series, *further], [*days, *since])


def _judged(touched: Touched, spans: Spans, known: Dictionary) -> dict[tuple[str, Grain], list[Any]]:
    """What was judged, by kind and grain; what else detectors say is asked for again where it is needed."""
    sheets: dict[tuple[str, Grain], list[Any]] = defaultdict(list)
    if not spans:
        return sheets
    for sheet in judge(pairs_of(cuts_of(touched, spans, known.grains), spans), spans, in_full=False):
        sheets[sheet.kind, sheet.grain].append(sheet)
    return sheets
