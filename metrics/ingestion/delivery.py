"""What is handed in at the door, and what comes back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from metrics.models import Submission
from truthgov.errors import InvalidInput
from truthgov.figures import counted

COLUMNS = ("measure", "period", "segment", "value", "numerator", "denominator", "source", "reason")
NAMED = 5
"""How many sources a refusal names."""


@dataclass(frozen=True)
class Rows:
    """Figures as texts, column by column: what stands at index i of each column is row i.

    `period` is a short form (`2026-10`) or half-open dates (`2026-10-01/2026-11-01`); `segment` is JSON, empty for
    the whole; `source` and `reason` are empty where the delivery's hold; an empty part was not given.
    """

    measure: list[str]
    period: list[str]
    segment: list[str]
    value: list[str]
    numerator: list[str]
    denominator: list[str]
    source: list[str]
    reason: list[str]

    def __len__(self) -> int:
        return len(self.measure)

    @classmethod
    def of(cls, records: Iterable[Mapping[str, Any]]) -> Self:
        """Rows from mappings with the names of the columns; what is missing is empty."""
        kept = list(records)
        return cls(*([_text(record.get(name)) for record in kept] for name in COLUMNS))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Delivery:
    """How rows are handed in. `source` and `reason` hold where a row names none; `lenient` leaves faulty rows out.

    `function` is whose figures these are, where one function delivers them; the clockwork brings with them the outcomes
    of `journeys`, where None stands for all.

    Rows `by_hand` were filled in by people, who look at what is made of them before it is stored: one that gives the
    value on record and no parts leaves the parts on record as they are, and from parts alone their value follows. In a
    program's row it does not: what is missing there may be what could not be computed, written as nothing.
    """

    channel: str
    source: str = ""
    reason: str = ""
    lenient: bool = False
    function_id: int | None = None
    journeys: frozenset[int] | None = frozenset()
    by_hand: bool = False


@dataclass(frozen=True)
class RowError:
    """Why a row is refused; `row` is its index, `code` one of the contract's."""

    row: int
    code: str
    message: str


@dataclass(frozen=True)
class Receipt:
    """The audit entry that a delivery was committed under: the moment from which its figures are known."""

    entry: int
    hash: str


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery; without `submission` when everything was known already and nothing was written."""

    received_at: datetime
    accepted: int = 0
    restated: int = 0
    unchanged: int = 0
    refusals: list[RowError] = field(default_factory=list)
    submission: Submission | None = None
    receipt: Receipt | None = None

    @property
    def counts(self) -> dict[str, int]:
        return {"accepted": self.accepted, "restated": self.restated, "unchanged": self.unchanged,
                "refused": len(self.refusals)}  # fmt: skip


@dataclass(frozen=True)
class Impossible:
    """Figures that were refused because they cannot be so: series, first day and fault of each, and when."""

    figures: list[tuple[int, date, str]]
    at: datetime


class RowsRefused(InvalidInput):
    """Rows of a strict delivery are at fault; nothing of it was stored."""

    def __init__(self, refusals: list[RowError], total: int, impossible: "Impossible | None" = None) -> None:
        are, them = ("is", "it") if len(refusals) == 1 else ("are", "them")
        super().__init__(
            f"{len(refusals)} of {counted(total, 'row')} {are} refused and nothing was stored. Correct {them} and send "
            f"the delivery again, or ask for lenient handling to leave {them} out."
        )
        self.refusals = refusals
        self.impossible = impossible


class SourceDenied(Exception):  # noqa: N818 - said of the delivery, not of a failure
    """The delivery names sources that its sender may not push."""

    def __init__(self, sources: list[str]) -> None:
        named = ", ".join(source[:80] or "(none named)" for source in sources[:NAMED])
        more = f" and {len(sources) - NAMED} more" if len(sources) > NAMED else ""
        super().__init__(f"Name a source whose figures you may push; you may not push from: {named}{more}.")
        self.sources = sources
