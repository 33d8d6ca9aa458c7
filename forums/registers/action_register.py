"""The register of actions: who owes what by when, what was shown for it, who verified it, what escalated.

What still waits for somebody stands before what is verified, and what was to be done first stands first, on the page
and in files: so the longest overdue is never on a later page.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import QueryDict

from forums.models import Action
from truthgov import clock
from truthgov.keyset import Page, turn_to
from truthgov.models import Function, Person
from truthgov.register_files import Columns

AT_ONCE = 500
PAGE = 30
ORDERS = {"due": ("is_over", "due_on", "pk"), "-due": ("is_over", "-due_on", "-pk")}
STATES = [("", "Open and to be verified"), ("overdue", "Overdue"), ("escalated", "Escalated"),
          ("done", "To be verified"), ("verified", "Verified"), ("all", "All")]  # fmt: skip
COLUMNS: Columns = (
    "id", "action", "owner", "function", "due_on", "state", "overdue", "decision", "decided", "forum", "proof", "files",
    "done_on", "verified_by", "verified_on", "escalated_on",
)  # fmt: skip
PRINTED: Columns = ("action", "owner", "due_on", "state", "overdue", "verified_by", "escalated_on")


class ActionFilter(forms.Form):
    q = forms.CharField(label="Text", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(required=False, choices=STATES)
    function = forms.ModelChoiceField(
        Function.objects.all(), required=False, to_field_name="code", empty_label="Every function"
    )
    mine = forms.BooleanField(required=False, label="Mine only")

    def narrow(self, actions: QuerySet[Action], owner: Person, *, on: date) -> QuerySet[Action]:
        asked: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        for word in asked.get("q", "").split():
            actions = actions.filter(title__icontains=word)
        if asked.get("function"):
            actions = actions.filter(function=asked["function"])
        if asked.get("mine"):
            actions = actions.filter(owner=owner)
        return of_state(actions, asked.get("state", ""), on=on)


def of_state(actions: QuerySet[Action], state: str, *, on: date) -> QuerySet[Action]:
    """Those in a state of `STATES`; open ones and those to be verified where none is named."""
    if state == "overdue":
        return actions.filter(status=Action.Status.OPEN, due_on__lt=on)
    if state == "escalated":
        return actions.filter(escalation__isnull=False).exclude(status=Action.Status.VERIFIED)
    if state in (Action.Status.DONE, Action.Status.VERIFIED):
        return actions.filter(status=state)
    return actions if state == "all" else actions.exclude(status=Action.Status.VERIFIED)


def known_actions() -> QuerySet[Action]:
    """All of them, with what their rows tell."""
    told = "owner", "function", "verified_by", "decision__meeting__forum", "escalation"
    is_over = ExpressionWrapper(Q(status=Action.Status.VERIFIED), output_field=BooleanField())
    return Action.objects.select_related(*told).prefetch_related("proofs").annotate(is_over=is_over)


def order_of(sort: str) -> tuple[str, ...]:
    """The order that an address asks for; by due date where it asks for none of ours."""
    return ORDERS.get(sort, ORDERS["due"])


def action_register(form: ActionFilter, address: QueryDict, *, owner: Person) -> Page[Action]:
    found = form.narrow(known_actions(), owner, on=clock.today())
    return turn_to(address.get("cursor", ""), found, order_of(address.get("sort", "")), size=PAGE)


def sheet(actions: QuerySet[Action], sort: str = "", *, on: date) -> Iterator[Sequence[Any]]:
    """What the filters find as rows of `COLUMNS`, in the order of the page, some hundred read at a time."""
    for action in actions.order_by(*order_of(sort)).iterator(chunk_size=AT_ONCE):
        yield _cells(action, on)


def _cells(action: Action, on: date) -> Sequence[Any]:
    escalation = getattr(action, "escalation", None)
    proofs = list(action.proofs.all())
    files = ", ".join(file["name"] for file in proofs[-1].attached) if proofs else ""
    done, verified = (at and clock.local_day(at) for at in (action.done_at, action.verified_at))
    overdue = action.status == Action.Status.OPEN and action.due_on < on
    return (
        action.pk, action.title, action.owner.name, action.function and action.function.name, action.due_on,
        action.status, overdue, action.decision_id, action.decision.wording, action.decision.meeting.forum.name,
        action.proof, files, done, action.verified_by and action.verified_by.name, verified,
        escalation and clock.local_day(escalation.escalated_at),
    )  # fmt: skip
