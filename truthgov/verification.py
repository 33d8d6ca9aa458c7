"""Whether the audit holds: every entry has the content its hash says, continues the one before, and none is missing;
and the rows that acts wrote and changed are those that their entries tell of.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from truthgov import checkpoints, rows
from truthgov.audit import entry_hash
from truthgov.checkpoints import Checkpoint
from truthgov.models import AuditEntry, AuditHead

CHUNK = 2_000
MANY = 20
"""Faults of one kind that are told: whoever reads of so many needs no more to know that the chain does not hold."""


@dataclass
class Verification:
    """What was checked, and what is wrong in a sentence each, the first `MANY` of it; `holds` when nothing is."""

    entries: int = 0
    checkpoints: int = 0
    head: int = 0
    last_hash: str = ""
    rows: int = 0
    untold: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    act: UUID | None = None
    """Of the entries that are followed: the act whose name was told last."""
    named: set[UUID | None] = field(default_factory=set)
    """The acts that the entries after that one name."""

    @property
    def holds(self) -> bool:
        return not self.faults

    def add(self, faults: list[str]) -> None:
        self.faults += faults[: max(MANY - len(self.faults), 0)]


def verify() -> Verification:
    """Recompute the whole chain and compare it with its head and with the checkpoints kept outside the database."""
    # Checkpoints first, which then name no entry beyond the head; entries that are added after it are not looked at.
    signed, faults = _checkpoints()
    head = AuditHead.objects.get()
    entries = AuditEntry.objects.filter(number__lte=head.number).order_by("number").iterator(chunk_size=CHUNK)
    found = verify_chain(entries, {checkpoint.number: checkpoint for checkpoint in signed}, beyond=head.number)
    found.faults[:0] = faults
    if (found.head, found.last_hash) != (head.number, head.hash):
        found.faults.append(
            f"The head names entry {head.number}; the chain ends at entry {found.head} or differs there."
        )
    if found.holds:  # what is no longer what was written tells nothing of rows
        kept = rows.standing()
        found.rows, found.untold, found.faults = kept.held, kept.untold, kept.faults
    return found


def verify_chain(entries: Iterable[AuditEntry], signed: dict[int, Checkpoint], *, beyond: int = 0) -> Verification:
    """Follow entries in ascending order from the first; `signed` are checkpoints by entry number.

    `beyond` is the number after which a checkpoint says that entries are missing.
    """
    found = Verification(checkpoints=len(signed))
    for entry in entries:
        found.add(_faults_of(entry, found, signed.get(entry.number)))
        found.entries += 1
        found.head, found.last_hash = entry.number, entry.hash
    cut = [number for number in sorted(signed) if number > max(found.head, beyond)]
    found.faults += [
        f"The checkpoint of {signed[number].at} names entry {number}, which is missing: the end of the chain was cut."
        for number in cut[:MANY]
    ]
    return found


def _faults_of(entry: AuditEntry, before: Verification, checkpoint: Checkpoint | None) -> list[str]:
    faults = []
    if entry.number != before.head + 1:
        faults.append(f"After entry {before.head} comes entry {entry.number}: what lay between is missing.")
    if entry.previous_hash != before.last_hash:
        faults.append(f"Entry {entry.number} does not continue entry {before.head}.")
    if checkpoint and checkpoint.hash != entry.hash:
        faults.append(f"Entry {entry.number} is not the one that the checkpoint of {checkpoint.at} names.")
    if entry_hash(entry) != entry.hash:
        faults.append(f"Entry {entry.number} ({entry.code}) is not what was written: its hash differs.")
    return faults + _misnamed(entry, before)


def _misnamed(entry: AuditEntry, before: Verification) -> list[str]:
    """The last entry of an act tells its name, which all of its entries have; earlier ones told none."""
    before.named.add(entry.act)
    told = entry.data.get("act") if isinstance(entry.data, dict) else None
    if not isinstance(told, dict):
        return []
    name, before.act = before.act, UUID(told["name"])
    named, before.named = before.named if name else {entry.act}, set()
    if named == {before.act}:
        return []
    return [f"Entry {entry.number}, or one before it, names an act that did not make it."]


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
