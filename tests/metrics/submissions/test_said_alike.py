"""What is worked out here figure by figure and there as a set comes to the same: off target, owed, missing, late."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from metrics.handing_in import attesting, due
from metrics.ingestion import Delivery, Rows, comparing, ingest
from metrics.models import Absence, Definition
from tests.factories.metrics import SegmentFactory, SourceFactory, dimension, measure
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Appointment

FIXED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
SEGMENTS = ["{}", '{"channel":"fax"}', '{"channel":"web"}']

figures = st.integers(-12, 12).map(lambda eighths: Decimal(eighths) / 8) | st.decimals(-2, 2, places=4)
targets = st.tuples(st.none() | figures, st.integers(0, 2), st.sampled_from(["higher", "lower"]))
cells = st.tuples(st.sampled_from(["sales.conversion", "sales.prompt"]), st.integers(0, 3), st.sampled_from(SEGMENTS))
deliveries = st.dictionaries(
    st.tuples(cells, st.sampled_from(["crm", "other"])), st.sampled_from([10, 50, 5_000, 10_000]), max_size=12
)
STEPS = {"deliveries": deliveries, "absences": st.lists(cells, max_size=3), "attested": st.sets(st.integers(0, 3))}


@settings(max_examples=60, deadline=None, suppress_health_check=FIXED)
@given(told=st.lists(st.tuples(targets, figures), min_size=20, max_size=40))
def test_a_file_and_the_grid_say_alike_whether_a_figure_misses_its_target(db, told):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.staging")
        cursor.execute("CREATE TEMPORARY TABLE staging (row int, definition_id int, series_id int, period_start date, "
                       "value numeric, reason text)")  # fmt: skip
        cursor.execute("CREATE TEMPORARY TABLE metrics_definition (id int, target numeric, decimals int, "
                       "direction text, currency text, unit text)")  # fmt: skip
        for row, (terms, value) in enumerate(told):
            cursor.execute("INSERT INTO staging VALUES (%s, %s, 0, '2026-10-01', %s)", [row, row, value])
            cursor.execute("INSERT INTO metrics_definition VALUES (%s, %s, %s, %s, '', 'ratio')",
                           [row, *terms])  # fmt: skip
        missed = {row for row, *_ in comparing.missed(date(2026, 10, 1))}
        transaction.set_rollback(True)
    names = ("target", "decimals", "direction")
    shown = [Definition(**dict(zip(names, terms, strict=True))).meets_target(value) for terms, value in told]
    assert missed == {row for row, met in enumerate(shown) if met is False}


@pytest.fixture
def two_measures(conversion, crm):
    """One whose source of record is named, and one that shows the first source that reports."""
    dimension("channel", "web", "fax")
    SourceFactory(code="other")
    return {"sales.conversion": conversion, "sales.prompt": measure("sales.prompt", freshness_days=3)}


@settings(max_examples=25, deadline=None, suppress_health_check=FIXED, phases=[Phase.explicit, Phase.generate])
@given(**STEPS)
@example(
    deliveries={(("sales.conversion", 3, SEGMENTS[1]), "crm"): 50, (("sales.conversion", 0, "{}"), "crm"): 50},
    absences=[], attested=set(),
)  # fmt: skip
@example(deliveries={(("sales.conversion", 1, "{}"), "crm"): 50}, absences=[], attested=set())
def test_a_sheet_and_its_count_say_alike_what_is_owed(
    sales, sales_lead, two_measures, last_month, deliveries, absences, attested
):
    with transaction.atomic():
        for (cell, source), size in deliveries.items():
            deliver(*cell, source, size, last_month)
        for cell in absences:
            say_unavailable(two_measures, *cell, last_month, sales_lead)
        for back in attested:
            attest(due.sheet(sales.scope, last_month.shift(-back).code), sales_lead)
        found = due.owed_by_all()
        shown = [due.sheet(each.scope, each.period.code) for each in found]
        assert [counted(each) for each in found] == [counted(each) for each in shown]
        assert [(each.standing, each.absent) for each in found] == [
            (len(each.standing), len(each.absent)) for each in shown
        ]
        for day in (last_month.start, clock.today(), clock.today() + timedelta(days=40)):
            assert [each.late(on=day) for each in found] == [len(each.late(on=day)) for each in shown]
        transaction.set_rollback(True)


def counted(sheet):
    return sheet.scope, sheet.period, sheet.owed, sheet.missing, sheet.unattested, sheet.is_attested, sheet.due_on


def deliver(code, back, segment, source, size, last_month):
    row = {"measure": code, "period": last_month.shift(-back).code, "segment": segment, "value": "0.2",
           "numerator": str(size // 5), "denominator": str(size), "source": source}  # fmt: skip
    ingest(Rows.of([row]), Delivery(channel="api"), by=Actor(clockwork="test"))


def say_unavailable(measures, code, back, segment, last_month, person):
    Absence.objects.create(
        measure=measures[code], segment=SegmentFactory(key=segment, values=json.loads(segment)),
        period_start=last_month.shift(-back).start, reason="The system was down.", person=person,
        appointment=Appointment.objects.filter(person=person)[0], stated_at=clock.now(),
    )  # fmt: skip


def attest(sheet, person):
    if sheet and sheet.standing and not sheet.is_attested:
        attesting.attest(sheet, seen=attesting.digest_of(sheet), by=Actor(person=person))
