from collections.abc import Sequence
from datetime import date
from typing import Self

import pgtrigger
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q

from forums.models.proof import Proof
from truthgov import audit, clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import InvalidInput, Refusal
from truthgov.intake import MOST_ATTACHED, Attached
from truthgov.lifecycle import advance
from truthgov.models import Accounted, Function, Person

ITS_OWNER_SHOWS_THAT_IT_IS_DONE = pgtrigger.Trigger(
    name="its_owner_shows_that_it_is_done",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.After,
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Q(new__status="done"),
    func="""
    IF NOT EXISTS (SELECT FROM forums_proof p
                   WHERE p.action_id = NEW.id AND p.given_by_id = NEW.owner_id AND p.text = NEW.proof) THEN
        RAISE EXCEPTION 'an action is done when its owner shows it';
    END IF;
    RETURN NULL;
""",
)
"""What is said to be done escalates no more: so it takes more than a word."""


class ActionQuerySet(models.QuerySet["Action"]):
    def open(self) -> Self:
        return self.exclude(status=Action.Status.VERIFIED)

    def overdue(self, *, on: date) -> Self:
        return self.filter(status=Action.Status.OPEN, due_on__lt=on)


class Action(Accounted):
    """What somebody does after a decision, by a date, shown by a proof that somebody else verifies."""

    class Status(models.TextChoices):
        OPEN = "open"
        DONE = "done", "done, to be verified"
        VERIFIED = "verified"

    decision = models.ForeignKey("forums.Decision", on_delete=models.PROTECT, related_name="actions")
    title = models.CharField(max_length=400)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="actions")
    function = models.ForeignKey(Function, null=True, on_delete=models.PROTECT, related_name="actions")
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    proof = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("owner")),
                name="an_action_is_verified_by_another",
            ),
            models.CheckConstraint(condition=Q(status="open") | ~Q(proof=""), name="what_is_done_has_its_proof"),
            models.CheckConstraint(
                condition=~Q(status="verified") | Q(verified_by__isnull=False), name="somebody_verifies_an_action"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="an_action_stays_on_record", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="an_action_is_owed_as_it_was_given_out",
                fields=["decision", "title", "owner", "function", "due_on"],
            ),
            ITS_OWNER_SHOWS_THAT_IT_IS_DONE,
            pgtrigger.FSM(
                name="an_action_is_done_then_verified",
                field="status",
                transitions=[("open", "done"), ("done", "verified"), ("done", "open")],
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def report_done(self, proof: str, files: Sequence[Attached] = (), *, by: Actor) -> Proof:
        """The owner says it is done and shows it, by files too; somebody else verifies."""
        if by.person != self.owner:
            raise PermissionDenied
        if not proof.strip():
            raise InvalidInput("Say what proves that this is done.", {"proof": "Name a figure, a link, a paper."})
        if len(files) > MOST_ATTACHED:
            raise InvalidInput("These are too many files.", {"files": f"Attach up to {MOST_ATTACHED}."})
        attached = [file.as_record() for file in files]
        with audit.act():
            advance(self, self.Status.OPEN, self.Status.DONE, proof=proof, done_at=clock.now())
            given = self.proofs.create(text=proof, attached=attached, given_by=self.owner, given_at=clock.now())
            given.keep(files)
            audit.record("action.done", self, by=by, proof=proof, files=attached)
        return given

    def verify(self, *, by: Actor) -> None:
        """A member of the forum, or its secretary, has looked at the proof and stands behind it."""
        by = self._verifier(by)
        with audit.act():
            advance(self, self.Status.DONE, self.Status.VERIFIED, verified_by=by.person, verified_at=clock.now())
            audit.record("action.verified", self, by=by)

    def send_back(self, reason: str, *, by: Actor) -> None:
        """The proof does not hold: the action is open again, its date unchanged."""
        by = self._verifier(by)
        if not reason.strip():
            raise InvalidInput("Say why the proof does not hold.", {"reason": "Say what is missing."})
        with audit.act():
            advance(self, self.Status.DONE, self.Status.OPEN, done_at=None)
            audit.record("action.sent_back", self, by=by, reason=reason)

    def may_be_verified_by(self, person: Person) -> bool:
        charter, on = self.decision.meeting.charter, clock.today()
        seated = charter.seat_of(person, on=on) or charter.secretary_of(person, on=on)
        return person != self.owner and seated is not None

    def _verifier(self, by: Actor) -> Appointed:
        if by.person is None:
            raise PermissionDenied
        if by.person == self.owner:
            raise Refusal("Whoever owns an action cannot verify it; ask another member of the forum to.")
        charter, on = self.decision.meeting.charter, clock.today()
        seat = charter.seat_of(by.person, on=on) or charter.secretary_of(by.person, on=on)
        if seat is None:
            raise PermissionDenied
        return by.acting_under(seat)
