"""A value and the parts it is made of, as somebody types them: read, held against one another, or asked back."""

from decimal import Decimal

import pytest

from metrics.models import Observation, Reading
from tests.factories.metrics import SegmentFactory, SourceOfRecordFactory, measure
from tests.metrics.submissions.conftest import handed_in, pushed, typed


@pytest.fixture
def rate(crm, sales, sheet):
    """The grid with an average, and its cell: a value that is no share, and the parts it is made of."""
    made = measure("sales.rate", unit="ratio")
    SourceOfRecordFactory(measure=made, source=crm)
    return sheet, f"{made.pk}-{SegmentFactory().pk}"


def test_a_value_follows_from_its_parts(as_person, sales_lead, sheet, cell):
    handed_in(as_person(sales_lead), sheet, cell, numerator="184", denominator="1000")
    reading = Reading.objects.get()
    assert (reading.value, reading.numerator, reading.denominator) == (Decimal("0.184"), 184, 1000)


def test_parts_of_a_value_that_was_rounded_when_it_came_say_nothing_new(as_person, sales_lead, sheet, cell, last_month):
    pushed("sales.conversion", last_month, value="0.143", numerator="1", denominator="7")
    client = as_person(sales_lead)
    client.post(sheet, typed(cell, value="", numerator="1", denominator="7", note="As before."))
    assert client.get(f"{sheet}preview/").context["preview"].counts == {"note_added": 1}


def test_an_index_does_not_follow_from_its_parts(as_person, sales_lead, crm, sheet):
    """It may be of a hundred."""
    made = measure("sales.index", unit="index", target=None)
    SourceOfRecordFactory(measure=made, source=crm)
    cell, client = f"{made.pk}-{SegmentFactory().pk}", as_person(sales_lead)
    parts = {"numerator": "2", "denominator": "5"}
    assert "These parts give no value" in client.post(sheet, typed(cell, **parts)).content.decode()
    assert client.post(sheet, typed(cell, value="40", **parts)).status_code == 302


@pytest.mark.parametrize("parts", [{"numerator": "184"}, {"numerator": "184", "denominator": "0"}])
def test_parts_that_give_no_value_are_told_so(as_person, sales_lead, sheet, cell, parts):
    answer = as_person(sales_lead).post(sheet, typed(cell, **parts))
    assert "These parts give no value" in answer.content.decode()


@pytest.mark.parametrize(
    ("value", "numerator", "told"),
    [("140.5", "1394.24", True), ("139.42", "1405", True), ("139.42", "1394.24", False), ("139", "1394.24", False)],
)
def test_a_value_that_its_parts_do_not_give_is_refused(as_person, sales_lead, rate, value, numerator, told):
    address, cell = rate
    answer = as_person(sales_lead).post(address, typed(cell, value=value, numerator=numerator, denominator="10"))
    assert (answer.status_code == 422) is told
    assert ("correct whichever is wrong" in answer.content.decode()) is told


def test_what_is_not_available_has_no_parts(as_person, sales_lead, sheet, cell):
    given = {"value": "n/a", "note": "The help desk was down."}
    client = as_person(sales_lead)
    answer = client.post(sheet, typed(cell, numerator="184", denominator="1000", **given))
    assert "gives parts of one; empty these" in answer.content.decode()
    assert client.post(sheet, typed(cell, **given)).status_code == 302


@pytest.mark.parametrize("value", ["", "1"])
def test_an_exponent_that_no_figure_has_is_refused_at_its_cell(as_person, sales_lead, rate, value):
    address, cell = rate
    client = as_person(sales_lead)
    given = typed(cell, value=value, numerator="1e999999", denominator="1e-999999")
    refused = [field.html_name for _, field in client.post(address, given).context["form"].refused]
    assert refused == [f"{cell}-numerator"]
    assert client.get(f"{address}preview/").context["preview"].refused[0].at == "numerator"


@pytest.mark.parametrize("numerator", ["1e30", "1" * 30])
def test_parts_that_give_a_value_beyond_all_figures_are_told_so(as_person, sales_lead, rate, numerator):
    address, cell = rate
    told = as_person(sales_lead).post(address, typed(cell, numerator=numerator, denominator="1e-20")).content.decode()
    assert "more than 30 digits" in told
    assert "These parts give no value" not in told


