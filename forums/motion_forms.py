"""Decisions as they are put: one form for each type, offered where the charter grants the right."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import Truncator

from forums.acts import LONGEST_REMEDY, Closure, DefinitionApproval, EscalationUpwards, Resolution, Ruling, SourceNaming
from forums.forms import DayInput, ahead
from forums.leaning import leaning_of
from forums.models import AgendaItem, Decision, DecisionRule, DecisionType, Question
from forums.motion import Act, Expected, Motion, Undertaking
from forums.quorum import NoQuorum
from metrics.models import Contradiction, Definition, Measure, RootCause, Source
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput
from truthgov.models import Person
from truthgov.periods import Grain, Period

ACTION_ROWS = 3


class EarlierDecision(forms.ModelChoiceField):
    """A decision of the same type on the same matter that still stands."""

    def label_from_instance(self, obj: Any) -> str:
        forced = ", forced" if obj.forced else ""
        return f"{clock.local_day(obj.decided_at):%-d %B %Y}{forced}: {Truncator(obj.wording).chars(80)}"


class MotionForm(forms.Form):
    """What every decision has: its wording, its reason, what it should move, and what follows from it."""

    wording = forms.CharField(label="Decision, in words", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)
    reason = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=4000)
    expects = forms.ModelMultipleChoiceField(
        Measure.objects.none(), required=False, label="Measures it should move",
        widget=forms.CheckboxSelectMultiple, help_text="What “did it work?” is asked of later.",
    )  # fmt: skip
    review_on = forms.DateField(required=False, label="Review on", widget=DayInput)
    supersedes = EarlierDecision(
        Decision.objects.none(), required=False, empty_label="None: they stand beside each other",
        help_text="The decision that this one takes the place of; a forced one yields to a higher right only.",
    )  # fmt: skip
    force = forms.BooleanField(
        required=False, label="Force this decision under the mandate, without quorum; the reason is then required"
    )

    trust_override = forms.CharField(
        label="Why it is decided on these figures all the same", widget=forms.Textarea(attrs={"rows": 2}),
        max_length=4000,
    )  # fmt: skip
    leans = True

    def __init__(self, *args: Any, item: AgendaItem, kind: str, may_force: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        self.case = item.subject.contradiction()
        doubts = leaning_of(item).doubts if self.leans else []
        if doubts:
            told = " ".join(map(str, doubts))
            self.fields["trust_override"].help_text = f"{told} The minutes print it."
        else:
            del self.fields["trust_override"]
        if not may_force:
            del self.fields["force"]
        self._offer_to_supersede(Decision.objects.standing().on_matter_of(item.subject).filter(decision_type=kind))
        self.fields["expects"].queryset = self._measures()  # type: ignore[attr-defined]
        for row in range(1, ACTION_ROWS + 1):
            self.fields |= _action_fields(row)
        self.today = ahead(self)

    def _offer_to_supersede(self, earlier: QuerySet[Decision]) -> None:
        if earlier.exists():
            self.fields["supersedes"].queryset = earlier  # type: ignore[attr-defined]
        else:
            del self.fields["supersedes"]

    def _measures(self) -> QuerySet[Measure]:
        """The parties of the case; without one, every outcome."""
        if self.case is None:
            return Measure.objects.filter(kind=Measure.Kind.JOURNEY_OUTCOME)
        return Measure.objects.filter(pk__in=[self.case.measure_id, self.case.other_measure_id or 0])

    def clean(self) -> dict[str, Any]:
        """An action has all three parts, or none."""
        for row in range(1, ACTION_ROWS + 1):
            parts = {name: self.cleaned_data.get(f"{name}_{row}") for name in ("title", "owner", "due_on")}
            if any(parts.values()):
                for name, value in parts.items():
                    if not value and f"{name}_{row}" not in self.errors:
                        self.add_error(f"{name}_{row}", "An action says what, who and by when.")
                if parts["due_on"] and parts["due_on"] < self.today:
                    self.add_error(f"due_on_{row}", "Choose today or a later day.")
        return self.cleaned_data

    @property
    def action_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"{name}_{row}"] for name in ("title", "owner", "due_on")] for row in range(1, ACTION_ROWS + 1)]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """Those that are not part of an action."""
        return [bound for bound in self.visible_fields() if not bound.name[-1].isdigit()]

    def act(self, chosen: Mapping[str, Any]) -> Act:
        """What the decision carries; each type says it."""
        return Ruling(self.data["type"])

    def put(self, *, by: Actor) -> bool:
        """Decide it, or put it to the room where the charter asks it; what is wrong is told in the form, so that
        nothing written is lost."""
        motion = self.motion()
        right = self.item.right_for(motion, self.item.meeting)
        try:
            if motion.force or right.rule == DecisionRule.CHAIR:
                self.item.decide(motion, by=by)
            else:
                Question.objects.put(self.item, motion, by=by)
        except InvalidInput as refused:
            for name, sentence in refused.errors.items():
                self.add_error(name if name in self.fields else None, sentence)
            return False
        except NoQuorum as refused:
            self.add_error(None, str(refused))
            return False
        return True

    def motion(self) -> Motion:
        """What was written, as a motion; only of a valid form."""
        chosen = self.cleaned_data
        rows = range(1, ACTION_ROWS + 1)
        return Motion(
            act=self.act(chosen),
            wording=chosen["wording"],
            reason=chosen["reason"],
            force=chosen.get("force", False),
            expects=tuple(Expected(measure) for measure in chosen["expects"]),
            actions=tuple(
                Undertaking(chosen[f"title_{row}"], chosen[f"owner_{row}"], chosen[f"due_on_{row}"])
                for row in rows if chosen[f"title_{row}"]
            ),
            review_on=chosen["review_on"],
            trust_override=chosen.get("trust_override", ""),
            supersedes=chosen.get("supersedes"),
        )  # fmt: skip


def _action_fields(row: int) -> dict[str, forms.Field]:
    return {
        f"title_{row}": forms.CharField(required=False, label=f"Action {row}", max_length=400),
        f"owner_{row}": forms.ModelChoiceField(Person.objects.active(), required=False, label="Owner"),
        f"due_on_{row}": forms.DateField(required=False, label="Due", widget=DayInput),
    }


def _next_month() -> date:
    return Period.containing(clock.today(), Grain.MONTH).end


class ResolutionForm(MotionForm):
    remedy_from = forms.DateField(
        label="The figures prove it from", initial=_next_month, widget=DayInput,
        help_text="Periods that begin on this day or later count as proof.",
    )  # fmt: skip
    cause = forms.ModelChoiceField(
        RootCause.objects.on_the_list(), required=False, label="Root cause", empty_label="Not said with this decision",
        help_text="What the contradiction comes from. It is changed by naming another.",
    )  # fmt: skip
    field_order = ["wording", "reason", "cause", "remedy_from"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        month = Period.containing(clock.today(), Grain.MONTH)
        bounds = {"min": f"{month.start}", "max": f"{month.shift(LONGEST_REMEDY).start}"}
        self.fields["remedy_from"].widget.attrs |= bounds

    def act(self, chosen: Mapping[str, Any]) -> Act:
        return Resolution(chosen["remedy_from"], chosen["cause"])


class RevisionForm(ResolutionForm):
    """For a case in remedy: another remedy takes the place of the one decided before."""

    field_order = ["supersedes", "wording", "reason", "cause", "remedy_from"]

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
    field_order = ["wording", "evidence", "reason", "supersedes", "cause", "remedy_from"]

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

    def act(self, chosen: Mapping[str, Any]) -> Act:
        return super().act(chosen) if chosen.get("supersedes") else Closure(chosen["evidence"])


class SourceForm(MotionForm):
    source = forms.ModelChoiceField(Source.objects.none(), label="Source of record")
    starts_on = forms.DateField(label="From", initial=_next_month, widget=DayInput)
    proposed_by = forms.ModelChoiceField(Person.objects.active(), label="Proposed by")
    field_order = ["source", "starts_on", "proposed_by", "wording", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case:
            sources = Source.objects.filter(series__measure=self.case.measure).distinct()
            self.fields["source"].queryset = sources  # type: ignore[attr-defined]

    def act(self, chosen: Mapping[str, Any]) -> Act:
        case, source = self.case, chosen["source"]
        if case is None:
            raise ValueError("a source of record is named on a contradiction")
        pair = [party for party in (case.source, case.other_source) if party and party != source]
        return SourceNaming(case.measure, source, chosen["proposed_by"], chosen["starts_on"], pair[0] if pair else None)


class DefinitionApprovalForm(MotionForm):
    """A proposed definition on the agenda; a target is set by the same act."""

    def act(self, chosen: Mapping[str, Any]) -> Act:
        return DefinitionApproval(Definition.objects.get(pk=self.item.subject.reference), self.data["type"])


class UpwardsForm(MotionForm):
    leans = False
    due_on = forms.DateField(label="To be answered by", widget=DayInput)
    field_order = ["wording", "due_on", "reason"]

    def act(self, chosen: Mapping[str, Any]) -> Act:
        return EscalationUpwards(chosen["due_on"])


FORMS: dict[DecisionType, type[MotionForm]] = {
    DecisionType.RESOLVE_CONTRADICTION: ResolutionForm,
    DecisionType.NAME_SOURCE_OF_RECORD: SourceForm,
    DecisionType.APPROVE_DEFINITION: DefinitionApprovalForm,
    DecisionType.SET_TARGET: DefinitionApprovalForm,
    DecisionType.ESCALATE: UpwardsForm,
}


def form_of(decision_type: str, item: AgendaItem, case: Contradiction | None) -> type[MotionForm]:
    """The form in which a decision of this type is put on this item."""
    if decision_type == DecisionType.RESOLVE_CONTRADICTION and case and case.status == Contradiction.Status.IN_REMEDY:
        return RevisionForm if case.is_looked_at() else ClosureForm
    return FORMS.get(DecisionType(decision_type), MotionForm)
