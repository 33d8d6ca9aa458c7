"""What becomes of a file in a foreign form: what is kept, mapped, assumed, or has no meaning here. Nothing is dropped.

A foreign file knows expressions and tables; who answers for a figure and which way is good it does not know. That is
said by whoever imports it, or by the file itself under `truthgov` in its metadata.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from metrics.dictionary_files.document import Document
from truthgov.yaml_files import Path, YamlFile


class Fate(StrEnum):
    KEPT = "kept"
    MAPPED = "mapped"
    ASSUMED = "assumed"
    NOT_UNDERSTOOD = "not understood"


@dataclass(frozen=True)
class Finding:
    """What became of one place of the file."""

    place: str
    fate: Fate
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.fate}, {self.words}"


@dataclass(frozen=True)
class Answers:
    """What a foreign file does not say of its measures, said by whoever imports it."""

    function: str = ""
    source: str = ""
    direction: str = "higher"
    grain: str = "month"


@dataclass
class Foreign:
    """A foreign file being read: the document that comes of it, and what became of each part."""

    file: YamlFile
    answers: Answers
    document: Document = field(default_factory=Document)
    findings: list[Finding] = field(default_factory=list)

    def find(self, path: Path, fate: Fate, words: str) -> None:
        self.findings.append(Finding(self.file.place(path), fate, words))

    def mapping(self, value: Any, path: Path) -> dict[str, Any]:
        """A mapping; anything else is a problem, and read as empty."""
        if isinstance(value, dict):
            return value
        if value is not None:
            self.document.fault(self.file.place(path), "names with values are expected here; correct the file.")
        return {}

    def listed(self, said: dict[str, Any], name: str, path: Path) -> list[tuple[Path, dict[str, Any]]]:
        """The mappings of a list with their paths; anything else is a problem, and left out."""
        value = said.get(name)
        if value is not None and not isinstance(value, list):
            self.document.fault(self.file.place((*path, name)), "a list is expected here; correct the file.")
            return []
        return [((*path, name, at), self.mapping(each, (*path, name, at))) for at, each in enumerate(value or [])]

    def leave(self, said: dict[str, Any], understood: Iterable[str], path: Path) -> None:
        """List what stands beside the names that are understood."""
        for name in said:
            if name not in set(understood):
                self.find((*path, name), Fate.NOT_UNDERSTOOD, f"{name} has no meaning in a dictionary.")

    def declare(self, path: Path, metric: dict[str, str], own: dict[str, Any]) -> None:
        """A measure of what a metric says, what the file says of it for truthgov, and what is answered for all."""
        code = metric["code"]
        unit = "count" if metric.get("roll_up") == "sum" else "ratio"  # a ratio has no sum
        usual = {"direction": self.answers.direction, "grain": self.answers.grain, "unit": unit}
        usual |= {"function": self.answers.function, "source": self.answers.source, "kind": "functional_kpi"}
        said = {name: str(value) for name, value in own.items() if isinstance(value, str)}
        self.leave(own, OWN, (*path, "truthgov"))
        for name in OWN & set(said):
            self.find(path, Fate.KEPT, f"{name} {said[name]}, as the file says under truthgov.")
        for name in usual:
            if name not in metric and name not in said and usual[name]:
                self.find(path, Fate.ASSUMED, f"{name} {usual[name]}; correct it before it is approved.")
        texts = usual | metric | {name: said[name] for name in OWN & set(said)}
        if not texts["function"] and texts["kind"] == "functional_kpi":
            self.document.fault(self.file.place(path), f"{code}: name the function that answers for what is imported.")
            return
        self._take(self.file.place(path), texts)

    def _take(self, place: str, texts: dict[str, str]) -> None:
        def row(*names: str) -> dict[str, str]:
            return {name: texts[name] for name in names if name in texts}

        self.document.take("measures", place, row("code", "name", "kind", "function", "journey"))
        self.document.take("versions", place, row("code", "wording", "formula", "unit", "direction", "grain", "roll_up",
                                                  "target"))  # fmt: skip
        if texts["source"]:
            self.document.take("sources_of_record", place, row("code", "source"))


OWN = {"function", "journey", "kind", "source", "direction", "grain", "unit", "target", "roll_up"}
"""What a foreign file may say for us about a metric, under `truthgov` in its metadata."""
