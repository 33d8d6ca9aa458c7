"""Founding a forum and proposing its rules."""

from datetime import date, time
from typing import Any

from django import forms

from forums.forms import DayInput
from forums.models import Charter, DecisionType, Forum
from forums.terms import Terms, steering
from truthgov.models import Role

NOT_GRANTED = ("", "not granted")
DECIDERS = [NOT_GRANTED, *((role, role.label) for role in Role if role not in (Role.ADMINISTRATOR, Role.AUDITOR))]
SEATS = [(role, role.label) for role in (Role.TRUTH_OWNER, Role.EXECUTIVE, Role.FUNCTION_LEAD, Role.JOURNEY_OWNER)]


class FoundingForm(forms.ModelForm):
    class Meta:
        model = Forum
        fields = ["name", "code", "kind"]
        help_texts = {"code": "Short, in the address of its pages: steering."}


class CharterForm(forms.Form):
    """The rules of a forum; a right is granted by naming the role that decides."""

    starts_on = forms.DateField(label="Holds from", widget=DayInput)
    purpose = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}))
    quorum = forms.IntegerField(min_value=2, max_value=100, help_text="Members present, less those recused.")
    chair_role = forms.ChoiceField(label="Chaired by", choices=SEATS)
    member_roles = forms.MultipleChoiceField(
        label="Members by role", choices=SEATS, widget=forms.CheckboxSelectMultiple,
        help_text="Besides them, whoever is appointed forum member of this forum.",
    )  # fmt: skip
    cadence = forms.ChoiceField(choices=Charter.Cadence.choices)
    cadence_day = forms.IntegerField(
        label="Working day", min_value=1, max_value=20, help_text="Of the month (1 to 20) or of the week (1 to 5)."
    )
    meets_at = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    escalation_days = forms.IntegerField(label="Days until a late answer escalates", min_value=1, max_value=90)

    trust_needed = forms.IntegerField(
        label="Trust that decisions demand, in %", min_value=0, max_value=100, initial=0, required=False,
        help_text="Of every figure a decision leans on; what target conditions demand holds in any case.",
    )  # fmt: skip
    allows_remote = forms.BooleanField(
        label="Who joins from elsewhere is present", required=False, help_text="They count for the quorum, and decide."
    )
    allows_delegates = forms.BooleanField(
        label="A member may name a delegate for one meeting", required=False,
        help_text="The delegate counts in the member's stead.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in DecisionType:
            self.fields[f"right_{kind}"] = forms.ChoiceField(
                label=f"{kind.label.capitalize()}, decided by", choices=DECIDERS, required=False
            )

    @classmethod
    def starting_from(cls, forum: Forum, today: date) -> dict[str, Any]:
        """The terms in force, or those of the preset, as a first draft."""
        charter = forum.charters.in_force(on=today)
        terms = charter.terms() if charter else steering(today, meets_at=time(9))
        values = {name: value for name, value in vars(terms).items() if name != "rights"}
        return values | {f"right_{kind}": role for kind, role in terms.rights.items()} | {"starts_on": today}

    @property
    def rule_fields(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if not bound.name.startswith("right_")]

    @property
    def right_fields(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if bound.name.startswith("right_")]

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        if chosen.get("cadence") != Charter.Cadence.MONTHLY and chosen.get("cadence_day", 1) > 5:
            self.add_error("cadence_day", "A week has five working days.")
        if not any(chosen.get(f"right_{kind}") for kind in DecisionType):
            self.add_error(None, "A forum that may decide nothing needs no charter: grant it a right.")
        return chosen

    def terms(self) -> Terms:
        """The rules as written; only of a valid form."""
        values = {name: value for name, value in self.cleaned_data.items() if not name.startswith("right_")}
        values["member_roles"] = tuple(values["member_roles"])
        values["trust_needed"] = values["trust_needed"] or 0
        granted = {str(kind): self.cleaned_data[f"right_{kind}"] for kind in DecisionType}
        return Terms(rights={kind: role for kind, role in granted.items() if role}, **values)
