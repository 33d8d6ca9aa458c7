"""YAML that comes in: plain texts, lists and mappings, within limits, each with the line it stands on.

Nothing is constructed: `1.10` stays the text it was, and no tag makes an object. Aliases, by which a few lines
expand to gigabytes, are refused.
"""

from dataclasses import dataclass, field
from typing import Any

import yaml

from truthgov.errors import InvalidInput
from truthgov.intake import read_text

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 24
MAX_NODES = 400_000
NOTHING = {"", "~", "null", "Null", "NULL"}
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class YamlFile:
    """What a file says: `content` of mappings, lists, texts and None; `lines` by the path of each."""

    content: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def place(self, path: Path) -> str:
        """Where a path stands, as a person looks for it: `measures[2].name (line 14)`."""
        line = self.lines.get(path)
        words = word_path(path) or "the file"
        return f"{words} (line {line})" if line else words


def word_path(path: Path) -> str:
    """A path as people write it: `measures[2].name`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def read_yaml(content: bytes) -> YamlFile:
    """What a YAML file says. InvalidInput, with the line, where it is too large, too deep, or no single document."""
    text = read_text(content, limit=MAX_BYTES)
    try:
        _require_limits(text)
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        raise InvalidInput(_complaint(error)) from error
    lines: dict[Path, int] = {}
    return YamlFile(_plain(node, (), lines), lines)


def _require_limits(text: str) -> None:
    depth = nodes = 0
    for event in yaml.parse(text, Loader=LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise InvalidInput(f"Line {line} uses an alias (*{event.anchor}); write out what it stands for.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        nodes += isinstance(event, yaml.NodeEvent)
        if depth > MAX_DEPTH:
            raise InvalidInput(f"Line {line} is nested more than {MAX_DEPTH} levels deep; the file is none of ours.")
        if nodes > MAX_NODES:
            raise InvalidInput(f"The file holds more than {MAX_NODES} entries; import it in parts.")


def _plain(node: Any, path: Path, lines: dict[Path, int]) -> Any:
    if node is None:
        return None
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, index), lines) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    return None if not node.style and node.value in NOTHING else node.value


def _mapping(node: Any, path: Path, lines: dict[Path, int]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise InvalidInput(f"Line {line} has a name that is no text; write a plain name before its colon.")
        if key.value in said:
            raise InvalidInput(f"Line {line} says {key.value} a second time; keep one of the two.")
        said[key.value] = _plain(value, (*path, key.value), lines)
        lines[(*path, key.value)] = line
    return said


def _complaint(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    where = f"Line {mark.line + 1}" if mark else "The file"
    return f"{where} is not YAML of one document: {problem}. Correct it and send the file again."
