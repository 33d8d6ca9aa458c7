"""Whatever is done to a pack is seen: twenty acts of whoever holds the database, or the pack, and no key of ours."""

import random
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.forging import STRANGER, Pack, Sign, altered, name_anew, strangers_sign
from forums.packs.verifier.findings import Findings
from forums.packs.verifier.main import verify


def faults(path: Path, key: str) -> list[str]:
    findings = Findings()
    verify(path, key, findings)
    return findings.faults


def misjudged(pack: Path, key: str, sign: Sign, numbers: Iterable[int], scratch: Path) -> list[tuple[str, int]]:
    """Of so many mutations, each by its number: those that verification does not see, or sees where nothing differs."""
    found = []
    for number in numbers:
        mutated = Path(shutil.copytree(pack, scratch / "mutated"))
        act, is_different = mutate(mutated, number, sign)
        if is_different != bool(faults(mutated, key)):
            found.append((act, number))
        shutil.rmtree(mutated)
    return found


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
    both: tuple[list[Any], list[Any]] = (pack.entries, pack.hashes)
    for lines in both:
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


def mutate(path: Path, number: int, sign: Sign) -> tuple[str, bool]:
    """Do one of the acts to a pack; its name, and whether anything is different now."""
    dice, place = random.Random(number), number % (len(IN_THE_DATABASE) + len(IN_THE_PACK))
    if place >= len(IN_THE_DATABASE):
        by_hand, before = IN_THE_PACK[place - len(IN_THE_DATABASE)], _files(path)
        by_hand(path, dice)
        return by_hand.__name__, _files(path) != before
    act, record, untouched = IN_THE_DATABASE[place], Pack(path), Pack(path)
    act(record, dice)
    record.write()
    name_anew(path, sign)
    return act.__name__, vars(record) != vars(untouched)


def _files(path: Path) -> dict[Path, bytes]:
    return {each.relative_to(path): each.read_bytes() for each in path.rglob("*") if each.is_file()}
