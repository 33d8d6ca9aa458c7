"""What was measured, against its goal: a line a figure."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import ge, le
from pathlib import Path

HOW = Path(__file__).with_name("how.md")
COMPARE = {"≥": ge, "≤": le}


@dataclass(frozen=True)
class Measured:
    """A figure of a run. Without a goal it is there to be read; `unit` is said after the value."""

    name: str
    value: float
    goal: str = ""
    unit: str = ""

    @property
    def holds(self) -> bool:
        """Whether the goal, such as `≤ 1.5`, is met."""
        if not self.goal:
            return True
        sign, bound = self.goal.split()
        return COMPARE[sign](self.value, float(bound))

    def __str__(self) -> str:
        return " | ".join(self.cells)

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Name, value, goal, and whether it holds."""
        verdict = ("yes" if self.holds else "NO") if self.goal else ""
        goal = f"{self.goal}{self.unit}" if self.goal else ""
        return self.name, f"{_plain(self.value)}{self.unit}", goal, verdict


def as_page(measured: Iterable[Measured], circumstances: str) -> str:
    """The run as a page of documentation."""
    head = [
        "# What `make bench` measured",
        "",
        circumstances,
        "",
        "| name | value | goal | holds |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *(f"| {' | '.join(each.cells)} |" for each in measured), "", HOW.read_text()])


def _plain(value: float) -> str:
    """Three figures, and thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
