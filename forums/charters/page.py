"""A forum with its charters, and the matrix of decision rights over all forums: who decides what, and where."""

from dataclasses import dataclass
from datetime import date

from forums.charters.matrix import Filled, gaps_after, lay_out, overlaps_of
from forums.charters.terms import Change, worded
from forums.models import Cell, Charter, DecisionType, Forum, Over
from forums.models.right import DecisionRight


@dataclass(frozen=True)
class RightsLine:
    """A type of decision under one charter: by kind of scope the right, and how it is decided."""

    label: str
    held: list[DecisionRight | None]
    way: str


@dataclass(frozen=True)
class Sheet:
    """A version of a charter as its page shows it; `left_open` has what each reason is given for; `stands_in_the_way`
    is what approving it would be refused for, `quorum_out_of_reach` why it decides nothing as people are appointed.
    An overtaken one was proposed, and a later version is approved."""

    charter: Charter
    is_in_force: bool
    rights: list[RightsLine]
    left_open: dict[str, list[str]]
    changes: list[Change]
    stands_in_the_way: list[str]
    quorum_out_of_reach: str
    is_overtaken: bool = False


@dataclass(frozen=True)
class MatrixLine:
    label: str
    cells: list[Filled]


def sheets_of(forum: Forum, *, on: date) -> list[Sheet]:
    """Every version, the latest first."""
    charters = list(
        forum.charters.with_rights()
        .select_related("forum", "governs", "proposed_by", "approved_by", "ended_by")
        .prefetch_related("seats__scope", "steps")
    )
    approved = list(Charter.objects.approved().with_rights())
    waiting = set(forum.charters.awaiting_approval().values_list("pk", flat=True))
    in_force = forum.charters.in_force(on=on)
    before = [
        next((each for each in charters[place:] if each.status == Charter.Status.APPROVED), None)
        for place, _ in enumerate(charters, start=1)
    ]
    return [
        Sheet(
            charter,
            charter == in_force,
            _rights(charter),
            _left_open(charter),
            charter.changes_since(earlier),
            _obstacles(charter, approved) if charter.pk in waiting else [],
            _out_of_reach(charter, on) if charter.pk in waiting or _holds(charter, in_force, on) else "",
            charter.status == Charter.Status.PROPOSED and charter.pk not in waiting,
        )
        for charter, earlier in zip(charters, before, strict=True)
    ]


def matrix_lines(*, on: date) -> list[MatrixLine]:
    """Every cell of the matrix as the charters in force on a day fill it, a line for each type of decision."""
    filled = lay_out(Charter.objects.in_force_with_clauses(on=on))
    return [
        MatrixLine(kind.label.capitalize(), [filled[Cell(str(kind), str(over))] for over in Over])
        for kind in DecisionType
    ]


def _rights(charter: Charter) -> list[RightsLine]:
    """A line for each type that it grants over something."""
    held = {right.cell: right for right in charter.rights.all()}
    by_type = {kind: [held.get(Cell(str(kind), str(over))) for over in Over] for kind in DecisionType}
    return [
        RightsLine(kind.label.capitalize(), rights, next(str(right.way) for right in rights if right))
        for kind, rights in by_type.items() if any(rights)
    ]  # fmt: skip


def _left_open(charter: Charter) -> dict[str, list[str]]:
    """By reason what is left open: a type, or a cell of one that the charter grants over something else."""
    granted = {right.decision_type for right in charter.rights.all()}
    found: dict[str, list[str]] = {}
    for each in charter.open_cells.all():
        name = str(each.cell) if each.decision_type in granted else each.get_decision_type_display()
        if name not in found.setdefault(each.reason, []):
            found[each.reason].append(name)
    return found


def _holds(charter: Charter, in_force: Charter | None, on: date) -> bool:
    """Now, or from a later day on."""
    return charter == in_force or (charter.status == Charter.Status.APPROVED and charter.starts_on > on)


def _out_of_reach(charter: Charter, on: date) -> str:
    """No refusal: charters come before the appointments to their seats, and whoever else is appointed may meet it."""
    day = max(charter.starts_on, on)
    held = charter.seats_held(on=day)
    if held >= charter.quorum:
        return ""
    seats = "1 of its seats is" if held == 1 else f"{held} of its seats are"
    return (
        f"Its quorum is {charter.quorum}, and as people are appointed now {seats} held on {worded(day)}. "
        "Appoint whom it lacks, or propose a lower quorum."
    )


def _obstacles(charter: Charter, approved: list[Charter]) -> list[str]:
    overlapping = [
        f"{theirs.charter.forum} holds the right to {mine.right.cell} already."
        for mine, theirs in overlaps_of(charter, approved)
    ]
    return overlapping + [f"No forum would hold the right to {cell}." for cell in gaps_after(charter, approved)]
