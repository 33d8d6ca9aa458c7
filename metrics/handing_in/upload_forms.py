"""A file of figures for one sheet: read when it is sent, kept as its sender's draft when nothing of it is refused."""

from collections.abc import Iterable
from typing import Any

from django import forms

from metrics.forms import source_field
from metrics.handing_in.preview import Line
from metrics.handing_in.sheet_files import Fault, Filled, filled_in
from metrics.handing_in.sheet_template import SHEET
from metrics.handing_in.sheets import Sheet
from metrics.models import Draft, Upload
from truthgov import spreadsheets
from truthgov.actor import Appointed
from truthgov.errors import InvalidInput
from truthgov.models import Person
from truthgov.spreadsheets.limits import LARGE, MEGABYTE, SMALL, TooLong

SIZE = f"{LARGE.bytes // MEGABYTE} MB"
MOST = f"a file of at most {SIZE}"


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Filled-in file",
        max_length=200,
        help_text="The template, filled in, as .xlsx or CSV; it takes the place of your draft. More than "
        f"{SMALL.rows:,} rows, up to {LARGE.rows:,} and {SIZE}, also of other periods, are read in the background.",
        error_messages={"required": f"Choose {MOST}.", "empty": "The file is empty; choose the one you filled in."},
        widget=forms.FileInput({"accept": ".xlsx,.csv,.txt,.tsv"}),
    )
    source = source_field()

    def __init__(self, sheet: Sheet, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.sheet = sheet
        self.faults: list[Fault] = []
        self.read_as = ""
        self.is_large = False
        self.sent: Any = None
        if all(cell.source for cell in sheet.cells):
            del self.fields["source"]

    def clean_file(self) -> Filled:
        """What the file says; nothing yet of one that is too large to be read while its sender waits."""
        sent = self.cleaned_data["file"]
        self.sent, self.name = sent, sent.name
        try:
            if sent.size <= SMALL.bytes:
                table = spreadsheets.read(sent.read(), sheet=SHEET)
                self.read_as = table.read_as
                return filled_in(self.sheet, table)
        except TooLong:
            pass
        except InvalidInput as refused:
            raise forms.ValidationError(str(refused)) from refused
        self.is_large = True
        return Filled({}, {}, [])

    def receive(self, *, by: Appointed) -> Upload:
        """Hand a large file over to be read in the background."""
        source, file = self.cleaned_data.get("source"), self.sent
        file.seek(0)
        return Upload.objects.receive(
            file, name=self.name, size=file.size, scope=self.sheet.scope, code=self.sheet.period.code,
            source=source.code if source else "", by=by,
        )  # fmt: skip

    def draft(self, person: Person) -> Draft:
        """What the file says, as a draft that is not kept yet."""
        source = self.cleaned_data.get("source")
        return Draft(
            person=person, scope=self.sheet.scope, code=self.sheet.period.code, file=self.name[:200],
            entries=self.cleaned_data["file"].entries, source=source.code if source else "",
        )  # fmt: skip

    def refuse(self, lines: Iterable[Line]) -> None:
        """Say at its row and column what cannot be read, and what the one door refuses."""
        filled: Filled = self.cleaned_data["file"]
        judged = [Fault(filled.rows[line.cell.key], line.at, line.why, line.cell) for line in lines]
        self.faults = sorted([*filled.faults, *judged], key=lambda fault: fault.row)
        if self.faults:
            many = "s" if len(self.faults) > 1 else ""
            self.add_error("file", f"{len(self.faults)} cell{many} cannot be taken, and nothing of the file is kept; "
                           "correct what is listed and send it again.")  # fmt: skip
