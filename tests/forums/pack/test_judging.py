"""A record that is consistent in every hash and signature, and wrong: verification recomputes, and names it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.forging import DATA, Pack, name_anew
from tests.forums.pack.conftest import held, judged
from truthgov import checkpoints

CODE, ACTOR, KIND, SUBJECT = 2, 3, 4, 5
CHAIR = "Tomas Truth"


@pytest.fixture
def chair(pack: Path) -> dict[str, int]:
    """Who chairs the meeting, and decided."""
    return held(pack, CHAIR)


def remade(path: Path, change: Callable[[Pack], object], *, holds: bool = False) -> str:
    """What verification says when the change was there from the start, and was signed with the rest."""
    record = Pack(path)
    change(record)
    record.chain_anew()
    record.checkpoint_anew(checkpoints.sign)
    record.write()
    name_anew(path, checkpoints.sign)
    status, said = judged(path, key=checkpoints.public_key())
    assert status == (0 if holds else 1), said
    return said


def without(code: str, nth: int = 0) -> Callable[[Pack], object]:
    return lambda pack: pack.entries.remove(pack.find(code, nth))


def saying(code: str, nth: int = 0, **data: object) -> Callable[[Pack], object]:
    return lambda pack: pack.find(code, nth)[DATA].update(data)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without("meeting.arrived"), "says 4 for present; the entries before it give 3"),
        (without("item.recused"), "says 1 for recused; the entries before it give 0"),
        (saying("decision.made", present=9), "says 9 for present; the entries before it give 4"),
        (saying("decision.made", quorum=2), "says 2 for quorum; the entries before it give 3"),
        (saying("decision.made", type="tax"), "the charter grants no right to tax"),
        (saying("decision.made", forced=True, reason=" "), "was forced without a written reason"),
        (saying("decision.made", trust=10, trust_needed=50), "leans on figures below the trust demanded"),
        (saying("decision.made", wording="Else."), "decisions 1, wording: says "),
        (saying("decision.made", expects=[["ELSE", "better"]]), "decisions 1, expects"),
        (saying("decision.made", review_on="2099-01-01"), "decisions 1, review_on: says "),
        (saying("charter.approved", quorum=2), "states other terms than were approved"),
        (saying("meeting.closed", view="0" * 64), "seals another view than was frozen at the closing"),
        (saying("minutes.sealed", attended=[]), "seals another attendance than the arrivals and departures"),
        (saying("minutes.sealed", hash="0" * 64), "its hash is not that of text, view, decisions and attendance"),
        (saying("minutes.signed", text="0" * 64), "the text is signed by fewer than two people"),
        (without("minutes.signed", 1), "the text is signed by chair only"),
        (without("meeting.opened"), "comes while the meeting is scheduled, not open"),
        (without("meeting.closed"), "comes while the meeting is open, not closed"),
        (without("minutes.sealed"), "is not sealed in them, but closed"),
        (without("charter.approved"), "which no entry approves"),
        (without("charter.proposed"), "settles what no entry proposes"),
        (without("decision.dissented"), "dissents: says [["),
        (without("decision.made"), "decisions: says [{"),
    ],
)
def test_what_is_wrong_is_named(pack, change, said):
    assert said in remade(pack, change)


def before_they_told_what_it_expects(record: Pack) -> None:
    said = record.find("decision.made")[DATA]
    del said["expects"], said["review_on"]


def test_a_decision_from_before_entries_told_what_it_expects_holds(pack):
    assert "Not proven by the entries: what decision" in remade(pack, before_they_told_what_it_expects, holds=True)


def before_presence_was_a_term(record: Pack) -> None:
    """Charters did not say yet whose presence counts; entries hold nothing of it."""
    for said in (record.find("charter.approved")[DATA], record.find("meeting.opened")[DATA]["terms"]):
        del said["allows_remote"], said["allows_delegates"]


def test_a_meeting_from_before_charters_said_whose_presence_counts_holds(pack):
    remade(pack, before_presence_was_a_term, holds=True)


def test_what_such_a_charter_is_made_to_say_afterwards_is_named(pack):
    def forbid(record: Pack) -> None:
        before_presence_was_a_term(record)
        record.facts["charter"]["allows_remote"] = False

    assert "charter, allows_remote: says false; the entries say true" in remade(pack, forbid)


def test_a_pack_from_before_minutes_were_corrected_holds(pack):
    remade(pack, lambda record: record.facts.pop("corrections"), holds=True)


@pytest.mark.parametrize("fact", ["charter", "appointments"])
def test_a_fact_that_is_left_out_is_named(pack, fact):
    assert f"{fact}: " in remade(pack, lambda record: record.facts.pop(fact))


def test_a_quorum_that_was_not_there_is_named(pack):
    def empty_the_room(record: Pack) -> None:
        for _ in range(2):
            record.entries.remove(record.find("meeting.arrived", 1))

    assert "had no quorum: 2 present less 1 recused, 3 needed" in remade(pack, empty_the_room)


def confirmation(record: Pack, name: str) -> list:
    number = str(held(record.path, name)["appointment"])
    return next(each for each in record.entries if each[2] == "appointment.confirmed" and each[SUBJECT] == number)


def test_an_appointment_that_nobody_confirmed_seats_nobody(pack):
    executive = held(pack, "Emil Executive")["person"]
    said = remade(pack, lambda record: record.entries.remove(confirmation(record, "Emil Executive")))
    assert f"no entry gives person {executive} appointment" in said
    assert "says 4 for present; the entries before it give 3" in said


def test_an_appointment_that_had_ended_counts_for_no_quorum(pack):
    """It ends between arrival and decision: whoever sat in it is in the room, and no member."""

    def end_it(record: Pack) -> None:
        decided = record.entries.index(record.find("decision.made"))
        ended = [*record.entries[decided]]
        ended[CODE], ended[DATA] = "appointment.ended", {"on": "2020-01-01"}
        ended[KIND] = "truthgov.appointment"
        ended[SUBJECT] = str(held(pack, "Emil Executive")["appointment"])
        record.entries.insert(decided, ended)

    assert "says 4 for present; the entries before it give 3" in remade(pack, end_it)


def test_an_appointment_that_had_ended_decides_nothing(pack, chair):
    said = remade(pack, lambda record: confirmation(record, CHAIR)[DATA].update(ends_on="2020-01-01"))
    assert f"decision {_decided(pack)[SUBJECT]} " in said
    assert f"no entry gives person {chair['person']} appointment" in said


def test_an_appointment_confirmed_by_who_proposed_it_is_named(pack):
    def confirm_it_alone(record: Pack) -> None:
        settled = confirmation(record, "Emil Executive")
        proposed = next(each for each in record.entries if each[SUBJECT] == settled[SUBJECT])
        settled[ACTOR] = proposed[ACTOR]

    assert "(appointment.confirmed): is by the person who proposed it" in remade(pack, confirm_it_alone)


def test_who_decides_without_the_right_is_named(pack):
    def decide_as_an_executive(record: Pack) -> None:
        record.find("decision.made")[ACTOR].update(held(pack, "Emil Executive"))

    assert "was made as executive; the right is held by the truth_owner" in remade(pack, decide_as_an_executive)


def test_who_decides_recused_is_named(pack, chair):
    said = remade(pack, lambda record: record.find("item.recused")[DATA].update(person=chair["person"]))
    assert f"person {chair['person']}, who decided, was recused from the item" in said


def test_who_decides_on_their_own_case_is_named(pack, chair):
    def accuse_the_chair(record: Pack) -> None:
        record.find("decision.made")[DATA]["accused"].append(confirmation(record, CHAIR)[DATA]["scope"])

    assert f"person {chair['person']} decided on their own case" in remade(pack, accuse_the_chair)


def test_who_decides_from_outside_the_room_is_named(pack, chair):
    def leave_first(record: Pack) -> None:
        left = record.find("meeting.left")
        record.entries.remove(left)
        left[DATA]["person"] = chair["person"]
        record.entries.insert(record.entries.index(record.find("decision.made")), left)

    assert f"person {chair['person']}, who decided, was not in the room" in remade(pack, leave_first)


def test_what_is_forced_without_a_mandate_is_named(pack):
    def force(record: Pack) -> None:
        record.entries.remove(record.find("mandate.granted"))
        record.find("decision.made")[DATA]["forced"] = True

    assert "was forced, and no mandate of that day grants the power to" in remade(pack, force)


def test_a_decision_that_supersedes_a_forced_one_by_no_higher_right_is_named(pack):
    def overturn(record: Pack) -> None:
        made = record.find("decision.made")
        earlier = [*made[:DATA], made[DATA] | {"meeting": 0, "forced": True}, ""]
        earlier[SUBJECT] = "7777"
        record.entries.insert(record.entries.index(made), earlier)
        made[DATA]["supersedes"] = 7777

    assert "overturns decision 7777, which was forced, by no higher right" in remade(pack, overturn)


def test_a_chain_that_no_checkpoint_covers_is_named(pack):
    def lose(record: Pack) -> None:
        del record.checkpoints[1:]

    assert "what follows entry" in remade(pack, lose)


@pytest.mark.parametrize(("name", "key", "said"), [
    ("manifest.sig", True, "it, or manifest.sig, was changed"), ("public_key.txt", False, "public_key.txt: is no"),
])  # fmt: skip
def test_what_is_not_hexadecimal_is_named_by_its_file(pack, name, key, said):
    (pack / name).write_text("x" + (pack / name).read_text()[1:])
    status, found = judged(pack, key=checkpoints.public_key() if key else "")
    assert status == 1
    assert said in found


def test_another_key_than_the_one_given_is_named(pack):
    status, found = judged(pack, key="00" * 32)
    assert status == 1
    assert "not the key you gave" in found


def _decided(path: Path) -> list:
    return Pack(path).find("decision.made")
