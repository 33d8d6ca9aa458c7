"""The contestant that any first draft is: a model, a `ModelSerializer(many=True)`, and an INSERT a row."""

import json
from io import BytesIO
from time import perf_counter

from django.db import connections, models, transaction
from rest_framework import serializers
from rest_framework.parsers import JSONParser

from benchmarks.rows import Batch
from metrics.models import Measure, Source


class PlainFigure(models.Model):
    """A figure as a first draft has it: one table, no ledger. It lives in a run's database alone."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    segment = models.JSONField()
    period_start = models.DateField()
    value = models.DecimalField(max_digits=30, decimal_places=12)
    numerator = models.DecimalField(max_digits=30, decimal_places=12, null=True)
    denominator = models.DecimalField(max_digits=30, decimal_places=12, null=True)

    class Meta:
        app_label = "benchmarks"
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "source", "segment", "period_start"], name="a_cell_has_one_figure"
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.period_start}"


class PlainSerializer(serializers.ModelSerializer[PlainFigure]):
    """Takes codes, as any sender writes them."""

    measure = serializers.SlugRelatedField(slug_field="code", queryset=Measure.objects.all())
    source = serializers.SlugRelatedField(slug_field="code", queryset=Source.objects.all())  # type: ignore[assignment]

    class Meta:
        model = PlainFigure
        fields = ["measure", "source", "segment", "period_start", "value", "numerator", "denominator"]


def serialized(batch: Batch, count: int) -> float:
    """Rows a second that it takes in from JSON, spared HTTP, keys, readings and audit."""
    with connections["owner"].schema_editor() as editor:
        editor.create_model(PlainFigure)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("GRANT ALL ON benchmarks_plainfigure TO PUBLIC")
    body = json.dumps([_record(batch, index) for index in range(min(count, len(batch)))]).encode()
    started = perf_counter()
    with transaction.atomic():
        serializer = PlainSerializer(data=JSONParser().parse(BytesIO(body)), many=True)
        serializer.is_valid(raise_exception=True)
        serializer.save()
    return min(count, len(batch)) / (perf_counter() - started)


def _record(batch: Batch, index: int) -> dict[str, object]:
    rows = batch.rows
    return {
        "measure": rows.measure[index], "source": batch.source, "segment": json.loads(rows.segment[index]),
        "period_start": f"{rows.period[index]}-01", "value": rows.value[index],
        "numerator": rows.numerator[index] or None, "denominator": rows.denominator[index] or None,
    }  # fmt: skip
