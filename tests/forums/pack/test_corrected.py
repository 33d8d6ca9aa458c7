"""A pack holds what was corrected since the sealing, and the verifier follows it from the entries."""

import json

import pytest

from benchmarks.forging import DATA, Pack
from forums.models import Correction
from tests.acting import by
from tests.forums.pack.conftest import correct, exported, held, taken, verified
from tests.forums.pack.test_judging import ACTOR, SUBJECT, remade, saying, without
from truthgov import checkpoints
from truthgov.errors import Refusal


@pytest.fixture
def corrected_later(sealed, steering):
    """A meeting whose minutes were corrected after the sealing."""
    correct(sealed, steering)
    checkpoints.keep()
    return sealed


@pytest.fixture
def corrected(request, tmp_path):
    return taken("corrected_later", request, tmp_path / "corrected")


def test_a_correction_is_part_of_the_pack_which_holds(corrected):
    told = json.loads((corrected / "facts.json").read_text())["corrections"]
    assert [each["passage"] for each in told] == ["Steering forum"]
    assert told[0]["countersigned_by"]
    found = verified(corrected, key=checkpoints.public_key())
    assert found.returncode == 0, found.stdout


def test_a_pack_waits_for_the_checkpoint_that_names_the_correction(sealed, steering, tmp_path):
    correct(sealed, steering)
    with pytest.raises(Refusal, match="its last correction"):
        exported(sealed, tmp_path / "early")


@pytest.fixture
def withdrawn_later(sealed, steering):
    """A meeting whose minutes were corrected, and the correction withdrawn."""
    said = {"passage": "Steering forum", "wording": "The steering forum.", "reason": "So it is."}
    made = Correction.objects.make(sealed.minutes, **said, by=by(steering.secretary))
    made.withdraw("There is only one.", by=by(steering.secretary))
    checkpoints.keep()
    return sealed


@pytest.fixture
def withdrawn(request, tmp_path):
    return taken("withdrawn_later", request, tmp_path / "withdrawn")


def test_a_correction_that_was_withdrawn_is_part_of_the_pack_which_holds(withdrawn):
    (told,) = json.loads((withdrawn / "facts.json").read_text())["corrections"]
    assert (told["withdrawn_because"], told["countersigned_by"]) == ("There is only one.", None)
    found = verified(withdrawn, key=checkpoints.public_key())
    assert found.returncode == 0, found.stdout


def test_a_correction_withdrawn_by_another_than_who_made_it_is_named(withdrawn):
    def by_a_member(record: Pack) -> None:
        record.find("correction.withdrawn")[ACTOR] = held(withdrawn, "Emil Executive") | {"appointment": None}

    assert "withdraws no correction of its own that waits" in remade(withdrawn, by_a_member)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (saying("minutes.corrected", wording="Else."), "its hash is not that of what it says and follows"),
        (without("minutes.corrected"), "countersigns no correction that waits for it"),
        (without("correction.countersigned"), "corrections 1, countersigned_by: says "),
        (saying("correction.countersigned", hash="0" * 64), "countersigns another text than the correction's"),
        (without("minutes.confirmed"), "seals what no later meeting confirmed"),
        (saying("minutes.confirmed", at_meeting=0), "is by meeting 0, which is no later one of the forum in session"),
        (saying("minutes.confirmed", text="0" * 64), "seals what no later meeting confirmed"),
    ],
)
def test_what_is_wrong_with_a_correction_or_a_confirmation_is_named(corrected, change, said):
    assert said in remade(corrected, change)


def confirming(record: Pack) -> int:
    """Where the meeting that confirms the minutes does so."""
    return record.entries.index(record.find("minutes.confirmed"))


def arrivals(record: Pack) -> list[list]:
    """Of the meeting that confirms, besides its chair."""
    sitting = str(record.find("minutes.confirmed")[DATA]["at_meeting"])
    return [each for each in record.entries if each[2] == "meeting.arrived" and each[SUBJECT] == sitting]


def test_minutes_confirmed_without_a_quorum_are_named(corrected):
    def empty_the_room(record: Pack) -> None:
        for each in arrivals(record)[:2]:
            record.entries.remove(each)

    assert "is by a meeting without its quorum: 2 there, 3 needed" in remade(corrected, empty_the_room)


@pytest.mark.parametrize("code", ["meeting.left", "item.recused"])
def test_who_has_left_or_takes_no_part_confirms_nothing(corrected, code):
    def take_out(record: Pack) -> None:
        place, item = confirming(record), record.find("minutes.confirmed")[DATA]["item"]
        for came in arrivals(record)[:2]:
            gone = [*came[:2], code, *came[3:]]
            if code == "meeting.left":
                gone[DATA] = {"person": came[DATA]["person"], "left_at": came[DATA]["arrived_at"]}
            else:
                gone[4:DATA + 1] = ["forums.agendaitem", str(item), {"meeting": int(came[SUBJECT]), "reason": "Mine.",
                                    "person": came[DATA]["person"]}]  # fmt: skip
            record.entries.insert(place, gone)

    assert "is by a meeting without its quorum: 2 there, 3 needed" in remade(corrected, take_out)


def test_a_seat_that_no_entry_gives_does_not_count_where_minutes_are_confirmed(corrected):
    def seat_a_stranger(record: Pack) -> None:
        for each in arrivals(record)[:2]:
            each[DATA]["person"] = 7777

    assert "is by a meeting without its quorum: 2 there, 3 needed" in remade(corrected, seat_a_stranger)


def test_minutes_confirmed_by_another_than_the_chair_are_named(corrected):
    def by_a_member(record: Pack) -> None:
        record.find("minutes.confirmed")[ACTOR] = held(corrected, "Emil Executive")

    assert "is not by the chair of the meeting that confirms" in remade(corrected, by_a_member)


def test_a_correction_countersigned_by_who_made_it_is_named(corrected):
    def alone(record: Pack) -> None:
        made = record.find("minutes.corrected")
        record.find("correction.countersigned")[3] = made[3]
        assert made[DATA]["hash"]

    assert "is not by the other of chair and secretary" in remade(corrected, alone)
