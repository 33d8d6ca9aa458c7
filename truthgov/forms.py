from datetime import date

from django import forms

from truthgov import wording
from truthgov.mandates import POWERS
from truthgov.models import Person, Role, Scope


class DateInput(forms.DateInput):
    """The browser's own date picker, which works by keyboard."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SearchForm(forms.Form):
    q = forms.CharField(label="Name", required=False, max_length=200, widget=forms.TextInput({"type": "search"}))


class EnrolmentForm(forms.Form):
    name = forms.CharField(max_length=200)
    email = forms.EmailField(label="E-mail", max_length=254, help_text="They set their password by the reset link.")


class FunctionForm(forms.Form):
    name = forms.CharField(max_length=200, help_text="As people call it: Marketing, Revenue Management.")


class ScopeChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Scope) -> str:
        return f"{obj.name} ({obj.get_kind_display().lower()})"


class ProposalForm(forms.Form):
    person = forms.ModelChoiceField(Person.objects.active(), empty_label="Choose somebody")
    role = forms.ChoiceField(choices=[(value, word.capitalize()) for value, word in Role.choices])
    scope = ScopeChoice(
        Scope.objects.order_by("kind", "name"),
        label="Over",
        empty_label="Choose what is answered for",
        help_text="A function lead answers for a function, a preparer hands in its figures, a journey owner answers "
        "for a journey, a secretary and a member sit in a forum; every other role is held over the organisation.",
    )
    starts_on = forms.DateField(label="From", widget=DateInput())
    ends_on = forms.DateField(
        label="Until before", required=False, widget=DateInput(), help_text="Empty: until somebody ends it."
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=1_000, widget=forms.Textarea({"rows": 2}))


class EndForm(ReasonForm):
    on = forms.DateField(label="First day without it", widget=DateInput())
    field_order = ["on", "reason"]


class DeputyForm(forms.Form):
    person = forms.ModelChoiceField(Person.objects.active(), label="Deputy", empty_label="Choose somebody")
    starts_on = forms.DateField(label="From", widget=DateInput())
    ends_on = forms.DateField(label="Until before", widget=DateInput())


class MandateForm(forms.Form):
    text = forms.CharField(label="In words", widget=forms.Textarea({"rows": 5}), max_length=10_000)
    powers = forms.MultipleChoiceField(
        choices=[(power, power.capitalize()) for power in POWERS], required=False, widget=forms.CheckboxSelectMultiple
    )
    starts_on = forms.DateField(label="From", widget=DateInput())


class AuditFilterForm(forms.Form):
    """Filters of the audit; what cannot be read is said, never ignored."""

    code = forms.ChoiceField(label="Act", required=False)
    person = forms.ModelChoiceField(Person.objects.all(), label="Who", required=False, empty_label="Anybody")
    subject = forms.CharField(
        label="Record",
        required=False,
        max_length=130,
        widget=forms.TextInput({"placeholder": "truthgov.appointment 12"}),
    )
    since = forms.DateField(label="From", required=False, widget=DateInput())
    until = forms.DateField(label="Up to", required=False, widget=DateInput())

    def __init__(self, data: dict[str, str] | None = None) -> None:
        super().__init__(data)
        acts = sorted(wording.PHRASES.items(), key=lambda pair: pair[1])
        self.fields["code"].choices = [("", "Any act"), *acts]  # type: ignore[attr-defined]

    def clean_subject(self) -> tuple[str, str] | None:
        """The kind and the id of the record, or None; the kind alone gives an empty id."""
        kind, _, identity = self.cleaned_data["subject"].strip().partition(" ")
        return (kind.lower(), identity.strip()) if kind else None

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        since = self.cleaned_data.get("since")
        if since and until and until < since:
            raise forms.ValidationError("This lies before the first day.")
        return until
