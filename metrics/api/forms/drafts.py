"""Figures of a sheet before they are handed in: as typed, and what would become of them."""

from typing import Any

from rest_framework import serializers

from metrics.api.fields import CodeField, FigureField, Form, SpanField, TypedField
from metrics.api.forms.sheets import ScopeForm
from metrics.handing_in.blank import FORMS
from metrics.handing_in.preview import Standing

MOST_FIGURES = 5_000


class TemplateQuery(Form):
    form = serializers.ChoiceField(list(FORMS), default="csv")


class TypedFigureForm(Form):
    """What is to be said of one figure that is due."""

    measure = serializers.CharField(max_length=80)
    segment = serializers.DictField(
        child=serializers.CharField(max_length=200), default=dict, help_text='{"channel": "web"}; left out, the whole.'
    )  # fmt: skip
    value = TypedField(help_text="n/a where there is none; why, in the note.")
    numerator = TypedField()
    denominator = TypedField()
    note = serializers.CharField(
        max_length=1_000, allow_blank=True, default="",
        help_text="Needed where the figure changes what is on record, misses its target or is not available.",
    )  # fmt: skip


class DraftedForm(Form):
    """A draft: the figures that differ from what is on record, or say more of it. An empty list throws it away."""

    figures: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=TypedFigureForm(), max_length=MOST_FIGURES
    )
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=80, allow_blank=True, default="", help_text="Code of the source of figures that never came before."
    )


class LineForm(Form):
    """One figure of a draft: what would become of it, beside what is on record."""

    measure = CodeField(source="cell.measure")
    segment = serializers.JSONField(source="cell.segment.values")
    standing = serializers.ChoiceField([standing.value for standing in Standing])
    value = FigureField(allow_null=True, help_text="As it would be stored.")
    on_record = FigureField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    why = serializers.CharField(allow_blank=True, help_text="Why it is refused.")
    at = serializers.CharField(help_text="The field at which it is refused.")
    read_as = serializers.CharField(allow_blank=True, help_text="How it was read, where there are two ways.")
    notices = serializers.ListField(child=serializers.CharField(), help_text="What is odd about it.")


class DraftForm(Form):
    """The caller's own draft of a sheet, and its preview; nothing of it is stored."""

    scope = ScopeForm(source="sheet.scope")
    period = SpanField(source="sheet.period")
    source = serializers.CharField(source="draft.source", allow_blank=True)  # type: ignore[assignment]
    file = serializers.CharField(source="draft.file", allow_blank=True, help_text="The file it came from, if from one.")
    kept_at = serializers.DateTimeField(source="draft.kept_at", allow_null=True, help_text="Null without a draft.")
    counts = serializers.SerializerMethodField(help_text="How many figures there are of each standing.")
    lines = LineForm(source="preview.lines", many=True)

    def get_counts(self, drafted: Any) -> dict[str, int]:
        return {standing.value: count for standing, count in drafted.preview.counts.items()}


class HandInForm(Form):
    attested = serializers.BooleanField(
        default=False, allow_null=False,
        help_text="Stand behind every figure of the period as it then stands; by who answers for them.",
    )  # fmt: skip


class HandedInForm(Form):
    """What was handed in, whole."""

    batch = serializers.UUIDField(source="pk", allow_null=True, help_text="Null where only notes and absences were.")
    attested = serializers.BooleanField()
