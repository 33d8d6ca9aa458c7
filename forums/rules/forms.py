"""What can be asked of the register of rules, and what is written into a rule."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from forums.rules.terms import LABELS, STATES, asked_of
from journeys.models import Journey
from metrics.detection.kinds import KINDS
from metrics.dictionary.bounds import LONGEST_LAG
from metrics.models import Measure, Rule, RuleVersion
from metrics.models.rule import OF_ONE, OF_TWO, on_any_side
from metrics.rules.terms import Tuning
from metrics.rules.tuning import propose_rule, propose_version
from truthgov.actor import Actor
from truthgov.errors import InvalidInput
from truthgov.forms import DateInput
from truthgov.models import Function
from truthgov.periods import Grain
from truthgov.texts import LONGEST_TEXT

FIRING = [("", "Firing or quiet"), ("yes", "With an open contradiction"), ("no", "Without one")]
HINTS = {
    "min_effect": "In the judged measure's unit; of a fraction, 0.02 is 2 points. Empty: as its definition says.",
    "reliable_from": "A denominator. Empty: as its definition says.",
    "tolerance": "Relative: 0.05 is 5 %. Empty: as the link or the definition says.",
    "lag_periods": "Empty: as the link says.",
    "periods_needed": "1 or 2. Empty: as the grain asks.",
}


def _capitalized(choices: Any) -> list[tuple[str, str]]:
    return [(value, f"{label[0].upper()}{label[1:]}") for value, label in choices]


class RuleFilter(forms.Form):
    """The filters of the register, as they stand in its address."""

    q = forms.CharField(label="Measure", required=False, max_length=100,
                        widget=forms.TextInput(attrs={"type": "search"}))  # fmt: skip
    kind = forms.ChoiceField(required=False, choices=[("", "Every kind"), *_capitalized(Rule.Kind.choices)])
    state = forms.ChoiceField(required=False, choices=[("", "Every state"), *_capitalized(RuleVersion.State.choices),
                                                       ("waiting", "With a version that waits")])  # fmt: skip
    function = forms.ModelChoiceField(
        Function.objects.all(), required=False, to_field_name="code", empty_label="Every function"
    )
    journey = forms.ModelChoiceField(
        Journey.objects.all(), required=False, to_field_name="code", empty_label="Every journey"
    )
    firing = forms.ChoiceField(required=False, choices=FIRING)

    def narrow(self, rules: QuerySet[Any]) -> QuerySet[Any]:
        """The rules that the filters leave, of rules annotated by `forums.rules.register`."""
        asked = self.cleaned_data if self.is_valid() else {}
        if kind := asked.get("kind"):
            rules = rules.filter(kind=kind)
        if state := asked.get("state"):
            rules = rules.filter(Q(("waits", True)) if state == "waiting" else Q(("standing", state)))
        if firing := asked.get("firing"):
            rules = rules.filter(Q(("fires", firing == "yes")))
        for holder in ("function", "journey"):
            if asked.get(holder):
                rules = rules.filter(on_any_side(holder, asked[holder]))
        for text in asked.get("q", "").split():
            rules = rules.filter(on_any_side("name__icontains", text) | on_any_side("code__icontains", text))
        return rules


class TuningForm(forms.Form):
    """How a rule is to judge, from when on, and why."""

    state = forms.ChoiceField(choices=list(STATES.items()))
    starts_on = forms.DateField(label="For periods from", widget=DateInput, help_text="The first day of a period.")
    quiet_periods = forms.IntegerField(min_value=1, max_value=100)
    min_effect = forms.DecimalField(required=False, max_digits=30, decimal_places=12)
    reliable_from = forms.DecimalField(required=False, max_digits=30, decimal_places=6)
    tolerance = forms.DecimalField(required=False, max_digits=6, decimal_places=4)
    lag_periods = forms.IntegerField(required=False, min_value=0, max_value=LONGEST_LAG[Grain.DAY])
    periods_needed = forms.IntegerField(required=False, min_value=1, max_value=2)
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST_TEXT)

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            self.fields[name].label, self.fields[name].help_text = label, HINTS.get(name, "")
            if kind and name != "state" and name not in asked_of(kind):
                del self.fields[name]

    def tuning(self) -> Tuning:
        """What it says of how the rule judges."""
        given: dict[str, Any] = {name: self.cleaned_data.get(name) for name in LABELS}
        return Tuning(**given)

    def refused(self, refusal: InvalidInput) -> None:
        """Take over what is wrong, each to its field where there is one."""
        if not refusal.errors:
            self.add_error(None, str(refusal))
        for name, told in refusal.errors.items():
            self.add_error(name if name in self.fields else None, told)


class VersionForm(TuningForm):
    """A version of a rule: what holds now, to be changed."""

    def __init__(
        self, *args: Any, rule: Rule, current: RuleVersion | None, starts_on: date | None, **kwargs: Any
    ) -> None:
        stands = Tuning.of(current) if current else Tuning.before_any(rule)
        super().__init__(*args, kind=rule.kind, initial={**stands.said(), "starts_on": starts_on}, **kwargs)
        self.rule = rule
        self.fields["starts_on"].required = rule.made_by_id is None or current is not None

    def propose(self, *, by: Actor) -> RuleVersion | None:
        """The version it says, proposed; None, with what is wrong on the form, where it cannot be."""
        try:
            return propose_version(
                self.rule, self.tuning(), starts_on=self.cleaned_data["starts_on"],
                reason=self.cleaned_data["reason"], by=by,
            )  # fmt: skip
        except InvalidInput as refusal:
            self.refused(refusal)
        return None


class OwnRuleForm(TuningForm):
    """A rule that the dictionary does not make."""

    kind = forms.ChoiceField(choices=_capitalized(
        (value, label) for value, label in Rule.Kind.choices if value in KINDS and value in {*OF_ONE, *OF_TWO}
    ))  # fmt: skip
    measure = forms.ModelChoiceField(
        Measure.objects.all(), to_field_name="code", label="What is claimed, or judged", empty_label="Choose a measure"
    )
    other_measure = forms.ModelChoiceField(
        Measure.objects.all(), to_field_name="code", required=False, label="What it is held against",
        empty_label="Nothing: the kind looks at one measure",
    )  # fmt: skip
    field_order = ("kind", "measure", "other_measure", "state", "starts_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"quiet_periods": Rule.QUIET_PERIODS, "state": "active"}, **kwargs)
        self.fields["starts_on"].required = False
        self.fields["starts_on"].help_text = "The first day of a period. Empty: the whole history is judged."

    def propose(self, *, by: Actor) -> RuleVersion | None:
        """The first version of the rule, proposed; None, with what is wrong on the form, where it cannot be."""
        said = self.cleaned_data
        try:
            return propose_rule(
                said["kind"], said["measure"], said["other_measure"], self.tuning(), starts_on=said["starts_on"],
                reason=said["reason"], by=by,
            )  # fmt: skip
        except InvalidInput as refusal:
            self.refused(refusal)
        return None
