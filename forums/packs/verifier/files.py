"""The files of a pack, in a folder or a zip: that each is the one its signed manifest names."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from .ed25519 import is_signed
from .findings import Findings

MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "public_key.txt"
UNNAMED = {MANIFEST, SIGNATURE}
IGNORED = "__pycache__"
PART = 1 << 20
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, OSError, EOFError, RecursionError, ArithmeticError,
              zipfile.BadZipFile, NotImplementedError)  # fmt: skip
"""What reading something that is not what it should be ends in."""


class Pack:
    """A pack by its path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.zip = zipfile.ZipFile(path) if path.is_file() else None

    def names(self) -> list[str]:
        if self.zip:
            return [name for name in self.zip.namelist() if not name.endswith("/")]
        found = (path.relative_to(self.path) for path in self.path.rglob("*") if not path.is_dir())
        return [path.as_posix() for path in found if IGNORED not in path.parts]

    def open(self, name: str) -> BinaryIO:
        return cast(BinaryIO, self.zip.open(name)) if self.zip else (self.path / name).open("rb")

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read()

    def load(self, name: str) -> Any:
        return json.loads(self.read(name))

    def lines(self, name: str) -> Iterator[bytes]:
        with self.open(name) as file:
            yield from file

    def digest(self, name: str) -> str:
        """SHA-256 of a file, read in parts."""
        found = hashlib.sha256()
        with self.open(name) as file:
            while part := file.read(PART):
                found.update(part)
        return found.hexdigest()


def unhex(text: str) -> bytes:
    """What hexadecimal digits stand for, written in the one way we write them; ValueError otherwise."""
    content = bytes.fromhex(text)
    if content.hex() != text:
        raise ValueError("not hexadecimal as it is written here")
    return content


def check_files(pack: Pack, key: str, findings: Findings) -> dict[str, Any]:
    """The manifest, once its signature by the key (hexadecimal) and every file that it names are checked."""
    signed = False
    with suppress(ValueError):  # what is no signature signs nothing
        signature = unhex(pack.read(SIGNATURE).decode().removesuffix("\n"))
        signed = is_signed(unhex(key), pack.read(MANIFEST), signature)
    findings.expect(signed, MANIFEST, f"is not signed by the key {key}: it, or {SIGNATURE}, was changed")
    manifest: dict[str, Any] = pack.load(MANIFEST)
    present, named = pack.names(), manifest["files"]
    for name in sorted(set(present) - named.keys() - UNNAMED):
        findings.fault(name, "is not named by the manifest")
    for name in sorted({name for name in present if present.count(name) > 1}):
        findings.fault(name, "is in the pack more than once")
    for name, digest in named.items():
        if name not in present:
            findings.fault(name, "is missing")
        elif pack.digest(name) != digest:
            findings.fault(name, "is not the file that the manifest names: its SHA-256 differs")
    return manifest
