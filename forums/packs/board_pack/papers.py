"""The papers of an agenda item: what a member reads before the meeting, worded, as data for the document.

`facts` are pairs, `tables` have a title, a header and rows, `case` is what the case file says of a contradiction.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, cast

from django.db.models import Model

from forums.cases.file import CaseFile, files_of
from forums.cases.pdf import told_of
from forums.leaning import leaning_of
from forums.measures.definition_versions import changes_between, terms_of
from forums.models import Action, AgendaItem, Decision, Escalation, Minutes
from forums.registers.sequels import sequels
from forums.restatements import page as restatements
from metrics.models import Challenge, Contradiction, Definition, Observation
from truthgov import clock
from truthgov.dates import day
from truthgov.figures import counted
from truthgov.models import Person

Papers = dict[str, Any]
OF_A_CASE = ("title", "subject", "statement", "why", "grades", "sides", "others", "chart", "chart_alt", "challenges",
             "decisions", "causes", "relations")  # fmt: skip
"""What a pack takes of the case file; the whole story is in the file itself."""


def papers_of(items: Collection[AgendaItem], reader: Person) -> dict[int, Papers]:
    """By item, its papers as matters stand; `reader` is who has the pack made, and sees all of them."""
    files = files_of({case.pk for item in items if (case := item.subject.case)}, reader, on=clock.today())
    return {item.pk: _papers(item, files) for item in items}


def _papers(item: AgendaItem, files: Mapping[int, CaseFile]) -> Papers:
    subject, case = item.subject, item.subject.case
    told = told_by(case if case and subject.kind == subject.Kind.CONTRADICTION else subject.record())
    if case is None:
        return told | {"case": None}
    return told | {"tables": [*told["tables"], _figures(item)], "case": told_of(files[case.pk], OF_A_CASE)}


def told_by(record: Model) -> Papers:
    """What an item's subject says of itself."""
    facts, tables = WORDED[type(record)](record)
    return {"facts": [[label, str(value)] for label, value in facts if value], "tables": tables}


def table(title: str, header: list[str], rows: Iterable[Iterable[Any]]) -> Papers:
    return {"title": title, "header": header, "rows": [[str(cell) for cell in row] for row in rows]}


def _figures(item: AgendaItem) -> Papers:
    """The figures that a decision would lean on, each with how far it can be relied on."""
    rows = [
        [figure.measure, f"{figure.segment}, {figure.period}" if figure.segment.values else figure.period,
         f"{figure.trust} %", f"{figure.needed} %", figure.words]
        for figure in leaning_of(item).figures
    ]  # fmt: skip
    return table(
        "Trust in the figures", ["Measure", "Scope and period", "Trust", "Demanded", "What costs it most"], rows
    )


def _contradiction(case: Contradiction) -> tuple[list, list]:
    return [], []


def _challenge(challenge: Challenge) -> tuple[list, list]:
    facts = [("Asked", challenge.question), ("Of", challenge.scope), ("Answer due", day(challenge.due_on))]
    return facts, []


def _escalation(escalation: Escalation) -> tuple[list, list]:
    facts = [("Why", escalation.reason), ("Taken to", escalation.get_to_role_display()),
             ("Answer due", day(escalation.due_on)), ("Answered", escalation.answer)]  # fmt: skip
    return facts, []


def _action(action: Action) -> tuple[list, list]:
    facts = [("Owner", action.owner), ("Due", day(action.due_on)), ("Stands", action.get_status_display()),
             ("Proof", action.proof), ("Follows from", action.decision.wording)]  # fmt: skip
    return facts, []


def _decision(decision: Decision) -> tuple[list, list]:
    """A decision up for review, and whether it worked."""
    worked, words = sequels([decision], clock.today())[decision.pk]
    facts = [("Decided", f"{decision.wording} ({day(decision.decided_at)})"),
             ("Because", decision.reason), ("Did it work?", f"{worked.capitalize()}. {words}.")]  # fmt: skip
    rows = [[each.title, each.owner, day(each.due_on), each.get_status_display()] for each in decision.actions.all()]
    actions = [table("Actions that followed", ["Action", "Owner", "Due", "Stands"], rows)] if rows else []
    return facts, actions


def _definition(definition: Definition) -> tuple[list, list]:
    before = definition.measure.definitions.filter(status="approved", version__lt=definition.version)
    current = before.order_by("-version").first()
    facts = [("Measure", definition.measure), ("Proposed by", definition.proposed_by),
             ("Would hold from", day(definition.starts_on) if definition.starts_on else "")]  # fmt: skip
    if current is None:
        return facts, [table("What it states", ["Term", "Wording"], terms_of(definition))]
    changes = [[each.label, each.before, each.after] for each in changes_between(current, definition)]
    return facts, [table(f"What it changes in version {current.version}", ["Term", "Before", "After"], changes)]


def _minutes(minutes: Minutes) -> tuple[list, list]:
    """What the forum is to confirm, as it reads when the pack is made."""
    sent = minutes.circulations.last()
    facts = [("Circulated", f"to {len(sent.people)} who attended, {day(sent.circulated_at)}" if sent else "not yet"),
             ("SHA-256 of the text", minutes.text_hash)]  # fmt: skip
    rows = [[part["text"], minutes.prose.get(part["key"], "")] for part in minutes.parts]
    return facts, [table("What they say", ["As drafted from the record", "Beside it"], rows)]


def _restatement(first: Observation) -> tuple[list, list]:
    papers = restatements.papers_of(first.pk)
    if papers is None:
        return [], []
    rows = [
        [f"{each.period}, {each.segment}" if each.segment.values else each.period, each.change.before.text,
         each.change.after.text, "material" if each.is_material else "", each.reason]
        for each in papers.figures
    ]  # fmt: skip
    relied = [["Decision", each.as_it_stands] for each in papers.reliance.decisions]
    relied += [["Frozen view", str(each)] for each in papers.reliance.views]
    relied += [["Signal", each.sentence] for each in papers.reliance.signals]
    left = [("Not shown", f"{counted(papers.left, 'more figure')} of this delivery")] if papers.left else []
    return left, [
        table("Restated", ["Period", "Before", "After", "", "Why"], rows),
        *([table("Relied on the figures before", ["What", "Which"], relied)] if relied else []),
    ]


WORDED = cast(
    "dict[type[Model], Callable[[Any], tuple[list, list]]]",
    {
        Contradiction: _contradiction,
        Challenge: _challenge,
        Escalation: _escalation,
        Action: _action,
        Decision: _decision,
        Definition: _definition,
        Observation: _restatement,
        Minutes: _minutes,
    },
)
