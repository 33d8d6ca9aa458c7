"""What rules in monitor find: decided as if they were active, kept beside, without any effect on families and cases.

Each rule is held against its false-discovery family with its own p-values added: what it would have found, had it alone
been active. Others in monitor make no difference.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from metrics.assessment.calendar import start_of
from metrics.assessment.families import told
from metrics.assessment.joins import once
from metrics.assessment.judging import Sheet
from metrics.assessment.tallies import Counted, Kept
from metrics.detection.control import decide_within
from metrics.models import MonitoredJudgement, Tally
from metrics.models.rule import CELL, LOW
from truthgov.periods import Grain

Key = tuple[int, date]
"""A rule and the first day of a period."""


def keep(kind: str, grain: Grain, sheets: list[Sheet]) -> None:
    """Decide and store what was judged of one kind and grain in monitor, beside what was stored of other segments."""
    judged = dict(judged_cells(kind, grain, sheets))
    stored = MonitoredJudgement.objects.filter(rule__in={rule for rule, _ in judged}).in_bulk(list(judged))
    rows = []
    for (rule, start), cells in judged.items():
        before = stored.get((rule, start))
        rows.append(MonitoredJudgement(rule_id=rule, period_start=start, grain=grain.value,
                                       packed=_merged(before, cells).tobytes()))  # fmt: skip
    MonitoredJudgement.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["rule", "period_start"], update_fields=["grain", "packed"]
    )


def judged_cells(
    kind: str, grain: Grain, sheets: Iterable[Sheet], stored: Mapping[Key, NDArray[np.void]] = MappingProxyType({})
) -> Iterator[tuple[Key, NDArray[np.void]]]:
    """The cells of each rule and period, decided as if the rule were active.

    `stored` are cells that stand in the families and that these take the place of.
    """
    held = list(sheets)
    ordinals = sorted({ordinal for sheet in held for ordinal in sheet.ordinals.tolist()})
    starts = {ordinal: start_of(ordinal, grain) for ordinal in ordinals}
    tallies = {
        tally.period_start: Kept(tally.members, np.frombuffer(tally.low, LOW))
        for tally in Tally.objects.filter(kind=kind, grain=grain.value, period_start__in=starts.values())
    }
    for ordinal, start in starts.items():
        together = told(kind, [sheet.cells(ordinal) for sheet in held])
        for rule in np.unique(together["rule"]).tolist():
            own = np.sort(together[together["rule"] == rule], order="segment")
            before = stored.get((rule, start), np.empty(0, CELL))
            yield (rule, start), _decided(own, tallies.get(start, Kept()), before)


def _decided(judged: NDArray[np.void], family: Kept, before: NDArray[np.void]) -> NDArray[np.void]:
    cells = np.empty(len(judged), CELL)
    for name in CELL.names or ():
        cells[name] = judged[name]
    rules = judged["rule"]
    was, now = Counted.of(np.full(len(before), rules[0]), before, 1), Counted.of(rules, cells, 1)
    [bound] = Counted.kept({0: family}, 1).with_instead(now, was, once(rules)).bounds
    cells["verdict"] = decide_within(cells["verdict"], cells["p"], bound)
    return cells


def _merged(before: MonitoredJudgement | None, cells: NDArray[np.void]) -> NDArray[np.void]:
    if before is None:
        return cells
    kept = before.cells[~np.isin(before.cells["segment"], cells["segment"])]
    return np.sort(np.concatenate((kept, cells)), order="segment")
