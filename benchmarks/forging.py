"""What somebody can do to a pack: by each of these, nothing but what is named changes; all else is made to fit."""

import copy
import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Entry = list[Any]
DATA = 6
STRANGER = Ed25519PrivateKey.from_private_bytes(b"somebody else's key, 32 bytes ok")
Sign = Callable[[bytes], str]


def strangers_sign(content: bytes) -> str:
    return STRANGER.sign(content).hex()


def canonical(content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


class Pack:
    """The parts of a pack that hold the record, to be changed and written back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = [json.loads(line) for line in (path / "entries.ndjson").read_text().splitlines()]
        self.entries: list[Entry] = [line["entry"] for line in lines]
        self.hashes: list[str] = [line["hash"] for line in lines]
        self.checkpoints = [json.loads(line) for line in (path / "checkpoints.ndjson").read_text().splitlines()]
        self.facts = json.loads((path / "facts.json").read_text())

    def find(self, code: str, nth: int = 0) -> Entry:
        return [entry for entry in self.entries if entry[2] == code][nth]

    def chain_anew(self) -> None:
        """Numbers and hashes as if nothing had ever stood otherwise."""
        self.hashes, last = [], ""
        for number, entry in enumerate(self.entries, start=1):
            entry[0], entry[-1] = number, last
            last = hashlib.sha256(canonical(entry).encode()).hexdigest()
            self.hashes.append(last)

    def checkpoint_anew(self, sign: Sign, key: str = "") -> None:
        """Each names what stands at its number, or at the end."""
        for kept in self.checkpoints:
            kept.pop("signature")
            kept["number"] = min(kept["number"], len(self.entries))
            kept |= {"hash": self.hashes[kept["number"] - 1], "public_key": key or kept["public_key"]}
            kept["signature"] = sign(canonical(kept).encode())

    def write(self) -> None:
        pairs = zip(self.hashes, self.entries, strict=True)
        lines = [f'{{"hash":"{digest}","entry":{canonical(entry)}}}\n' for digest, entry in pairs]
        (self.path / "entries.ndjson").write_text("".join(lines))
        (self.path / "checkpoints.ndjson").write_text("".join(f"{json.dumps(each)}\n" for each in self.checkpoints))
        (self.path / "facts.json").write_text(json.dumps(self.facts))


def name_anew(path: Path, sign: Sign) -> None:
    """The manifest as if the files had always been so, signed by our key or by somebody else's."""
    manifest = json.loads((path / "manifest.json").read_text())
    files = [each for each in path.rglob("*") if each.is_file() and "manifest" not in each.name]
    manifest["files"] = {
        each.relative_to(path).as_posix(): hashlib.sha256(each.read_bytes()).hexdigest() for each in files
    }
    manifest["entries"] = (path / "entries.ndjson").read_bytes().count(b"\n")
    content = json.dumps(manifest).encode()
    (path / "manifest.json").write_bytes(content)
    (path / "manifest.sig").write_text(f"{sign(content)}\n")


def altered(content: Any, dice: random.Random) -> Any:
    """The same with one value changed, added or taken away, anywhere in it."""
    changed = copy.deepcopy(content)
    places = [(holder, key) for holder in _holders(changed) for key in _keys(holder)]
    if not places:
        return [changed, "more"]
    holder, key = dice.choice(places)
    holder[key] = _otherwise(holder[key], dice)
    return changed


def _holders(content: Any) -> list[Any]:
    if not isinstance(content, dict | list):
        return []
    inner = content.values() if isinstance(content, dict) else content
    return [content, *(found for each in inner for found in _holders(each))]


def _keys(holder: Any) -> list[Any]:
    return list(holder) if isinstance(holder, dict) else list(range(len(holder)))


def _otherwise(value: Any, dice: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + dice.choice([-1, 1, 1000])
    if isinstance(value, str):
        return dice.choice([f"{value} ", value[1:] or "x", None, "0"])
    if isinstance(value, list):
        return dice.choice([[*value, 1], value[1:] or [0], None])
    return dice.choice([1, "x", [value]]) if value is None else None
