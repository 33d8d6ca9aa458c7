from dataclasses import asdict

from django import forms
from django.core.files.uploadedfile import UploadedFile

from metrics.dictionary_files.foreign import Answers
from metrics.dictionary_files.reading import read_file
from metrics.models import Definition
from truthgov.errors import InvalidInput
from truthgov.intake import MAX_BYTES
from truthgov.models import Function
from truthgov.periods import Grain
from truthgov.texts import LONGEST_TEXT


class ImportForm(forms.Form):
    """A file of the dictionary, with what a foreign one does not say of its measures."""

    content = b""
    file = forms.FileField(
        label="File",
        max_length=200,
        help_text="YAML, XLSX, zipped CSV tables, a plain sheet of measures (CSV), dbt or OSI YAML.",
    )
    function = forms.ModelChoiceField(
        Function.objects.all(), required=False, label="Answers for dbt or OSI measures", empty_label="As the file says"
    )
    source = forms.CharField(required=False, max_length=200, label="Where dbt or OSI figures come from")
    direction = forms.ChoiceField(choices=Definition.Direction.choices, label="Good, where not said")
    grain = forms.ChoiceField(choices=[(each.value, each.value) for each in Grain], label="Period, where not said",
                              initial=Grain.MONTH.value)  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["file"].widget.attrs["accept"] = ".yaml,.yml,.xlsx,.zip,.csv"

    def clean(self) -> None:
        """What cannot be read is said at the file, with what to do."""
        file = self.cleaned_data.get("file")
        if file is None or self.errors:
            return
        try:
            self.content = _read(file)
            read_file(file.name, self.content, self.answers)
        except InvalidInput as refused:
            self.add_error("file", str(refused))

    @property
    def answers(self) -> Answers:
        said = {name: str(self.cleaned_data[name] or "") for name in asdict(Answers())}
        return Answers(**said)


def _read(file: UploadedFile) -> bytes:
    """What a file holds; one that is too large is refused before it is read into memory."""
    if (file.size or 0) > MAX_BYTES:
        raise InvalidInput(f"The file is larger than {MAX_BYTES} bytes; import it in parts.")
    content: bytes = file.read()
    return content


class WhyForm(forms.Form):
    """Why the dictionary changes, or why an import comes to nothing."""

    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 2}), max_length=LONGEST_TEXT)
