from dataclasses import asdict

from django import forms

from metrics.dictionary_files.foreign import Answers
from metrics.models import Definition
from truthgov.models import Function
from truthgov.periods import Grain


class ImportForm(forms.Form):
    """A file of the dictionary, with what a foreign one does not say of its measures."""

    file = forms.FileField(label="File", max_length=200, help_text="YAML, XLSX, zipped CSV tables, dbt or OSI YAML.")
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

    @property
    def answers(self) -> Answers:
        said = {name: str(self.cleaned_data[name] or "") for name in asdict(Answers())}
        return Answers(**said)


class WhyForm(forms.Form):
    """Why the dictionary changes, or why an import comes to nothing."""

    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 2}), max_length=4000)
