"""The forms that a dictionary goes out in, by the ending of the file."""

from collections.abc import Callable
from dataclasses import dataclass

from metrics.dictionary_files.document import Document
from metrics.dictionary_files.tables import to_archive, to_workbook
from metrics.dictionary_files.yaml_form import to_yaml
from truthgov.intake import WORKBOOK


@dataclass(frozen=True)
class Form:
    """How a document is written, and as what it is sent."""

    write: Callable[[Document], bytes]
    media_type: str


WRITERS = {
    "yaml": Form(to_yaml, "application/yaml"),
    "xlsx": Form(to_workbook, WORKBOOK),
    "zip": Form(to_archive, "application/zip"),
}
