"""The chain of the audit: every entry is what was hashed, continues the one before, and is the one checkpoints name."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .ed25519 import is_signed
from .files import UNREADABLE, Pack, unhex
from .findings import Findings

ENTRIES, CHECKPOINTS = "entries.ndjson", "checkpoints.ndjson"
BEFORE, AFTER = b'{"hash":"', b'","entry":'
ACT = "act"
"""What an entry tells of the rows of its act, which are of tables that no pack holds whole."""
START = len(BEFORE) + 64 + len(AFTER)


class Entry(NamedTuple):
    """An entry of the audit as it was hashed; `at` in seconds since 1970."""

    number: int
    at: str
    code: str
    actor: dict[str, Any]
    subject_kind: str
    subject_id: str
    data: dict[str, Any]
    previous_hash: str

    @property
    def where(self) -> str:
        return f"entry {self.number} ({self.code})"


@dataclass
class Chain:
    """Follow with `entries`; afterwards `head` is the last number, `covered` the last one that a checkpoint names."""

    pack: Pack
    findings: Findings
    signed: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    head: int = 0
    hash: str = ""
    covered: int = 0

    def read_checkpoints(self, key: str) -> int:
        """Keep those that the key signed, a fault for each other; how many there are."""
        count = 0
        for count, line in enumerate(self.pack.lines(CHECKPOINTS), start=1):
            try:
                self._read_checkpoint(json.loads(line), key)
            except UNREADABLE:
                self.findings.fault(CHECKPOINTS, f"line {count} is not a checkpoint")
        return count

    def _read_checkpoint(self, kept: dict[str, Any], key: str) -> None:
        statement = {name: value for name, value in kept.items() if name != "signature"}
        told = json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()
        if not is_signed(unhex(key), told, unhex(kept["signature"])):
            self.findings.fault(CHECKPOINTS, f"the checkpoint of entry {kept['number']} is not signed by the key")
            return
        self.signed.setdefault(kept["number"], []).append(kept)

    def entries(self) -> Iterator[Entry]:
        """Every entry in its order, a fault for each that does not hold; an unreadable one is passed over."""
        for place, line in enumerate(self.pack.lines(ENTRIES), start=1):
            try:
                entry = self._read(line)
            except UNREADABLE:
                self.findings.fault(ENTRIES, f"line {place} is not an entry")
                continue
            yield entry
        for number in sorted(self.signed):
            if number > self.head:
                self.findings.fault(
                    CHECKPOINTS, f"entry {number} is named and missing: the end of the chain was cut at {self.head}"
                )

    def _read(self, line: bytes) -> Entry:
        content, stated = line[START:-2], line[len(BEFORE) : len(BEFORE) + 64].decode()
        whole = line.startswith(BEFORE) and line[START - len(AFTER) : START] == AFTER and line.endswith(b"}\n")
        entry = Entry(*json.loads(content))
        entry.data.pop(ACT, None)
        expect, where = self.findings.expect, entry.where
        expect(whole, where, "is not written as entries of a pack are")
        expect(hashlib.sha256(content).hexdigest() == stated, where, "is not what was written: its hash differs")
        expect(entry.number == self.head + 1, where, f"follows entry {self.head}: what lay between is missing or moved")
        expect(entry.previous_hash == self.hash, where, f"does not continue entry {self.head}")
        for checkpoint in self.signed.get(entry.number, ()):
            expect(
                checkpoint["hash"] == stated, where, f"is not the one that the checkpoint of {checkpoint['at']} names"
            )
            self.covered = entry.number
        self.head, self.hash = entry.number, stated
        return entry
