"""What the room is asked, and answers: put, objected to, voted on, lifted, closed, decided and taken back."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from forums.models import Objection, Question, Tally, Vote
from tests.acting import by
from tests.forums.machine.matters import Asked
from tests.forums.machine.people import WithPeople
from tests.forums.machine.session import ANYBODY, MATTERS, OFTEN_RIGHTLY, motion
from truthgov import clock
from truthgov.models import Person

CHOICES = st.sampled_from(["in_favour", "in_favour", "against", "abstained"])
ALL = dict.fromkeys(("truth owner", "executive", "second executive", "sales lead", "delivery lead"), "in_favour")
MOODS = st.sampled_from([ALL, ALL, ALL | {"executive": "against"}, {"executive": "against", "outsider": "in_favour"}])
ANSWERS = MOODS | st.dictionaries(ANYBODY, CHOICES, min_size=2, max_size=4)
ASKED_OF_THE_ROOM = st.sampled_from(["policy", "set_journey_priority", "service_standard", "approve_change"])
ENDS = st.sampled_from(
    [["close", "decide"], ["withdraw", "decide"], ["overrule", "decide"], ["close", "decide"], ["take back"], []]
)
LATE = st.sampled_from(["close", "decide", "take back", "withdraw"])


class WithRoom(WithPeople):
    @rule(by_whom=OFTEN_RIGHTLY, matter=MATTERS, kind=ASKED_OF_THE_ROOM, answers=ANSWERS, who=OFTEN_RIGHTLY, ends=ENDS)
    def ask(self, by_whom: str, matter: str, kind: str, answers: dict[str, str], who: str, ends: list[str]) -> None:
        """The whole course of a question, as far as it goes: put, answered, freed of what stands against it, closed and
        decided by whoever that is."""
        self.put(self.acting(by_whom), matter, kind)
        if matter in self.questions:
            self.answer(answers, matter)
            for how in ends:
                self.conclude(who, matter, how)

    def put(self, who: str, matter: str, kind: str) -> None:
        item, actor = self.model.items[matter], by(self.stage.people[who])

        def act() -> None:
            self.questions[matter] = Question.objects.put(self.items[matter], motion(kind), by=actor)

        if self.tried("put", self.model.may_put(who, item, kind), act):
            item.asked = Asked(kind)

    @precondition(lambda self: self.questions)
    @rule(answers=ANSWERS, matter=MATTERS)
    def answer(self, answers: dict[str, str], matter: str) -> None:
        """Several say something at once: they vote where a vote is asked for, and otherwise object if they are against;
        a page may be stale, and ask what was settled long ago."""
        matter, question = self.before_the_room(matter)
        item = self.model.items[matter]
        for who, choice in answers.items():
            actor = by(self.stage.people[who])
            if question.right.rule == "majority":
                allowed = self.model.may_vote(who, item)
                if self.tried("vote", allowed, lambda: Vote.objects.cast(question, choice, by=actor)):  # noqa: B023
                    self.asked(item).ballots[who] = choice
            elif choice != "in_favour":
                allowed = self.model.may_object(who, item)
                if self.tried("object", allowed, lambda: Objection.objects.raise_to(question, "No.", by=actor)):  # noqa: B023
                    self.asked(item).objections[who] = "stands"

    @precondition(lambda self: self.questions)
    @rule(who=OFTEN_RIGHTLY, matter=MATTERS, how=LATE)
    def conclude(self, who: str, matter: str, how: str) -> None:
        matter, question = self.before_the_room(matter)
        item, right = self.model.items[matter], question.right
        who = self.acting(who, "truth_owner" if how in ("close", "take back") else right.decider_role)
        actor, kind = by(self.stage.people[who]), right.decision_type
        if how in ("withdraw", "overrule"):
            for objection in question.objections.select_related("person", "appointment"):
                self.lift(who, matter, objection, overrule=how == "overrule")
        if how == "close" and self.tried(
            how, self.model.may_close(who, item), lambda: Tally.objects.close(question, by=actor)
        ):
            self.model.close(item)
            assert Tally.objects.get(question=question).carried == (item.asked is not None)
        if how == "decide" and self.tried(
            "decide with the room", self.model.may_decide(who, item, kind, forced=False, asked=True),
            lambda: self.decisions.append(question.decide(by=actor)),
        ):  # fmt: skip
            self.made(who, matter, kind, forced=False)
        if how == "take back" and self.tried(
            how, self.model.may_take_back(who, item), lambda: question.take_back("Better words.", by=actor)
        ):
            item.asked = None

    def lift(self, who: str, matter: str, objection: Objection, *, overrule: bool) -> None:
        """By SQL first, which the database forgets; then by the verb."""
        item, objector = self.model.items[matter], self.named(objection.person)
        person = self.stage.people[who] if overrule else objection.person
        is_last = objection.pk == objection.question.objections.filter(person=objection.person).last().pk
        may = self.model.may_overrule(who, item, objector) if overrule else self.model.may_withdraw(objector, item)
        self.slip_in_a_lifting(objection, person, overrule=overrule, allowed=may and is_last)

        def act() -> None:
            objection.overrule("It does not hold.", by=by(person)) if overrule else objection.withdraw(by=by(person))

        if self.tried("overrule" if overrule else "withdraw", may and is_last, act):
            self.asked(item).objections[objector] = "overruled" if overrule else "withdrawn"

    def slip_in_a_lifting(self, objection: Objection, person: Person, *, overrule: bool, allowed: bool) -> None:
        right = objection.question.right
        held = self.model.office(self.named(person), right.decider_role) if overrule else None
        row = {
            "objection_id": objection.pk, "overruled": overrule, "person_id": person.pk, "reason": "No.",
            "appointment_id": self.stage.numbers[held] if held else objection.appointment_id, "lifted_at": clock.now(),
        }  # fmt: skip
        self.slipped_in("forums_lifting", row, allowed=allowed)

    def made(self, who: str, matter: str, kind: str, *, forced: bool) -> None:
        raise NotImplementedError
