"""What is exported holds by itself, and says in plain words what is wrong when the tables were got at."""

import json
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from forums.models import Meeting
from forums.packs.verifier import main
from tests.acting import by
from tests.factories.forums import next_meeting, resolving
from tests.forums.pack.conftest import entries, exported, seal, verified
from truthgov import audit, checkpoints, clock
from truthgov.lifecycle import advance


def test_a_pack_holds_without_our_code_or_anybody_elses(pack):
    found = verified(pack, key=checkpoints.public_key())
    assert (found.returncode, found.stderr) == (0, ""), found.stdout
    assert found.stdout.startswith("The evidence pack holds: meeting ")
    assert ", 1 decision, " in found.stdout


def test_a_forced_decision_without_a_quorum_holds_by_its_mandate(sitting, steering, tmp_path, executive, delivery_lead):
    for person in (executive, delivery_lead):
        sitting.meeting.leave(person, by=by(person))
    from_above = sitting.decide(resolving(force=True, reason="Nobody else is here."), by=steering.chair)
    assert from_above.present == 2
    found = verified(exported(seal(sitting.meeting, steering), tmp_path / "forced"))
    assert found.returncode == 0, found.stdout


def test_the_command_writes_a_zip_that_holds_and_nothing_over_it(sealed, tmp_path):
    target = tmp_path / "pack.zip"
    call_command("export_pack", sealed.pk, to=target)
    with ZipFile(target) as packed:
        packed.extractall(tmp_path / "extracted")
    assert verified(tmp_path / "extracted").returncode == 0
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_pack", sealed.pk, to=target)
    with pytest.raises(CommandError, match="cannot be written: Not a directory"):
        call_command("export_pack", sealed.pk, to=target / "within.zip")


def test_one_record_makes_one_manifest(sealed, tmp_path):
    first, second = (exported(sealed, tmp_path / name) for name in ("first", "second"))
    for name in ("manifest.json", "manifest.sig"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_a_meeting_that_is_not_sealed_has_no_pack(sitting):
    with pytest.raises(CommandError, match="Only a sealed meeting"):
        call_command("export_pack", sitting.meeting_id)


def test_a_meeting_that_an_earlier_version_opened_has_no_pack_that_accuses_it(sitting, steering):
    """Entries of a version before did not hold who opened it, when and under which terms."""
    sitting.meeting.close(by=steering.chair)
    earlier = next_meeting(steering, sitting.meeting.slot + timedelta(days=1))
    with audit.act():
        audit.record("meeting.opened", earlier, by=steering.chair)
        advance(earlier, Meeting.Status.SCHEDULED, Meeting.Status.IN_SESSION, charter=sitting.meeting.charter,
                opened_at=clock.now(), opened_by=steering.truth_owner)  # fmt: skip
    for member in (steering.truth_owner, *steering.members):
        earlier.arrive(member, by=by(member))
    with pytest.raises(CommandError, match="before the audit held what recomputes it"):
        call_command("export_pack", seal(earlier, steering).pk)


def test_its_verifier_is_ours(pack):
    """Which is why most of what verification says may be asked of ours."""
    packed = {path.name: path.read_bytes() for path in (pack / "verifier").glob("*.py")}
    assert packed == {path.name: path.read_bytes() for path in Path(main.__file__).parent.glob("*.py")}


def test_it_holds_the_first_entry_to_the_first_checkpoint_past_the_sealing(pack):
    numbers = [each["entry"][0] for each in entries(pack)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert json.loads((pack / "checkpoints.ndjson").read_text().splitlines()[-1])["number"] == numbers[-1]
