"""The rules of deciding in plain Python: what `domain.md` says, and nothing of the product.

Everything is told by names. An office is held by one person and exercised by them and by their deputy; a seat in the
room is taken under an office, once, by one of these or by whom they have sent.
"""

from dataclasses import dataclass, field

from tests.forums.machine.matters import Asked, Item, Made, Office, Raised, Right


@dataclass
class Model:
    """A forum in session; every `may_…` says whether an act is within the rules as things stand."""

    quorum: int
    members: set[str]
    rights: dict[str, Right]
    offices: list[Office]
    items: dict[str, Item]
    may_be_forced: bool = True
    deputies: dict[Office, str] = field(default_factory=dict)
    sent: dict[Office, str] = field(default_factory=dict)
    room: dict[str, Office] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    raised: list[Raised] = field(default_factory=list)

    # --- who somebody is
    def exercised(self, who: str) -> list[Office]:
        held = (each for each in self.offices if each.holder == who or self.deputies.get(each) == who)
        return sorted(held, key=lambda each: each.order)

    def office(self, who: str, role: str) -> Office | None:
        return next((each for each in self.exercised(who) if each.role == role), None)

    def members_seat(self, who: str) -> Office | None:
        """The first office that makes them a member."""
        return next((each for each in self.exercised(who) if each.role in self.members), None)

    def own_seat(self, who: str) -> Office | None:
        """As a member; the secretary's, which does not count, only for want of that."""
        return self.members_seat(who) or self.office(who, "secretary")

    def seat(self, who: str) -> Office | None:
        """Their own, or for want of one that of the member who has sent them."""
        return self.own_seat(who) or next((each for each, sent in self.sent.items() if sent == who), None)

    def counts(self) -> set[str]:
        return {who for who, seat in self.room.items() if seat.role in self.members}

    def is_barred(self, who: str, item: Item) -> bool:
        """Do they answer for what is contradicted, or sit for whoever does?"""
        seat = self.room.get(who)
        return any(each.scope == item.accused for each in [*self.exercised(who), *([seat] if seat else [])])

    def entitled(self, item: Item) -> set[str]:
        return {who for who in self.counts() - item.recused if not self.is_barred(who, item)}

    def is_quorate(self, item: Item) -> bool:
        return len(self.counts() - item.recused) >= self.quorum

    def has_a_free_hand(self, who: str, item: Item) -> bool:
        return who in self.room and who not in item.recused and not self.is_barred(who, item)

    # --- what they may do
    def may_arrive(self, who: str) -> bool:
        seat = self.seat(who)
        return seat is not None and who not in self.room and seat not in self.room.values()

    def may_send(self, who: str, whom: str) -> bool:
        """A member one who has no seat of their own, once."""
        seat = self.members_seat(who)
        free = self.own_seat(whom) is None and whom not in self.sent.values()
        return seat is not None and seat not in self.sent and free

    def may_put(self, who: str, item: Item, kind: str) -> bool:
        chairs = self.office(who, "truth_owner") is not None
        in_the_room = who in self.room and who not in item.recused
        asks = kind in self.rights and self.rights[kind].rule != "chair"
        return item.pending and chairs and in_the_room and asks and item.asked is None

    def may_object(self, who: str, item: Item) -> bool:
        asked = self._open(item, "consent")
        return asked is not None and who in self.entitled(item) and asked.objections.get(who) != "stands"

    def may_withdraw(self, who: str, item: Item) -> bool:
        asked = self._open(item, "consent")
        return asked is not None and asked.objections.get(who) == "stands"

    def may_overrule(self, who: str, item: Item, objector: str) -> bool:
        asked = self._open(item, "consent")
        if asked is None or asked.objections.get(objector) != "stands":
            return False
        right = self.rights[asked.kind]
        holds = self.office(who, right.role) is not None
        return right.may_overrule and holds and self.has_a_free_hand(who, item)

    def may_vote(self, who: str, item: Item) -> bool:
        asked = self._open(item, "majority")
        return asked is not None and who in self.entitled(item) and who not in asked.ballots

    def may_close(self, who: str, item: Item) -> bool:
        chairs = self.office(who, "truth_owner") is not None
        in_the_room = who in self.room and who not in item.recused
        return self._open(item, "majority") is not None and chairs and in_the_room and self.is_quorate(item)

    def may_take_back(self, who: str, item: Item) -> bool:
        waits = item.pending and item.asked is not None and item.asked.carried is None
        return waits and self.office(who, "truth_owner") is not None

    def may_decide(self, who: str, item: Item, kind: str, *, forced: bool, asked: bool) -> bool:
        """By rule 3; `asked` says that it is what the room was asked that is decided."""
        right = self.rights.get(kind)
        if right is None or not item.pending or not self.has_a_free_hand(who, item):
            return False
        if forced:
            return self.may_be_forced and self.office(who, "truth_owner") is not None and not asked
        if self.office(who, right.role) is None or not self.is_quorate(item):
            return False
        if right.rule == "chair":
            return not asked
        question = item.asked if asked else None
        if question is None or question.kind != kind or "stands" in question.objections.values():
            return False
        return right.rule == "consent" or question.carried is True

    def may_supersede(self, who: str, role: str, item: Item, kind: str, earlier: Made) -> bool:
        if earlier.kind != kind or earlier.matter != item.matter or not earlier.stands:
            return False
        office = self.office(who, role)
        return office is not None and (not earlier.forced or office.rank > earlier.office.rank)

    def may_raise(self, who: str) -> bool:
        return self.office(who, "truth_owner") is not None

    def may_answer(self, who: str, raised: Raised, earlier: Made | None) -> bool:
        """The sponsor settles what was taken to them, once; a decision on its matter yields to the higher right."""
        office = self.office(who, "sponsor")
        if office is None or raised.answered_by:
            return False
        return earlier is None or self._yields(earlier, raised, office)

    def may_have_overturned(self, who: str, raised: Raised, earlier: Made) -> bool:
        """Is it theirs, who answered, to say that a decision yields?"""
        office = self.office(who, "sponsor")
        return office is not None and raised.answered_by == who and self._yields(earlier, raised, office)

    def may_end(self, who: str, item: Item, *, upwards: bool) -> bool:
        """Carry over by the chair from within the room, escalate by the truth owner wherever they are: one person's."""
        in_the_room = who in self.room and who not in item.recused
        return item.pending and self.office(who, "truth_owner") is not None and (upwards or in_the_room)

    # --- what follows
    def recuse(self, who: str, item: Item) -> None:
        item.recused.add(who)
        if item.asked is not None and who in item.asked.part:
            item.asked = None

    def close(self, item: Item) -> None:
        asked = item.asked
        assert asked is not None
        in_favour = sum(choice == "in_favour" for choice in asked.ballots.values())
        asked.carried = 2 * in_favour > len(self.entitled(item) | asked.ballots.keys())
        if not asked.carried:
            item.asked = None

    def end(self, item: Item) -> None:
        item.pending, item.asked = False, None

    def _open(self, item: Item, rule: str) -> Asked | None:
        asked = item.asked
        is_open = asked is not None and asked.carried is None and item.pending
        return asked if is_open and asked and self.rights[asked.kind].rule == rule else None

    def _yields(self, earlier: Made, raised: Raised, above: Office) -> bool:
        return earlier.matter == raised.matter and earlier.stands and above.rank > earlier.office.rank
