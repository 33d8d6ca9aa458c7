from django import forms

from metrics.models import Source
from truthgov.forms import DateInput
from truthgov.models import Function


class KeyForm(forms.Form):
    """What a key is for: the functions and sources whose figures it may push, and until when."""

    name = forms.CharField(max_length=200, help_text="After the program that will use it.")
    functions = forms.ModelMultipleChoiceField(
        Function.objects.all(), widget=forms.CheckboxSelectMultiple, help_text="Whose figures it may push."
    )
    sources = forms.ModelMultipleChoiceField(Source.objects.all(), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(label="Last day", widget=DateInput(), help_text="Within a year.")
