"""A pack holds what was corrected since the sealing, and the verifier follows it from the entries."""

import json

import pytest

from forums.models import Correction
from tests.forums.pack.conftest import by, exported, verified
from tests.forums.pack.forging import DATA, Pack
from tests.forums.pack.test_judging import remade, saying, without
from truthgov import checkpoints
from truthgov.errors import Refusal


def correct(meeting, steering):
    made = Correction.objects.make(
        meeting.minutes, "Steering forum", "The steering forum of the coast.", "There are two.", by=steering.chair
    )
    made.countersign(by=by(steering.secretary))


@pytest.fixture
def corrected(sealed, steering, tmp_path):
    """The pack of a meeting whose minutes were corrected after the sealing."""
    correct(sealed, steering)
    checkpoints.keep()
    return exported(sealed, tmp_path / "corrected")


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


def test_a_correction_countersigned_by_who_made_it_is_named(corrected):
    def alone(record: Pack) -> None:
        made = record.find("minutes.corrected")
        record.find("correction.countersigned")[3] = made[3]
        assert made[DATA]["hash"]

    assert "is not by the other of chair and secretary" in remade(corrected, alone)
