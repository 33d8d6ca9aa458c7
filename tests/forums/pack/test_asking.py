"""What the room was asked and answered is recomputed: who took part might, and nothing was decided past it."""

import pytest

from benchmarks.forging import DATA, Pack
from tests.forums.pack.conftest import held, verified
from tests.forums.pack.test_judging import ACTOR, remade, saying, without
from truthgov import checkpoints

CONSENT, OPEN, SECRET = 0, 1, 2


def test_a_meeting_whose_room_was_asked_holds(asked_pack):
    found = verified(asked_pack, key=checkpoints.public_key())
    assert (found.returncode, found.stderr) == (0, ""), found.stdout
    told = Pack(asked_pack)
    secret = told.facts["questions"][SECRET]
    assert (secret["tally"]["in_favour"], secret["tally"]["against"], secret["tally"]["choices"]) == (2, 1, [])
    assert len(secret["votes"]) == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without("objection.withdrawn"), "was made while objections of ["),
        (without("objection.overruled"), "was made while objections of ["),
        (without("question.put"), "was not put to the room, whose consent the charter asks for"),
        (without("question.closed"), "was made without a majority that carried it"),
        (without("vote.cast"), "counts 3 ballots of 2 who voted"),
        (without("question.withdrawn"), "questions 5, withdrawn: says"),
        (saying("decision.made", question=None), "was not put to the room"),
        (saying("decision.made", wording="Else."), "is not what question"),
        (saying("objection.overruled", reason=" "), "overrules without a written reason"),
        (saying("question.closed", against=0, abstained=1), "does not count its own ballots"),
        (saying("question.closed", nth=1, choices=[[1, "against"]]), "names ballots of a secret vote"),
        (saying("question.closed", nth=1, entitled=4), "says 4 for entitled; the entries give 3"),
        (saying("question.closed", nth=2, carried=True), "does not say whether it was carried"),
        (saying("charter.approved", ways={}), "states other terms than were approved"),
    ],
)
def test_what_is_wrong_is_named(asked_pack, change, said):
    assert said in remade(asked_pack, change)


def test_who_votes_twice_is_named(asked_pack):
    def stuff_the_box(record: Pack) -> None:
        record.entries.insert(
            record.entries.index(record.find("question.closed", 1)), list(record.find("vote.cast", 3))
        )

    assert "votes twice" in remade(asked_pack, stuff_the_box)


@pytest.mark.parametrize(
    ("code", "said"),
    [("vote.cast", "was not entitled to vote"), ("question.objected", "was not entitled to object"),
     ("objection.withdrawn", "is withdrawn by another than who made it"),
     ("objection.overruled", "is by a function_lead; the right is held by the truth_owner"),
     ("question.put", "is not put by the chair"), ("question.closed", "is not closed by the chair"),
     ("question.withdrawn", "is taken back after its vote, or not by the chair")],
)  # fmt: skip
def test_who_is_accused_takes_no_part_and_leads_nothing(asked_pack, code, said):
    def by_the_accused(record: Pack) -> None:
        record.find(code)[ACTOR] = held(asked_pack, "Sara Sales")

    assert said in remade(asked_pack, by_the_accused)


def test_a_vote_closed_without_its_quorum_is_named(asked_pack):
    def empty_the_room(record: Pack) -> None:
        place = record.entries.index(record.find("question.closed"))
        for name in ("Dario Delivery", "Sara Sales"):
            left = list(record.find("meeting.arrived"))
            person = held(asked_pack, name)["person"]
            left[2], left[DATA] = "meeting.left", {"person": person, "left_at": left[DATA]["arrived_at"]}
            record.entries.insert(place, left)

    assert "closes a vote without its quorum" in remade(asked_pack, empty_the_room)


@pytest.mark.parametrize(
    ("who", "times", "said"),
    [("Emil Executive", 1, "by no higher right"), ("Sofia Sponsor", 2, "which stood no more")],
)
def test_what_is_overturned_by_no_higher_right_or_twice_is_named(asked_pack, who, times, said):
    def overturn(record: Pack) -> None:
        made = record.find("decision.made")
        entry = [*made[:2], "decision.overturned", held(asked_pack, who), *made[4:DATA], {"escalation": 1}, ""]
        place = record.entries.index(record.find("meeting.closed"))
        for _ in range(times):
            record.entries.insert(place, list(entry))

    assert said in remade(asked_pack, overturn)
