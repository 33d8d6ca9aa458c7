"""Whatever is done to a pack, its verification says so; what was not touched holds.

How many are tried stands in TRUTHGOV_PACK_MUTATIONS (300 unless said); 10,000 are for the night.
"""

import os
from pathlib import Path

import pytest

from benchmarks.forging import Pack, name_anew
from benchmarks.mutating import faults, misjudged
from tests.forums.pack.conftest import verified
from truthgov import checkpoints

MANY = int(os.environ.get("TRUTHGOV_PACK_MUTATIONS", "300"))


def test_every_mutation_is_caught_and_the_untouched_pack_holds(whole_pack: Path, tmp_path: Path) -> None:
    found = misjudged(whole_pack, checkpoints.public_key(), checkpoints.sign, range(MANY), tmp_path)
    assert found == []
    held = verified(whole_pack, key=checkpoints.public_key())
    assert (held.returncode, held.stderr) == (0, ""), held.stdout


def test_a_pack_that_is_named_anew_from_the_same_record_holds(whole_pack: Path) -> None:
    record = Pack(whole_pack)
    record.chain_anew()
    record.write()
    name_anew(whole_pack, checkpoints.sign)
    assert faults(whole_pack, checkpoints.public_key()) == []


@pytest.mark.parametrize("zipped", [True, False])
def test_what_is_no_pack_is_refused(tmp_path: Path, db: None, zipped: bool) -> None:
    path = tmp_path / "nothing"
    path.write_bytes(b"PK not") if zipped else path.mkdir()
    assert "is not an evidence pack" in faults(path, checkpoints.public_key())[0]
