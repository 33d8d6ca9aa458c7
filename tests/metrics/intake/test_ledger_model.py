"""Ledger, readings and series arrays against a model in plain Python: insert, restate, late, repeat, as known on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import isnan

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.figures import known, verifying
from metrics.ingestion import Delivery, Rows, RowsRefused, ingest
from metrics.models import Observation, Reading, Series, SeriesChunk, Submission, TouchedSet
from tests.metrics import ledger
from tests.metrics.intake.conftest import CLOCKWORK, IN_NOVEMBER
from truthgov import audit, clock
from truthgov.periods import Grain, Period

FIRST = Period.parse("2024-10", Grain.MONTH)
CHANNELS = ("web", "phone")
FIGURES = ("0", "0.5", "0.50", "1", "0.125", "5e-1", "0.333333333333333333")

row = st.tuples(st.integers(0, 18), st.sampled_from(CHANNELS), st.sampled_from(FIGURES), st.booleans())
deliveries = st.lists(st.lists(row, min_size=1, max_size=6), min_size=1, max_size=6)


@dataclass
class Model:
    """What the ledger must hold: every figure said of a cell, in the order in which it became known."""

    said: dict[tuple[str, int], list[tuple[int, Decimal]]] = field(default_factory=dict)

    def reading(self, cell: tuple[str, int], entry: int | None = None) -> Decimal | None:
        figures = [value for at, value in self.said.get(cell, []) if entry is None or at <= entry]
        return figures[-1] if figures else None

    def judge(self, rows: list[tuple[int, str, str, bool]]) -> tuple[set[tuple[str, int]], bool]:
        """The cells that would change, and whether the delivery must be refused."""
        figures: dict[tuple[str, int], set[Decimal]] = {}
        for offset, channel, value, _ in rows:
            figures.setdefault((channel, offset), set()).add(Decimal(value))
        contradicted = any(len(values) > 1 for values in figures.values())
        changed = {cell for cell, values in figures.items() if self.reading(cell) not in values}
        with_reason = {(channel, offset): reason for offset, channel, _, reason in reversed(rows)}
        unexplained = any(self.reading(cell) is not None and not with_reason[cell] for cell in changed)
        return changed, contradicted or unexplained


@pytest.mark.usefixtures("conversion", "crm")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries=deliveries)
def test_whatever_is_delivered_the_ledger_holds_what_a_plain_model_holds(deliveries):
    with transaction.atomic(), clock.at(IN_NOVEMBER):
        model, moments = Model(), [audit.known_now()]
        for rows in deliveries:
            deliver(rows, model)
            moments.append(audit.known_now())
        assert_holds(model, moments)
        transaction.set_rollback(True)


def deliver(rows: list[tuple[int, str, str, bool]], model: Model) -> None:
    """Hand a delivery in at the door and to the model, and compare what becomes of it."""
    changed, refused = model.judge(rows)
    before = audit.known_now()
    try:
        with transaction.atomic():
            outcome = ingest(Rows.of(map(as_row, rows)), Delivery("command", source="crm"), by=CLOCKWORK)
    except RowsRefused:
        assert refused
        return
    assert not refused
    assert outcome.accepted + outcome.restated == len(changed)
    assert outcome.unchanged == len(rows) - len(changed)
    assert (outcome.submission is None) == (not changed)
    assert audit.known_now() == before + bool(changed)
    for offset, channel, value, _ in rows:
        if (channel, offset) in changed:
            changed.discard((channel, offset))
            model.said.setdefault((channel, offset), []).append((outcome.receipt.entry, Decimal(value)))


def as_row(row: tuple[int, str, str, bool]) -> dict[str, str]:
    offset, channel, value, has_reason = row
    return {"measure": "sales.conversion", "period": FIRST.shift(offset).code, "value": value,
            "segment": f'{{"channel":"{channel}"}}', "reason": "recount" if has_reason else ""}  # fmt: skip


def assert_holds(model: Model, moments: Iterable[int]) -> None:
    series = {row.segment.values["channel"]: row.pk for row in Series.objects.select_related("segment")}
    cells = {(channel, offset) for channel in series for offset in range(19)}
    for entry in (*moments, None):
        figures = known.figures(series.values(), date.min, date.max, known_at=entry)
        shown = {cell: figures.get((series[cell[0]], FIRST.shift(cell[1]).start)) for cell in cells}
        assert {cell: one and one.value for cell, one in shown.items()} == {
            cell: model.reading(cell, entry) for cell in cells
        }
    assert Observation.objects.count() == sum(map(len, model.said.values()))
    assert Reading.objects.count() == len(model.said)
    assert all(map(ledger.is_unaltered, Submission.objects.all()))
    assert verifying.looked_at().faults == []
    assert TouchedSet.objects.count() == Submission.objects.count()
    assert_arrays_are_in_step()


def assert_arrays_are_in_step() -> None:
    """The arrays hold exactly the readings of their years, in the order of their periods."""
    expected: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for reading in Reading.objects.order_by("series_id", "period_start"):
        ordinal = Period.containing(reading.period_start, Grain.MONTH).ordinal
        first_year = SeriesChunk.first_year_of(reading.period_start.year, Grain.MONTH)
        expected.setdefault((reading.series_id, first_year), []).append((ordinal, float(reading.value)))
    chunks = SeriesChunk.objects.all()
    assert {(c.series_id, c.first_year): list(zip(c.ordinals, c.values, strict=True)) for c in chunks} == expected
    assert all(isnan(part) for chunk in chunks for part in (*chunk.numerators, *chunk.denominators))
