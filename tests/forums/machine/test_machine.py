"""Meetings of any course against a plain model of the rules: people come, leave, are recused and stood in for, object,
vote, decide, force, escalate and adjourn, by the verbs and by SQL past them; no invalid decision stands.

How many are driven stands in TRUTHGOV_MEETING_RUNS (300 unless said); 10,000 are for the night.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from forums.meetings.acts import Ruling
from forums.meetings.motion import Motion
from forums.models import AgendaItem, Decision, Meeting, Objection, Question, Tally, Vote
from tests.forums.machine.conftest import Stage
from tests.forums.machine.model import Asked, Item, Made
from truthgov import appointing, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Mandate, Person

MANY = int(os.environ.get("TRUTHGOV_MEETING_RUNS", "300"))
STEPS = 6
REFUSED = (Refusal, PermissionDenied, InvalidInput)
CAST = ("truth owner", "executive", "second executive", "sales lead", "delivery lead", "secretary", "outsider")
CHAIR_OFTEN = st.sampled_from(("truth owner", "truth owner", "truth owner", *CAST))
ANYBODY = st.sampled_from(CAST)
MATTERS = st.sampled_from(["sales", "delivery"])
KINDS = st.sampled_from(["policy", "service_standard", "set_journey_priority", "fund", "approve_change"])
CHOICES = st.sampled_from(["in_favour", "in_favour", "in_favour", "against", "abstained"])

OFTEN_ONES_OWN = st.sampled_from(["fund", "fund", "fund", "policy", "approve_change"])
ROOM = st.sampled_from(["policy", "policy", "service_standard", "set_journey_priority", "approve_change"])
ANSWERS = st.dictionaries(ANYBODY, CHOICES, min_size=1, max_size=5)
ENDS = st.sampled_from([["close", "decide"], ["close", "decide"], ["close"], ["decide"], []])


def by(person: Person) -> Actor:
    return Actor(person=person)


class Session(RuleBasedStateMachine):
    """A meeting that sits; what an example does is rolled back."""

    stage: Stage

    @initialize(may_force=st.booleans())
    def begin(self, may_force: bool) -> None:
        self.savepoint = transaction.savepoint()
        self.model, self.meeting = self.stage.model(), Meeting.objects.get(pk=self.stage.meeting.pk)
        self.items = self._agenda()
        self.questions: dict[str, Question] = {}
        self.steps = 0
        if not may_force:
            self.model.may_be_forced = False
            self.stage.take_the_force(Mandate.objects.get())

    def teardown(self) -> None:
        """What stands are the decisions that the model has made, each as it says."""
        try:
            told = "item__subject__reference", "decision_type", "decided_by", "forced", "present", "recused"
            stored = list(Decision.objects.order_by("pk").values_list(*told))
            assert stored == [self._row(made) for made in self.model.made]
        finally:
            transaction.savepoint_rollback(self.savepoint)

    # --- people
    @rule(who=ANYBODY, how=st.sampled_from(["come", "go", "come", "go", "stand aside"]), matter=MATTERS)
    def move(self, who: str, how: str, matter: str) -> None:
        person, item = self.stage.people[who], self.model.items[matter]
        if how == "come" and self._tried(
            self.model.may_arrive(who), lambda: self.meeting.arrive(person, by=by(person))
        ):
            seat = self.model.seat(who)
            assert seat is not None
            self.model.room[who] = seat
        if how == "go" and self._tried(who in self.model.room, lambda: self.meeting.leave(person, by=by(person))):
            del self.model.room[who]
        if how == "stand aside" and self._tried(
            item.pending and who not in item.recused,
            lambda: self.items[matter].recuse(person, "An interest.", by=by(person)),
        ):
            self.model.recuse(who, item)

    @rule(holder=st.sampled_from(["truth owner", "sales lead"]), who=st.sampled_from(["outsider", "executive"]))
    def stand_in(self, holder: str, who: str) -> None:
        office = self.model.exercised(holder)[0]
        if office in self.model.deputies:
            return
        held, starts = self.stage.people[holder].appointments.get(), date.today()
        appointing.name_deputy(
            held, self.stage.people[who], starts_on=starts, ends_on=starts + timedelta(days=2),
            by=by(self.stage.people[holder]),
        )  # fmt: skip
        self.model.deputies[office] = who

    # --- the room
    @rule(who=CHAIR_OFTEN, matter=MATTERS, kind=KINDS)
    def put(self, who: str, matter: str, kind: str) -> None:
        item, actor = self.model.items[matter], by(self.stage.people[who])

        def act() -> None:
            self.questions[matter] = Question.objects.put(self.items[matter], motion(kind), by=actor)

        if self._tried(self.model.may_put(who, item, kind), act):
            item.asked = Asked(kind)

    @precondition(lambda self: self.questions)
    @rule(answers=ANSWERS, matter=MATTERS)
    def answer(self, answers: dict[str, str], matter: str) -> None:
        """Several say something at once: they vote where a vote is asked for, and otherwise object if they are against;
        a page may be stale, and ask what was settled long ago."""
        matter, question = self._before_the_room(matter)
        item = self.model.items[matter]
        for who, choice in answers.items():
            actor = by(self.stage.people[who])
            if question.right.rule == "majority":
                allowed = self.model.may_vote(who, item)
                if self._tried(allowed, lambda: Vote.objects.cast(question, choice, by=actor)):  # noqa: B023
                    self._asked(item).ballots[who] = choice
            elif choice != "in_favour":
                allowed = self.model.may_object(who, item)
                if self._tried(allowed, lambda: Objection.objects.raise_to(question, "Harm.", by=actor)):  # noqa: B023
                    self._asked(item).objections[who] = "stands"

    @rule(matter=MATTERS, kind=ROOM, answers=ANSWERS, who=CHAIR_OFTEN, ends=ENDS)
    def ask(self, matter: str, kind: str, answers: dict[str, str], who: str, ends: list[str]) -> None:
        """The whole course of a question, as far as it goes: put, answered, closed and decided by whoever that is."""
        self.put("truth owner", matter, kind)
        if matter in self.questions:
            self.answer(answers, matter)
            for how in ends:
                self.conclude(who, matter, how)

    @precondition(lambda self: any(item.asked and item.asked.objections for item in self.model.items.values()))
    @rule(who=CHAIR_OFTEN, place=st.integers(0, 3), matter=MATTERS, overrule=st.booleans())
    def lift(self, who: str, place: int, matter: str, overrule: bool) -> None:
        matter, question = self._before_the_room(matter)
        item, made = self.model.items[matter], list(question.objections.select_related("person", "appointment"))
        if not made:
            return
        objection = made[place % len(made)]
        objector = next(name for name, each in self.stage.people.items() if each == objection.person)
        if overrule:
            person, allowed = self.stage.people[who], self.model.may_overrule(who, item, objector)
            if self._tried(allowed, lambda: objection.overrule("It does not hold.", by=by(person))):
                self._asked(item).objections[objector] = "overruled"
        else:
            allowed = self.model.may_withdraw(objector, item) and objection == made_last(made, objection.person)
            if self._tried(allowed, lambda: objection.withdraw(by=by(objection.person))):
                self._asked(item).objections[objector] = "withdrawn"

    @precondition(lambda self: self.questions)
    @rule(who=CHAIR_OFTEN, matter=MATTERS, how=st.sampled_from(["close", "decide", "close", "decide", "take back"]))
    def conclude(self, who: str, matter: str, how: str) -> None:
        matter, question = self._before_the_room(matter)
        item, actor, kind = self.model.items[matter], by(self.stage.people[who]), question.right.decision_type
        if how == "close" and self._tried(
            self.model.may_close(who, item), lambda: Tally.objects.close(question, by=actor)
        ):
            self.model.close(item)
            assert Tally.objects.get(question=question).carried == (item.asked is not None)
        if how == "decide" and self._tried(
            self.model.may_decide(who, item, kind, forced=False, asked=True), lambda: question.decide(by=actor)
        ):
            self._made(who, matter, kind, forced=False)
        if how == "take back" and self._tried(
            self.model.may_take_back(who, item), lambda: question.take_back("Better words.", by=actor)
        ):
            item.asked = None

    # --- decisions, and other ends
    @rule(who=CHAIR_OFTEN, matter=MATTERS, kind=OFTEN_ONES_OWN, forced=st.booleans(), overturns=st.booleans())
    def decide(self, who: str, matter: str, kind: str, forced: bool, overturns: bool) -> None:
        item, actor = self.model.items[matter], by(self.stage.people[who])
        allowed = self.model.may_decide(who, item, kind, forced=forced, asked=False)
        earlier = len(self.model.made) - 1 if overturns and self.model.made else None
        if earlier is not None:
            role = "truth_owner" if forced or kind not in self.model.rights else self.model.rights[kind].role
            allowed = allowed and self.model.may_supersede(who, role, item, kind, self.model.made[earlier])
        put = motion(
            kind, force=forced, reason="Customers wait.",
            supersedes=None if earlier is None else Decision.objects.order_by("pk")[earlier],
        )  # fmt: skip
        if self._tried(allowed, lambda: self.items[matter].decide(put, by=actor)):
            self._made(who, matter, kind, forced=forced)
            if earlier is not None:
                self.model.made[earlier].superseded = True

    @precondition(lambda self: self.steps > 3)
    @rule(who=CHAIR_OFTEN, matter=MATTERS, upwards=st.booleans())
    def end_otherwise(self, who: str, matter: str, upwards: bool) -> None:
        item, actor = self.model.items[matter], by(self.stage.people[who])

        def act() -> object:
            if upwards:
                return self.items[matter].escalate("Above us.", due_on=date.today(), by=actor)
            return self.items[matter].carry_over("Next time.", by=actor)

        if self._tried(self.model.may_end(who, item), act):
            self.model.end(item)

    @precondition(lambda self: not all(item.pending for item in self.model.items.values()))
    @rule()
    def adjourn(self) -> None:
        """Closed, and taken up again on the next slot: the cases are open, and stand on the agenda anew."""
        chair = self.stage.steering.chair
        self.meeting.close(by=chair)
        self.meeting = self.stage.next_session(self.meeting)
        self.items, fresh = self._agenda(), self.stage.model()
        self.questions.clear()
        self.model.items, self.model.room = fresh.items, {"truth owner": fresh.room["truth owner"]}

    # --- past the verbs
    @rule(who=CHAIR_OFTEN, matter=MATTERS, kind=KINDS, forced=st.booleans(), asked=st.booleans())
    def slip_in(self, who: str, matter: str, kind: str, forced: bool, asked: bool) -> None:
        """By SQL, as the application role: the database takes it where the rules do, and is told to forget it."""
        item, question = self.model.items[matter], self.questions.get(matter) if asked else None
        role = "truth_owner" if forced else self.model.rights[kind].role if kind in self.model.rights else ""
        office = self.model.office(who, role) or next(iter(self.model.exercised(who)), None)
        if office is None:
            return
        allowed = self.model.may_decide(who, item, kind, forced=forced, asked=question is not None)
        row = self.stage.row(self.items[matter], kind, self.stage.people[who], office, forced, question)
        row |= {"present": len(self.model.counts()), "recused": len(self.model.counts() & item.recused)}
        assert taken("forums_decision", row) == allowed

    def _made(self, who: str, matter: str, kind: str, *, forced: bool) -> None:
        item, counts = self.model.items[matter], self.model.counts()
        office = self.model.office(who, "truth_owner" if forced else self.model.rights[kind].role)
        assert office is not None
        made = Made(matter, kind, who, office, forced, len(counts), len(counts & item.recused))
        self.model.made.append(made)
        self.model.end(item)

    def _row(self, made: Made) -> tuple[Any, ...]:
        return (self.stage.cases[made.matter].pk, made.kind, self.stage.people[made.by].pk, made.forced, made.present,
                made.recused)  # fmt: skip

    def _tried(self, allowed: bool, act: Callable[[], object]) -> bool:
        """Whether it was done; the rules say whether it should be."""
        self.steps += 1
        try:
            with transaction.atomic():
                act()
            done = True
        except REFUSED:
            done = False
        assert done == allowed
        return done

    def _agenda(self) -> dict[str, AgendaItem]:
        """The items as a page would hold them: read once, and stale from then on."""
        items = self.meeting.items.select_related("meeting__charter", "meeting__forum", "subject")
        named = {case.pk: matter for matter, case in self.stage.cases.items()}
        return {named[item.subject.reference]: item for item in items if item.subject.reference in named}

    def _before_the_room(self, matter: str) -> tuple[str, Question]:
        """A question that was put, whatever became of it; of this matter, where one was."""
        matter = matter if matter in self.questions else next(iter(self.questions))
        return matter, self.questions[matter]

    def _asked(self, item: Item) -> Asked:
        assert item.asked is not None
        return item.asked


def made_last(made: list[Objection], person: Person) -> Objection:
    return [each for each in made if each.person == person][-1]


def motion(kind: str, **more: Any) -> Motion:
    return Motion(Ruling(kind), f"So be it: {kind}.", **more)


def taken(table: str, row: dict[str, Any]) -> bool:
    """Would the database take it? It is rolled back."""
    columns, places = ", ".join(row), ", ".join(["%s"] * len(row))
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(row.values()))
        transaction.set_rollback(True)
        return True
    return False


@pytest.fixture
def session(stage: Stage) -> type[Session]:
    return type("SessionOfOurs", (Session,), {"stage": stage})


def test_no_invalid_decision_stands_whatever_happens_in_a_meeting(session: type[Session]) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    run_state_machine_as_test(
        session, settings=settings(max_examples=MANY, stateful_step_count=STEPS, suppress_health_check=checks)
    )


def test_the_model_tells_what_the_rules_say(stage: Stage) -> None:
    """By itself: an accused member counts and has no vote, a tie carries nothing, force needs no quorum."""
    model = stage.model()
    item = model.items["sales"]
    assert "sales lead" in model.counts()
    assert "sales lead" not in model.entitled(item)
    item.asked = Asked("policy", ballots={"truth owner": "in_favour", "executive": "against"})
    model.close(item)
    assert item.asked is None
    for who in ("executive", "second executive", "sales lead", "delivery lead"):
        del model.room[who]
    assert not model.may_decide("truth owner", item, "fund", forced=False, asked=False)
    assert model.may_decide("truth owner", item, "fund", forced=True, asked=False)
    assert clock.today()
