"""One form for each type of decision, offered where the charter grants the right; each writes its sentence."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from forums.meetings.people import people_to_act
from forums.models import AgendaItem, Decision, DecisionType
from forums.motions import sentences
from forums.motions.acts import (
    Closure,
    DefinitionApproval,
    EscalationUpwards,
    Resolution,
    SourceNaming,
    remedy_bounds,
)
from forums.motions.forms import MotionForm
from forums.motions.motion import Act
from forums.motions.rulings import RULINGS
from metrics.models import Contradiction, Definition, RootCause, Source
from truthgov import clock
from truthgov.figures import word_figure
from truthgov.forms import DateInput
from truthgov.models import STANDING_APART, Person, Role
from truthgov.periods import Grain, Period


def _next_month() -> date:
    return Period.containing(clock.today(), Grain.MONTH).end


class ResolutionForm(MotionForm):
    remedy = forms.CharField(required=False, label="What is done about it", max_length=400)
    remedy_from = forms.DateField(
        label="The figures prove it from", initial=_next_month, widget=DateInput,
        help_text="Periods that begin on this day or later count as proof.",
    )  # fmt: skip
    cause = forms.ModelChoiceField(
        RootCause.objects.on_the_list(), required=False, label="Root cause", empty_label="Not said with this decision",
        help_text="What the contradiction comes from. It is changed by naming another.",
    )  # fmt: skip
    field_order = ["remedy", "cause", "remedy_from", "wording", "reason"]
    writes: tuple[str, ...] = ("remedy", "remedy_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case:
            first, last = remedy_bounds(self.case)
            self.fields["remedy_from"].widget.attrs |= {"min": f"{first}", "max": f"{last}"}

    def sentence(self, chosen: Mapping[str, Any]) -> str:
        remedy, proved_from = chosen.get("remedy"), chosen.get("remedy_from")
        return sentences.resolution(str(self.item), remedy, proved_from) if remedy and proved_from else ""

    def act(self, chosen: Mapping[str, Any]) -> Act:
        return Resolution(chosen["remedy_from"], chosen["cause"])


class RevisionForm(ResolutionForm):
    """For a case in remedy: another remedy takes the place of the one decided before."""

    field_order = ["supersedes", "remedy", "cause", "remedy_from", "wording", "reason"]

    def _offer_to_supersede(self, earlier: QuerySet[Decision]) -> None:
        super()._offer_to_supersede(earlier)
        if "supersedes" in self.fields:
            self.fields["supersedes"].required = True
            self.fields["supersedes"].initial = earlier.first()


class ClosureForm(ResolutionForm):
    """For a case in remedy that no rule looks at: it closes on evidence, or takes another remedy."""

    evidence = forms.CharField(
        label="What shows that the remedy worked", widget=forms.Textarea(attrs={"rows": 3}), required=False,
        help_text="The case closes on it. Leave it empty where another remedy supersedes the one decided before.",
    )  # fmt: skip
    field_order = ["evidence", "supersedes", "remedy", "cause", "remedy_from", "wording", "reason"]
    writes = ("evidence", "remedy", "remedy_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remedy_from"].required = False
        if "supersedes" in self.fields:
            self.fields["supersedes"].empty_label = "None: the case closes on its evidence"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        chosen = super().clean()
        supersedes, evidence = chosen.get("supersedes"), chosen.get("evidence")
        if supersedes and evidence:
            self.add_error("evidence", "Either the case closes on evidence, or another remedy is decided: choose one.")
        if supersedes and not chosen.get("remedy_from"):
            self.add_error("remedy_from", "Say from when the figures prove the other remedy.")
        if not (supersedes or evidence):
            self.add_error("evidence", "Say what shows that the remedy worked.")
        return chosen

    def sentence(self, chosen: Mapping[str, Any]) -> str:
        evidence = chosen.get("evidence")
        return sentences.closure(str(self.item), evidence) if evidence else super().sentence(chosen)

    def act(self, chosen: Mapping[str, Any]) -> Act:
        return super().act(chosen) if chosen.get("supersedes") else Closure(chosen["evidence"])


class SourceForm(MotionForm):
    source = forms.ModelChoiceField(Source.objects.none(), label="Source of record", empty_label="Choose a source")
    starts_on = forms.DateField(label="From", initial=_next_month, widget=DateInput)
    proposed_by = forms.ModelChoiceField(Person.objects.none(), label="Proposed by", empty_label="Choose somebody")
    field_order = ["source", "starts_on", "proposed_by", "wording", "reason"]
    writes = ("source", "starts_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = people_to_act(STANDING_APART)
        self.fields["proposed_by"].queryset = able  # type: ignore[attr-defined]
        if self.case:
            sources = Source.objects.filter(series__measure=self.case.measure).distinct()
            self.fields["source"].queryset = sources  # type: ignore[attr-defined]

    def sentence(self, chosen: Mapping[str, Any]) -> str:
        source = chosen.get("source")
        if source is None or self.case is None:
            return ""
        return sentences.source_of_record(self.case.measure.name, source.name, chosen.get("starts_on"))

    def act(self, chosen: Mapping[str, Any]) -> Act:
        case, source = self.case, chosen["source"]
        if case is None:
            raise ValueError("a source of record is named on a contradiction")
        pair = [party for party in (case.source, case.other_source) if party and party != source]
        return SourceNaming(case.measure, source, chosen["proposed_by"], chosen["starts_on"], pair[0] if pair else None)


class DefinitionApprovalForm(MotionForm):
    """A proposed definition on the agenda."""

    @property
    def definition(self) -> Definition:
        return Definition.objects.select_related("measure").get(pk=self.item.subject.reference)

    def sentence(self, chosen: Mapping[str, Any]) -> str:
        definition = self.definition
        return sentences.definition(definition.measure.name, definition.version, definition.starts_on)

    def act(self, chosen: Mapping[str, Any]) -> Act:
        return DefinitionApproval(self.definition, self.data["type"])


class TargetForm(DefinitionApprovalForm):
    """The same act, said of the target that the version sets."""

    def sentence(self, chosen: Mapping[str, Any]) -> str:
        definition = self.definition
        least = definition.direction == Definition.Direction.HIGHER
        figure = "" if definition.target is None else word_figure(definition.target, definition.worded_unit).text
        bound = f"{'at least' if least else 'at most'} {figure}" if figure else ""
        return sentences.target(definition.measure.name, bound, definition.starts_on)


class UpwardsForm(MotionForm):
    leans = False
    due_on = forms.DateField(label="To be answered by", widget=DateInput)
    question = forms.CharField(required=False, label="What the sponsor is to settle", max_length=400)
    field_order = ["question", "due_on", "wording", "reason"]
    writes = ("question", "due_on")

    def sentence(self, chosen: Mapping[str, Any]) -> str:
        question, due_on = chosen.get("question"), chosen.get("due_on")
        return sentences.escalation(str(Role.SPONSOR.label), question, due_on) if question and due_on else ""

    def act(self, chosen: Mapping[str, Any]) -> Act:
        return EscalationUpwards(chosen["due_on"])


FORMS: dict[DecisionType, type[MotionForm]] = {
    DecisionType.RESOLVE_CONTRADICTION: ResolutionForm,
    DecisionType.NAME_SOURCE_OF_RECORD: SourceForm,
    DecisionType.APPROVE_DEFINITION: DefinitionApprovalForm,
    DecisionType.SET_TARGET: TargetForm,
    DecisionType.ESCALATE: UpwardsForm,
    **RULINGS,
}


def form_of(decision_type: str, item: AgendaItem, case: Contradiction | None) -> type[MotionForm]:
    """The form in which a decision of this type is put on this item."""
    if decision_type == DecisionType.RESOLVE_CONTRADICTION and case and case.status == Contradiction.Status.IN_REMEDY:
        return RevisionForm if case.is_looked_at() else ClosureForm
    return FORMS.get(DecisionType(decision_type), MotionForm)
