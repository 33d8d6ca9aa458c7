"""What the room was asked on an item, as one reader sees it: what stands against it, who has voted, and what they may
do about it. Of a vote that is not closed there are no numbers but of who has voted."""

from dataclasses import dataclass

from forums.models import AgendaItem, Objection, Question
from forums.models.right import DecisionRule
from truthgov.models import Person

STANDINGS = {
    "carried": ("approved", "Carried"),
    "lost": ("refused", "Not carried"),
    "decided": ("approved", "Decided"),
    "withdrawn": ("withdrawn", "Taken back"),
    "ended": ("withdrawn", "Ended with its item"),
}
"""The code of a badge and its words."""


@dataclass(frozen=True)
class Against:
    """An objection, and whether the reader may lift it."""

    objection: Objection
    stands: bool
    may_withdraw: bool
    may_overrule: bool


@dataclass(frozen=True)
class Asked:
    """The question that was put last, and those `before` it; `state` as of `Question.state`."""

    question: Question
    before: list[Question]
    state: str
    against: list[Against]
    voted: list[Person]
    awaited: list[Person]
    is_entitled: bool
    has_answered: bool
    leads: bool
    holds: bool

    @property
    def is_live(self) -> bool:
        return self.state in ("open", "carried")

    @property
    def is_vote(self) -> bool:
        return self.question.right.rule == DecisionRule.MAJORITY

    @property
    def standing(self) -> tuple[str, str]:
        """The code of a state and its words."""
        if self.state == "open":
            return "running", "Being voted on" if self.is_vote else "Before the room"
        return STANDINGS[self.state]

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def may_answer(self) -> bool:
        return self.is_open and self.is_entitled and not self.has_answered

    @property
    def may_decide(self) -> bool:
        ready = self.state == "carried" if self.is_vote else not any(each.stands for each in self.against)
        return self.is_live and self.holds and ready

    @property
    def key(self) -> str:
        """Changes when what is told of the question changes; `state_key` when what may be done about it does."""
        told = "".join(f"{each.objection.pk}{'s' if each.stands else 'l'}" for each in self.against)
        return f"{self.state_key}.{told}.{len(self.voted)}.{len(self.awaited)}"

    @property
    def state_key(self) -> str:
        return f"{self.question.pk}{self.state}"


def asked_on(
    item: AgendaItem, person: Person, members: set[int], *, leads: bool, roles: frozenset[str]
) -> Asked | None:
    """The latest question on an item; None where the room was asked nothing. `members` are those present."""
    questions = list(item.questions.select_related("right", "tally", "withdrawal", "decision", "put_by"))
    if not questions:
        return None
    *before, question = questions
    objections = list(question.objections.select_related("person", "lifting__person"))
    voted = {vote.person_id: vote.person for vote in question.votes.select_related("person")}
    entitled = members - {each.person_id for each in item.recusals.all()} - item.barred(item.meeting)
    question.item = item
    state, right = question.state, question.right
    holds = right.decider_role in roles and item.is_decided_by(person, right)
    is_live = state in ("open", "carried")
    against = [_against(each, person, holds=holds and is_live, is_live=is_live) for each in objections]
    awaited = Person.objects.filter(pk__in=entitled - voted.keys()) if state == "open" else Person.objects.none()
    return Asked(
        question=question, before=before, state=state, against=against,
        voted=sorted(voted.values(), key=str), awaited=sorted(awaited, key=str),
        is_entitled=person.pk in entitled,
        has_answered=person.pk in voted or any(each.stands and each.objection.person == person for each in against),
        leads=leads, holds=holds,
    )  # fmt: skip


def _against(objection: Objection, person: Person, *, holds: bool, is_live: bool) -> Against:
    stands = not hasattr(objection, "lifting")
    return Against(
        objection, stands,
        may_withdraw=stands and is_live and objection.person == person,
        may_overrule=stands and holds and objection.question.right.may_overrule and objection.person != person,
    )  # fmt: skip
