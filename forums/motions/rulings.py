"""The types of decision that bind by their wording alone, each with what its sentence is written from."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings

from forums.models import DecisionType
from forums.motions import sentences
from forums.motions.forms import MotionForm
from journeys.models import Journey
from truthgov.forms import DateInput


def _starts_on() -> forms.DateField:
    return forms.DateField(required=False, label="From", widget=DateInput)


def _what(label: str) -> forms.CharField:
    return forms.CharField(required=False, label=label, max_length=400)


class PolicyForm(MotionForm):
    rule = _what("What holds from now on")
    applies_to = _what("For whom")
    starts_on = _starts_on()
    writes = ("rule", "applies_to", "starts_on")
    field_order = [*writes, "wording", "reason"]

    def sentence(self, chosen: Mapping[str, Any]) -> str:
        rule = chosen.get("rule")
        return sentences.policy(rule, chosen.get("applies_to", ""), chosen.get("starts_on")) if rule else ""


class PriorityForm(MotionForm):
    journey = forms.ModelChoiceField(Journey.objects.all(), required=False, empty_label="Choose a journey")
    place = forms.IntegerField(required=False, label="Its place among the journeys", min_value=1, max_value=99)
    starts_on = _starts_on()
    writes = ("journey", "place", "starts_on")
    field_order = [*writes, "wording", "reason"]

    def sentence(self, chosen: Mapping[str, Any]) -> str:
        journey, place = chosen.get("journey"), chosen.get("place")
        return sentences.priority(str(journey), place, chosen.get("starts_on")) if journey and place else ""


class StandardForm(MotionForm):
    journey = forms.ModelChoiceField(Journey.objects.all(), required=False, empty_label="Choose a journey")
    standard = _what("What every guest or customer can rely on")
    starts_on = _starts_on()
    writes = ("journey", "standard", "starts_on")
    field_order = [*writes, "wording", "reason"]

    def sentence(self, chosen: Mapping[str, Any]) -> str:
        journey, standard = chosen.get("journey"), chosen.get("standard")
        if not (journey and standard):
            return ""
        return sentences.service_standard(str(journey), standard, chosen.get("starts_on"))


class ChangeForm(MotionForm):
    change = _what("What changes")
    starts_on = forms.DateField(required=False, label="Live on", widget=DateInput)
    writes = ("change", "starts_on")
    field_order = [*writes, "wording", "reason"]

    def sentence(self, chosen: Mapping[str, Any]) -> str:
        change = chosen.get("change")
        return sentences.change(change, chosen.get("starts_on")) if change else ""


class FundForm(MotionForm):
    amount = forms.DecimalField(required=False, label=f"Amount, {settings.CURRENCY}", min_value=0, max_digits=14)
    purpose = _what("For what")
    until = forms.DateField(required=False, widget=DateInput)
    writes = ("amount", "purpose", "until")
    field_order = [*writes, "wording", "reason"]

    def sentence(self, chosen: Mapping[str, Any]) -> str:
        amount, purpose = chosen.get("amount"), chosen.get("purpose")
        if amount is None or not purpose:
            return ""
        return sentences.fund(f"{settings.CURRENCY} {amount:,}", purpose, chosen.get("until"))


RULINGS: dict[DecisionType, type[MotionForm]] = {
    DecisionType.POLICY: PolicyForm,
    DecisionType.SET_JOURNEY_PRIORITY: PriorityForm,
    DecisionType.SERVICE_STANDARD: StandardForm,
    DecisionType.APPROVE_CHANGE: ChangeForm,
    DecisionType.FUND: FundForm,
}
