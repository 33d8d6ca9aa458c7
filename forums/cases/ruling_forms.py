"""What the truth owner writes where they rule on a contradiction, and whoever answers for something where they link."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Case, Model, Q, When

from forums.cases.titles import title_of
from metrics.models import Contradiction, RootCause, Segment
from metrics.models.ruling import LONGEST_SNOOZE
from truthgov import clock
from truthgov.forms import DateInput


class RulingForm(forms.Form):
    """Anything ruled on a case has a reason, which stands in its story."""

    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, *args: Any, case: Contradiction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case


class CaseChoice(forms.ModelChoiceField):
    """A case by its parties and its number."""

    def label_from_instance(self, obj: Model) -> str:
        if not isinstance(obj, Contradiction):
            raise TypeError(f"{obj} is no case")
        return f"{obj.pk}: {title_of(obj)}, {obj.get_kind_display()}"


class OtherCaseForm(RulingForm):
    """Another case that stands, those about the same measures first."""

    other = CaseChoice(Contradiction.objects.none(), label="Which case", empty_label="Choose a case")
    field_order = ("other", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        measures = {self.case.measure_id, self.case.other_measure_id} - {None}
        is_near = Q(measure__in=measures) | Q(other_measure__in=measures)
        others = Contradiction.objects.live().exclude(pk=self.case.pk).order_by(Case(When(is_near, 0), default=1), "pk")
        named = others.select_related("measure", "other_measure", "segment")
        self.fields["other"].queryset = named  # type: ignore[attr-defined]


class JoiningForm(OtherCaseForm):
    prefix = "joining"


class LinkForm(OtherCaseForm):
    prefix = "link"


class CauseForm(RulingForm):
    """What the case comes from, by the organisation's list."""

    prefix = "cause"
    cause = forms.ModelChoiceField(RootCause.objects.on_the_list(), label="Root cause", empty_label=None)
    field_order = ("cause", "reason")


class SnoozeForm(RulingForm):
    """Until when the case can wait, and why."""

    prefix = "snooze"
    until = forms.DateField(label="Up to and including", widget=DateInput)
    field_order = ("until", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        bounds = {"min": f"{today}", "max": f"{today + timedelta(LONGEST_SNOOZE)}"}
        self.fields["until"].widget.attrs |= bounds


class WakingForm(RulingForm):
    prefix = "waking"


class PartForm(RulingForm):
    """A segment within the case's scope that is measured."""

    prefix = "part"
    segment = forms.ModelChoiceField(Segment.objects.none(), label="Segment", empty_label=None)
    field_order = ("segment", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = [self.case.measure_id, self.case.other_measure_id or self.case.measure_id]
        parts = Segment.objects.within(self.case.segment).exclude(pk=self.case.segment_id)
        measured = parts.filter(pk__in=Segment.objects.filter(series__measure__in=parties).values("pk"))
        self.fields["segment"].queryset = measured  # type: ignore[attr-defined]


class RootCauseForm(forms.Form):
    """A further entry of the list."""

    name = forms.CharField(max_length=120)
    explanation = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, required=False)


class RetirementForm(forms.Form):
    """Why a cause is named no more."""

    prefix = "retirement"
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), max_length=1000)
