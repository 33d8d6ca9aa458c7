"""Figures of a sheet before they are handed in: as typed, and what would become of them."""

from typing import Any

from rest_framework import serializers

from metrics.api.fields import CodeField, FigureField, Form, SpanField, TypedField
from metrics.api.forms.sheets import ScopeForm
from metrics.handing_in.blank_sheets import KINDS
from metrics.handing_in.preview import Standing
from metrics.handing_in.sheet_files import GIVEN
from metrics.handing_in.sheet_template import LONGEST, NOTE

MOST_FIGURES = 5_000


class TemplateQuery(Form):
    form = serializers.ChoiceField(list(KINDS), default="csv")


class TypedFigureForm(Form):
    """What is said of one figure, as it would be typed."""

    value = TypedField(help_text="n/a where there is none; why, in the note.")
    numerator = TypedField()
    denominator = TypedField()
    note = serializers.CharField(
        max_length=LONGEST[NOTE], allow_blank=True, default="",
        help_text="Needed where the figure changes what is on record, misses its target or is not available.",
    )  # fmt: skip


class NamedFigureForm(TypedFigureForm):
    """The same, with which of the figures due it is."""

    measure = serializers.CharField(max_length=80)
    segment = serializers.DictField(
        child=serializers.CharField(max_length=200), default=dict, help_text='{"channel": "web"}; left out, the whole.'
    )  # fmt: skip


class DraftingForm(Form):
    """A draft as it is given: the figures that differ from what is on record, or say more of it."""

    figures: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=NamedFigureForm(), min_length=1, max_length=MOST_FIGURES
    )
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=80, allow_blank=True, default="", help_text="Code of the source of figures that never came before."
    )


class LineForm(Form):
    """One figure of a draft: as typed, and what would become of it, beside what is on record."""

    measure = CodeField(source="cell.measure")
    segment = serializers.JSONField(source="cell.segment.values")
    typed = TypedFigureForm(source="texts")
    standing = serializers.ChoiceField([standing.value for standing in Standing])
    value = FigureField(allow_null=True, help_text="As it would be stored.")
    on_record = FigureField(allow_null=True)
    why = serializers.CharField(allow_blank=True, help_text="Why it is refused.")
    at = serializers.ChoiceField(list(GIVEN), help_text="The field at which it is refused.")
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


class DeliveringForm(Form):
    attested = serializers.BooleanField(
        default=False, allow_null=False,
        help_text="Stand behind every figure of the period as it then stands; by who answers for them.",
    )  # fmt: skip


class DeliveredForm(Form):
    """What was handed in, whole."""

    batch = serializers.UUIDField(allow_null=True, help_text="Null where only notes and absences were.")
    attested = serializers.BooleanField(help_text="Does somebody stand behind all of the period?")
