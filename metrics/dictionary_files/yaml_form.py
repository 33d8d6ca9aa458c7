"""A dictionary as one YAML file: measures with their versions and sources of record, links, dimensions, conditions."""

from itertools import groupby
from typing import Any

import yaml

from metrics.dictionary_files.document import Document, Entry
from metrics.dictionary_files.fields import TABLES, Value, word_value
from truthgov.yaml_files import Path, YamlFile

FORM = "truthgov_dictionary"
EDITION = "1"
PARTS = ("versions", "sources_of_record")
"""The tables whose rows stand within their measure."""
TOP = (FORM, "sources", "dimensions", "measures", "links", "target_conditions")
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def from_yaml(file: YamlFile) -> Document:
    """The dictionary that a YAML file holds."""
    document, said = Document(), file.content
    if str(said.get(FORM)) != EDITION:
        document.fault(file.place((FORM,)), f"this is edition {said.get(FORM)}; editions read are: {EDITION}.")
        return document
    for name in sorted(set(said) - set(TOP)):
        document.fault(file.place((name,)), f"no part of a dictionary; its parts are {', '.join(TOP[1:])}.")
    reading = _Reading(document, file)
    for index, name in enumerate(reading.listed(said.get("sources"), ("sources",))):
        reading.row("sources", ("sources", index), {"name": name})
    reading.dimensions(said.get("dimensions"))
    for index, measure in enumerate(reading.listed(said.get("measures"), ("measures",))):
        reading.measure(("measures", index), measure)
    for index, link in enumerate(reading.listed(said.get("links"), ("links",))):
        reading.row("links", ("links", index), link)
    for index, condition in enumerate(reading.listed(said.get("target_conditions"), ("target_conditions",))):
        reading.condition(("target_conditions", index), condition)
    document.refuse_repeated()
    return document


class _Reading:
    def __init__(self, document: Document, file: YamlFile) -> None:
        self.document, self.file = document, file

    def listed(self, value: Any, path: Path) -> list[Any]:
        if value is None or isinstance(value, list):
            return value or []
        self.document.fault(self.file.place(path), "write a list here: lines that begin with a dash.")
        return []

    def mapped(self, value: Any, path: Path) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.document.fault(self.file.place(path), "write names with their values here, a line each.")
        return {}

    def row(self, table: str, path: Path, value: Any, **known: str) -> None:
        texts = self._texts(self.mapped(value, path), path)
        if texts or known:
            self.document.take(table, self.file.place(path), {**known, **texts})

    def _texts(self, said: dict[str, Any], path: Path) -> dict[str, str]:
        nested = [name for name, value in said.items() if isinstance(value, dict | list)]
        for name in nested:
            self.document.fault(self.file.place((*path, name)), "write one value here.")
        return {name: "" if value is None else value for name, value in said.items() if name not in nested}

    def dimensions(self, value: Any) -> None:
        for name, values in self.mapped(value or {}, ("dimensions",)).items():
            for index, each in enumerate(self.listed(values, ("dimensions", name))):
                self.row("dimensions", ("dimensions", name, index), {"dimension": name, "value": each})

    def measure(self, path: Path, value: Any) -> None:
        said = self.mapped(value, path)
        code = said.get("code") if isinstance(said.get("code"), str) else ""
        self.row("measures", path, {name: each for name, each in said.items() if name not in PARTS})
        for part in PARTS:
            for index, each in enumerate(self.listed(said.get(part), (*path, part))):
                self.row(part, (*path, part, index), each, code=code or "?")

    def condition(self, path: Path, value: Any) -> None:
        said = self.mapped(value, path)
        of_all = {name: each for name, each in said.items() if name != "outcomes"}
        for outcome, trust in self.mapped(said.get("outcomes"), (*path, "outcomes")).items():
            place = (*path, "outcomes", outcome)
            self.row("target_conditions", place, {**of_all, "outcome": outcome, "trust_needed": trust})


def to_yaml(document: Document) -> bytes:
    """The YAML file of a dictionary: the same dictionary gives the same bytes."""
    said = {
        FORM: int(EDITION),
        "sources": [_plain(entry.said["name"]) for entry in document.tables["sources"]],
        "dimensions": {
            name: [entry.said["value"] for entry in entries]
            for name, entries in document.by("dimensions", "dimension").items()
        },
        "measures": _measures(document),
        "links": [_said("links", entry) for entry in document.tables["links"]],
        "target_conditions": _conditions(document),
    }
    text: str = yaml.dump(said, Dumper=DUMPER, sort_keys=False, allow_unicode=True, width=1000)
    return text.encode()


def _measures(document: Document) -> list[dict[str, Any]]:
    parts = {part: document.by(part, "code") for part in PARTS}

    def within(part: str, code: str) -> list[dict[str, Any]]:
        return [_said(part, each, skip="code") for each in parts[part].get(code, [])]

    return [
        {**_said("measures", entry), **{part: within(part, entry.text("code")) for part in PARTS}}
        for entry in document.tables["measures"]
    ]


def _conditions(document: Document) -> list[dict[str, Any]]:
    def version(entry: Entry) -> tuple[Value, Value]:
        return entry.said["journey"], entry.said["version"]

    said = []
    for (journey, number), entries in groupby(document.tables["target_conditions"], version):
        demanded = list(entries)
        outcomes = {each.said["outcome"]: each.said["trust_needed"] for each in demanded}
        starts_on = word_value(demanded[0].said["starts_on"])
        said.append({"journey": journey, "version": number, "starts_on": starts_on, "outcomes": outcomes})
    return said


def _said(table: str, entry: Entry, skip: str = "") -> dict[str, Any]:
    return {each.name: _plain(entry.said.get(each.name)) for each in TABLES[table] if each.name != skip}


def _plain(value: Value) -> Any:
    """Figures and days as texts, so that no program that reads the file makes a float of them; nothing as null."""
    if isinstance(value, bool | int):
        return value
    return word_value(value) or None
