"""Derived figures, computed anew from what was touched: before it is judged, and through the one door.

A level of formulas at a time, each in a transaction of its own: what is stored touches in its turn what is computed
from it. May run twice, at once, or die in between: the touched sets stay until they are judged, and what is computed
again says nothing new.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from django.db import connection
from django.db.models import Min

from metrics.dictionary.deriving import unreadable
from metrics.figures.derived_cells import Asked, Cell, Computing
from metrics.figures.withdrawing import Unknown, make_unknown
from metrics.formulas.grammar import codes_read
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import (
    Measure,
    Observation,
    Provenance,
    Reading,
    Source,
    Submission,
    TouchedSet,
)
from metrics.models.source import DERIVED
from truthgov import audit
from truthgov.actor import Actor

CLOCKWORK = Actor(clockwork="formulas")
TOUCHED = """
    SELECT series.measure_id, series.segment_id, min(touched.first)
    FROM metrics_touchedset each CROSS JOIN LATERAL unnest(each.series, each.first_periods) AS touched(series, first)
    JOIN metrics_series series ON series.id = touched.series
    WHERE each.id = ANY(%s) AND series.measure_id = ANY(%s) GROUP BY series.measure_id, series.segment_id"""
DERIVATIONS = "SELECT measure_id, derivation FROM metrics_definition WHERE status = 'approved' AND derivation <> ''"


def recompute(touched: Collection[int]) -> list[int]:
    """Compute what is derived, at any remove, from what these touched sets touch; the sets that this noted."""
    noted: list[int] = []
    level = list(touched)
    while level := _recompute_level(level):
        noted += level
    return noted


def _recompute_level(touched: list[int]) -> list[int]:
    inputs = _inputs()
    asked = _unreadable() | _asked(touched, inputs) if inputs else {}
    if not asked:
        return []
    with audit.act():
        # Whoever holds a measure sees every figure that was stored before: read after it, nothing stale is written.
        measures = Measure.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
        derived_measures = list(measures.filter(pk__in={measure for measure, _ in asked}))
        return _store([cell for cell in Computing(derived_measures, inputs, asked).cells() if cell.differs])


def _inputs() -> dict[int, set[str]]:
    """The codes that each derived measure is computed from, under whichever of its approved definitions."""
    inputs: dict[int, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:  # asked before every assessment: putting a queryset together takes longer
        cursor.execute(DERIVATIONS)
        for measure, derivation in cursor.fetchall():
            inputs[measure].update(codes_read(derivation))
    return inputs


def _unreadable() -> Asked:
    """Where a figure stands of a formula that can no longer be read: it is computed anew, and found unknown."""
    measures = [each.definition.measure_id for each in unreadable()]
    if not measures:
        return {}
    standing = Reading.objects.filter(series__measure__in=measures, series__source__code=DERIVED)
    firsts = standing.values_list("series__measure", "series__segment").annotate(first=Min("period_start"))
    return {(measure, segment): first for measure, segment, first in firsts}


def _asked(touched: list[int], inputs: dict[int, set[str]]) -> Asked:
    codes = set().union(*inputs.values())
    numbers = dict(Measure.objects.filter(code__in=codes).values_list("pk", "code"))
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, [touched, list(numbers)])
        rows = cursor.fetchall()
    asked: Asked = {}
    for number, segment, first in rows:
        for measure, codes in inputs.items():
            if numbers[number] in codes:
                asked[measure, segment] = min(first, asked.get((measure, segment), first))
    return asked


def _store(cells: list[Cell]) -> list[int]:
    """Send figures through the door, and say of the others that they are unknown; the touched sets that this noted."""
    computed = [cell for cell in cells if cell.figure]
    unknown = [cell.unknown(cell.why) for cell in cells if not cell.figure]
    noted, refused = _send(computed) if computed else ([], [])
    return noted + make_unknown([*unknown, *refused], by=CLOCKWORK)


def _send(cells: list[Cell]) -> tuple[list[int], list[Unknown]]:
    """Figures with what they were computed from; the touched set that this noted, if any, and what cannot be."""
    Source.derived()
    rows = Rows.of({**cell.row, "reason": reason} for cell, reason in zip(cells, _reasons(cells), strict=True))
    outcome = ingest(rows, Delivery(Submission.Channel.COMPUTED, source=DERIVED, lenient=True), by=CLOCKWORK)
    refused = [cells[each.row].unknown(each.message) for each in outcome.refusals]
    if outcome.submission is None:
        return [], refused
    of_cell = {(cell.measure.pk, cell.segment.pk, cell.period.start): cell for cell in cells}
    stored = Observation.objects.filter(submission=outcome.submission)
    Provenance.objects.bulk_create(
        Provenance(observation_id=pk, inputs=sorted(of_cell[measure, segment, start].inputs))
        for pk, measure, segment, start in stored.values_list(
            "pk", "series__measure", "series__segment", "period_start"
        )
    )
    return list(TouchedSet.objects.filter(submission=outcome.submission).values_list("pk", flat=True)), refused


def _reasons(cells: Iterable[Cell]) -> Iterator[str]:
    """Why each figure changes, where one stands already: which of its inputs were given anew."""
    kept = list(cells)
    standing = {cell.standing.observation for cell in kept if cell.standing}
    before = {each.observation_id: set(each.inputs) for each in Provenance.objects.filter(pk__in=standing)}
    cited = {pk for cell in kept if cell.standing for pk in cell.inputs}
    said = dict(Observation.objects.filter(pk__in=cited, restates__isnull=False).values_list("pk", "reason"))
    for cell in kept:
        yield _reason(cell, before.get(cell.standing.observation, set()), said) if cell.standing else ""


def _reason(cell: Cell, before: set[int], said: dict[int, str | None]) -> str:
    news = [
        f"{code} was restated ({said[pk]})" if pk in said else f"{code} has another figure of record"
        for pk, code in cell.inputs.items() if pk not in before
    ]  # fmt: skip
    return f"recomputed: {'; '.join(news) or f'version {cell.version} of the definition holds'}"
