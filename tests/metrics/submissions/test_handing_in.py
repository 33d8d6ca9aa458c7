from decimal import Decimal

import pytest

from metrics import due
from metrics.forms import ATTESTATION
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Attestation, Observation, Reading, Submission
from tests.factories.metrics import (
    MeasureFactory,
    SegmentFactory,
    SourceFactory,
    SourceOfRecordFactory,
    dimension,
    measure,
)
from truthgov import clock
from truthgov.actor import Actor
from truthgov.periods import Grain, Period


@pytest.fixture
def crm(db):
    SegmentFactory()
    return SourceFactory(code="crm", name="CRM")


@pytest.fixture
def conversion(crm, sales):
    made = measure("sales.conversion")
    SourceOfRecordFactory(measure=made, source=crm)
    return made


@pytest.fixture
def last_month(db):
    return Period.containing(clock.today(), Grain.MONTH).shift(-1)


@pytest.fixture
def sheet(sales, last_month):
    return f"/submissions/{sales.scope_id}/{last_month.code}/"


@pytest.fixture
def cell(conversion):
    return f"{conversion.pk}-{SegmentFactory().pk}"


def given(cell, **figures):
    return {f"{cell}-{name}": figure for name, figure in figures.items()} | {"attested": "on"}


def test_a_function_lead_sees_what_is_due(as_person, sales_lead, conversion, last_month):
    page = as_person(sales_lead).get("/submissions/").content.decode()
    assert f"Sales, {last_month}" in page
    assert "1 missing" in page


def test_figures_are_attested_and_sent_through_the_one_door(as_person, sales_lead, sheet, cell):
    answer = as_person(sales_lead).post(sheet, given(cell, value="0.184"))
    submission = Submission.objects.get()
    assert answer.url == submission.get_absolute_url()
    assert (submission.channel, submission.person) == ("form", sales_lead)
    assert submission.attestations.get().wording == ATTESTATION
    assert Reading.objects.get().value == Decimal("0.184")


def test_a_value_follows_from_its_parts(as_person, sales_lead, sheet, cell):
    as_person(sales_lead).post(sheet, given(cell, numerator="184", denominator="1000"))
    reading = Reading.objects.get()
    assert (reading.value, reading.numerator, reading.denominator) == (Decimal("0.184"), 184, 1000)


def test_nothing_is_sent_without_an_attestation(as_person, sales_lead, sheet, cell):
    figures = given(cell, value="0.184")
    del figures["attested"]
    assert as_person(sales_lead).post(sheet, figures).status_code == 422
    assert not Submission.objects.exists()


