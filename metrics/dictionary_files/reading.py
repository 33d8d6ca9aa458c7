"""The one door for files of a dictionary: what form a file has is told by its name and its content."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath

from metrics.dictionary_files import sheets, tables, yaml_form
from metrics.dictionary_files.dbt import from_dbt
from metrics.dictionary_files.document import Document
from metrics.dictionary_files.foreign import Answers, Finding, Foreign
from metrics.dictionary_files.osi import from_osi
from truthgov.errors import InvalidInput
from truthgov.intake import read_text
from truthgov.yaml_files import read_yaml


@dataclass(frozen=True)
class Reading:
    """What a file says, in which form; of a foreign form, what became of each of its parts."""

    form: str
    document: Document
    findings: list[Finding] = field(default_factory=list)


def read_file(name: str, content: bytes, answers: Answers | None = None, *, links: str = "") -> Reading:
    """Read a file by its name and content; `links` is the second sheet beside a sheet of measures.

    `answers` say what a foreign file does not: who answers for its measures, where their figures come from.

    InvalidInput where it cannot be read at all; what is wrong in single rows stands in the document.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in ENDINGS:
        raise InvalidInput(
            f"{name} has none of the endings {', '.join(ENDINGS)}; export the dictionary to see its forms."
        )
    if suffix == ".csv":
        return Reading("CSV", sheets.from_sheets(read_text(content), links))
    if suffix in (".yaml", ".yml"):
        return _yaml(content, answers or Answers())
    return READERS[suffix](content)


def _workbook(content: bytes) -> Reading:
    return Reading("XLSX", tables.from_workbook(content))


def _archive(content: bytes) -> Reading:
    return Reading("CSV tables", tables.from_archive(content))


def _yaml(content: bytes, answers: Answers) -> Reading:
    file = read_yaml(content)
    said = file.content if isinstance(file.content, dict) else {}
    if yaml_form.FORM in said:
        return Reading("YAML", yaml_form.from_yaml(file))
    for form, marks, read in FOREIGN:
        if marks & set(said):
            foreign = Foreign(file, answers)
            read(foreign)
            foreign.document.refuse_repeated()
            return Reading(form, foreign.document, foreign.findings)
    raise InvalidInput(
        "The file holds no names that a dictionary has: ours begins with truthgov_dictionary: 1, one of dbt has "
        "semantic_models, models or metrics, one of Open Semantic Interchange semantic_model."
    )


READERS: dict[str, Callable[[bytes], Reading]] = {".xlsx": _workbook, ".zip": _archive}
ENDINGS = (".yaml", ".yml", ".csv", *READERS)
FOREIGN: tuple[tuple[str, set[str], Callable[[Foreign], None]], ...] = (
    ("Open Semantic Interchange", {"semantic_model"}, from_osi),
    ("dbt Semantic Layer", {"semantic_models", "models", "metrics"}, from_dbt),
)
"""Foreign forms, each told by the names that stand at its top."""
