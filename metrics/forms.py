from typing import Any

from django import forms
from django.db.models import QuerySet

from metrics.models import Feed, Source
from metrics.sources.mapping import FIELDS
from truthgov.forms import DateInput
from truthgov.models import Function


class FeedForm(forms.Form):
    """Where a feed stands, how it is read, how often. The token is write-only."""

    name = forms.CharField(max_length=200)
    source = forms.ModelChoiceField(Source.objects.all())
    function = forms.ModelChoiceField(Function.objects.none(), help_text="Whose figures it brings.")
    url = forms.URLField(
        label="Address", max_length=500, assume_scheme="https",
        help_text="{period} in it stands for the last complete month, such as 2026-10.",
    )  # fmt: skip
    token = forms.CharField(
        required=False, max_length=2_000, widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text="Sent as a bearer token, kept encrypted, shown to nobody again. Empty: the one there is.",
    )  # fmt: skip
    format = forms.ChoiceField(choices=Feed.Format.choices)
    rows_path = forms.CharField(
        label="Path of the rows", required=False, max_length=200, help_text="JSON only: the JMESPath of their list."
    )
    every_minutes = forms.TypedChoiceField(
        label="How often", coerce=int, initial=1440,
        choices=[(60, "every hour"), (1440, "every day"), (10080, "every week")],
    )  # fmt: skip

    def __init__(self, functions: QuerySet[Function], data: Any = None, *, feed: Feed | None = None) -> None:
        super().__init__(data, initial=_described(feed) if feed else None)
        self.fields["function"].queryset = functions  # type: ignore[attr-defined]
        for name in FIELDS:
            self.fields[f"at_{name}"] = forms.CharField(
                label=f"Where the {name} stands", required=name in ("measure", "period", "value"), max_length=200
            )
        self.fields[
            "at_measure"
        ].help_text = "A JMESPath in JSON, a column in CSV. A text after = is taken as it is: =sales.conversion."

    def description(self) -> dict[str, Any]:
        """What a feed is connected or corrected with."""
        mapping = {name: self.cleaned_data[f"at_{name}"] for name in FIELDS if self.cleaned_data[f"at_{name}"]}
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith("at_")}
        return given | {"mapping": mapping}


def _described(feed: Feed) -> dict[str, Any]:
    names = ("name", "source", "function", "url", "format", "rows_path", "every_minutes")
    return {name: getattr(feed, name) for name in names} | {f"at_{name}": at for name, at in feed.mapping.items()}


class KeyForm(forms.Form):
    """What a key is for: the functions and sources whose figures it may push, and until when."""

    name = forms.CharField(max_length=200, help_text="After the program that will use it.")
    functions = forms.ModelMultipleChoiceField(
        Function.objects.all(), widget=forms.CheckboxSelectMultiple, help_text="Whose figures it may push."
    )
    sources = forms.ModelMultipleChoiceField(Source.objects.all(), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(label="Last day", widget=DateInput(), help_text="Within a year.")
