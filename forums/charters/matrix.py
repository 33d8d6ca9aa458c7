"""The matrix of decision rights over all forums: what each charter fills, what overlaps, what is left open. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from forums.models.right import CELLS, Cell, DecisionRight, DecisionType
from truthgov.errors import Refusal

if TYPE_CHECKING:
    from forums.models.charter import Charter


@dataclass(frozen=True)
class Held:
    """A right with the charter that grants it."""

    charter: "Charter"
    right: DecisionRight

    @property
    def is_partial(self) -> bool:
        """Does it hold over one function or journey alone?"""
        return self.charter.governs_id is not None

    def overlaps(self, other: "Held") -> bool:
        """Two accountable for one matter: the sponsor's right stands above, and every forum may escalate."""
        mine, theirs = self.charter, other.charter
        return (
            self.right.cell == other.right.cell
            and self.right.decision_type != DecisionType.ESCALATE
            and self.right.is_higher == other.right.is_higher
            and mine.forum_id != theirs.forum_id
            and (mine.governs_id is None or theirs.governs_id in (None, mine.governs_id))
        )


@dataclass
class Filled:
    """A cell: by whom it is held, and why it is left open where it is."""

    cell: Cell
    held: list[Held] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def is_held(self) -> bool:
        """By a forum of the whole organisation; one of a single journey leaves the others open."""
        return any(not each.is_partial for each in self.held)

    @property
    def is_gap(self) -> bool:
        """Held by no forum, and nobody has said why."""
        return not self.is_held and not self.reasons

    @property
    def overlaps(self) -> bool:
        return any(one.overlaps(other) for one in self.held for other in self.held)


def lay_out(charters: Iterable["Charter"]) -> dict[Cell, Filled]:
    """Every cell as these charters, with their rights and open cells, fill it."""
    matrix = {cell: Filled(cell) for cell in CELLS}
    for charter in charters:
        for right in charter.rights.all():
            matrix[right.cell].held.append(Held(charter, right))
        for each in charter.open_cells.all():
            matrix[each.cell].reasons.append(each.reason)
    return matrix


def require_its_place(charter: "Charter", approved: list["Charter"]) -> None:
    """A Refusal where a charter, once approved, would overlap with another forum's or leave a gap that nobody said."""
    clash = next(iter(overlaps_of(charter, approved)), None)
    if clash:
        mine, theirs = clash
        raise Refusal(
            f"{theirs.charter.forum} holds the right to {mine.right.cell} already: let a new version of its charter "
            "give it up first, or leave it out of this one."
        )
    gaps = gaps_after(charter, approved)
    if gaps:
        told = "; ".join(str(cell) for cell in gaps)
        raise Refusal(f"No forum would hold these rights, and nobody has said why: {told}.")


def overlaps_of(charter: "Charter", approved: list["Charter"]) -> list[tuple[Held, Held]]:
    """Each right of a charter with the right of another forum that it overlaps with on some day."""
    days = _days([*approved, charter])
    theirs = [
        Held(other, right)
        for other in approved if other.forum_id != charter.forum_id and _meet(days[charter.pk], days[other.pk])
        for right in other.rights.all()
    ]  # fmt: skip
    mine = (Held(charter, right) for right in charter.rights.all())
    return [(one, other) for one in mine for other in theirs if one.overlaps(other)]


def gaps_after(charter: "Charter", approved: list["Charter"]) -> list[Cell]:
    """The cells that nobody would hold on the day a charter begins, and of which no charter says why."""
    days = _days([*approved, charter])
    first, last = days[charter.pk]
    if first == last:
        return []
    others = (each for each in approved if each.forum_id != charter.forum_id)
    beside = [each for each in others if _meet(days[each.pk], (first, date.fromordinal(first.toordinal() + 1)))]
    return [cell for cell, filled in lay_out([charter, *beside]).items() if filled.is_gap]


Days = tuple[date, date]


def _days(charters: list["Charter"]) -> dict[int, Days]:
    """By charter from when until before when it is in force: a later version of its forum ends it."""
    found = {}
    for one in charters:
        later = (each for each in charters if each.forum_id == one.forum_id and each.version > one.version)
        ends = min((max(each.starts_on, one.starts_on) for each in later), default=date.max)
        found[one.pk] = (one.starts_on, ends)
    return found


def _meet(one: Days, other: Days) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])
