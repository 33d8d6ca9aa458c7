"""What escalates by itself: an answer that is late, on the clock of the steering charter."""

from datetime import date, timedelta

from forums.models import Charter, Escalation, Forum
from metrics.models import Challenge
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
        _escalate(challenge, due_on)
        for challenge in waiting.filter(escalation=None).select_related("scope", "contradiction")
    ]
    return [escalation for escalation in escalated if escalation]


def _escalate(challenge: Challenge, due_on: date) -> Escalation | None:
    """None when another beat was quicker."""
    reason = f"{challenge.scope} has not answered since {challenge.due_on:%-d %B %Y}: {challenge.question}"
    with audit.act():
        escalation, is_new = Escalation.objects.get_or_create(
            challenge=challenge,
            defaults={
                "contradiction": challenge.contradiction, "to_scope": Scope.organisation(), "to_role": Role.SPONSOR,
                "reason": reason, "due_on": due_on, "escalated_at": clock.now(),
            },
        )  # fmt: skip
        if is_new:
            audit.record("escalation.taken", escalation, by=CLOCKWORK, to=Role.SPONSOR, reason=reason)
    return escalation if is_new else None
