"""An evidence pack with very many entries, verified by itself: how long it takes.

The meeting is written by hand; what stands around it are entries like those that a feed leaves.
"""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.report import Measured
from forums.packs.evidence_pack import VERIFIER, VERIFY
from forums.packs.verifier.chain import Entry
from forums.packs.verifier.facts import recomputed
from forums.packs.verifier.findings import Findings
from forums.packs.verifier.offices import Offices
from forums.packs.verifier.sitting import Sitting

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw().hex()
MANY = 1_000_000
CHECKPOINTS = 200
AT = "1790000000.000000"
TEXT, VIEW = b"Minutes.\n", b"{}"
CHARTER = {"forum": 1, "scope": 2, "version": 1, "starts_on": "2020-01-01", "quorum": 2, "chair_role": "truth_owner",
           "member_roles": ["executive"], "trust_needed": 0, "proposed_by": 1, "rights": {}}  # fmt: skip
SEATS = {1: ("truth_owner", 1, "organisation"), 2: ("executive", 1, "organisation"), 3: ("secretary", 2, "forum")}


def measure(entries: int = MANY) -> Iterator[Measured]:
    with TemporaryDirectory() as folder:
        pack = Path(folder)
        write(pack, entries)
        began = time.perf_counter()
        subprocess.run([sys.executable, "-S", "-E", str(pack / "verify.py"), "--key", PUBLIC], check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        took = time.perf_counter() - began
    yield Measured(f"pack of {entries:,} entries, seconds to verify", took, "≤ 60", " s")


def write(pack: Path, entries: int) -> None:
    told = list(_meeting())
    offices = Offices(Findings())
    sitting = Sitting(1, offices, offices.findings)
    files = {"minutes.txt": TEXT, "view.json": VIEW, "public_key.txt": f"{PUBLIC}\n".encode(), "verify.py": VERIFY}
    files |= {f"verifier/{path.name}": path.read_bytes() for path in VERIFIER.glob("*.py")}
    signed = _entries(pack / "entries.ndjson", entries - len(told), told, sitting)
    files["checkpoints.ndjson"] = "".join(f"{json.dumps(each)}\n" for each in signed).encode()
    files["facts.json"] = json.dumps(recomputed(sitting, {"appointments": {}})).encode()
    for name, content in files.items():
        (pack / name).parent.mkdir(exist_ok=True)
        (pack / name).write_bytes(content)
    named = {name: _digest(pack / name) for name in [*files, "entries.ndjson"]}
    manifest = json.dumps({"pack": 1, "meeting": 1, "entries": entries, "files": named}).encode()
    (pack / "manifest.json").write_bytes(manifest)
    (pack / "manifest.sig").write_text(f"{KEY.sign(manifest).hex()}\n")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _entries(path: Path, filling: int, told: list[list[Any]], sitting: Sitting) -> list[dict[str, Any]]:
    """Write them all, chained; the checkpoints of them."""
    filler = (["figure.received", {"key": 1}, "metrics.submission", str(each), {"rows": 12, "measure": "sales.leads"}]
              for each in range(filling))  # fmt: skip
    last, signed, every = "", [], max(1, (filling + len(told)) // CHECKPOINTS)
    with path.open("w") as file:
        for number, (code, actor, kind, record, data) in enumerate(chain(filler, told), start=1):
            entry = Entry(number, AT, code, actor, kind, record, data, last)
            content = json.dumps(entry, sort_keys=True, separators=(",", ":"))
            last = hashlib.sha256(content.encode()).hexdigest()
            file.write(f'{{"hash":"{last}","entry":{content}}}\n')
            sitting.offices.take(entry)
            sitting.take(entry)
            if number % every == 0 or number == filling + len(told):
                signed.append(_checkpoint(number, last))
    return signed


def _checkpoint(number: int, digest: str) -> dict[str, Any]:
    kept = {"number": number, "hash": digest, "at": AT, "public_key": PUBLIC}
    return kept | {"signature": KEY.sign(json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()).hex()}


def _meeting() -> Iterator[list[Any]]:
    """A meeting that was opened, attended by two, closed, signed and sealed."""
    for number, (role, scope, kind) in SEATS.items():
        held = {"person": number, "role": role, "scope": scope, "scope_kind": kind, "starts_on": "2020-01-01"}
        yield ["appointment.proposed", {"person": 8}, "truthgov.appointment", str(number), {}]
        yield ["appointment.confirmed", {"person": 9}, "truthgov.appointment", str(number), held | {"ends_on": None}]
    yield ["charter.proposed", {"person": 1}, "forums.charter", "1", {}]
    yield ["charter.approved", {"person": 9}, "forums.charter", "1", CHARTER]
    chair, text, view = {"person": 1, "appointment": 1}, *(hashlib.sha256(each).hexdigest() for each in (TEXT, VIEW))
    opened = {"forum": 1, "charter": 1, "terms": CHARTER, "opened_at": AT, "arrived_at": AT}
    yield ["meeting.opened", chair, "forums.meeting", "1", opened]
    yield ["meeting.arrived", {"person": 2}, "forums.meeting", "1", {"person": 2, "appointment": 2, "arrived_at": AT}]
    yield ["meeting.closed", chair, "forums.meeting", "1", {"view": view, "known": 1, "text": text, "closed_at": AT}]
    for signer in (chair, {"person": 3, "appointment": 3}):
        yield ["minutes.signed", signer, "forums.minutes", "1", {"meeting": 1, "text": text}]
    attended = [[1, 1, AT, AT], [2, 2, AT, AT]]
    seal = hashlib.sha256(json.dumps([1, text, view, [], attended], separators=(",", ":")).encode()).hexdigest()
    sealed = {"meeting": 1, "hash": seal, "view": view, "text": text, "attended": attended}
    yield ["minutes.sealed", chair, "forums.sealing", "1", sealed]


if __name__ == "__main__":
    for measured in measure():
        print(measured, flush=True)
