"""What escalates by itself: an answer or an action that is late, on the clock of its charter."""

from datetime import date, timedelta

from forums.models import Action, Charter, Escalation, Forum
from metrics.models import Challenge, Contradiction
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.models import Role, Scope

CLOCKWORK = Actor(clockwork="escalation")


def escalate_late_answers(today: date) -> list[Escalation]:
    """Take every challenge that is unanswered so many days after its date to the sponsor; each one once."""
    charter = Charter.objects.filter(forum__kind=Forum.Kind.STEERING).in_force(on=today)
    if charter is None:
        return []
    waiting = Challenge.objects.waiting().overdue(on=today - timedelta(days=charter.escalation_days))
    due_on = today + timedelta(days=charter.escalation_days)
    escalated = [
        _escalate(_late_answer(challenge), due_on, challenge=challenge, contradiction=challenge.contradiction)
        for challenge in waiting.filter(escalation=None).select_related("scope", "contradiction")
    ]
    return [escalation for escalation in escalated if escalation]


def escalate_late_actions(today: date) -> list[Escalation]:
    """The same of every action that is not reported done, on the clock of the forum that gave it out; each one once."""
    escalated = []
    for forum, charter in Forum.objects.with_charters(on=today):
        if charter is None:
            continue
        late = Action.objects.overdue(on=today - timedelta(days=charter.escalation_days))
        due_on = today + timedelta(days=charter.escalation_days)
        for action in late.filter(decision__meeting__forum=forum, escalation=None).select_related("owner"):
            escalated.append(_escalate(_late_action(action), due_on, action=action))
    return [escalation for escalation in escalated if escalation]


def _late_answer(challenge: Challenge) -> str:
    return f"{challenge.scope} has not answered since {challenge.due_on:%-d %B %Y}: {challenge.question}"


def _late_action(action: Action) -> str:
    return f"{action.owner} has owed this since {action.due_on:%-d %B %Y}: {action.title}"


def _escalate(
    reason: str, due_on: date, *, contradiction: Contradiction | None = None, **about: Challenge | Action
) -> Escalation | None:
    """None when another beat was quicker."""
    with audit.act():
        escalation, is_new = Escalation.objects.get_or_create(
            **about,
            defaults={
                "contradiction": contradiction, "to_scope": Scope.organisation(), "to_role": Role.SPONSOR,
                "reason": reason, "due_on": due_on, "escalated_at": clock.now(),
            },
        )  # fmt: skip
        if is_new:
            audit.record("escalation.taken", escalation, by=CLOCKWORK, to=Role.SPONSOR, reason=reason)
    return escalation if is_new else None
