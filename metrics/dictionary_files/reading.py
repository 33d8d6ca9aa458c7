"""The one door for files of a dictionary: what form a file has is told by its name and its content."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath

from metrics.dictionary_files import sheets, tables, yaml_form
from metrics.dictionary_files.document import Document
from truthgov.errors import InvalidInput
from truthgov.intake import read_text
from truthgov.yaml_files import YamlFile, read_yaml


@dataclass(frozen=True)
class Reading:
    """What a file says, in which form."""

    form: str
    document: Document = field(default_factory=Document)


def read_file(name: str, content: bytes, *, links: str = "") -> Reading:
    """Read a file by its name and content; `links` is the second sheet beside a sheet of measures.

    InvalidInput where it cannot be read at all; what is wrong in single rows stands in the document.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in READERS:
        raise InvalidInput(
            f"{name} has none of the endings {', '.join(READERS)}; export the dictionary to see its forms."
        )
    if suffix == ".csv":
        return Reading("CSV", sheets.from_sheets(read_text(content), links))
    return READERS[suffix](content)


def _workbook(content: bytes) -> Reading:
    return Reading("XLSX", tables.from_workbook(content))


def _archive(content: bytes) -> Reading:
    return Reading("CSV tables", tables.from_archive(content))


def _sheet(content: bytes) -> Reading:
    return Reading("CSV", sheets.from_sheets(read_text(content)))


def _yaml(content: bytes) -> Reading:
    file = read_yaml(content)
    if not isinstance(file.content, dict):
        raise InvalidInput("The file holds no names with values; a dictionary begins with truthgov_dictionary: 1.")
    return _yaml_form(file)


def _yaml_form(file: YamlFile) -> Reading:
    if yaml_form.FORM in file.content:
        return Reading("YAML", yaml_form.from_yaml(file))
    raise InvalidInput("This is no form of a dictionary that is read here; one begins with truthgov_dictionary: 1.")


READERS: dict[str, Callable[[bytes], Reading]] = {
    ".yaml": _yaml, ".yml": _yaml, ".xlsx": _workbook, ".zip": _archive, ".csv": _sheet,
}  # fmt: skip
