"""What somebody is about to answer for is shown with every digit, and with what is odd about it."""

from decimal import Decimal

from metrics.ingestion import Delivery, Rows, ingest
from tests.factories.metrics import SegmentFactory, SourceOfRecordFactory, measure
from tests.metrics.submissions.conftest import handed_in, typed
from truthgov.actor import Actor
from truthgov.figures import word_change_in_full


def test_money_and_parts_of_a_count_are_neither_shortened_nor_rounded(as_person, sales_lead, crm, sheet, last_month):
    money = measure("sales.won", unit="currency", currency="EUR")
    calls = measure("sales.calls", unit="count")
    for each in (money, calls):
        SourceOfRecordFactory(measure=each, source=crm)
    whole, client = SegmentFactory().pk, as_person(sales_lead)
    given = typed(f"{money.pk}-{whole}", value="1234567.89") | typed(f"{calls.pk}-{whole}", value="12.5")
    assert client.post(sheet, given).status_code == 302
    told = client.get(f"{sheet}preview/")
    assert [line.change.after.text for line in told.context["preview"].lines] == ["12.5", "€1\u202f234\u202f567.89"]
    client.post(f"{sheet}delivery/", {"seen": told.context["preview"].digest})
    assert "€1\u202f234\u202f567.89</span>" in client.get(f"{sheet}attestation/").content.decode()


def test_a_change_in_full_keeps_every_digit():
    change = word_change_in_full(Decimal("0.1431"), Decimal("0.14310001"), "fraction")
    assert [each.text for each in (change.before, change.after, change.difference)] == [
        "14.31\u202f%", "14.310001\u202f%", "+0.000001\u202fpp",
    ]  # fmt: skip
    assert word_change_in_full(None, Decimal(1), "count").difference.text == "–"


def test_what_is_odd_about_a_figure_is_told_before_it_is_stored(as_person, sales_lead, crm, sheet, last_month):
    calls = measure("sales.calls", unit="count")
    SourceOfRecordFactory(measure=calls, source=crm)
    said = {"measure": "sales.calls", "source": "crm"}
    rows = [{**said, "period": last_month.shift(-back).code, "value": str(400 + back)} for back in range(1, 9)]
    ingest(Rows.of(rows), Delivery(channel="api"), by=Actor(clockwork="test"))
    client = as_person(sales_lead)
    client.post(sheet, typed(f"{calls.pk}-{SegmentFactory().pk}", value="410000"))
    told = client.get(f"{sheet}preview/").content.decode()
    assert "Notice: a thousand times its neighbours, or a thousandth" in told
    assert handed_in(client, sheet, f"{calls.pk}-{SegmentFactory().pk}", value="410").status_code == 302
