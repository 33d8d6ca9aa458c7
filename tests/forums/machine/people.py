"""Who is in the room: people come, leave, stand aside, are stood in for, and are sent."""

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.acting import by
from tests.forums.machine.session import ANYBODY, MATTERS, Session
from truthgov import appointing

WAYS = st.sampled_from(["come", "go", "go", "stand aside", "send"])
SENT = st.sampled_from(["outsider", "outsider", "sponsor", "delivery lead"])


class WithPeople(Session):
    @rule(who=ANYBODY, how=WAYS, matter=MATTERS, whom=SENT)
    def move(self, who: str, how: str, matter: str, whom: str) -> None:
        if how == "come":
            self.come(who)
        elif how == "go":
            self.go(who)
        elif how == "send":
            self.send(who, whom)
        else:
            self.stand_aside(who, matter)

    def come(self, who: str) -> None:
        person, seat = self.stage.people[who], self.model.seat(who)
        if self.tried("come", self.model.may_arrive(who), lambda: self.meeting.arrive(person, by=by(person))):
            assert seat is not None
            self.model.room[who] = seat

    def go(self, who: str) -> None:
        person = self.stage.people[who]
        if self.tried("go", who in self.model.room, lambda: self.meeting.leave(person, by=by(person))):
            del self.model.room[who]

    def stand_aside(self, who: str, matter: str) -> None:
        person, item = self.stage.people[who], self.model.items[matter]
        allowed = item.pending and who not in item.recused
        if self.tried("stand aside", allowed, lambda: self.items[matter].recuse(person, "Mine.", by=by(person))):
            self.model.recuse(who, item)

    def send(self, who: str, whom: str) -> None:
        """A member sends somebody in their stead, and leaves the seat to them."""
        person, sent = (self.stage.people[each] for each in (who, whom))
        if self.tried("send", self.model.may_send(who, whom), lambda: self.meeting.delegate(sent, by=by(person))):
            seat = self.model.members_seat(who)
            assert seat is not None
            self.model.sent[seat] = whom
            if who in self.model.room:
                self.go(who)
            self.come(whom)

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
