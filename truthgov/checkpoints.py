"""Signed checkpoints of the audit, kept outside the database: a chain whose tail was cut still verifies, one beside a
checkpoint does not.

A checkpoint is a file that names the head of the chain at a moment, signed with Ed25519 (RFC 8032) over the
statement's canonical JSON. The folder and the key stand in the settings.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from truthgov import clock
from truthgov.models import AuditHead

PATTERN = "checkpoint-*.json"


@dataclass(frozen=True)
class Checkpoint:
    """The head of the chain at a moment: its number, its hash (both hexadecimal SHA-256), when, and who says so."""

    number: int
    hash: str
    at: str
    public_key: str
    signature: str = ""

    def statement(self) -> bytes:
        """The bytes that are signed: canonical JSON of everything but the signature."""
        content = {name: value for name, value in asdict(self).items() if name != "signature"}
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()

    def is_signed_by(self, public_key: str) -> bool:
        """Whether the key (hexadecimal) signed exactly this statement."""
        if self.public_key != public_key:
            return False
        try:
            verifier = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
            verifier.verify(bytes.fromhex(self.signature), self.statement())
        except (InvalidSignature, ValueError):
            return False
        return True


def keep() -> Checkpoint | None:
    """Write a checkpoint of the chain as it is committed now; None when the latest one names this head already."""
    head = AuditHead.objects.get()
    folder = Path(settings.CHECKPOINTS_FOLDER)
    path = _path(head.number)
    if not head.number or path.exists():
        return None
    checkpoint = _sign(Checkpoint(head.number, head.hash, clock.now().isoformat(), public_key()))
    folder.mkdir(parents=True, exist_ok=True)
    _write(path, json.dumps(asdict(checkpoint), indent=1, sort_keys=True) + "\n")
    return checkpoint


def kept() -> Iterator[Checkpoint]:
    """Every checkpoint in the folder, oldest first. ValueError, naming the file, when one cannot be read."""
    return map(_read, sorted(Path(settings.CHECKPOINTS_FOLDER).glob(PATTERN)))


def numbers() -> list[int]:
    """The entries that checkpoints name, by the files' names alone: a year has thousands of them."""
    names = (path.stem.partition("-")[2] for path in Path(settings.CHECKPOINTS_FOLDER).glob(PATTERN))
    return sorted(int(name) for name in names if name.isdecimal())


def numbered(number: int) -> Checkpoint:
    """The one that names an entry. ValueError, naming the file, when it cannot be read."""
    return _read(_path(number))


def latest() -> int | None:
    """The highest entry that a checkpoint names."""
    return max(numbers(), default=None)


def public_key() -> str:
    """The key, in hexadecimal, that a verifier checks signatures with."""
    return _signing_key().public_key().public_bytes_raw().hex()


def sign(content: bytes) -> str:
    """The signature, in hexadecimal, of what leaves the product under the key that signs checkpoints."""
    return _signing_key().sign(content).hex()


def _path(number: int) -> Path:
    return Path(settings.CHECKPOINTS_FOLDER) / f"checkpoint-{number:012d}.json"


def _read(path: Path) -> Checkpoint:
    try:
        return Checkpoint(**json.loads(path.read_text()))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path.name} is not a checkpoint: {error}") from error


def _sign(checkpoint: Checkpoint) -> Checkpoint:
    return Checkpoint(**(asdict(checkpoint) | {"signature": sign(checkpoint.statement())}))


def _signing_key() -> Ed25519PrivateKey:
    seed = hashlib.sha256(b"truthgov audit checkpoints\n" + settings.AUDIT_SIGNING_KEY.encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and on the disk before it bears its name."""
    with NamedTemporaryFile("w", dir=path.parent, prefix=".", delete=False) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
