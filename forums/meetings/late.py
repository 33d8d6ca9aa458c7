"""What escalates by itself, on the clock of a charter's ladder: late answers and actions, and what nobody answers."""

from contextlib import suppress
from datetime import date, timedelta

from forums.models import Action, Charter, DecisionType, Escalation, Forum
from forums.models.matter import scope_of_case
from metrics.models import Challenge, Contradiction
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models import Scope

CLOCKWORK = Actor(clockwork="escalation")


def escalate_late_answers(today: date) -> list[Escalation]:
    """Take every challenge that is unanswered long enough after its date to the first rung; each one once."""
    clocks = Clocks(today)
    waiting = Challenge.objects.waiting().overdue(on=today).filter(escalation=None)
    return [
        escalation
        for challenge in waiting.select_related("scope", "contradiction__joining__into")
        if (charter := clocks.of_case(case := challenge.contradiction.that_stays))
        and challenge.due_on < today - timedelta(days=charter.escalation_days)
        and (escalation := _escalate(_late_answer(challenge), charter, today, challenge=challenge, contradiction=case))
    ]


def escalate_late_actions(today: date) -> list[Escalation]:
    """The same of every action that is not reported done, on the clock of the forum that gave it out; each one once."""
    escalated = [
        _escalate(_late_action(action), charter, today, action=action)
        for charter in Clocks(today).charters
        for action in Action.objects.overdue(on=today - timedelta(days=charter.escalation_days))
        .filter(decision__meeting__forum=charter.forum_id, escalation=None)
        .select_related("owner")
    ]
    return [escalation for escalation in escalated if escalation]


def pass_on_unanswered(today: date) -> list[Escalation]:
    """Take every escalation that is not answered in time to the next rung, where its ladder has one."""
    clocks, passed_on = Clocks(today), []
    late = Escalation.objects.open().filter(due_on__lt=today).select_related("item__meeting", "contradiction")
    for escalation in late:
        charter = clocks.of_escalation(escalation)
        step = charter.step_above(escalation.to_role) if charter else None
        if charter and step and charter.stands_on_ladder(escalation.to_role):
            due_on = answer_due(charter, step.to_role, today)
            with suppress(Refusal):  # another beat was quicker, or the answer came: the others still wait for theirs
                passed_on.append(escalation.climb(step.to_role, due_on=due_on, by=CLOCKWORK))
    return passed_on


def answer_due(charter: Charter, role: str, today: date) -> date:
    """By when a rung is to answer: the wait before the next one, or its own where it is the last."""
    above = charter.step_above(role)
    own = next(step for step in charter.steps.all() if step.to_role == role)
    return today + timedelta(days=(above or own).after_days)


class Clocks:
    """The charters in force on a day, by what each may settle."""

    def __init__(self, today: date) -> None:
        self.charters = Charter.objects.in_force_with_clauses(on=today)

    def of_case(self, case: Contradiction) -> Charter | None:
        """The charter that grants the right to resolve a case; the steering forum's where none does."""
        over = Scope.objects.get(pk=scope_of_case(case))
        holding = (charter for charter in self.charters if _resolves(charter, over))
        steering = (charter for charter in self.charters if charter.forum.kind == Forum.Kind.STEERING)
        return next(holding, None) or next(steering, None)

    def of_escalation(self, escalation: Escalation) -> Charter | None:
        """That of the forum whose item it was; without one, that of its case."""
        forum = escalation.of_forum()
        if forum:
            return next((charter for charter in self.charters if charter.forum_id == forum), None)
        return self.of_case(escalation.contradiction) if escalation.contradiction else None


def _resolves(charter: Charter, over: Scope) -> bool:
    return charter.reaches(over) and any(
        right.decision_type == DecisionType.RESOLVE_CONTRADICTION and right.scope_kind == over.kind
        and not right.is_higher
        for right in charter.rights.all()
    )  # fmt: skip


def _late_answer(challenge: Challenge) -> str:
    return f"{challenge.scope} has not answered since {challenge.due_on:%-d %B %Y}: {challenge.question}"


def _late_action(action: Action) -> str:
    return f"{action.owner} has owed this since {action.due_on:%-d %B %Y}: {action.title}"


def _escalate(
    reason: str, charter: Charter, today: date, *, contradiction: Contradiction | None = None,
    **about: Challenge | Action,
) -> Escalation | None:  # fmt: skip
    """To the first rung of a charter; None when another beat was quicker."""
    step = charter.steps.all()[0]
    with audit.act():
        escalation, is_new = Escalation.objects.get_or_create(
            **about,
            defaults={
                "contradiction": contradiction, "to_scope": Scope.organisation(), "to_role": step.to_role,
                "reason": reason, "due_on": answer_due(charter, step.to_role, today), "escalated_at": clock.now(),
            },
        )  # fmt: skip
        if is_new:
            audit.record("escalation.taken", escalation, by=CLOCKWORK, to=step.to_role, reason=reason)
    return escalation if is_new else None
