"""The Open Semantic Interchange core model (0.1.x and 0.2.0 in development): its metrics become measures."""

import json
from typing import Any

from metrics.dictionary_files.foreign import Fate, Foreign
from truthgov.yaml_files import Path

VERSIONS = ("0.1", "0.2", "1.0")
"""Told by how the version begins; 1.0 is what early files called 0.1."""
DIALECT = "ANSI_SQL"
VENDOR = "TRUTHGOV"
Said = dict[str, Any]


def from_osi(foreign: Foreign) -> None:
    """Read the file of a `Foreign` into its document and findings."""
    said = foreign.file.content
    version = str(said.get("version") or "0.1")
    if not version.startswith(VERSIONS):
        foreign.find(("version",), Fate.ASSUMED, f"version {version} is read as 0.2.0.")
    foreign.leave(said, ("version", "semantic_model"), ())
    for path, model in foreign.listed(said, "semantic_model", ()):
        foreign.leave(model, ("name", "description", "datasets", "metrics"), path)
        for at, dataset in foreign.listed(model, "datasets", path):
            _dataset(foreign, dataset, at)
        for at, metric in foreign.listed(model, "metrics", path):
            _metric(foreign, metric, at, _text(metric.get("name")))


def _dataset(foreign: Foreign, dataset: Said, path: Path) -> None:
    foreign.leave(dataset, ("name", "description", "fields", "metrics"), path)
    for at, each in foreign.listed(dataset, "fields", path):
        role = foreign.mapping(each.get("dimension"), (*at, "dimension"))
        is_time = role.get("is_time", str(each.get("datatype") in ("Date", "Time", "DateTime", "DateTimeTz")))
        if str(is_time).lower() == "true":
            foreign.find(at, Fate.MAPPED, f"{each.get('name')} is time: here each measure has its grain.")
        elif "dimension" in each:
            words = "cuts figures here once its values are declared (they stand in the data, not in this file)."
            foreign.find(at, Fate.MAPPED, f"{each.get('name')} {words}")
        else:
            foreign.find(at, Fate.NOT_UNDERSTOOD, f"{each.get('name')} is a column that no figure is cut by.")
    for at, metric in foreign.listed(dataset, "metrics", path):
        _metric(foreign, metric, at, f"{_text(dataset.get('name'))}.{_text(metric.get('name'))}")


def _metric(foreign: Foreign, metric: Said, path: Path, code: str) -> None:
    foreign.leave(metric, ("name", "description", "expression", "datatype", "custom_extensions"), path)
    formula = _expression(foreign, metric, path)
    described = _text(metric.get("description")).strip()
    foreign.find(path, Fate.MAPPED, f"computed where its figures come from: {formula or 'by no expression'}")
    name = _text(metric.get("name")).replace("_", " ")
    texts = {"code": code, "name": name[:1].upper() + name[1:], "formula": formula, "wording": described or formula}
    if metric.get("datatype") == "Integer":
        texts["unit"] = "count"
    foreign.declare(path, texts, _own(foreign, metric, path))


def _expression(foreign: Foreign, metric: Said, path: Path) -> str:
    """The expression in standard SQL, or in the first dialect there is; the others are listed."""
    expression = foreign.mapping(metric.get("expression"), (*path, "expression"))
    dialects = foreign.listed(expression, "dialects", (*path, "expression"))
    ranked = sorted(dialects, key=lambda each: each[1].get("dialect") != DIALECT)
    for at, other in ranked[1:]:
        foreign.find(at, Fate.NOT_UNDERSTOOD, f"the expression in {other.get('dialect')} is not kept beside the first.")
    return _text(ranked[0][1].get("expression")) if ranked else ""


def _own(foreign: Foreign, metric: Said, path: Path) -> Said:
    """What the file says for us: the JSON of a custom extension of the vendor TRUTHGOV."""
    own: Said = {}
    for at, extension in foreign.listed(metric, "custom_extensions", path):
        if extension.get("vendor_name") != VENDOR:
            foreign.find(at, Fate.NOT_UNDERSTOOD, f"an extension of {extension.get('vendor_name')}.")
            continue
        try:
            read = json.loads(_text(extension.get("data")))
        except (ValueError, RecursionError):
            read = None
        if isinstance(read, dict):
            own |= {str(name): str(value) for name, value in read.items()}
        else:
            foreign.document.fault(foreign.file.place(at), "data holds no JSON object; correct it.")
    return own


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
