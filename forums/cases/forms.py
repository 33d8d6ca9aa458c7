"""What can be asked of the queue, and what people write into a contradiction."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from forums.meetings.forms import ahead
from journeys.models import Journey
from metrics.models import Contradiction, Measure, Position, RootCause, Segment
from metrics.models.root_cause import with_causes
from truthgov.choices import ListedField
from truthgov.errors import InvalidInput
from truthgov.forms import DateInput
from truthgov.intake import MAX_ATTACHED, MOST_ATTACHED, Attached, attach
from truthgov.models import Function, Scope
from truthgov.texts import LONGEST_TEXT

STATES = [("open", "Open"), ("snoozed", "Snoozed"), ("in_remedy", "In remedy"), ("closed", "Closed"),
          ("false_alarm", "False alarm"), ("joined", "Joined"), ("all", "All")]  # fmt: skip


def _any(label: str, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", label), *((value, word.capitalize()) for value, word in choices)]


class QueueForm(forms.Form):
    """The filters of the queue, as they stand in its address; an unknown value is told and filters nothing."""

    q = forms.CharField(label="Text", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    kind = forms.ChoiceField(required=False, choices=_any("Every kind", Contradiction.Kind.choices))
    severity = forms.ChoiceField(required=False, choices=_any("Every severity", Contradiction.Severity.choices))
    function = ListedField(Function.objects.all(), required=False, to_field_name="code", empty_label="Every function")
    journey = ListedField(Journey.objects.all(), required=False, to_field_name="code", empty_label="Every journey")
    segment = ListedField(
        Segment.objects.filter(pk__in=Contradiction.objects.order_by().values("segment")),
        required=False, to_field_name="key", label="Scope", empty_label="Every scope",
    )  # fmt: skip
    cause = ListedField(RootCause.objects.all(), required=False, label="Root cause", empty_label="Every root cause")
    state = forms.ChoiceField(required=False, choices=STATES, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def narrow(self, cases: QuerySet[Contradiction]) -> QuerySet[Contradiction]:
        """The cases that the filters leave, whatever their state."""
        asked = self.cleaned_data if self.is_valid() else {}
        for name in ("kind", "severity", "journey", "segment"):
            if asked.get(name):
                cases = cases.filter(**{name: asked[name]})
        if cause := asked.get("cause"):
            cases = with_causes(cases).filter(root_cause=cause.pk)
        if function := asked.get("function"):
            cases = cases.filter(Q(measure__function=function) | Q(other_measure__function=function))
        for word in asked.get("q", "").split():
            cases = cases.filter(
                Q(statement__icontains=word)
                | Q(measure__name__icontains=word)
                | Q(measure__code__icontains=word)
                | Q(other_measure__name__icontains=word)
                | Q(other_measure__code__icontains=word)
            )
        return cases


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ChallengeForm(forms.Form):
    """What the truth owner asks of a party, and by when it is to be answered."""

    prefix = "challenge"
    question = forms.CharField(widget=_lines(3), max_length=2000)
    due_on = forms.DateField(label="Answer due on", widget=DateInput)
    field_order = ("scope", "question", "due_on")

    def __init__(self, *args: Any, case: Contradiction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_party = Q(pk__in=case.party_scope_ids)
        askable = Scope.objects.filter(is_party | Q(kind=Scope.Kind.FUNCTION)).annotate(is_party=is_party)
        self.fields["scope"] = forms.ModelChoiceField(
            askable.order_by("-is_party", "kind", "name"), label="Who is asked", empty_label=None
        )
        self.order_fields(self.field_order)
        ahead(self)


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files as evidence, each looked at by the one door for files; an empty list where none is chosen."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Attached]:
        chosen = data if isinstance(data, list) else [data] if data else []
        try:
            return [attach(file.name, file.read(MAX_ATTACHED + 1)) for file in chosen]
        except InvalidInput as refused:
            raise forms.ValidationError(str(refused)) from refused


class PositionForm(forms.Form):
    """A party's answer; once taken it stands as it is."""

    prefix = "position"
    stance = forms.ChoiceField(
        choices=[(value, f"{word.capitalize()}") for value, word in Position.Stance.choices], widget=forms.RadioSelect,
        label="This position", help_text="Accepting it says that something has to be done, and not what.",
    )  # fmt: skip
    claim = forms.CharField(
        widget=_lines(3), max_length=LONGEST_TEXT, help_text="What your figures show, in your words."
    )
    evidence = forms.CharField(widget=_lines(3), max_length=LONGEST_TEXT, required=False)
    attachments = FilesField(
        required=False, help_text=f"Up to {MOST_ATTACHED}: PDF, PNG, JPEG, XLSX, CSV or TXT, of up to "
        f"{MAX_ATTACHED // 1024 // 1024} MB each. Everybody who may read the case may read them.",
    )  # fmt: skip
    field_order = ("scope", "stance", "claim", "evidence", "attachments")

    def __init__(self, *args: Any, scopes: list[Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answerable = Scope.objects.filter(pk__in=[scope.pk for scope in scopes])
        self.fields["scope"] = forms.ModelChoiceField(answerable, label="For", empty_label=None)
        if len(scopes) == 1:
            self.fields["scope"].initial = scopes[0]
            self.fields["scope"].widget = forms.HiddenInput()
        self.order_fields(self.field_order)


class FalseAlarmForm(forms.Form):
    """Why this is no contradiction; the reason is listed in the next meeting's pack."""

    prefix = "false-alarm"
    reason = forms.CharField(
        widget=_lines(3), max_length=2000, help_text="The next meeting is told of it, with this reason."
    )


class SurfaceForm(forms.Form):
    """A contradiction that a person has seen and no rule has."""

    kind = forms.ChoiceField(choices=[(value, word.capitalize()) for value, word in Contradiction.Kind.choices])
    measure = forms.ModelChoiceField(
        Measure.objects.order_by("name"), to_field_name="code", label="What is claimed",
        empty_label="Choose a measure", help_text="The measure whose figures look good.",
    )  # fmt: skip
    other_measure = forms.ModelChoiceField(
        Measure.objects.order_by("name"), to_field_name="code", label="What it stands against", required=False,
        empty_label="Nothing that is measured",
    )  # fmt: skip
    segment = forms.ModelChoiceField(
        Segment.objects.order_by("key"), to_field_name="key", label="Scope", empty_label=None
    )
    statement = forms.CharField(
        widget=_lines(4), max_length=LONGEST_TEXT, label="The contradiction in a sentence or two",
        help_text="Say both sides with their figures.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("measure") and given.get("measure") == given.get("other_measure"):
            self.add_error("other_measure", "A measure does not contradict itself; choose what it stands against.")
        return given
