"""Whether figures can be relied on, as the reconciled view asks it: what cannot is unknown, whatever its target."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from forums.cases.sides import Standing
from metrics.dictionary.target_conditions import trust_needed_of
from metrics.models import Measure, Segment
from metrics.trust import in_short, radars
from truthgov.periods import Period

Doubts = Mapping[date, str]
"""Why figures cannot be relied on, by the first day of their period."""


def doubts_of(measure: Measure, segment: Segment, periods: Sequence[Period]) -> Doubts:
    """Of those of a measure's figures of record in a segment whose trust is less than each period demanded."""
    if not periods:
        return {}
    found = radars([measure.pk], periods, segment=segment)
    needed = trust_needed_of(measure, [period.last_day for period in periods])
    judged = ((radar.period, in_short(radar)) for radar in found.values())
    return {period.start: trust.why for period, trust in judged if not trust.meets(needed[period.last_day])}


def as_relied_on(standing: Standing, doubts: Doubts) -> Standing:
    """A standing in the words of the view: unknown, and why, where its figure cannot be relied on."""
    why = doubts.get(standing.period.start) if standing.period else None
    return replace(standing, words=f"unknown: {clause(why)}", tone="muted") if why else standing


def clause(sentence: str) -> str:
    """A sentence to be read on after a colon; a name that it begins with stays as it is written."""
    begins_with_a_name = ":" in sentence or sentence[1:2].isupper()
    return (sentence if begins_with_a_name else f"{sentence[:1].lower()}{sentence[1:]}").rstrip(".")
