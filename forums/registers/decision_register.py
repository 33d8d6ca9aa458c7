"""The register of decisions: what stands, on which journey, from which root cause, and whether it worked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from forums.agendas.subjects import Matter, matters_of, reviewed
from forums.models import Decision, DecisionType, Forum, Recusal
from forums.models.decision import DecisionQuerySet
from forums.registers.pages import Register, page_at
from forums.registers.sequels import sequels
from journeys.models import Journey
from metrics.models import Contradiction, RootCause
from metrics.models.root_cause import with_causes
from truthgov import clock
from truthgov.models import Person
from truthgov.register_files import Columns

AT_ONCE = 200
STANDING = [
    ("", "Any standing"),
    ("standing", "In force"),
    ("review", "Up for review"),
    ("forced", "Forced"),
    ("superseded", "Superseded or overturned"),
]
COLUMNS: Columns = (
    "id", "decision", "type", "forum", "journey", "root_cause", "decided_on", "decided_by", "forced", "state",
    "supersedes", "superseded_by", "review_on", "did_it_work", "in_words", "present", "recused", "quorum", "reason",
)  # fmt: skip
PRINTED: Columns = ("decision", "type", "journey", "decided_on", "decided_by", "state", "did_it_work")


class DecisionFilter(forms.Form):
    q = forms.CharField(label="Text", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    type = forms.ChoiceField(required=False, choices=[("", "Every type"), *DecisionType.choices])
    forum = forms.ModelChoiceField(Forum.objects.all(), required=False, to_field_name="code", empty_label="Every forum")
    journey = forms.ModelChoiceField(
        Journey.objects.all(), required=False, to_field_name="code", empty_label="Every journey"
    )
    cause = forms.ModelChoiceField(
        RootCause.objects.all(), required=False, label="Root cause", empty_label="Every cause"
    )
    standing = forms.ChoiceField(required=False, choices=STANDING)

    def narrow(self, decisions: DecisionQuerySet, *, on: date) -> DecisionQuerySet:
        """What the filters find; those that cannot be read find everything, and say so."""
        asked: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        for word in asked.get("q", "").split():
            decisions = decisions.filter(Q(wording__icontains=word) | Q(reason__icontains=word))
        if asked.get("type"):
            decisions = decisions.filter(decision_type=asked["type"])
        if asked.get("forum"):
            decisions = decisions.filter(meeting__forum=asked["forum"])
        if asked.get("journey"):
            decisions = decisions.about(Contradiction.objects.filter(journey=asked["journey"]))
        if asked.get("cause"):
            decisions = decisions.about(with_causes(Contradiction.objects.all()).filter(root_cause=asked["cause"].pk))
        return _standing(decisions, asked.get("standing", ""), on)


def _standing(decisions: DecisionQuerySet, asked: str, on: date) -> DecisionQuerySet:
    if asked == "review":
        return decisions.up_for_review(on=on).exclude(pk__in=reviewed())
    if asked == "standing":
        return decisions.standing()
    kept = {"superseded": ~Q(superseded_by=None) | ~Q(overturned=None), "forced": Q(forced=True)}
    return decisions.filter(kept.get(asked, Q()))


@dataclass(frozen=True)
class DecisionRow:
    """A decision as the register shows it: what it is about, how it stands, whether it worked and in words.

    Its deliberation `is_hidden` from a reader who was recused from its item.
    """

    decision: Decision
    matter: Matter
    state: str
    worked: str
    words: str
    is_hidden: bool = False

    @property
    def reason(self) -> str:
        return "" if self.is_hidden else self.decision.reason

    @property
    def is_superseded(self) -> bool:
        return self.state == "superseded"

    @property
    def stands(self) -> bool:
        return self.state not in ("superseded", "overturned")


def decision_register(form: DecisionFilter, cursor: str, *, on: date) -> Register:
    """A page of decisions; a fixed number of queries."""
    rows, following = page_at(cursor, form.narrow(known_decisions(), on=on))
    return Register(rows_of(rows, on=on), following)


def known_decisions() -> DecisionQuerySet:
    """All of them, with what their rows tell."""
    told = "meeting__forum", "decided_by", "item__subject"
    return Decision.objects.with_endings().select_related(*told).prefetch_related("expectations__measure")


def rows_of(decisions: Sequence[Decision], *, on: date, reader: Person | None = None) -> list[DecisionRow]:
    """For a reader, what they were recused from is marked."""
    outcomes, matters = sequels(decisions, on), matters_of([decision.item.subject for decision in decisions])
    looked_at = set(reviewed().filter(subject__reference__in=[decision.pk for decision in decisions]))
    recusals = Recusal.objects.filter(person=reader, item__in=[each.item_id for each in decisions])
    hidden = set(recusals.values_list("item", flat=True)) if reader else set()
    return [
        DecisionRow(each, matters[each.item.subject_id], _state(each, on, looked_at), *outcomes[each.pk],
                    is_hidden=each.item_id in hidden)
        for each in decisions
    ]  # fmt: skip


def _state(decision: Decision, on: date, looked_at: set[int]) -> str:
    if decision.ended:
        return decision.ended
    is_due = decision.review_on is not None and decision.review_on <= on and decision.pk not in looked_at
    return "up_for_review" if is_due else "in_force"


def sheet(decisions: QuerySet[Decision], *, on: date, reader: Person) -> Iterator[Sequence[Any]]:
    """What the filters find as rows of `COLUMNS`, the newest first, some hundred read at a time."""
    numbers = list(decisions.order_by("-pk").values_list("pk", flat=True))
    for first in range(0, len(numbers), AT_ONCE):
        read = known_decisions().filter(pk__in=numbers[first : first + AT_ONCE]).order_by("-pk")
        yield from (_cells(row) for row in rows_of(list(read), on=on, reader=reader))


def _cells(row: DecisionRow) -> Sequence[Any]:
    decision = row.decision
    later = getattr(decision, "superseded_by", None)
    return (
        decision.pk, decision.wording, decision.get_decision_type_display(), decision.meeting.forum.name,
        row.matter.journey, row.matter.cause, clock.local_day(decision.decided_at), decision.decided_by.name,
        decision.forced, row.state, decision.supersedes_id, later and later.pk, decision.review_on, row.worked,
        row.words, decision.present, decision.recused, decision.quorum, row.reason,
    )  # fmt: skip
