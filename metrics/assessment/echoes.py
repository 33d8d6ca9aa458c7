"""What is found of a part and echoed by what its measure is linked with: bad news from both sides hides nothing.

Asked of what was found, for that is little, and all that a linked measure shows in a period need not be worked out.
"""

from typing import NamedTuple

import numpy as np

from metrics.assessment.calendar import SEASON
from metrics.assessment.figures import Figures
from metrics.assessment.pairs import Pairs
from metrics.assessment.sides import side_of
from metrics.assessment.spans import Spans
from metrics.detection import mix
from metrics.detection.batch import Batch, Bools, Ints
from metrics.detection.judgements import Judgements


class Heard(NamedTuple):
    """Judged pairs of a sheet that begins at `start`, and those of what their measures are linked with."""

    pairs: Pairs
    beside: Pairs
    figures: Figures
    spans: Spans
    start: int


def hear(answer: Judgements, batch: Batch, heard: Heard) -> None:
    """Take back what was found of parts beside which a linked measure gives way."""
    found, position = np.nonzero(answer.flagged & batch.of_parent[:, None])
    for at in np.unique(position).tolist():
        pairs = found[position == at]
        echoed = _echoed(heard, pairs, heard.start + int(answer.columns[at]))
        mix.quieten(answer, pairs[echoed], at)


def _echoed(heard: Heard, pairs: Ints, ordinal: int) -> Bools:
    """Which of some pairs have a linked measure beside them that gives way in a period."""
    beside = heard.beside.rows((heard.beside.first <= ordinal) & (ordinal <= heard.beside.last))
    places = _places(heard.pairs.rows(pairs), heard.spans)
    own = _places(beside, heard.spans)
    beside, own = beside.rows(np.isin(own, places)), own[np.isin(own, places)]
    if not len(beside):
        return np.zeros(len(pairs), bool)
    grain, window = heard.spans[int(beside.span[0])].grain, slice(0, heard.figures.values.shape[1])
    side, rows = side_of(heard.figures, window, beside.kpi, heard.spans, beside.span, "kpi")
    worse = mix.gives_way(side, ordinal - heard.figures.start, SEASON[grain])[rows]
    return np.isin(places, own[worse])


def _places(pairs: Pairs, spans: Spans) -> Ints:
    """Rule and segment of each pair in one number."""
    return (spans.column("rule")[pairs.span] << 32) + pairs.segment
