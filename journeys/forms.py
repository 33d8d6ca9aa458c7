from typing import Any

from django import forms

from journeys.models import Handoff, Journey, Stage
from truthgov.models import Function
from truthgov.texts import LONGEST_TEXT


class JourneyNameForm(forms.Form):
    name = forms.CharField(max_length=200, help_text="As a customer would tell it: Book to stay.")


class JourneyForm(forms.Form):
    description = forms.CharField(required=False, max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}))
    customers_per_month = forms.IntegerField(required=False, min_value=0, max_value=2_000_000_000)
    value_per_customer = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text="In the organisation's currency. With it the exposure of a contradiction is countable.",
    )

    @classmethod
    def of(cls, journey: Journey) -> "JourneyForm":
        return cls(initial={name: getattr(journey, name) for name in cls.base_fields})


class StageForm(forms.Form):
    name = forms.CharField(max_length=200)
    function = forms.ModelChoiceField(Function.objects.all(), label="Carried by", empty_label="Choose a function")


class PlacedStageForm(StageForm):
    position = forms.IntegerField(label="Place", min_value=1, max_value=1_000)
    field_order = ["position", "name", "function"]

    @classmethod
    def of(cls, stage: Stage) -> "PlacedStageForm":
        given = {"position": stage.position, "name": stage.name, "function": stage.function_id}
        return cls(initial=given, auto_id=f"stage-{stage.pk}-%s")


class WordingForm(forms.Form):
    promise = forms.CharField(max_length=400, label="What is promised")
    arrival = forms.CharField(max_length=400, label="What arrives", help_text="What the receiving function finds.")

    @classmethod
    def of(cls, handoff: Handoff) -> "WordingForm":
        given = {"promise": handoff.promise, "arrival": handoff.arrival}
        return cls(initial=given, auto_id=f"handoff-{handoff.pk}-%s")


class HandoffForm(WordingForm):
    from_stage = forms.ModelChoiceField(Stage.objects.none(), label="From", empty_label="Choose a stage")
    to_stage = forms.ModelChoiceField(Stage.objects.none(), label="To", empty_label="Choose a stage")
    field_order = ["from_stage", "to_stage", "promise", "arrival"]

    def __init__(self, journey: Journey, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from_stage", "to_stage"):
            self.fields[name].queryset = journey.stages.all()  # type: ignore[attr-defined]