def test_a_refusal_stands_at_its_figure(as_person, sales_lead, sheet, cell):
    answer = as_person(sales_lead).post(sheet, given(cell, value="18.4"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{cell}-value_error"' in page
    assert "divide it by 100" in page
    assert not Observation.objects.exists()


def test_what_is_on_record_is_filled_in_and_left_alone(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    client.post(sheet, given(cell, value="0.184"))
    assert 'value="0.184"' in client.get(sheet).content.decode()
    assert client.post(sheet, given(cell, value="0.184")).url == "/submissions/"
    assert Submission.objects.count() == 1
    assert Attestation.objects.count() == 1


def test_a_change_of_what_is_on_record_needs_its_reason(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    client.post(sheet, given(cell, value="0.184"))
    refused = client.post(sheet, given(cell, value="0.171"))
    assert f'id="id_{cell}-reason_error"' in refused.content.decode()
    client.post(sheet, given(cell, value="0.171", reason="Late cancellations."))
    assert Reading.objects.get().value == Decimal("0.171")
    assert Observation.objects.count() == 2


def test_parts_reported_last_time_are_expected_again(as_person, sales_lead, sales, conversion, last_month):
    dimension("channel", "web")
    web = SegmentFactory(key='{"channel":"web"}', values={"channel": "web"})
    before = f"/submissions/{sales.scope_id}/{last_month.shift(-1).code}/"
    client = as_person(sales_lead)
    client.post(before, given(f"{conversion.pk}-{SegmentFactory().pk}", value="0.184"))
    series = Reading.objects.get().series
    series.pk, series.segment = None, web
    series.save()
    Reading.objects.create(
        series=series, period_start=last_month.shift(-1).start, value="0.2", observation_id=0,
        definition=conversion.definitions.get(),
    )  # fmt: skip
    assert len(due.owed_by(sales_lead)[0].cells) == 2


def test_a_source_is_asked_for_where_none_is_of_record(as_person, sales_lead, sales, crm, sheet):
    fresh = measure("sales.leads", unit="count")
    cell = f"{fresh.pk}-{SegmentFactory().pk}"
    client = as_person(sales_lead)
    assert client.post(sheet, given(cell, value="12")).status_code == 422
    assert client.post(sheet, given(cell, value="12") | {"source": crm.pk}).status_code == 302
    assert Reading.objects.get().series.source == crm


def test_another_functions_lead_gets_no_sheet(as_person, delivery_lead, sheet, cell):
    client = as_person(delivery_lead)
    assert client.get(sheet).status_code == 403
    assert client.post(sheet, given(cell, value="0.184")).status_code == 403
    assert not Submission.objects.exists()


@pytest.mark.parametrize("code", ["2199-01", "nonsense", "2026-W01"])
def test_a_period_that_is_not_due_has_no_sheet(as_person, sales_lead, sales, conversion, code):
    assert as_person(sales_lead).get(f"/submissions/{sales.scope_id}/{code}/").status_code == 404


def test_a_journey_owner_delivers_the_outcomes_that_no_function_supplies(
    as_person, journey_owner, journey, crm, last_month
):
    outcome = measure("journey.cancellations", outcome=True)
    SourceOfRecordFactory(measure=outcome, source=crm)
    sheet = f"/submissions/{outcome.journey.scope_id}/{last_month.code}/"
    assert outcome.journey == journey
    assert (
        as_person(journey_owner).post(sheet, given(f"{outcome.pk}-{SegmentFactory().pk}", value="0.3")).status_code
        == 302
    )


def test_what_is_due_costs_the_same_for_many_measures(sales_lead, crm, sales, django_assert_max_num_queries):
    for number in range(12):
        measure(f"sales.kpi{number}")
    with django_assert_max_num_queries(9):
        assert len(due.owed_by(sales_lead)[0].cells) == 12


def test_a_measure_without_an_approved_definition_is_not_due(sales_lead, crm, sales):
    MeasureFactory(code="sales.draft", function=sales)
    assert due.owed_by(sales_lead) == []


def test_a_delivery_shows_its_figures_and_who_attested(as_person, sales_lead, outsider, sheet, cell):
    as_person(sales_lead).post(sheet, given(cell, value="0.184"))
    page = as_person(outsider).get(Submission.objects.get().get_absolute_url()).content.decode()
    assert "18.4" in page
    assert "Sara Sales: “" in page


def test_nobody_owes_anything_on_an_empty_page(as_person, outsider):
    page = as_person(outsider).get("/submissions/").content.decode()
    assert "No figures are due from you" in page
    assert "Nothing has been delivered yet" in page


def test_a_count_that_stays_needs_no_reason_though_it_has_parts_on_record(
    as_person, sales_lead, crm, sales, sheet, last_month
):
    bookings = measure("sales.bookings", unit="count", target=None)
    SourceOfRecordFactory(measure=bookings, source=crm)
    row = {"measure": bookings.code, "period": last_month.code, "segment": "", "value": "120", "numerator": "120"}
    ingest(Rows.of([row]), Delivery(channel="api", source="crm"), by=Actor(clockwork="test"))
    answer = as_person(sales_lead).post(sheet, given(f"{bookings.pk}-{SegmentFactory().pk}", value="120"))
    assert answer.status_code == 302
    assert Observation.objects.count() == 1
