"""What is judged, and how, as it stands: read once, and kept until a transaction changes it.

Rules, links, definitions and sources of record are asked for by every assessment, and change a few times a day. Whoever
has read them asks whether anybody has changed something since, which the database notes (`DictionaryChange`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self
from weakref import WeakKeyDictionary

import numpy as np
from django.db import connection, transaction

from metrics.assessment.dictionary import Dictionary, dictionary_of
from metrics.assessment.joins import find, once
from metrics.assessment.looks import Look, looks
from metrics.assessment.spans import Spans
from metrics.detection.batch import Ints
from metrics.models import Rule
from metrics.prepared import Prepared

SINCE = Prepared("dictionary_changes", """
    SELECT pg_current_snapshot()::text, coalesce(pg_current_xact_id_if_assigned()::text::bigint, 0),
        EXISTS (SELECT FROM metrics_dictionarychange
                WHERE transaction = pg_current_xact_id_if_assigned()::text::bigint),
        EXISTS (SELECT FROM metrics_dictionarychange
                WHERE transaction >= pg_snapshot_xmin(%(seen)s)::text::bigint
                  AND (transaction = %(by)s OR NOT pg_visible_in_snapshot(transaction::text::xid8, %(seen)s)))""",
    seen="pg_snapshot", by="bigint",
)  # fmt: skip
"""The present snapshot and transaction; whether this transaction has changed anything; whether any did that a snapshot
did not see, or that had taken it: of its own changes a transaction's snapshot cannot tell which came before it."""
NOTHING_SEEN = "1:1:"
MOST_ASKED = 32
"""Sets of measures for which it is remembered what they concern."""


class Concerned(NamedTuple):
    """Rules that some measures concern: their looks, and where they judge, or judge in monitor."""

    looks: list[Look]
    active: Spans
    monitored: Spans


@dataclass(slots=True)
class Standing:
    """Every rule's looks and spans, under what is known of their measures.

    `sides` are three rows: the rule, the kpi and the outcome of each look. `followed` are the series that have been
    given their rules, in order, `asked` what some measures concern, by those: a function hands in the same ones again
    and again.
    """

    looks: list[Look]
    sides: Ints
    known: Dictionary
    spans: Spans
    followed: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    asked: dict[bytes, Concerned] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Self:
        """As it stands now."""
        told = looks(Rule.objects.values_list("pk", flat=True))
        known = dictionary_of({measure for look in told for measure in (look.kpi, look.outcome)})
        sides = np.array([(look.rule, look.kpi, look.outcome) for look in told], np.int64).reshape(-1, 3)
        return cls(told, sides.T, known, Spans(span for look in told for span in known.spans(look)))

    def concerning(self, measures: Ints) -> Concerned:
        """The rules which look at any of some measures, in order; those whose companion one is included."""
        key = measures.tobytes()
        if key not in self.asked:
            if len(self.asked) == MOST_ASKED:
                self.asked.clear()
            self.asked[key] = self._concerning(measures)
        return self.asked[key]

    def _concerning(self, measures: Ints) -> Concerned:
        rule, kpi, outcome = self.sides
        rules = once(rule[find(measures, kpi)[1] | find(measures, outcome)[1]])
        own, judging = (np.flatnonzero(find(rules, each)[1]) for each in (rule, self.spans.column("rule")))
        in_monitor = self.spans.where("is_monitored")[judging]
        return Concerned(
            [self.looks[index] for index in own.tolist()],
            self.spans.some(judging[~in_monitor]),
            self.spans.some(judging[in_monitor]),
        )

    def has_followed(self, series: Sequence[int]) -> bool:
        """Have all of some series been given their rules?"""
        return bool(find(self.followed, np.asarray(series, np.int64))[1].all())

    def note_followed(self, series: Sequence[int]) -> None:
        """Remember once it is committed that some series have been given their rules."""
        transaction.on_commit(lambda: self._add(np.asarray(series, np.int64)))

    def _add(self, series: Ints) -> None:
        self.followed = once(np.concatenate((self.followed, series)))


class Kept(NamedTuple):
    """What was read, under which snapshot, and by which transaction, if it had a number."""

    standing: Standing
    seen: str
    by: int


_kept: WeakKeyDictionary[Any, Kept] = WeakKeyDictionary()
"""What each connection of the driver has read last."""


def as_it_stands() -> Standing:
    """What is judged now, and how; read anew only where something was changed.

    What a transaction reads of its own changes is not kept: nobody may ever see them.
    """
    with connection.cursor() as cursor:
        kept = _kept.get(cursor.connection)
        SINCE.ask(cursor, {"seen": kept.seen if kept else NOTHING_SEEN, "by": kept.by if kept else 0})
        seen, by, is_ours, is_changed = cursor.fetchone()
        if kept and not is_ours and not is_changed:
            return kept.standing
        standing = Standing.read()
        if not is_ours:
            _kept[cursor.connection] = Kept(standing, seen, by)
    return standing
