"""The kinds of contradiction that can be judged, by the name the glossary gives them.

A kind is a module with one function: a batch in, judgements out. A new one slots in by a line here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from metrics.detection import (
    breaks,
    divergence,
    gaming,
    handoff,
    inconsistency,
    integrity,
    links,
    mix,
    overcommitment,
    sources,
)
from metrics.detection.judgements import Judge
from metrics.detection.spreading import spread

DELAYED = frozenset({"handoff", "broken_link"})
"""Kinds that read a KPI its lag before the judged period, and no later. To the others it matters too what it says by
then: who reports bad news now celebrates nothing, and what was promised since falls due as well."""


KINDS: Mapping[str, Judge] = MappingProxyType(
    {
        "divergence": spread(divergence.judge),
        "handoff": spread(handoff.judge),
        "source_disagreement": sources.judge,
        "overcommitment": spread(overcommitment.judge),
        "inconsistency": spread(inconsistency.judge),
        "mix": spread(mix.judge),
        "gaming": spread(gaming.judge),
        "definition_break": breaks.judge,
        "broken_link": links.judge,
        "integrity": integrity.judge,
    }
)
