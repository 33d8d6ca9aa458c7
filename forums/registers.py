"""The registers of decisions and actions: filters in the address, the newest first, a page at a time."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from forums.models import Action, Decision, DecisionType, Forum
from forums.sequels import sequels
from truthgov import clock
from truthgov.models import Function, Person

PAGE = 30
STATES = [("", "Open and to be verified"), ("overdue", "Overdue"), ("done", "To be verified"), ("verified", "Verified"),
          ("all", "All")]  # fmt: skip
STANDING = [
    ("", "Standing and superseded"),
    ("standing", "Standing"),
    ("forced", "Forced"),
    ("superseded", "Superseded"),
]


class DecisionFilter(forms.Form):
    q = forms.CharField(label="Text", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    type = forms.ChoiceField(required=False, choices=[("", "Every type"), *DecisionType.choices])
    forum = forms.ModelChoiceField(Forum.objects.all(), required=False, to_field_name="code", empty_label="Every forum")
    standing = forms.ChoiceField(required=False, choices=STANDING)

    def narrow(self, decisions: QuerySet[Decision]) -> QuerySet[Decision]:
        asked: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        for word in asked.get("q", "").split():
            decisions = decisions.filter(Q(wording__icontains=word) | Q(reason__icontains=word))
        if asked.get("type"):
            decisions = decisions.filter(decision_type=asked["type"])
        if asked.get("forum"):
            decisions = decisions.filter(meeting__forum=asked["forum"])
        kept = {"standing": Q(superseded_by=None), "superseded": ~Q(superseded_by=None), "forced": Q(forced=True)}
        return decisions.filter(kept.get(asked.get("standing", ""), Q()))


class ActionFilter(forms.Form):
    q = forms.CharField(label="Text", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(required=False, choices=STATES)
    function = forms.ModelChoiceField(
        Function.objects.all(), required=False, to_field_name="code", empty_label="Every function"
    )
    mine = forms.BooleanField(required=False, label="Mine only")

    def narrow(self, actions: QuerySet[Action], owner: Person) -> QuerySet[Action]:
        asked: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        for word in asked.get("q", "").split():
            actions = actions.filter(title__icontains=word)
        if asked.get("function"):
            actions = actions.filter(function=asked["function"])
        if asked.get("mine"):
            actions = actions.filter(owner=owner)
        return self._of_state(actions, asked.get("state", ""))

    @staticmethod
    def _of_state(actions: QuerySet[Action], state: str) -> QuerySet[Action]:
        if state == "overdue":
            return actions.filter(status=Action.Status.OPEN, due_on__lt=clock.today())
        if state in (Action.Status.DONE, Action.Status.VERIFIED):
            return actions.filter(status=state)
        return actions if state == "all" else actions.exclude(status=Action.Status.VERIFIED)


@dataclass(frozen=True)
class DecisionRow:
    decision: Decision
    worked: str
    words: str
    is_superseded: bool


@dataclass(frozen=True)
class Register:
    rows: list[Any]
    next_cursor: str


def decision_register(form: DecisionFilter, cursor: str, *, on: date) -> Register:
    """A page of decisions, each with whether it worked; the cursor is the last number of the page before."""
    known = Decision.objects.select_related("meeting__forum", "decided_by", "superseded_by").order_by("-pk")
    asked = _after(form.narrow(known), cursor).prefetch_related("expectations__measure")
    rows, following = _page(list(asked[: PAGE + 1]))
    outcomes = sequels(rows, on)
    return Register([row_of(decision, outcomes[decision.pk]) for decision in rows], following)


def row_of(decision: Decision, sequel: tuple[str, str]) -> DecisionRow:
    return DecisionRow(decision, *sequel, is_superseded=hasattr(decision, "superseded_by"))


def action_register(form: ActionFilter, cursor: str, *, owner: Person) -> Register:
    known = Action.objects.select_related("owner", "function", "decision__meeting__forum").order_by("-pk")
    rows, following = _page(list(_after(form.narrow(known, owner), cursor)[: PAGE + 1]))
    return Register(rows, following)


def _after(rows: QuerySet, cursor: str) -> QuerySet:
    return rows.filter(pk__lt=int(cursor)) if cursor.isascii() and cursor.isdigit() and len(cursor) < 18 else rows


def _page(rows: list) -> tuple[list, str]:
    return (rows[:PAGE], str(rows[PAGE - 1].pk)) if len(rows) > PAGE else (rows, "")
