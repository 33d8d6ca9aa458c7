"""The reconciled view as plain records: what is shown, what is hashed. Pure."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from forums.reconciliation.verdicts import Standing, Verdict
from truthgov.periods import Period


@dataclass(frozen=True)
class SegmentFigure:
    """A segment that is off target beneath its total."""

    segment: str
    value: Decimal


@dataclass(frozen=True)
class Outcome:
    """An outcome of a journey in the period, from its source of record.

    `since` is the first period of the run that is off target now; `doubt` says why the figure cannot be relied on
    (late, incomplete, disputed), in which case the outcome is unknown; `judged` is False where its grain is not the
    view's and nothing rolls it up to it. `rolled_up` tells in words what it was rolled up from, or why
    somebody says that there is nothing; `rolled_from` by which observations.
    """

    measure: str
    name: str
    unit: str
    decimals: int
    definition: int | None
    value: Decimal | None
    observation: int | None
    target: Decimal | None
    is_met: bool | None
    required: bool
    judged: bool
    since: date | None = None
    trust: str = "trusted"
    doubt: str = ""
    restated: bool = False
    failing_segments: tuple[SegmentFigure, ...] = ()
    rolled_up: str = ""
    rolled_from: tuple[int, ...] = ()


@dataclass(frozen=True)
class JourneyRow:
    code: str
    name: str
    verdict: Verdict
    outcomes: tuple[Outcome, ...]

    @property
    def failing(self) -> list[Outcome]:
        """The required outcomes that are off target, the longest failing first."""
        off = [outcome for outcome in self.outcomes if outcome.required and outcome.is_met is False]
        return sorted(off, key=lambda outcome: outcome.since or date.max)

    @property
    def unknown(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.required and outcome.is_met is None]


@dataclass(frozen=True)
class Claim:
    """What a function's KPI shows, and whether that may be claimed."""

    function: str
    measure: str
    name: str
    unit: str
    decimals: int
    definition: int | None
    value: Decimal | None
    observation: int | None
    target: Decimal | None
    journeys: tuple[str, ...]
    standing: Standing
    why: str
    doubt: str = ""


@dataclass(frozen=True)
class OpenCase:
    """A contradiction that is not settled, with its siblings: the same parties of a journey in other segments.

    `pk`, severity and status are the worst one's, `opened_on` the oldest's; `segments` names the first few of them,
    the worst ahead; `siblings` are the numbers of the others; `measures` are the parties' codes, and `answers` the
    scope that answers for what is contradicted.
    """

    pk: int
    title: str
    kind: str
    severity: str
    status: str
    opened_on: date
    recurrences: int
    journey: str
    answers: str
    measures: tuple[str, ...]
    segments: tuple[str, ...]
    siblings: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        return 1 + len(self.siblings)


@dataclass(frozen=True)
class PastDecision:
    """What was decided, and whether what it expected came about."""

    pk: int
    wording: str
    decision_type: str
    decided_on: date
    forced: bool
    outcome: str
    outcome_words: str


@dataclass(frozen=True)
class View:
    """One truth for a month, as of a day: `content` is what is frozen, `hash` the SHA-256 of its canonical JSON."""

    period: Period
    as_of: date
    journeys: tuple[JourneyRow, ...]
    claims: tuple[Claim, ...]
    cases: tuple[OpenCase, ...]
    cases_in_all: int
    decisions: tuple[PastDecision, ...]

    @cached_property
    def hash(self) -> str:
        """Worked out where it is asked for: a page that only shows the view does not pay for it."""
        return hashlib.sha256(canonical(self._parts()).encode()).hexdigest()

    def content(self) -> dict[str, Any]:
        """Plain JSON: figures as decimal strings, dates in ISO form."""
        content: dict[str, Any] = json.loads(canonical(self._parts()))
        return content

    def _parts(self) -> dict[str, Any]:
        parts = {name: getattr(self, name) for name in ("journeys", "claims", "cases", "decisions")}
        return {"period": self.period.code, "as_of": self.as_of, "cases_in_all": self.cases_in_all, **parts}


def canonical(content: Any) -> str:
    """JSON with sorted keys and no spaces: the same content, the same bytes."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    """Records as objects, figures as decimal strings in their shortest form, dates in ISO form."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return value.isoformat() if isinstance(value, date) else vars(value)
