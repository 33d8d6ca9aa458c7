"""Whatever is done to a pack, its verification says so; what was not touched holds.

How many are tried stands in TRUTHGOV_PACK_MUTATIONS (300 unless said); 10,000 are for the night.
"""

import os
import random
import shutil
from pathlib import Path

import pytest

from forums.packs.verifier.findings import Findings
from forums.packs.verifier.main import verify
from tests.forums.pack.forging import STRANGER, Pack, altered, name_anew, strangers_sign
from truthgov import checkpoints

MANY = int(os.environ.get("TRUTHGOV_PACK_MUTATIONS", "300"))


def faults(path: Path) -> list[str]:
    findings = Findings()
    verify(path, checkpoints.public_key(), findings)
    return findings.faults


# --- by whoever holds the database: the product then packs and signs what it finds, checkpoints stay as they were
def edit_an_entry(pack: Pack, dice: random.Random) -> None:
    place = dice.randrange(len(pack.entries))
    pack.entries[place] = altered(pack.entries[place], dice)


def edit_and_hash_anew(pack: Pack, dice: random.Random) -> None:
    place = dice.randrange(len(pack.entries))
    part = dice.choice([1, 2, 3, 4, 5, 6])
    pack.entries[place][part] = altered([pack.entries[place][part]], dice)[0]
    pack.chain_anew()


def drop_an_entry(pack: Pack, dice: random.Random) -> None:
    place = dice.randrange(len(pack.entries))
    del pack.entries[place], pack.hashes[place]


def drop_and_hash_anew(pack: Pack, dice: random.Random) -> None:
    drop_an_entry(pack, dice)
    pack.chain_anew()


def swap_two(pack: Pack, dice: random.Random) -> None:
    one, other = dice.sample(range(len(pack.entries)), 2)
    for lines in (pack.entries, pack.hashes):
        lines[one], lines[other] = lines[other], lines[one]


def swap_and_hash_anew(pack: Pack, dice: random.Random) -> None:
    swap_two(pack, dice)
    pack.chain_anew()


def cut_the_tail(pack: Pack, dice: random.Random) -> None:
    length = dice.randrange(len(pack.entries))
    del pack.entries[length:], pack.hashes[length:]


def cut_the_tail_with_its_checkpoints(pack: Pack, dice: random.Random) -> None:
    cut_the_tail(pack, dice)
    pack.checkpoints = [kept for kept in pack.checkpoints if kept["number"] <= len(pack.entries)]


def repeat_an_entry(pack: Pack, dice: random.Random) -> None:
    place = dice.randrange(len(pack.entries))
    pack.entries.insert(place, list(pack.entries[place]))
    pack.hashes.insert(place, pack.hashes[place])


def forge_an_entry(pack: Pack, dice: random.Random) -> None:
    pack.entries.insert(dice.randrange(len(pack.entries)), list(dice.choice(pack.entries)))
    pack.chain_anew()


def forge_checkpoints(pack: Pack, dice: random.Random) -> None:
    edit_and_hash_anew(pack, dice)
    pack.checkpoint_anew(strangers_sign)


def edit_a_checkpoint(pack: Pack, dice: random.Random) -> None:
    place = dice.randrange(len(pack.checkpoints))
    pack.checkpoints[place] = altered(pack.checkpoints[place], dice)


def edit_a_fact(pack: Pack, dice: random.Random) -> None:
    pack.facts = altered(pack.facts, dice)


IN_THE_DATABASE = [edit_an_entry, edit_and_hash_anew, drop_an_entry, drop_and_hash_anew, swap_two, swap_and_hash_anew,
                   cut_the_tail, cut_the_tail_with_its_checkpoints, repeat_an_entry, forge_an_entry, forge_checkpoints,
                   edit_a_checkpoint, edit_a_fact]  # fmt: skip


