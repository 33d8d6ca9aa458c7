"""`python verify.py`: whether the evidence pack of a meeting holds. Exit status 0 when it does, 1 when it does not."""

import argparse
import re
from pathlib import Path

from .chain import CHECKPOINTS, ENTRIES, Chain
from .facts import FACTS, check_facts
from .files import KEY, MANIFEST, UNREADABLE, Pack, check_files
from .findings import Findings, counted
from .offices import Offices
from .sitting import Sitting

KEY_WRITTEN = re.compile("[0-9a-f]{64}")


def main(arguments: list[str], home: Path) -> int:
    """Verify a pack (the one in `home` unless another is named) and say what was found."""
    given = _arguments(home).parse_args(arguments)
    findings = Findings()
    told = verify(given.pack, given.key.strip().lower(), findings)
    for remark in findings.remarks:
        print(f"Not proven by the entries: {remark}.")
    for fault in findings.faults:
        print(f"Wrong: {fault}.")
    if findings.untold:
        print(f"Wrong: {findings.untold} more.")
    print("The evidence pack does NOT hold." if findings.faults else f"The evidence pack holds: {told}.")
    if not given.key:
        print(
            "The key is the pack's own. Compare it with the one you were given by another way, or give it: --key KEY."
        )
    return 1 if findings.faults else 0


def verify(path: Path, key: str, findings: Findings) -> str:
    """What was checked, in words; faults and remarks go to `findings`. Without a key, the pack's own is believed."""
    try:
        pack = Pack(path)
        own = pack.read(KEY).decode().strip()
        findings.expect(not key or own == key, KEY, f"is {own}, not the key you gave")
        key = key or own
        if not KEY_WRITTEN.fullmatch(key):
            findings.fault(
                KEY if key == own else "--key",
                "is no public key of 64 hexadecimal digits: nothing can be checked with it",
            )
            return ""
        manifest = check_files(pack, key, findings)
        meeting = int(manifest["meeting"])
        chain, sitting = _follow(pack, key, meeting, findings)
        findings.expect(manifest["entries"] == chain.head, MANIFEST, f"names another last entry than {chain.head}")
    except UNREADABLE as error:
        findings.fault(str(path), f"is not an evidence pack that can be read ({type(error).__name__}: {error})")
        return ""
    try:
        check_facts(pack, sitting, findings)
    except UNREADABLE as error:
        findings.fault(FACTS, f"cannot be read ({type(error).__name__}: {error})")
    checkpoints = sum(map(len, chain.signed.values()))
    return (
        f"meeting {meeting}, {counted(len(sitting.decisions), 'decision')}, "
        f"{counted(chain.head, 'entry', 'entries')} up to {chain.hash}, "
        f"{counted(checkpoints, 'checkpoint')} signed by the key {key}"
    )


def _follow(pack: Pack, key: str, meeting: int, findings: Findings) -> tuple[Chain, Sitting]:
    """Every entry, once, with what it says of offices and of the meeting."""
    chain, offices = Chain(pack, findings), Offices(findings)
    sitting = Sitting(meeting, offices, findings)
    chain.read_checkpoints(key)
    for entry in chain.entries():
        try:
            offices.take(entry)
            sitting.take(entry)
        except UNREADABLE as error:
            findings.fault(entry.where, f"does not say what such an entry says ({type(error).__name__}: {error})")
    findings.expect(sitting.state == "sealed", ENTRIES, f"meeting {meeting} is not sealed in them, but {sitting.state}")
    sealed = sitting.sealed.get("entry", chain.head)
    findings.expect(
        chain.covered >= sealed, CHECKPOINTS, f"none names entry {sealed} (the sealing) or a later one: what follows "
        f"entry {chain.covered} could have been written anew",
    )  # fmt: skip
    return chain, sitting


def _arguments(home: Path) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="verify.py", description=__doc__)
    parser.add_argument("pack", type=Path, nargs="?", default=home, help="a folder or a zip; by default this one")
    parser.add_argument("--key", default="", help="the public key in hexadecimal, as you were given it by another way")
    return parser
