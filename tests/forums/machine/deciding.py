"""How items end: decided, forced, escalated, carried over; and what is overturned from above. Past the verbs, too."""

from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from forums.models import Escalation
from tests.acting import by
from tests.forums.machine.asking import WithRoom
from tests.forums.machine.matters import Made, Raised
from tests.forums.machine.session import KINDS, MATTERS, OFTEN_RIGHTLY, motion
from truthgov import clock

OFTEN_ONES_OWN = st.sampled_from(["fund", "fund", "fund", "fund", "policy", "approve_change"])
SELDOM = st.sampled_from([False, False, False, True])
PLACES = st.integers(0, 3)


class WithDecisions(WithRoom):
    @rule(who=OFTEN_RIGHTLY, matter=MATTERS, kind=OFTEN_ONES_OWN, forced=SELDOM)
    def decide(self, who: str, matter: str, kind: str, forced: bool) -> None:
        self.decide_on(who, matter, kind, forced=forced)

    @precondition(lambda self: self.decisions)
    @rule(who=OFTEN_RIGHTLY, place=PLACES, forced=st.booleans(), elsewhere=SELDOM)
    def supersede(self, who: str, place: int, forced: bool, elsewhere: bool) -> None:
        """The matter of an earlier decision, or another, is decided anew: at the next session where it is settled in
        this one."""
        earlier = place % len(self.decisions)
        made = self.model.made[earlier]
        matter = "sales" if elsewhere else made.matter
        if not self.model.items[matter].pending:
            self.adjourn()
        self.decide_on(who, matter, made.kind, forced=forced, earlier=earlier)

    def decide_on(self, who: str, matter: str, kind: str, *, forced: bool, earlier: int | None = None) -> None:
        who = self.acting(who, "truth_owner" if forced else self.model.rights[kind].role)
        allowed = self._may_decide(who, matter, kind, forced=forced, asked=False, earlier=earlier)
        actor = by(self.stage.people[who])
        put = motion(
            kind, force=forced, reason="Customers wait.",
            supersedes=None if earlier is None else self.decisions[earlier],
        )  # fmt: skip
        what = "supersede" if earlier is not None else "force" if forced else "decide"
        if self.tried(what, allowed, lambda: self.decisions.append(self.items[matter].decide(put, by=actor))):
            self.made(who, matter, kind, forced=forced)
            if earlier is not None:
                self.model.made[earlier].stands = False

    @precondition(lambda self: self.steps > 3)
    @rule(who=OFTEN_RIGHTLY, matter=MATTERS, upwards=st.booleans())
    def end_otherwise(self, who: str, matter: str, upwards: bool) -> None:
        who = self.acting(who)
        item, actor = self.model.items[matter], by(self.stage.people[who])

        def act() -> None:
            if upwards:
                raised = self.items[matter].escalate("Above us.", due_on=date.today(), by=actor)
                self.escalations.append(raised)
            else:
                self.items[matter].carry_over("Next time.", by=actor)

        if self.tried("escalate" if upwards else "carry over", self.model.may_end(who, item, upwards=upwards), act):
            self.model.end(item)
            if upwards:
                self.model.raised.append(Raised(matter))

    @precondition(lambda self: not all(item.pending for item in self.model.items.values()))
    @rule()
    def adjourn(self) -> None:
        """Closed, and taken up again on the next slot: the cases are open, and stand on the agenda anew."""
        chair = self.stage.steering.chair
        self.meeting.close(by=chair)
        self.meeting = self.stage.next_session(self.meeting)
        self.sat.append(self.meeting.pk)
        self.items, fresh = self.agenda(), self.stage.model()
        self.questions.clear()
        self.model.sent.clear()
        self.model.items, self.model.room = fresh.items, {"truth owner": fresh.room["truth owner"]}

    # --- from above
    @precondition(lambda self: self.decisions)
    @rule(raising=OFTEN_RIGHTLY, who=OFTEN_RIGHTLY, about=PLACES, place=st.none() | PLACES)
    def answer_from_above(self, raising: str, who: str, about: int, place: int | None) -> None:
        """The matter of a decision is taken to the sponsor, who answers; what was decided yields to that, or not."""
        self._take_above(self.acting(raising), self.model.made[about % len(self.decisions)].matter)
        if not self.escalations:
            return
        who, asked, raised = self.acting(who, "sponsor"), self.escalations[-1], self.model.raised[-1]
        place = None if place is None else place % len(self.decisions)
        made = None if place is None else self.model.made[place]
        overturned = None if place is None else self.decisions[place]
        allowed = self.model.may_answer(who, raised, made)
        what = "overturn" if made else "answer"
        actor = by(self.stage.people[who])
        if self.tried(what, allowed, lambda: asked.respond("Otherwise.", by=actor, overturns=overturned)):
            raised.answered_by = who
            if made:
                made.stands = False

    def _take_above(self, who: str, matter: str) -> None:
        actor, case = by(self.stage.people[who]), self.stage.cases[matter]

        def act() -> None:
            raised = Escalation.objects.take(actor, reason="Too far.", due_on=date.today(), contradiction=case)
            self.escalations.append(raised)

        if self.tried("take above", self.model.may_raise(who), act):
            self.model.raised.append(Raised(matter))

    # --- past the verbs
    @rule(who=OFTEN_RIGHTLY, matter=MATTERS, kind=KINDS, forced=SELDOM, asked=st.booleans(),
          earlier=st.none() | PLACES)  # fmt: skip
    def slip_in(self, who: str, matter: str, kind: str, forced: bool, asked: bool, earlier: int | None) -> None:
        item, question = self.model.items[matter], self.questions.get(matter) if asked else None
        role = "truth_owner" if forced else self.model.rights[kind].role
        who = self.acting(who, role)
        office = self.model.office(who, role) or next(iter(self.model.exercised(who)), None)
        if office is None:
            return
        place = earlier % len(self.decisions) if earlier is not None and self.decisions else None
        allowed = self._may_decide(who, matter, kind, forced=forced, asked=question is not None, earlier=place)
        number = None if place is None else self.decisions[place].pk
        row = self.stage.row(self.items[matter], kind, self.stage.people[who], office, forced, question, number)
        row |= {"present": len(self.model.counts()), "recused": len(self.model.counts() & item.recused)}
        self.slipped_in("forums_decision", row, allowed=allowed)

    @precondition(lambda self: self.decisions and self.escalations)
    @rule(who=OFTEN_RIGHTLY, earlier=PLACES, which=PLACES)
    def slip_in_from_above(self, who: str, earlier: int, which: int) -> None:
        who = self.acting(who, "sponsor")
        earlier, which = earlier % len(self.decisions), which % len(self.escalations)
        office = self.model.office(who, "sponsor") or next(iter(self.model.exercised(who)), None)
        if office is None:
            return
        row = {
            "decision_id": self.decisions[earlier].pk, "escalation_id": self.escalations[which].pk,
            "person_id": self.stage.people[who].pk, "appointment_id": self.stage.numbers[office],
            "overturned_at": clock.now(),
        }  # fmt: skip
        allowed = self.model.may_have_overturned(who, self.model.raised[which], self.model.made[earlier])
        self.slipped_in("forums_overturning", row, allowed=allowed)

    def made(self, who: str, matter: str, kind: str, *, forced: bool) -> None:
        item, counts = self.model.items[matter], self.model.counts()
        office = self.model.office(who, "truth_owner" if forced else self.model.rights[kind].role)
        assert office is not None
        made = Made(matter, kind, who, office, forced, len(counts), len(counts & item.recused))
        self.model.made.append(made)
        self.model.end(item)

    def _may_decide(self, who: str, matter: str, kind: str, *, forced: bool, asked: bool, earlier: int | None) -> bool:
        item = self.model.items[matter]
        allowed = self.model.may_decide(who, item, kind, forced=forced, asked=asked)
        if earlier is None or not allowed:
            return allowed
        role = "truth_owner" if forced else self.model.rights[kind].role
        return self.model.may_supersede(who, role, item, kind, self.model.made[earlier])