# --- by whoever holds the pack, and no key of ours
def a_file(path: Path, dice: random.Random) -> Path:
    return dice.choice(sorted(each for each in path.rglob("*") if each.is_file()))


def flip_a_bit(path: Path, dice: random.Random) -> None:
    flip_in(a_file(path, dice), dice)


def flip_in(file: Path, dice: random.Random) -> None:
    content = bytearray(file.read_bytes())
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    file.write_bytes(content)


def flip_and_name_anew(path: Path, dice: random.Random) -> None:
    """Signed with somebody else's key, or bearing the signature that was there."""
    kept = (path / "manifest.sig").read_text()
    flip_in(dice.choice(sorted(each for each in path.rglob("*") if each.is_file() and each.stem != "manifest")), dice)
    name_anew(path, strangers_sign)
    if dice.random() < 0.5:
        (path / "manifest.sig").write_text(kept)


def empty_a_file(path: Path, dice: random.Random) -> None:
    a_file(path, dice).write_bytes(b"")


def remove_a_file(path: Path, dice: random.Random) -> None:
    a_file(path, dice).unlink()


def add_a_file(path: Path, dice: random.Random) -> None:
    (path / dice.choice(["more.txt", "verifier/json.py", "verifier/hashlib.py"])).write_text("pass\n")


def swap_two_files(path: Path, dice: random.Random) -> None:
    one, other = dice.sample(sorted(each for each in path.rglob("*") if each.is_file()), 2)
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)


def pass_it_off_under_another_key(path: Path, dice: random.Random) -> None:
    """All of it made consistent under a key that is not ours."""
    pack, key = Pack(path), STRANGER.public_key().public_bytes_raw().hex()
    edit_and_hash_anew(pack, dice)
    pack.checkpoint_anew(strangers_sign, key)
    (path / "public_key.txt").write_text(key)
    pack.write()
    name_anew(path, strangers_sign)


IN_THE_PACK = [flip_a_bit, flip_and_name_anew, empty_a_file, remove_a_file, add_a_file, swap_two_files,
               pass_it_off_under_another_key]  # fmt: skip


def mutate(path: Path, number: int) -> tuple[str, bool]:
    """Do one of the acts to a pack; its name, and whether anything is different now."""
    acts, dice = [*IN_THE_DATABASE, *IN_THE_PACK], random.Random(number)
    act, before = acts[number % len(acts)], _files(path)
    if act not in IN_THE_DATABASE:
        act(path, dice)
        return act.__name__, _files(path) != before
    record, untouched = Pack(path), Pack(path)
    act(record, dice)
    record.write()
    name_anew(path)
    return act.__name__, vars(record) != vars(untouched)


def _files(path: Path) -> dict[Path, bytes]:
    return {each.relative_to(path): each.read_bytes() for each in path.rglob("*") if each.is_file()}


@pytest.mark.parametrize(("recorded", "first"), [("pack", 0), ("asked_pack", 1)])
def test_every_mutation_is_caught_and_the_untouched_pack_holds(request, recorded, first, tmp_path):
    """Half of them are done to a meeting whose room was asked."""
    pack, missed = request.getfixturevalue(recorded), []
    for number in range(first, MANY, 2):
        mutated = Path(shutil.copytree(pack, tmp_path / "mutated"))
        act, is_different = mutate(mutated, number)
        if is_different != bool(faults(mutated)):
            missed.append((act, number))
        shutil.rmtree(mutated)
    assert missed == []
    assert faults(pack) == []


def test_a_pack_that_is_named_anew_from_the_same_record_holds(pack):
    record = Pack(pack)
    record.chain_anew()
    record.write()
    name_anew(pack)
    assert faults(pack) == []


@pytest.mark.parametrize("zipped", [True, False])
def test_what_is_no_pack_is_refused(tmp_path, db, zipped):
    path = tmp_path / "nothing"
    path.write_bytes(b"PK not") if zipped else path.mkdir()
    assert "is not an evidence pack" in faults(path)[0]
