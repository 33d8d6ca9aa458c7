from django import forms

from metrics.models import Source
from truthgov.forms import DateInput
from truthgov.models import Function


def source_field() -> forms.ModelChoiceField:
    """Asked for where a sheet has figures that never came before: nothing says where they come from."""
    return forms.ModelChoiceField(
        Source.objects.handed_in_from(), to_field_name="code", empty_label="Choose a source",
        help_text="Where those figures come from that never came before.",
    )  # fmt: skip


class KeyForm(forms.Form):
    """What a key is for: the functions and sources whose figures it may push, and until when."""

    name = forms.CharField(max_length=200, help_text="After the program that will use it.")
    functions = forms.ModelMultipleChoiceField(
        Function.objects.all(), widget=forms.CheckboxSelectMultiple, help_text="Whose figures it may push."
    )
    sources = forms.ModelMultipleChoiceField(Source.objects.handed_in_from(), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(label="Last day", widget=DateInput(), help_text="Within a year.")