def test_a_percentage_of_what_is_no_share_is_asked_back_in_its_unit(as_person, sales_lead, crm, sheet):
    revenue = measure("sales.revenue", unit="currency", currency="EUR")
    SourceOfRecordFactory(measure=revenue, source=crm)
    answer = as_person(sales_lead).post(sheet, typed(f"{revenue.pk}-{SegmentFactory().pk}", value="5 %"))
    assert "is a percentage and this is none; write the number, in EUR." in answer.content.decode()


@pytest.mark.parametrize(("unit", "currency", "told"), [("currency", "EUR", "is not in EUR"), ("count", "", "is none")])
def test_money_of_another_currency_is_asked_back(as_person, sales_lead, crm, sheet, unit, currency, told):
    revenue = measure("sales.revenue", unit=unit, currency=currency, target=None)
    SourceOfRecordFactory(measure=revenue, source=crm)
    answer = as_person(sales_lead).post(sheet, typed(f"{revenue.pk}-{SegmentFactory().pk}", value="$900"))
    assert f"{told}; write the number" in answer.content.decode()


def test_the_value_on_record_without_its_parts_is_nothing_new(as_person, sales_lead, rate, last_month):
    address, cell = rate
    pushed("sales.rate", last_month, value="140.5", numerator="1405", denominator="10")
    client = as_person(sales_lead)
    client.post(address, typed(cell, value="140.5"))
    assert client.get(f"{address}preview/").context["preview"].counts == {"unchanged": 1}


def test_a_numerator_alone_does_not_stay_behind_when_its_value_changes(as_person, sales_lead, crm, sheet, last_month):
    revenue = measure("sales.revenue", unit="currency", currency="EUR", target=None)
    SourceOfRecordFactory(measure=revenue, source=crm)
    pushed("sales.revenue", last_month, value="1680", numerator="1680")
    cell, client = f"{revenue.pk}-{SegmentFactory().pk}", as_person(sales_lead)
    corrected = {"value": "1700", "note": "One more."}
    answer = client.post(sheet, typed(cell, numerator="1680", **corrected))
    assert "stands without a denominator and is another figure" in answer.content.decode()
    assert client.post(sheet, typed(cell, numerator="", **corrected)).status_code == 302


@pytest.mark.parametrize(("unit", "is_asked"), [("count", True), ("days", False)])
def test_a_point_before_three_digits_of_a_count_is_asked_back(as_person, sales_lead, crm, sheet, unit, is_asked):
    made = measure("sales.made", unit=unit, target=None)
    SourceOfRecordFactory(measure=made, source=crm)
    answer = as_person(sales_lead).post(sheet, typed(f"{made.pk}-{SegmentFactory().pk}", value="1.234"))
    assert ("1.234 can be read in two ways" in answer.content.decode()) is is_asked


def test_how_a_point_before_three_digits_of_anything_else_is_read_is_said(as_person, sales_lead, crm, rate, last_month):
    address, cell = rate
    client, told = as_person(sales_lead), "1.234 is read with a decimal point; for a thousand and more write 1234."
    assert client.post(address, typed(cell, value="1.234")).status_code == 302
    assert told in client.get(f"{address}preview/").content.decode()
    pushed("sales.rate", last_month, value="1.234")
    client.post(address, typed(cell, value="1.234", note="As billed."))
    assert told not in client.get(f"{address}preview/").content.decode()


def test_a_note_beside_parts_on_record_is_no_fault(as_person, sales_lead, rate, last_month):
    address, cell = rate
    on_record = {"value": "140.5", "numerator": "1394.24", "denominator": "10"}
    pushed("sales.rate", last_month, **on_record)
    assert as_person(sales_lead).post(address, typed(cell, note="As billed.", **on_record)).status_code == 302


def test_a_count_that_stays_needs_no_reason_though_it_has_parts_on_record(
    as_person, sales_lead, crm, sales, sheet, last_month
):
    bookings = measure("sales.bookings", unit="count", target=None)
    SourceOfRecordFactory(measure=bookings, source=crm)
    pushed("sales.bookings", last_month, value="120", numerator="120")
    cell, client = f"{bookings.pk}-{SegmentFactory().pk}", as_person(sales_lead)
    handed_in(client, sheet, cell, value="120", note="As counted by hand.")
    assert Observation.objects.count() == 1
