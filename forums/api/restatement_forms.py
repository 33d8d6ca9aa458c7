"""Restatements over REST: what a list of them is asked, and what each looks like."""

from rest_framework import serializers

from metrics.api.fields import FigureField, Form, PeriodField
from truthgov.rest.views import PageQuery


class RestatementQuery(PageQuery):
    measure = serializers.CharField(required=False, help_text="Code of a measure.")
    function = serializers.CharField(required=False, help_text="Code of the function that answers for the measure.")
    period = serializers.CharField(required=False, help_text="2026-10, 2026-W41, 2026-10-05 or 2026-Q4.")
    material = serializers.BooleanField(
        required=False, allow_null=False, help_text="By more than the definition lets pass, or by less."
    )
    sealed = serializers.BooleanField(
        required=False, allow_null=False, help_text="Came in after a meeting had frozen the view of the period."
    )
    since = serializers.DateField(required=False, help_text="Came in on this day or later.")
    until = serializers.DateField(required=False, help_text="Came in on this day or earlier.")
    batch = serializers.UUIDField(required=False, help_text="The delivery that they came in with.")


class ReliedForm(Form):
    """By number, what relied on the old figure."""

    decisions = serializers.ListField(child=serializers.IntegerField())
    views = serializers.ListField(child=serializers.IntegerField(), help_text="Views that meetings froze.")
    signals = serializers.ListField(child=serializers.IntegerField())


class RestatementForm(Form):
    id = serializers.IntegerField(source="restatement.number", help_text="The observation that restates.")
    restates = serializers.IntegerField(source="restatement.restates", help_text="The observation restated.")
    measure = serializers.CharField(source="restatement.measure.code")
    period = PeriodField(source="restatement.observation")
    segment = serializers.JSONField(source="restatement.segment.values")
    source = serializers.CharField(source="restatement.source.code")  # type: ignore[assignment]
    old = FigureField(source="restatement.old")
    new = FigureField(source="restatement.new")
    difference = FigureField(source="restatement.difference")
    share = FigureField(
        source="restatement.share", allow_null=True, help_text="Of the old figure; null where that was zero."
    )
    material = serializers.BooleanField(source="restatement.is_material")
    sealed = serializers.BooleanField(source="is_sealed", help_text="A meeting had frozen the view of the period.")
    days_late = serializers.IntegerField(source="restatement.days_late", help_text="Since the figure was first given.")
    by = serializers.CharField(source="restatement.sender")
    reason = serializers.CharField(source="restatement.reason")
    batch = serializers.UUIDField(source="restatement.submission.pk")
    entry = serializers.IntegerField(source="restatement.submission.entry", help_text="Audit entry of the delivery.")
    received_at = serializers.DateTimeField(source="restatement.submission.received_at")
    relied = ReliedForm(source="cited")
