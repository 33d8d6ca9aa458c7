"""Whether the audit holds: every entry has the content its hash says, continues the one before, and none is missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from truthgov import checkpoints
from truthgov.audit import entry_hash
from truthgov.checkpoints import Checkpoint
from truthgov.models import AuditEntry, AuditHead

CHUNK = 2_000
MANY = 20


@dataclass
class Verification:
    """What was checked, and each thing that is wrong in a sentence; `holds` when nothing is."""

    entries: int = 0
    checkpoints: int = 0
    head: int = 0
    last_hash: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.faults


def verify() -> Verification:
    """Recompute the whole chain and compare it with its head and with the checkpoints kept outside the database."""
    # The head first: entries that are added meanwhile are beyond it and are not looked at.
    head = AuditHead.objects.get()
    signed, faults = _checkpoints()
    entries = AuditEntry.objects.filter(number__lte=head.number).order_by("number").iterator(chunk_size=CHUNK)
    found = verify_chain(entries, {checkpoint.number: checkpoint for checkpoint in signed}, beyond=head.number)
    found.faults[:0] = faults
    if (found.head, found.last_hash) != (head.number, head.hash):
        found.faults.append(
            f"The head names entry {head.number}; the chain ends at entry {found.head} or differs there."
        )
    return found


def verify_chain(entries: Iterable[AuditEntry], signed: dict[int, Checkpoint], *, beyond: int = 0) -> Verification:
    """Follow entries in ascending order from the first; `signed` are checkpoints by entry number.

    `beyond` is the number after which a checkpoint says that entries are missing.
    """
    found = Verification(checkpoints=len(signed))
    for entry in entries:
        found.faults += _faults_of(entry, found)[: MANY - len(found.faults)]
        checkpoint = signed.get(entry.number)
        if checkpoint and checkpoint.hash != entry.hash:
            found.faults.append(f"Entry {entry.number} is not the one that the checkpoint of {checkpoint.at} names.")
        found.entries += 1
        found.head, found.last_hash = entry.number, entry.hash
    found.faults += [
        f"The checkpoint of {signed[number].at} names entry {number}, which is missing: the end of the chain was cut."
        for number in sorted(signed)
        if number > max(found.head, beyond)
    ]
    return found


def _faults_of(entry: AuditEntry, before: Verification) -> list[str]:
    faults = []
    if entry.number != before.head + 1:
        faults.append(f"After entry {before.head} comes entry {entry.number}: what lay between is missing.")
    if entry.previous_hash != before.last_hash:
        faults.append(f"Entry {entry.number} does not continue entry {before.head}.")
    if entry_hash(entry) != entry.hash:
        faults.append(f"Entry {entry.number} ({entry.code}) is not what was written: its hash differs.")
    return faults


def _checkpoints() -> tuple[list[Checkpoint], list[str]]:
    """Those with a good signature, and a sentence for each without."""
    try:
        kept = list(checkpoints.kept())
    except ValueError as error:
        return [], [f"{error}."]
    key = checkpoints.public_key()
    good = [checkpoint for checkpoint in kept if checkpoint.is_signed_by(key)]
    bad = [checkpoint for checkpoint in kept if not checkpoint.is_signed_by(key)]
    return good, [
        f"The checkpoint of {checkpoint.at} at entry {checkpoint.number} is not signed by us." for checkpoint in bad
    ]
