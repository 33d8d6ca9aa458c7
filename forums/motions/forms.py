"""Decisions as they are put: what the form of every type has. The types stand in `forums.motions.kinds`."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import Truncator

from forums.leaning import leaning_of
from forums.meetings.forms import ahead
from forums.meetings.people import people_to_act
from forums.meetings.quorum import NoQuorum
from forums.models import AgendaItem, Decision, DecisionRule, Question
from forums.motions.acts import Ruling
from forums.motions.motion import Act, Expected, Motion, Undertaking
from metrics.models import Measure
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput
from truthgov.forms import DateInput
from truthgov.texts import LONGEST_TEXT

ACTION_ROWS = 3
READ_IT = "This is what your choices say: read it, change it where it has to, and decide."


class EarlierDecision(forms.ModelChoiceField):
    """A decision of the same type on the same matter that still stands."""

    def label_from_instance(self, obj: Any) -> str:
        forced = ", forced" if obj.forced else ""
        return f"{clock.local_day(obj.decided_at):%-d %B %Y}{forced}: {Truncator(obj.wording).chars(80)}"


class SentenceInput(forms.Textarea):
    """Sent empty it comes back written, so that no browser holds it back."""

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class MotionForm(forms.Form):
    """What every decision has: its wording, its reason, what it should move, and what follows from it."""

    wording = forms.CharField(
        label="Decision, in words", widget=SentenceInput(attrs={"rows": 3}), max_length=LONGEST_TEXT,
        help_text="Left empty, it is written from what is chosen here, for you to read and to change.",
    )  # fmt: skip
    reason = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=LONGEST_TEXT)
    expects = forms.ModelMultipleChoiceField(
        Measure.objects.none(), required=False, label="Measures it should move",
        widget=forms.CheckboxSelectMultiple, help_text="What “did it work?” is asked of later.",
    )  # fmt: skip
    written = forms.CharField(required=False, widget=forms.HiddenInput)
    review_on = forms.DateField(required=False, label="Review on", widget=DateInput)
    supersedes = EarlierDecision(
        Decision.objects.none(), required=False, empty_label="None: they stand beside each other",
        help_text="The decision that this one takes the place of; a forced one yields to a higher right only.",
    )  # fmt: skip
    force = forms.BooleanField(
        required=False, label="Force this decision under the mandate, without quorum; the reason is then required"
    )

    trust_override = forms.CharField(
        label="Why it is decided on these figures all the same", widget=forms.Textarea(attrs={"rows": 2}),
        max_length=LONGEST_TEXT,
    )  # fmt: skip
    leans = True
    writes: tuple[str, ...] = ()
    """The fields that its sentence is written from."""

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
        """An action has all three parts, or none; what is decided stands in words that somebody has read."""
        if "wording" not in self.cleaned_data and not self.data.get("wording", "").strip():
            self._write()
        for row in range(1, ACTION_ROWS + 1):
            parts = {name: self.cleaned_data.get(f"{name}_{row}") for name in ("title", "owner", "due_on")}
            if any(parts.values()):
                for name, value in parts.items():
                    if not value and f"{name}_{row}" not in self.errors:
                        self.add_error(f"{name}_{row}", "An action says what, who and by when.")
                if parts["due_on"] and parts["due_on"] < self.today:
                    self.add_error(f"due_on_{row}", "Choose today or a later day.")
        return self.cleaned_data

    def sentence(self, chosen: Mapping[str, Any]) -> str:
        """What is decided, in words, from what was chosen so far; empty while that does not make a sentence."""
        return ""

    def worded(self) -> "MotionForm":
        """The same form, not yet put, with its sentence written; what somebody wrote in its place is kept."""
        self.full_clean()
        written, stood = self.sentence(self.cleaned_data), self.data.get("wording", "").strip()
        said = {name: self[name].value() for name in self.fields}
        if written and stood in ("", self.data.get("written", "").strip()):
            said["wording"] = written
        kind = self.data["type"]
        return type(self)(
            initial=said | {"written": written}, item=self.item, kind=kind, may_force="force" in self.fields
        )

    def _write(self) -> None:
        """Put the sentence where it is read before it stands."""
        written = self.sentence(self.cleaned_data)
        if written:
            said: Any = copy(self.data)  # what was sent is not to be changed
            said["wording"] = said["written"] = written
            self.data = said
        del self.errors["wording"]
        self.add_error("wording", READ_IT if written else "Write what is decided.")

    @property
    def action_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"{name}_{row}"] for name in ("title", "owner", "due_on")] for row in range(1, ACTION_ROWS + 1)]

    @property
    def rewritten_by(self) -> str:
        """The changes upon which a browser asks for the sentence again."""
        return ", ".join(f"change from:#{self[name].id_for_label}" for name in self.writes)

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
        f"owner_{row}": forms.ModelChoiceField(
            people_to_act(), required=False, label="Owner", empty_label="Choose somebody"
        ),
        f"due_on_{row}": forms.DateField(required=False, label="Due", widget=DateInput),
    }
