"""What can be asked of the dictionary; what is written into it stands in `forums.measures.definition_forms`."""

from typing import Any

from django import forms

from journeys.models import Journey
from metrics.models import Measure, Segment
from truthgov.choices import ListedField
from truthgov.models import Function

KINDS = [("", "Every kind"), *((value, f"{word[0].upper()}{word[1:]}") for value, word in Measure.Kind.choices)]


class DictionaryForm(forms.Form):
    """The search, as it stands in the address."""

    q = forms.CharField(label="Name or code", required=False, max_length=100,
                        widget=forms.TextInput(attrs={"type": "search"}))  # fmt: skip
    kind = forms.ChoiceField(required=False, choices=KINDS)
    function = ListedField(Function.objects.all(), required=False, to_field_name="code", empty_label="Every function")
    journey = ListedField(Journey.objects.all(), required=False, to_field_name="code", empty_label="Every journey")
    unguarded = forms.BooleanField(required=False, label="Target without a guard")


class SegmentField(forms.ModelChoiceField):
    """A choice of segments by their key, the whole called so."""

    def label_from_instance(self, obj: Segment) -> str:
        return str(obj) if obj.values else "All"


class SegmentForm(forms.Form):
    """Which segment of a measure is shown."""

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reported = Segment.objects.filter(pk__in=measure.series.values("segment")).order_by("key")
        self.fields["segment"] = SegmentField(
            self.reported, required=False, to_field_name="key", empty_label=None, label="Scope"
        )

    def chosen(self) -> Segment | None:
        """The segment asked for, or the whole, or the first that reports; None while nothing has been reported."""
        asked = self.cleaned_data.get("segment") if self.is_valid() else None
        if asked:
            return asked
        reported = list(self.reported)
        return next((segment for segment in reported if not segment.values), reported[0] if reported else None)
