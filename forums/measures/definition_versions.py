"""Versions of a definition as readers see them: what each states and changes, and what approving one touches."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from forums.measures.charts import word
from forums.measures.definition_forms import LABELS
from forums.measures.impact import Dependants, bridge_in_words, impact
from metrics.dictionary.bounds import RELATIVE
from metrics.figures.courses import Point
from metrics.models import Definition, DefinitionComment
from metrics.models.decided import DECISION
from truthgov.figures import counted, plain

IN_UNIT = {"target", "red_threshold", "min_effect"}


@dataclass(frozen=True, slots=True)
class Change:
    """A field that a version of a definition changed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the definition, with what it changed from the one before.

    `impact` (of one that waits) tells what approving it touches; `comments` what was said while it waited.
    """

    definition: Definition
    changes: list[Change]
    comments: list[DefinitionComment]
    impact: list[tuple[str, str]] = field(default_factory=list)
    decided: str = ""
    """Of one that waits: the number of the decision that approved the version in force; only another approves this."""

    @property
    def counting(self) -> str:
        """What it says of comparisons with figures from before, where it breaks with them."""
        if not self.definition.changes_counting:
            return ""
        bridge = bridge_in_words(self.definition)
        told = (
            f"{bridge}: {self.definition.bridge_reason}"
            if bridge
            else "figures before are not compared with later ones"
        )
        return f"A change of counting; {told}"


def terms_of(definition: Definition) -> list[tuple[str, str]]:
    """What a version states, worded; what it leaves open is left out."""
    told = [(label, _worded(definition, name)) for name, label in LABELS.items()]
    return [(label, words) for label, words in told if words]


def changes_between(before: Definition, after: Definition) -> list[Change]:
    """The fields in which two versions differ, worded on both sides."""
    return [
        Change(label, _worded(before, name) or "not set", _worded(after, name) or "not set")
        for name, label in LABELS.items()
        if getattr(before, name) != getattr(after, name)
    ]


def _worded(definition: Definition, name: str) -> str:
    value: Any = getattr(definition, name)
    if value is None or value == "":
        return ""
    if name in IN_UNIT:
        return word(value, definition).text
    if name in RELATIVE:
        return f"{plain(Decimal(value) * 100)} %"
    if name == "freshness_days":
        return f"{counted(value, 'day')} after the period's end"
    if name == "reliable_from":
        return f"a denominator of {plain(value)}"
    if name in {"unit", "direction", "roll_up"}:
        return str(getattr(definition, f"get_{name}_display")())
    return str(value)


def versions_of(approved: list[Definition]) -> list[Version]:
    """The approved versions, latest first."""
    told = [
        Version(after, changes_between(before, after) if before else [], list(after.comments.all()))
        for before, after in zip([None, *approved], approved, strict=False)
    ]
    return told[::-1]


def proposed_of(
    definitions: list[Definition], current: Definition | None, points: Sequence[Point], rely: Dependants
) -> list[Version]:
    """The versions that wait, each with what approving it touches."""
    return [
        Version(
            each, changes_between(current, each) if current else [], list(each.comments.all()),
            impact(current, each, points, rely), current.authority.removeprefix(DECISION) if current else "",
        )
        for each in definitions if each.is_waiting
    ]  # fmt: skip
