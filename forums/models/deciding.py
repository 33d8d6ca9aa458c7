from typing import TYPE_CHECKING, Any

from django.db import models

from forums.leaning import Leaning, leaning_of
from forums.meetings.quorum import Count, NoQuorum
from forums.models.decision import Decision, Expectation, rank_of
from forums.models.entitling import Entitling
from forums.models.right import LEANING, DecisionRight, DecisionRule
from forums.motions.motion import Motion
from forums.reconciliation.reconciled import reconciled_view
from truthgov import acts, audit, clock
from truthgov.actor import Actor, Appointed
from truthgov.authority import acting_as, holds_any, require_mandate
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance
from truthgov.models import Appointment, Person, Role

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from forums.models.agenda import AgendaItem, Subject
    from forums.models.interest import Recusal
    from forums.models.meeting import Meeting
    from forums.models.question import Question


class Deciding(Entitling, models.Model):
    """How an agenda item is decided: rule 3 of governance, with a sentence for each way it can fail.

    The trigger `a_decision_is_valid` checks the same again for whoever passes this verb by.
    """

    if TYPE_CHECKING:  # what the agenda item itself brings
        Status: type["AgendaItem.Status"]
        status: models.CharField[str, str]
        meeting: models.ForeignKey[Any, "Meeting"]
        subject: models.ForeignKey[Any, "Subject"]
        recusals: "RelatedManager[Recusal]"

        def get_status_display(self) -> str: ...
        def accused_scopes(self) -> set[int]: ...

    class Meta:
        abstract = True

    def decide(self, motion: Motion, *, by: Actor, question: "Question | None" = None) -> Decision:
        """Make the decision, with what it carries and what follows from it, in one transaction.

        `question` is what the room was asked, where the charter has its consent or its majority decide.
        """
        self.require_complete(motion)
        with audit.act():
            meeting = self.meeting.sit()
            self.require_pending()
            by, right, count = self._entitled(motion, meeting, by)
            if not motion.force:
                _require_the_room(right, question)
            decision = self._record(motion, meeting, right, count, by, question)
            advance(self, self.Status.PENDING, self.Status.DECIDED, outcome_reason=motion.reason)
            acts.note(self.subject)
            motion.act.carry_out(decision, by=by)
            meeting.note_change()
            audit.record(
                "decision.made", decision, by=by, **decision.as_record(), accused=sorted(self.accused_scopes()),
                matter=[self.subject.kind, self.subject.reference], over=self.over_as_record(),
            )  # fmt: skip
        return decision

    def require_complete(self, motion: Motion) -> None:
        """A motion is worded, and nothing in it lies in the past."""
        if not motion.wording.strip():
            raise InvalidInput("A decision is worded.", {"wording": "Write what is decided."})
        if any(undertaking.due_on < clock.today() for undertaking in motion.actions):
            raise InvalidInput("An action is due in the past.", {"due_on": "Choose today or a later day."})
        if any(holds_any(undertaking.owner, Role.AUDITOR) for undertaking in motion.actions):
            raise InvalidInput("Whoever audits changes nothing.", {"owner": "Choose somebody who does not audit."})

    def right_for(self, motion: Motion, meeting: "Meeting") -> DecisionRight:
        """The right under which a motion may be decided on this item; a Refusal where there is none."""
        return self.right_to(motion.act.decision_type, meeting)

    def right_to(self, decision_type: str, meeting: "Meeting") -> DecisionRight:
        """The right to this type of decision on this item; a Refusal where there is none, or it does not fit."""
        right = meeting.charter.right_to(decision_type, self.scope())
        if not self.subject.takes(right.decision_type):
            kind, about = right.get_decision_type_display(), self.subject.get_kind_display()
            raise Refusal(f"This type of decision ({kind}) does not fit the item ({about}); choose one that does.")
        return right

    def deciding_as(self, right: DecisionRight, by: Actor) -> Appointed:
        """Whoever holds the right, present and with a free hand, under the appointment that gives it to them."""
        by = acting_as(by, right.decider_role, scope=self.held_over(right, self.meeting))
        self._require_a_free_hand(self.meeting, by)
        return by

    def count(self, meeting: "Meeting") -> Count:
        """Who counts for this item now."""
        present = meeting.members_present()
        recused = set(self.recusals.values_list("person_id", flat=True))
        return Count(len(present), len(present & recused), meeting.charter.quorum)

    def _entitled(self, motion: Motion, meeting: "Meeting", by: Actor) -> tuple[Appointed, DecisionRight, Count]:
        """The decider under their appointment, the right, and who counts; a Refusal where rule 3 is not met."""
        right = self.right_for(motion, meeting)
        if motion.force:
            by = self._forcing(motion, by)
            self._require_a_free_hand(meeting, by)
        else:
            by = self.deciding_as(right, by)
        count = self.count(meeting)
        if not (motion.force or count.is_met):
            raise NoQuorum(f"There is no quorum for this item ({count}); wait for a member, or carry it over.")
        self._require_rank(motion, by)
        return by, right, count

    def require_pending(self) -> None:
        """As it stands now that the meeting is held: of two who decide at once, one is told."""
        self.refresh_from_db(fields=["status"])
        if self.status != self.Status.PENDING:
            raise Refusal(f"This item is {self.get_status_display().lower()} already; reload the page to see how.")

    def _forcing(self, motion: Motion, by: Actor) -> Appointed:
        by = acting_as(by, Role.TRUTH_OWNER)
        require_mandate("force")
        if not motion.reason.strip():
            raise InvalidInput("A forced decision gives its reason in writing.", {"reason": "Say why it is forced."})
        return by

    def _require_a_free_hand(self, meeting: "Meeting", by: Appointed) -> None:
        """Present, not recused, and no party to the case nor in the seat of one: no mandate lifts any of these."""
        self.require_in_the_room(meeting, by.person)
        if by.person.pk in self.barred(meeting):
            raise Refusal("Nobody decides on their own case; you may speak, and have your dissent recorded.")

    def require_in_the_room(self, meeting: "Meeting", person: Person) -> None:
        """Present, and not recused from this item."""
        if not meeting.attendances.filter(person=person, left_at=None).exists():
            raise Refusal("You are not recorded as present; arrive at the meeting first.")
        if self.recusals.filter(person=person).exists():
            raise Refusal("You are recused from this item; somebody else who holds the right decides it.")

    def barred(self, meeting: "Meeting") -> set[int]:
        """Who is in the room and has no voice in the matter: accused, or sitting in the seat of who is."""
        scopes = self.accused_scopes()
        seats = meeting.attendances.filter(left_at=None, appointment__scope__in=scopes)
        return _answering_for(scopes) | set(seats.values_list("person_id", flat=True))

    def _require_rank(self, motion: Motion, by: Appointed) -> None:
        """What is overturned is of the same type and matter, still stands, and was not forced by an equal right."""
        earlier = motion.supersedes
        if earlier is None:
            return
        if earlier.decision_type != motion.act.decision_type:
            raise Refusal("A decision is superseded by one of its own type.")
        if not Decision.objects.on_matter_of(self.subject).filter(pk=earlier.pk).exists():
            raise Refusal("A decision is superseded by one on the same matter; put that matter on an agenda.")
        if not Decision.objects.standing().filter(pk=earlier.pk).exists():
            raise Refusal("That decision stands no more: it is superseded already, or overturned.")
        if earlier.forced and rank_of(by.appointment) <= rank_of(earlier.appointment):
            raise Refusal("A forced decision is overturned by a higher right only; escalate it to the sponsor.")

    def _record(
        self, motion: Motion, meeting: "Meeting", right: DecisionRight, count: Count, by: Appointed,
        question: "Question | None",
    ) -> Decision:  # fmt: skip
        leaning, known = self.require_trusted(motion), audit.known_now()
        weakest = leaning.weakest
        decision = Decision.objects.create(
            meeting=meeting, item_id=self.pk, decision_type=motion.act.decision_type, wording=motion.wording,
            reason=motion.reason, forced=motion.force, right=right, decided_by=by.person, appointment=by.appointment,
            present=count.present, recused=count.recused, quorum=count.quorum, supersedes=motion.supersedes,
            question=question,
            observations=leaning.observations, definitions=leaning.definitions,
            trust=weakest.trust if weakest else None, trust_needed=weakest.needed if weakest else 0,
            trust_override=motion.trust_override.strip() if leaning.doubts else "",
            view_hash=reconciled_view(meeting.period, known_at=known).hash, known_entry=known,
            review_on=motion.review_on, decided_at=clock.now(),
        )  # fmt: skip
        for undertaking in motion.actions:
            action = decision.actions.create(**vars(undertaking))
            audit.record("action.given", action, by=by, owner=action.owner_id, due=action.due_on)
        Expectation.objects.bulk_create(
            Expectation(decision=decision, measure=expected.measure, way=expected.way) for expected in motion.expects
        )
        return decision

    def require_trusted(self, motion: Motion) -> Leaning:
        """What the decision leans on; figures that can be relied on less than is demanded take a written override."""
        leaning = leaning_of(self)
        doubts = leaning.doubts if motion.act.decision_type in LEANING else []
        if doubts and not motion.trust_override.strip():
            raise InvalidInput(
                "This leans on figures below the trust demanded; say in writing why it is decided all the same.",
                {"trust_override": " ".join(map(str, doubts))},
            )
        return leaning


def _answering_for(scopes: set[int]) -> set[int]:
    """Who answers for some scopes today, themselves or as a deputy."""
    today = clock.today()
    return Appointment.objects.in_force(on=today).filter(scope__in=scopes).people(on=today) if scopes else set()


def _require_the_room(right: DecisionRight, question: "Question | None") -> None:
    """The room was asked where the charter says so, nothing blocks, and a vote was carried."""
    if right.rule == DecisionRule.CHAIR:
        return
    if question is None:
        raise Refusal("The charter does not leave this to whoever holds the right: the chair puts it to the room.")
    question.require_made()
