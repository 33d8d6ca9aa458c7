"""What can be asked of the dictionary, and what is written into it."""

from decimal import Decimal
from typing import Any

from django import forms

from journeys.models import Journey
from metrics.defining import TERMS
from metrics.models import Definition, Measure, Segment
from truthgov import clock
from truthgov.models import Function
from truthgov.periods import Grain, Period

KINDS = [("", "Every kind"), *((value, f"{word[0].upper()}{word[1:]}") for value, word in Measure.Kind.choices)]
LABELS = {
    "wording": "What it means",
    "formula": "Formula",
    "unit": "Unit",
    "currency": "Currency",
    "direction": "Good is",
    "grain": "Period",
    "decimals": "Decimals",
    "target": "Target",
    "red_threshold": "Red threshold",
    "min_effect": "Smallest change that matters",
    "reliable_from": "Too small to judge below",
    "source_tolerance": "Sources may differ by",
    "restatement_threshold": "A restatement matters from",
    "freshness_days": "Promised within",
    "roll_up": "Roll-up",
}
"""What the terms of a definition are called where people read and change them."""
HINTS = {
    "wording": "",
    "formula": "",
    "decimals": "Figures are held against the target at these decimals.",
    "target": "In the measure's unit; of a fraction, 0.3 is 30 %.",
    "reliable_from": "The denominator from which a figure can be judged.",
    "source_tolerance": "Relative: 0.05 is 5 %.",
    "restatement_threshold": "Relative: 0.02 is 2 %.",
    "freshness_days": "Days after the end of a period.",
}


class DictionaryForm(forms.Form):
    """The search, as it stands in the address."""

    q = forms.CharField(label="Name or code", required=False, max_length=100,
                        widget=forms.TextInput(attrs={"type": "search"}))  # fmt: skip
    kind = forms.ChoiceField(required=False, choices=KINDS)
    function = forms.ModelChoiceField(
        Function.objects.all(), required=False, to_field_name="code", empty_label="Every function"
    )
    journey = forms.ModelChoiceField(
        Journey.objects.all(), required=False, to_field_name="code", empty_label="Every journey"
    )


class DefinitionForm(forms.ModelForm):
    """A new version: the terms of the one in force, to be changed; unit and grain stay."""

    rationale = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), label="Why it changes")
    starts_on = forms.DateField(label="For periods from", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
                                help_text="The first day of a period.")  # fmt: skip

    class Meta:
        model = Definition
        fields = ["rationale", "starts_on", *TERMS]
        labels = LABELS
        help_texts = HINTS
        widgets = {"wording": forms.Textarea(attrs={"rows": 3}), "formula": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, current: Definition, **kwargs: Any) -> None:
        terms = {name: _plain(getattr(current, name)) for name in TERMS}
        following = Period.containing(clock.today(), Grain(current.grain)).shift(1)
        kwargs["initial"] = {**terms, "starts_on": following.start}
        super().__init__(*args, **kwargs)

    @property
    def terms(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in TERMS}


def _plain(value: Any) -> Any:
    """A decimal without idle zeros, as a person writes it."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


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
