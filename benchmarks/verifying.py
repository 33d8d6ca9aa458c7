"""An evidence pack with very many entries, verified by itself: how long it takes; and that whatever is done to one is
seen.

The meeting is written by hand (`benchmarks.recorded`); what stands around it are entries like those that a feed leaves.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.mutating import misjudged
from benchmarks.recorded import AT, TEXT, VIEW, meeting
from benchmarks.report import Measured
from forums.packs.evidence_pack import VERIFIER, VERIFY
from forums.packs.verifier.chain import Entry
from forums.packs.verifier.facts import recomputed
from forums.packs.verifier.findings import Findings
from forums.packs.verifier.offices import Offices
from forums.packs.verifier.sitting import Sitting

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw().hex()
MANY, FEW, MUTATIONS = 1_000_000, 100, 10_000
CHECKPOINTS = 200


def measure(entries: int = MANY, mutations: int = MUTATIONS) -> Iterator[Measured]:
    with TemporaryDirectory() as folder:
        pack = Path(folder)
        write(pack, entries, checkpoints=CHECKPOINTS)
        began = time.perf_counter()
        subprocess.run([sys.executable, "-S", "-E", str(pack / "verify.py"), "--key", PUBLIC], check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        took = time.perf_counter() - began
    yield Measured(f"pack of {entries:,} entries, seconds to verify", took, "≤ 60", " s")
    yield Measured(f"mutations of a pack that are not seen, of {mutations:,}", unseen(mutations), "≤ 0")


def unseen(mutations: int) -> int:
    """How many mutations of a small pack are not seen, or seen where nothing differs; shared out over the cores."""
    shares = os.cpu_count() or 1
    with TemporaryDirectory() as folder, ProcessPoolExecutor(shares) as processes:
        pack = Path(folder) / "pack"
        pack.mkdir()
        write(pack, entries=FEW, checkpoints=3)
        done = [
            processes.submit(misjudged, pack, PUBLIC, sign, range(share, mutations, shares), Path(folder) / str(share))
            for share in range(shares)
        ]
        return sum(len(each.result()) for each in done)


def sign(content: bytes) -> str:
    return KEY.sign(content).hex()


def write(pack: Path, entries: int, *, checkpoints: int) -> None:
    told = list(meeting())
    offices = Offices(Findings())
    sitting = Sitting(1, offices, offices.findings)
    files = {"minutes.txt": TEXT, "view.json": VIEW, "public_key.txt": f"{PUBLIC}\n".encode(), "verify.py": VERIFY}
    files |= {f"verifier/{path.name}": path.read_bytes() for path in VERIFIER.glob("*.py")}
    signed = _entries(pack / "entries.ndjson", entries - len(told), told, sitting, checkpoints)
    files["checkpoints.ndjson"] = "".join(f"{json.dumps(each)}\n" for each in signed).encode()
    files["facts.json"] = json.dumps(recomputed(sitting, {"appointments": {}})).encode()
    for name, content in files.items():
        (pack / name).parent.mkdir(exist_ok=True)
        (pack / name).write_bytes(content)
    named = {name: _digest(pack / name) for name in [*files, "entries.ndjson"]}
    manifest = json.dumps({"pack": 1, "meeting": 1, "entries": entries, "files": named}).encode()
    (pack / "manifest.json").write_bytes(manifest)
    (pack / "manifest.sig").write_text(f"{sign(manifest)}\n")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _entries(
    path: Path, filling: int, told: list[list[Any]], sitting: Sitting, checkpoints: int
) -> list[dict[str, Any]]:
    """Write them all, chained; the checkpoints of them."""
    filler = (["figure.received", {"key": 1}, "metrics.submission", str(each), {"rows": 12, "measure": "sales.leads"}]
              for each in range(filling))  # fmt: skip
    last, signed, every = "", [], max(1, (filling + len(told)) // checkpoints)
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
    return kept | {"signature": sign(json.dumps(kept, sort_keys=True, separators=(",", ":")).encode())}


if __name__ == "__main__":
    for measured in measure():
        print(measured, flush=True)
