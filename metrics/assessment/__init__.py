"""From what was touched to contradictions: which rules look at it, what their detectors say, what becomes of cases."""

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from heapq import merge
from itertools import groupby
from operator import attrgetter

from metrics.assessment import cases, families, monitoring, proving, queue
from metrics.assessment.cuts import Share, Touched, cuts_of, tree_for
from metrics.assessment.dictionary import Dictionary
from metrics.assessment.forks import AT_ONCE, abreast, are_of_use
from metrics.assessment.judging import Sheet, judge
from metrics.assessment.memory import give_back
from metrics.assessment.pairs import pairs_of
from metrics.assessment.silence import Silence, silences
from metrics.assessment.spans import Spans
from metrics.assessment.standing import Standing, as_it_stands
from metrics.detection.statistics.special import special
from metrics.figures.recomputing import recompute
from metrics.models import TouchedSet
from metrics.prepared import plan_once
from metrics.rules import made as rules
from truthgov import audit
from truthgov.periods import Grain

__all__ = ["assess", "assess_next"]
LARGE = 5_000
"""Touched series from which forks are worth their while."""
MANY = 1_000_000
"""Judged cells of a kind after which memory is given back: a history, and not a month."""
Key = tuple[str, Grain]
"""A kind and a grain."""


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
    with queue.in_hand():
        while claimed := queue.claim():
            done += _assess_claimed(claimed)
    return done


def assess_next(limit: int = queue.AT_ONCE) -> int:
    """Assess the next touched sets in one transaction; how many they were, 0 when nothing waits."""
    with queue.in_hand():
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
    # Whoever holds the lock sees every figure and p-value that its holders before have stored: all is read after it.
    families.lock()
    touched, standing = _what_to_judge(sets)
    concerned, known = standing.concerning(touched.measures[0]), standing.known
    if not concerned.looks:
        return
    silent: dict[Key, list[Silence]] = defaultdict(list)
    for silence in silences(touched, concerned.looks, concerned.active, known.grains):
        silent[silence.kind, silence.grain].append(silence)
    with closing(_judged(touched, concerned.active, known)) as judged:
        news = families.settle(_with_silent(judged, silent))
    with closing(_judged(touched, concerned.monitored, known)) as judged:
        for (kind, grain), some in judged:
            monitoring.keep(kind, grain, some)
    cases.follow(news)
    proving.follow({look.rule for look in concerned.looks}, since=touched.day.min().item())


def _what_to_judge(sets: list[queue.Taken]) -> tuple[Touched, Standing]:
    """What was touched, and the history of what has only now been given its rules; under what stands then."""
    series = [each for touched in sets for each in touched.series]
    days = [each for touched in sets for each in touched.first_periods]
    touched, standing = Touched.of(series, days), as_it_stands()
    if standing.has_followed(series):
        return touched, standing
    measures = touched.measures[0].tolist()
    rules.follow_sources(measures)
    unjudged = rules.follow(measures)
    standing = as_it_stands()
    standing.note_followed(series)
    if not unjudged:
        return touched, standing
    further, since = zip(*unjudged, strict=True)
    return Touched.of([*series, *further], [*days, *since]), standing


def _judged(touched: Touched, spans: Spans, known: Dictionary) -> Generator[tuple[Key, list[Sheet]]]:
    """What was judged, a kind and grain at a time; what else detectors say is asked for again where it is needed."""
    if not spans:
        return
    shares = AT_ONCE if len(touched.measure) >= LARGE and are_of_use() else 1
    tree = tree_for(spans)
    if shares > 1:
        special.import_now()

    def judged(share: int) -> Iterator[Sheet]:
        cuts = cuts_of(touched, spans, known.grains, tree, Share(share, shares))
        return judge(pairs_of(cuts, spans, tree), spans)

    with abreast(judged, shares) as sheets:
        in_order = merge(*sheets, key=attrgetter("grain", "kind")) if shares > 1 else sheets[0]
        yield from ((key, list(some)) for key, some in groupby(in_order, attrgetter("kind", "grain")))


def _with_silent(
    judged: Iterable[tuple[Key, list[Sheet]]], silent: dict[Key, list[Silence]]
) -> Iterator[tuple[Key, Sequence[Sheet | Silence]]]:
    """What was judged, and what ends because its figures are gone, by kind and grain."""
    for key, sheets in judged:
        cells = sum(sheet.judgements.verdict.size for sheet in sheets)
        yield key, [*sheets, *silent.pop(key, ())]
        del sheets  # before the next kind is judged: a whole history of each is too much to hold
        if cells > MANY:
            give_back()
    yield from silent.items()
