"""The evidence pack of a sealed meeting: what anybody needs to check it without us, and a manifest that we sign.

The audit's entries go in as they were hashed, a line each, so that a pack of any length takes the memory of a few.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Protocol, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Max

from forums.minutes.pdf import minutes_document
from forums.models import Correction, Meeting
from forums.packs.facts import corrections_of, facts_of, names_in
from forums.reconciliation.records import canonical
from truthgov import audit, checkpoints
from truthgov.checkpoints import Checkpoint
from truthgov.errors import Refusal
from truthgov.models import AuditEntry

VERIFIER = Path(__file__).parent / "verifier"
CHUNK = 2_000
AT_ONCE = 200_000
"""Entries that one request packs."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
VERIFY = b'''"""`python verify.py` (3.11 or later): does this evidence pack hold? `--help` tells more."""

import sys
from pathlib import Path

from verifier.main import main

sys.exit(main(sys.argv[1:], Path(__file__).resolve().parent))
'''
READ_ME = """Evidence pack of {meeting}

Check it with:  python verify.py --key KEY
KEY is the public key that you were given by another way than this pack; without it, the pack's own is believed.

entries.ndjson      the audit, from its first entry on: each as it was hashed, with its hash
checkpoints.ndjson  what was signed and kept outside the database
facts.json          the meeting as the tables hold it; people.json says who the numbers are
minutes.txt, .pdf   the text that was signed and sealed
view.json           the reconciled view that was frozen
manifest.json, .sig the SHA-256 of every file, signed
"""


class Writer(Protocol):
    """Where a pack is written to: a folder, or a zip."""

    def write(self, name: str, parts: Iterable[bytes]) -> None: ...


class Folder:
    """A pack as files in a folder that is made for it; FileExistsError when there is one of that name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)

    def write(self, name: str, parts: Iterable[bytes]) -> None:
        target = self.path / name
        target.parent.mkdir(exist_ok=True)
        with target.open("wb") as file:
            file.writelines(parts)


class Zip:
    """A pack as one file; the same bytes for the same pack."""

    def __init__(self, file: ZipFile) -> None:
        self.file = file

    def write(self, name: str, parts: Iterable[bytes]) -> None:
        named = ZipInfo(name, LONG_AGO)
        named.compress_type, named.external_attr = ZIP_DEFLATED, 0o644 << 16
        with self.file.open(named, "w", force_zip64=True) as file:
            for part in parts:
                file.write(part)


def export(meeting: Meeting, to: Writer) -> int:
    """Write the pack of a sealed meeting; how many entries it holds. Refusal where it cannot be verified yet."""
    sealed, reaches = sealing_entry(meeting), reach(meeting)
    facts = facts_of(meeting, sealed)
    digests = {name: _write(to, name, parts) for name, parts in _files(meeting, facts, reaches)}
    manifest = _json({"pack": 1, "meeting": meeting.pk, "entries": reaches, "files": digests})
    _write(to, "manifest.json", [manifest])
    _write(to, "manifest.sig", [checkpoints.sign(manifest).encode() + b"\n"])
    return reaches


def zipped(meeting: Meeting) -> BinaryIO:
    """The pack as a file that is gone once it is closed. Refusal for a chain too long to wait for."""
    if reach(meeting) > AT_ONCE:
        raise Refusal(f"The audit holds more than {AT_ONCE:,} entries; `manage.py export_pack {meeting.pk}` writes it.")
    target = cast(BinaryIO, TemporaryFile())  # noqa: SIM115 - the answer closes it
    with ZipFile(target, "w") as file:
        export(meeting, Zip(file))
    target.seek(0)
    return target


def sealing_entry(meeting: Meeting) -> AuditEntry:
    """The audit's entry of the sealing; a Refusal for a meeting that is not sealed, or held before entries told all."""
    if meeting.status != Meeting.Status.SEALED:
        raise Refusal("Only a sealed meeting has an evidence pack; chair and secretary sign its minutes first.")
    sealing = meeting.minutes.sealing
    entry = AuditEntry.objects.filter(
        code="minutes.sealed", subject_kind=sealing._meta.label_lower, subject_id=str(sealing.pk)
    ).first()
    if entry is None or "attended" not in entry.data or not _opening_is_told(meeting):
        raise Refusal("This meeting was held before the audit held what recomputes it; it has no evidence pack.")
    return entry


def _opening_is_told(meeting: Meeting) -> bool:
    """A meeting may have been opened by a version whose entries said less, and sealed by a later one."""
    return AuditEntry.objects.filter(
        code="meeting.opened", subject_kind=meeting._meta.label_lower, subject_id=str(meeting.pk), data__has_key="terms"
    ).exists()


def reach(meeting: Meeting) -> int:
    """The last entry of the pack: the first one, from the sealing and its corrections on, that a checkpoint outside the
    database names."""
    last = max(sealing_entry(meeting).number, _last_correction(meeting))
    later = [number for number in checkpoints.numbers() if number >= last]
    if not later:
        raise Refusal(
            "No checkpoint names the sealing, or its last correction, yet; one is kept every quarter of an hour: come "
            "back then."
        )
    return min(later)


def _last_correction(meeting: Meeting) -> int:
    """The entry in which its sealed minutes were last corrected, or a correction countersigned; 0 where none was."""
    numbers = [str(number) for number in corrections_of(meeting).values_list("pk", flat=True)]
    told = AuditEntry.objects.filter(subject_kind=Correction._meta.label_lower, subject_id__in=numbers)
    return told.aggregate(last=Max("number"))["last"] or 0


def _files(meeting: Meeting, facts: dict[str, Any], reaches: int) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "README.txt", [READ_ME.format(meeting=meeting).encode()]
    yield "facts.json", [_json(facts)]
    yield "people.json", [_json(names_in(facts))]
    yield "minutes.txt", [meeting.minutes.sealing.text.encode()]
    yield "minutes.pdf", [minutes_document(meeting.minutes)]
    yield "view.json", [canonical(meeting.view.content).encode()]
    yield "public_key.txt", [checkpoints.public_key().encode() + b"\n"]
    yield (
        "checkpoints.ndjson",
        map(_checkpoint, map(checkpoints.numbered, (each for each in checkpoints.numbers() if each <= reaches))),
    )
    yield "verify.py", [VERIFY]
    for path in sorted(VERIFIER.glob("*.py")):
        yield f"verifier/{path.name}", [path.read_bytes()]
    entries = AuditEntry.objects.filter(number__lte=reaches).order_by("number")
    yield "entries.ndjson", map(line_of, entries.iterator(chunk_size=CHUNK))


def line_of(entry: AuditEntry) -> bytes:
    """An entry as the pack holds it: its hash, and the very bytes that were hashed."""
    return f'{{"hash":"{entry.hash}","entry":{audit.canonical(entry)}}}\n'.encode()


def _checkpoint(checkpoint: Checkpoint) -> bytes:
    return json.dumps(asdict(checkpoint), sort_keys=True).encode() + b"\n"


def _json(content: Any) -> bytes:
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
    return text.encode() + b"\n"


def _write(to: Writer, name: str, parts: Iterable[bytes]) -> str:
    """Write a file; its SHA-256, worked out as it goes."""
    digest = hashlib.sha256()

    def hashed() -> Iterator[bytes]:
        for part in parts:
            digest.update(part)
            yield part

    to.write(name, hashed())
    return digest.hexdigest()
