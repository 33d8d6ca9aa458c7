from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q, QuerySet

from truthgov import audit, authority, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.intake import MOST_ATTACHED, Attached
from truthgov.models import Role, Scope

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from metrics.models.challenge import Challenge, ChallengeQuerySet, Position

SIDES = [f"contradiction__{side}__{part}" for side in ("measure", "other_measure") for part in ("function", "journey")]


class Asked(models.Model):
    """How the parties of a contradiction are asked, and how they answer: their verbs, a part of the case.

    A case goes on with what was asked and said on those that were joined to it; both stay where they were put on
    record.
    """

    if TYPE_CHECKING:  # what the case itself brings
        pk: int
        challenges: "ChallengeQuerySet"
        positions: "RelatedManager[Position]"
        joinings: Any

        @property
        def party_scope_ids(self) -> list[int]: ...
        @property
        def that_stays(self) -> "Asked": ...
        def note(self, code: str, *, by: Actor, reason: str = "", **data: Any) -> None: ...
        def require_live(self) -> None: ...

    class Meta:
        abstract = True

    def every_challenge(self) -> "ChallengeQuerySet":
        """What was asked on it and on the cases joined to it."""
        return self.challenges.model.objects.filter(self._on_record())

    def every_position(self) -> "QuerySet[Position]":
        """What was said on it and on the cases joined to it."""
        return self.positions.model._default_manager.filter(self._on_record())

    def heard_scope_ids(self) -> set[int]:
        """Who may state their side: its parties, those of the cases joined to it, and whoever was asked on any."""
        joined = [joining.contradiction for joining in self.joinings.prefetch_related(*SIDES)]
        parties = {scope for case in (self, *joined) for scope in case.party_scope_ids}
        return {*parties, *self.every_challenge().values_list("scope", flat=True)}

    def challenge(self, *, scope: Scope, question: str, due_on: date, by: Actor) -> "Challenge":
        """The truth owner asks whoever answers for `scope` to take a position by a date; needs the mandate."""
        actor = authority.acting_as(by, Role.TRUTH_OWNER, scope=Scope.organisation())
        authority.require_mandate("challenge")
        if due_on < clock.today():
            raise InvalidInput("The answer is due in the past.", {"due_on": "Choose today or a later day."})
        if not question.strip():
            raise InvalidInput("A challenge asks something.", {"question": "Say what is to be answered."})
        with audit.act():
            self.require_live()
            if self.every_challenge().unanswered().filter(scope=scope, question=question).exists():
                raise Refusal(f"{scope} was asked this already and has yet to answer.")
            asked = self.challenges.create(scope=scope, question=question, due_on=due_on, asked_by=actor.person,
                                           appointment=actor.appointment, asked_at=clock.now())  # fmt: skip
            self.note("challenged", by=actor, reason=question, challenge=asked.pk, scope=scope.pk,
                      due_on=due_on.isoformat())  # fmt: skip
        return asked

    def take_position(
        self, *, scope: Scope, stance: str, claim: str, by: Actor, evidence: str = "",
        challenge: "Challenge | None" = None, files: Sequence[Attached] = (),
    ) -> "Position":  # fmt: skip
        """Whoever answers for `scope`, a party or somebody challenged, states their side; it is frozen as stated.

        They accept the contradiction or contest it (`stance`); `files`, as the door for files took them, are frozen
        with what they say. An answer stands on the case where its `challenge` was put, also once that one was joined.
        """
        actor = authority.acting_as(by, authority.answering_role(scope), scope=scope)
        if scope.pk not in self.heard_scope_ids():
            raise Refusal(f"{scope} is no party to this contradiction and was not asked about it.")
        case = challenge.contradiction if challenge else self
        if challenge and (challenge.scope_id != scope.pk or self.pk not in (case.pk, case.that_stays.pk)):
            raise Refusal("That challenge was put to somebody else; answer the one put to you.")
        _require_said(stance, claim, files, self.positions.model.Stance.values)
        with audit.act():
            (case.that_stays if challenge else case).require_live()
            attached = [file.as_record() for file in files]
            taken = case.positions.create(scope=scope, stance=stance, claim=claim, evidence=evidence,
                                          challenge=challenge, attached=attached, taken_by=actor.person,
                                          appointment=actor.appointment, taken_at=clock.now())  # fmt: skip
            taken.keep(files)
            case.note("position_taken", by=actor, reason=claim, position=taken.pk, scope=scope.pk, stance=stance,
                      files=[file.digest for file in files])  # fmt: skip
        return taken

    def _on_record(self) -> Q:
        return Q(contradiction=self.pk) | Q(contradiction__joining__into=self.pk)


def _require_said(stance: str, claim: str, files: Sequence[Attached], stances: Sequence[str]) -> None:
    """InvalidInput for a position that takes no stance, makes no claim, or brings more than anybody reads."""
    if stance not in stances:
        raise InvalidInput("A position accepts the contradiction or contests it.", {"stance": "Choose one of the two."})
    if not claim.strip():
        raise InvalidInput("A position makes a claim.", {"claim": "Say what your figures show."})
    if len(files) > MOST_ATTACHED:
        raise InvalidInput("These are too many files.", {"files": f"Attach at most {MOST_ATTACHED}."})
    if len({file.digest for file in files}) < len(files):
        raise InvalidInput("A file is attached twice.", {"files": "Attach each file once."})
