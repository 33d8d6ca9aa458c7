from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import cached_property

from forums.models.matter import scope_of
from forums.models.right import DecisionRight
from truthgov.authority import appointment_of
from truthgov.models import Person, Role, Scope

if TYPE_CHECKING:
    from forums.models.agenda import Subject
    from forums.models.meeting import Meeting


class Entitling(models.Model):
    """What a forum may decide on an item, and who of its people may: the matrix of decision rights at one matter."""

    if TYPE_CHECKING:  # what the agenda item itself brings
        meeting: models.ForeignKey[Any, "Meeting"]
        subject: models.ForeignKey[Any, "Subject"]

    class Meta:
        abstract = True

    def scope(self) -> Scope:
        """What the matter is over."""
        return self._scope

    @cached_property
    def _scope(self) -> Scope:
        """Read once: an act asks again and again."""
        return scope_of(self.subject)

    def over_as_record(self) -> list[int | str]:
        """What the audit keeps of it: the scope, and of which kind it is."""
        over = self.scope()
        return [over.pk, str(over.kind)]

    def rights(self) -> list[DecisionRight]:
        """What the charter grants over the matter, of the types that fit it."""
        over, charter = self.scope(), self.meeting.charter
        granted = charter.rights.filter(scope_kind=over.kind) if charter.reaches(over) else []
        return [right for right in granted if self.subject.takes(right.decision_type)]

    def is_decided_by(self, person: Person, right: DecisionRight) -> bool:
        """Does a person hold one of `rights` today, themselves or in somebody's stead?"""
        return appointment_of(person, right.decider_role, scope=self.held_over(right, self.meeting)) is not None

    def held_over(self, right: DecisionRight, meeting: "Meeting") -> Scope | None:
        """Roles that are held over a forum decide in that forum alone; a lead and an owner over what is theirs."""
        if right.decider_role in (Role.FORUM_MEMBER, Role.SECRETARY):
            return meeting.forum.scope
        return self.scope() if right.is_by_who_answers else None
