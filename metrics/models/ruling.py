from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import PermissionDenied
from django.db import models

from truthgov import audit, authority, clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance, only_once
from truthgov.models import Appointment, Fact, Person, Recorded, Role, Scope

if TYPE_CHECKING:
    from metrics.models.contradiction import Contradiction
    from metrics.models.gathering import CaseLink, Snooze
    from metrics.models.root_cause import CauseNaming, RootCause

LONGEST_SNOOZE = 92
"""Days that a case may be put off at a time: a quarter."""
LINKING = (Role.TRUTH_OWNER, Role.FUNCTION_LEAD, Role.JOURNEY_OWNER)


class Ruling(Recorded):
    """What is ruled on a contradiction keeps: why, who ruled, under which appointment, and when."""

    reason = models.TextField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Fact.Meta):
        abstract = True
        ordering = ["at", "pk"]


class Ruled(models.Model):
    """What the truth owner rules on a contradiction without a forum: its verbs, a part of the case.

    None of them takes it off the open list in silence, and none is for who answers for a side of it: the triggers of
    `metrics.models.truth_owner` say the same again.
    """

    if TYPE_CHECKING:  # what the case itself brings
        pk: int
        Status: type["Contradiction.Status"]
        status: str
        severity: str
        statement: str
        last_period: date | None
        causes: Any
        snoozes: Any
        links: Any
        signals: Any

        def is_answered_by(self, person: Person) -> bool: ...
        def note(self, code: str, *, by: Actor, reason: str = "", **data: Any) -> None: ...
        def require_live(self) -> None: ...

    class Meta:
        abstract = True

    def declare_false_alarm(self, *, by: Actor, reason: str) -> None:
        """The truth owner takes the case off the open list, with a reason; its figures go on record with it."""
        actor = self.ruled_by(by)
        require_reason(reason, "A false alarm needs its reason.", "Say why this is no contradiction.")
        with audit.act():
            advance(self, self.Status.OPEN, self.Status.FALSE_ALARM, changed_at=clock.now())
            standing = self.signals.filter(withdrawal=None).order_by("pk").values_list("pk", flat=True)
            self.note("declared_false_alarm", by=actor, reason=reason, period_start=self.last_period,
                      rested_on=list(standing), statement=self.statement)  # fmt: skip

    def name_cause(self, cause: "RootCause", reason: str, *, by: Actor, authority: str = "") -> "CauseNaming":
        """Put the case down to a cause: with a decision on it (its reference), or by the truth owner alone.

        It is changed by naming another. Refusal for a retired cause.
        """
        actor = _decided_by(by) if authority else self.ruled_by(by)
        require_reason(reason, "A cause is named with its reason.", "Say what shows that this is the cause.")
        if cause.is_retired:
            raise Refusal(f"{cause} is retired; choose one that is on the list.")
        with audit.act():
            named = self.causes.create(cause=cause, reason=reason, authority=authority, **ruling(actor))
            self.note("cause_named", by=actor, reason=f"{cause}: {reason}", authority=authority, cause=cause.pk)
        return named

    def snooze(self, *, until: date, reason: str, by: Actor) -> "Snooze":
        """Put an open case off up to and including a day: it is asked about again then, or when it gets worse."""
        actor = self.ruled_by(by)
        require_reason(reason, "A case is put off for a reason.", "Say why it can wait.")
        last = clock.today() + timedelta(LONGEST_SNOOZE)
        if not clock.today() <= until <= last:
            raise InvalidInput("A snooze has an end.", {"until": f"Choose a day from today to {last:%-d %B %Y}."})
        with audit.act():
            self.require_live()
            if self.status != self.Status.OPEN:
                raise Refusal("Only an open case is put off; this one waits for its figures already.")
            self.end_snooze("It was put off anew.", by=actor)
            put_off = self.snoozes.create(until=until, reason=reason, severity=self.severity, **ruling(actor))
            self.note("snoozed", by=actor, reason=reason, until=until.isoformat())
        return put_off

    def wake(self, *, reason: str, by: Actor) -> None:
        """The truth owner wants a snoozed case back before its day."""
        actor = self.ruled_by(by)
        require_reason(reason, "A case is woken for a reason.", "Say why it cannot wait.")
        with audit.act():
            if not self.end_snooze(reason, by=actor):
                raise Refusal("This case is not snoozed; reload the page to see who woke it.")

    def end_snooze(self, reason: str, *, by: Actor) -> bool:
        """End the snooze in force, in the act under way; False where there is none."""
        put_off = self.snoozes.in_force(on=clock.today()).last()
        if put_off is None:
            return False
        with only_once("This case was woken by somebody else; reload the page."):
            put_off.wake(reason, by=by)
        self.note("woken", by=by, reason=reason)
        return True

    def link(self, other: Self, *, reason: str, by: Actor) -> "CaseLink":
        """Say that two cases have to do with each other; each lists the other."""
        actor = authority.acting_as(by, *LINKING)
        require_reason(reason, "Cases are linked for a reason.", "Say what they have to do with each other.")
        if other.pk == self.pk:
            raise InvalidInput("A case is not linked to itself.", {"other": "Choose another case."})
        first, second = sorted((self, other), key=lambda case: case.pk)
        with audit.act():
            with only_once("These cases are linked already."):
                linked = first.links.create(other=second, reason=reason, **ruling(actor))
            for case, far in ((first, second), (second, first)):
                case.note("linked", by=actor, reason=reason, other=far.pk)
        return linked

    def ruled_by(self, by: Actor) -> Appointed:
        """The truth owner, where they answer for no side of it; PermissionDenied or a Refusal for anybody else."""
        actor = authority.acting_as(by, Role.TRUTH_OWNER, scope=Scope.organisation())
        if self.is_answered_by(actor.person):
            raise Refusal("You answer for a side of this contradiction; a forum has to decide on it.")
        return actor


def ruling(actor: Appointed) -> dict[str, Any]:
    """Who rules, under which appointment, and when: what each Ruling keeps beside its reason."""
    return {"person": actor.person, "appointment": actor.appointment, "at": clock.now()}


def _decided_by(by: Actor) -> Appointed:
    """Whoever took the decision that is cited: they act under an appointment."""
    if not isinstance(by, Appointed):
        raise PermissionDenied
    return by


def require_reason(reason: str, sentence: str, hint: str) -> None:
    """InvalidInput, with `sentence` and a `hint` at the field, where no reason is given."""
    if not reason.strip():
        raise InvalidInput(sentence, {"reason": hint})
