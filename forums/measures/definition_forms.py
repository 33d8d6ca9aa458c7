"""What is written into the dictionary: versions of definitions, the end of a measure, comments on what waits."""

from decimal import Decimal
from typing import Any

from django import forms

from metrics.dictionary.defining import ACROSS, Bridge, propose_definition
from metrics.dictionary.deriving import fault_in
from metrics.dictionary.terms import TERMS
from metrics.models import Definition
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput
from truthgov.figures import plain
from truthgov.forms import DateInput
from truthgov.periods import Grain, Period
from truthgov.texts import LONGEST_TEXT

LABELS = {
    "wording": "What it means",
    "formula": "Formula",
    "derivation": "Computed from",
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
    "unguarded_because": "Why its target needs no counter-measure",
}
"""What the terms of a definition are called where people read and change them."""
HINTS = {
    "wording": "",
    "formula": "",
    "derivation": "A formula over other measures, by their codes: A / B, A + B, A - B, share(A, B), with brackets and "
    "numbers. Leave it empty where figures are handed in.",
    "decimals": "Figures are held against the target at these decimals.",
    "target": "In the measure's unit; of a fraction, 0.3 is 30 %.",
    "reliable_from": "The denominator from which a figure can be judged.",
    "source_tolerance": "Relative: 0.05 is 5 %.",
    "restatement_threshold": "Relative: 0.02 is 2 %.",
    "freshness_days": "Days after the end of a period.",
    "unguarded_because": "A target without a measure that guards it against being gamed gives its reason.",
}
OVERTAKEN = (
    "Version {} was approved since you opened this page, which still says what version {} said: open it anew, and "
    "change there what is to change."
)
COUNTINGS = [
    ("", "If wording, formula or roll-up change"),
    ("yes", "Yes: figures before and after do not compare"),
    ("no", "No: it is only said differently"),
]


class DefinitionForm(forms.ModelForm):
    """A new version: the terms of the one in force, to be changed; unit and grain stay."""

    rationale = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), label="Why it changes")
    starts_on = forms.DateField(label="For periods from", widget=DateInput, help_text="The first day of a period.")
    counting = forms.ChoiceField(
        label="Does it count differently?", required=False, choices=COUNTINGS,
        help_text="A change of counting draws a break in every chart, and ends comparisons with what was before.",
    )  # fmt: skip
    bridge_factor = forms.DecimalField(
        label="Bridge: figures before, times", required=False, min_value=Decimal("0.000001"), **ACROSS,
        help_text="Only where figures before the break can be made comparable; 1 leaves them.",
    )  # fmt: skip
    bridge_offset = forms.DecimalField(
        label="Bridge: and plus", required=False, help_text="In the measure's unit.", **ACROSS
    )
    bridge_reason = forms.CharField(
        label="Bridge: why figures compare like this", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    changed_from = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Definition
        fields = ["rationale", "starts_on", *TERMS]
        labels = LABELS
        help_texts = HINTS
        widgets = {
            "wording": forms.Textarea(attrs={"rows": 3}),
            "formula": forms.Textarea(attrs={"rows": 2}),
            "derivation": forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
            "unguarded_because": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, current: Definition, **kwargs: Any) -> None:
        terms = {name: _plain(getattr(current, name)) for name in TERMS}
        kwargs["initial"] = {**terms, "starts_on": _following(current), "changed_from": current.version}
        self.current = current
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """A formula that cannot compute the measure is told at its field; a page that is too old, that it is.

        All terms come back from the page: those of a version that was approved meanwhile would be taken back unseen.
        """
        given: dict[str, Any] = super().clean() or {}
        if given.get("changed_from") not in (None, self.current.version):
            self.add_error(None, OVERTAKEN.format(self.current.version, given["changed_from"]))
        terms = {name: getattr(self.current, name) for name in ("measure", "unit", "currency", "grain")}
        roll_up = given.get("roll_up", self.current.roll_up)
        formula = given.get("derivation")
        if formula and (fault := fault_in(Definition(derivation=formula, roll_up=roll_up, **terms))):
            self.add_error("derivation", fault)
        return given

    def propose(self, *, by: Actor) -> bool:
        """Propose it; what the verb finds wrong is told with the fields concerned, and nothing is lost."""
        try:
            propose_definition(self.current.measure, self.terms, **self.said, by=by)
        except InvalidInput as refused:
            self.add_error(None, str(refused))
            for name, sentence in refused.errors.items():
                self.add_error(name if name in self.fields else None, sentence)
            return False
        return True

    @property
    def terms(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in TERMS}

    @property
    def said(self) -> dict[str, Any]:
        """When and why it changes, and how it counts from then on."""
        given = self.cleaned_data
        counting = {"yes": True, "no": False}.get(given["counting"])
        return {"starts_on": given["starts_on"], "rationale": given["rationale"], "changes_counting": counting,
                "bridge": self._bridge()}  # fmt: skip

    def _bridge(self) -> Bridge | None:
        factor, offset, reason = (self.cleaned_data[f"bridge_{name}"] for name in ("factor", "offset", "reason"))
        if factor is None and offset is None and not reason:
            return None
        return Bridge(Decimal(1) if factor is None else factor, reason, offset or Decimal(0))


class RetirementForm(forms.Form):
    """The end of a measure."""

    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), label="Why it ends", max_length=LONGEST_TEXT)
    starts_on = forms.DateField(
        label="No figures of periods from", widget=DateInput, help_text="The first day of a period."
    )

    def __init__(self, *args: Any, current: Definition, **kwargs: Any) -> None:
        kwargs["initial"] = {"starts_on": _following(current)}
        super().__init__(*args, **kwargs)


class CommentForm(forms.Form):
    text = forms.CharField(label="Your comment", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))


def _following(current: Definition) -> Any:
    """The first day of the period after the one under way."""
    return Period.containing(clock.today(), Grain(current.grain)).shift(1).start


def _plain(value: Any) -> Any:
    """A decimal without idle zeros, as a person writes it."""
    return plain(value) if isinstance(value, Decimal) else value
