"""What a reader may do with a contradiction, as its page offers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from metrics.models import Contradiction
from metrics.models.ruling import LINKING
from truthgov import authority
from truthgov.models import Appointment, Person, Role, Scope


@dataclass(frozen=True, slots=True)
class Acts:
    """What the reader may do with this case now."""

    challenge: bool = False
    rule: bool = False
    link: bool = False
    answer_as: Sequence[Scope] = ()

    def __bool__(self) -> bool:
        return self.challenge or self.rule or self.link or bool(self.answer_as)


def acts_of(case: Contradiction, reader: Person, on: date) -> Acts:
    """What the reader's appointments entitle them to; the verbs ask again."""
    if not case.is_live:
        return Acts()
    held = list(Appointment.objects.exercised_by(reader, on=on).select_related("scope"))
    owns_truth = any(each.role == Role.TRUTH_OWNER for each in held)
    asked = case.heard_scope_ids()
    answer_as = [each.scope for each in held if each.scope_id in asked
                 and each.role == authority.answering_role(each.scope)]  # fmt: skip
    parties_to_it = {scope.pk for scope in answer_as} & set(case.party_scope_ids)
    may_link = any(each.role in LINKING for each in held)
    return Acts(owns_truth, owns_truth and not parties_to_it, may_link, answer_as)
