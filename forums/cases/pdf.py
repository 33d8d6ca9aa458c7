"""A contradiction's file as a document: what its page shows, as data for a template, and the same bytes each time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from forums.cases.file import CaseFile
from forums.cases.sides import Side
from forums.cases.story import Finding
from metrics.models import Challenge, Contradiction, Position
from truthgov import pdf
from truthgov.dates import day, moment
from truthgov.svg import draw_chart

TEMPLATE = "forums/contradictions/case_file.typ"
WIDTH = 640


def case_document(file: CaseFile) -> bytes:
    """The document of a case; its hash is that of everything else it says."""
    told = told_of(file)
    last = max([file.case.changed_at, *(event.at for event in file.story)])
    return pdf.render(TEMPLATE, told | {"digest": pdf.digest(told)}, as_of=last)


def told_of(file: CaseFile, parts: Iterable[str] = ()) -> dict[str, Any]:
    """What a document says of a case, worded: some parts of it, or all."""
    return {part: TOLD[part](file) for part in parts or TOLD}


def _subject(file: CaseFile) -> str:
    case = file.case
    return ". ".join([
        f"{case.get_kind_display().capitalize()}, {case.get_severity_display()}, {case.get_status_display()}",
        *(f"{name}: {value}" for name, value in file.facts if value is not None and name not in PASSING),
    ])  # fmt: skip


def _grades(file: CaseFile) -> list[list[str]]:
    account = file.account
    if account is None:
        return []
    told = [[grade.of, str(grade.points), grade.found, grade.scale] for grade in account.grades]
    return [*told, ["Together", str(account.points), file.case.severity, account.exposure]]


def _multiples(file: CaseFile) -> list[dict[str, str]]:
    return [
        {"title": part.title, "note": part.note, "drawing": str(part.wide), "alt": _in_words(part.standing)}
        for part in file.multiples
    ]


def _challenges(file: CaseFile) -> list[list[str]]:
    return [
        [asked.question + _place(asked, file.case), str(asked.scope), day(asked.due_on),
         _answered(asked.positions.all())]
        for asked, _ in file.challenges
    ]  # fmt: skip


TOLD: dict[str, Callable[[CaseFile], Any]] = {
    "title": lambda file: f"Case {file.case.pk}: {file.title}",
    "subject": _subject,
    "statement": lambda file: file.case.statement,
    "why": lambda file: "" if file.account else file.case.severity_why,
    "grades": _grades,
    "sides": lambda file: [_side(side) for side in file.sides],
    "chart": lambda file: str(draw_chart(file.chart, width=WIDTH)) if file.chart else "",
    "chart_alt": lambda file: f"{file.chart.title}. {file.chart.description}" if file.chart else "",
    "multiples": _multiples,
    "signals": lambda file: [[each.period, " ".join(_found(each))] for each in file.findings],
    "others": lambda file: [{"of": str(each.scope), **_position(each)} for each in file.others_heard],
    "challenges": _challenges,
    "decisions": lambda file: [
        [day(each.decided_at), each.as_it_stands, f"{each.decided_by}, {each.meeting}"] for each in file.decisions
    ],
    "causes": lambda file: [[str(each), each.reason, f"{day(each.at)}, {each.person}"] for each in file.causes],
    "relations": lambda file: [
        [f"Case {each.case.pk}: {each.title}", f"{each.how}. {each.why}".strip()] for each in file.relations
    ],
    "story": lambda file: [
        [moment(event.at), f"{event.title}. {event.text}".strip(), event.by] for event in file.story
    ],
}
"""By its name, what a part says."""
PASSING = ("Kind", "Open for")
"""What is said already, or differs from one day to the next: a document is the same for the same record."""


def _found(finding: Finding) -> Iterator[str]:
    """What it says, and what became of it and of the figures that it leaned on."""
    yield finding.signal.sentence
    if finding.withdrawn:
        yield f"Withdrawn: {finding.withdrawn}"
    for each in finding.restated:
        yield f"Restated since: {each.measure}, {each.period}, {each.change.before} became {each.change.after}."


def _side(side: Side) -> dict[str, Any]:
    standing, holder = side.standing, f": {side.holder.person}" if side.holder else "; nobody is appointed"
    period = f" ({standing.period})" if standing.period else ""
    return {
        "title": side.title,
        "name": f"{side.name} by {side.source}" if side.source else side.name,
        "figure": f"{standing.figure.text}, {standing.words}{period}",
        "answers": f"{side.scope} answers{holder}." if side.scope else "",
        "positions": [_position(each) for each in reversed(side.positions)],
    }


def _position(position: Position) -> dict[str, Any]:
    return {
        "stance": position.get_stance_display().capitalize() if position.stance else "",
        "claim": position.claim,
        "evidence": position.evidence,
        "files": [f"{file.name}, SHA-256 {file.digest}" for file in position.files.all()],
        "by": f"{position.taken_by}, {moment(position.taken_at)}",
    }


def _answered(positions: Iterable[Position]) -> str:
    """What its latest answer says: late is told by the dates, so that the document does not change by itself."""
    given = list(positions)
    if not given:
        return "Not answered"
    latest = given[-1]
    return latest.get_stance_display().capitalize() if latest.stance else "Answered"


def _place(asked: Challenge, case: Contradiction) -> str:
    return "" if asked.contradiction_id == case.pk else f" (on case {asked.contradiction_id})"


def _in_words(standing: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{name}: {figure}" for name, figure in standing)
