"""Rule 3 of governance in numbers: who counts at the moment of a decision. Pure."""

from dataclasses import dataclass

from truthgov.errors import Refusal


class NoQuorum(Refusal):
    """Too few count for the item now; what was put may be put again as soon as a member arrives."""


@dataclass(frozen=True)
class Count:
    """Members present at a moment, those of them recused from the item in hand, and the quorum of the charter."""

    present: int
    recused: int
    quorum: int

    @property
    def entitled(self) -> int:
        return self.present - self.recused

    @property
    def is_met(self) -> bool:
        return self.entitled >= self.quorum

    @property
    def missing(self) -> int:
        return max(self.quorum - self.entitled, 0)

    def __str__(self) -> str:
        recused = f" less {self.recused} recused" if self.recused else ""
        return f"{self.present} present{recused}, {self.quorum} needed"
