"""What is due, by when, and what is late: of everybody, for everybody to see."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.dictionary.defining import approve_definition, propose_definition
from metrics.handing_in import attesting, due
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Absence
from tests.factories.metrics import (
    DefinitionFactory,
    MeasureFactory,
    SegmentFactory,
    SourceFactory,
    SourceOfRecordFactory,
    dimension,
    measure,
)  # fmt: skip
from tests.factories.people import AppointmentFactory
from tests.metrics.submissions.conftest import handed_in
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Appointment, Role

WEB, PHONE, FAX = '{"channel":"web"}', '{"channel":"phone"}', '{"channel":"fax"}'


def reported(period, *segments):
    """A program delivers the conversion of these segments."""
    rows = [{"measure": "sales.conversion", "period": period.code, "segment": segment, "value": "0.2", "source": "crm"}
            for segment in segments]  # fmt: skip
    ingest(Rows.of(rows), Delivery(channel="api"), by=Actor(clockwork="test"))


def deliver(of, period, segment, size, source):
    row = {"measure": of.code, "period": period.code, "segment": segment, "value": "0.2", "numerator": str(size // 5),
           "denominator": str(size), "source": source}  # fmt: skip
    ingest(Rows.of([row]), Delivery(channel="api"), by=Actor(clockwork="test"))


def said_unavailable(of, period, person):
    appointment = Appointment.objects.filter(person=person).first()
    Absence.objects.create(
        measure=of, segment=SegmentFactory(), period_start=period.start, reason="The system was down.",
        person=person, appointment=appointment, stated_at=clock.now(),
    )  # fmt: skip


def test_a_function_lead_sees_what_is_due(as_person, sales_lead, conversion, last_month):
    page = as_person(sales_lead).get("/submissions/").content.decode()
    assert f"Sales, {last_month}" in page
    assert "1 missing" in page


def test_it_stands_on_the_desk_of_whoever_owes_it_until_somebody_stands_behind_it(
    as_person, sales_lead, delivery_lead, conversion, last_month
):
    def owed(person):
        dues = as_person(person).get("/").context["desk"].dues
        return [(each.kind, each.title, each.due_on) for each in dues]

    reported(last_month.shift(-1), "{}")
    told = f"1 figure of Sales for {last_month}", last_month.end + timedelta(days=32)
    assert ("Figures", *told) in owed(sales_lead)
    with clock.at(clock.now() + timedelta(days=40)):
        assert ("Figures", *told) in owed(sales_lead)
    reported(last_month, "{}")
    assert ("Attestation", *told) in owed(sales_lead)
    assert ("Figures", *told) not in owed(sales_lead)
    assert owed(delivery_lead) == []


def test_parts_reported_last_time_are_expected_again(sales_lead, conversion, last_month):
    dimension("channel", "web")
    reported(last_month.shift(-1), "{}", WEB)
    *_, owed = due.owed_by(sales_lead)
    assert [gap.segment.key for gap in owed.gaps] == ["{}", WEB]
    assert owed.missing == 2


def test_a_part_that_was_left_out_or_not_available_is_asked_for_again(sales_lead, conversion, last_month):
    dimension("channel", "web")
    reported(last_month.shift(-3), "{}", WEB)
    for back in (2, 1):
        reported(last_month.shift(-back), "{}")
    assert [gap.segment.key for gap in due.owed_by(sales_lead)[-1].gaps] == ["{}", WEB]
    with clock.at(clock.midnight(last_month.shift(2).start)):
        assert [gap.segment.key for gap in due.owed_by(sales_lead)[-1].gaps] == ["{}"]


def test_a_part_too_small_to_be_missed_is_offered_and_not_owed(sales_lead, conversion, last_month):
    dimension("channel", "web")
    before = last_month.shift(-1).code
    rows = [{"measure": "sales.conversion", "period": before, "segment": segment, "value": "0.2", "numerator": part,
             "denominator": whole, "source": "crm"}
            for segment, part, whole in (("{}", "2000", "10000"), (WEB, "10", "50"))]  # fmt: skip
    ingest(Rows.of(rows), Delivery(channel="api"), by=Actor(clockwork="test"))
    *_, owed = due.owed_by(sales_lead)
    offered = due.sheet(owed.scope, last_month.code)
    assert (len(offered.cells), owed.owed, owed.missing) == (2, 1, 1)


def test_a_period_that_was_left_out_stays_due(sales_lead, conversion, last_month):
    reported(last_month.shift(-2), "{}")
    reported(last_month, "{}")
    assert [(sheet.period, sheet.missing) for sheet in due.owed_by(sales_lead)] == [
        (last_month.shift(-1), 1),
        (last_month, 0),
    ]


def test_a_period_that_nobody_stands_behind_stays_for_another_one(sales, sales_lead, conversion, last_month):
    for back in range(3):
        reported(last_month.shift(-back), "{}")
    assert [sheet.period for sheet in due.owed_by(sales_lead)] == [last_month.shift(-1), last_month]
    before = due.sheet(sales.scope, last_month.shift(-1).code)
    attesting.attest(before, seen=attesting.digest_of(before), by=Actor(person=sales_lead))
    assert [sheet.period for sheet in due.owed_by(sales_lead)] == [last_month]


def test_once_somebody_has_stood_behind_figures_none_of_those_looked_back_through_is_forgotten(
    sales, sales_lead, conversion, last_month
):
    for back in (3, 2, 1, 0):
        reported(last_month.shift(-back), "{}")

    def unattested():
        return [owed.period for owed in due.owed_by(sales_lead) if owed.unattested]

    assert unattested() == [last_month.shift(-1), last_month]
    first = due.sheet(sales.scope, last_month.shift(-3).code)
    attesting.attest(first, seen=attesting.digest_of(first), by=Actor(person=sales_lead))
    assert unattested() == [last_month.shift(-2), last_month.shift(-1), last_month]


def test_a_figure_is_late_the_day_after_its_deadline(sales_lead, crm, sales, last_month):
    days = (clock.today() - last_month.end).days
    SourceOfRecordFactory(measure=measure("sales.prompt", freshness_days=days), source=crm)
    *_, owed = due.owed_by(sales_lead)
    assert owed.due_on == clock.today()
    assert owed.late(on=clock.today()) == 0
    assert owed.late(on=clock.today() + timedelta(1)) == 1


def test_an_approved_edit_of_the_grace_moves_the_deadline(sales, sales_lead, truth_owner, conversion, last_month):
    def deadlines():
        sheets = [due.sheet(sales.scope, period.code) for period in (last_month, last_month.shift(1))]
        return [sheet.due_on - sheet.period.end for sheet in sheets]

    terms = {"freshness_days": 5, "unguarded_because": "Nobody is paid by it."}
    edit = propose_definition(
        conversion, terms, starts_on=last_month.shift(1).start, rationale="The board meets earlier.",
        by=Actor(person=sales_lead),
    )  # fmt: skip
    assert deadlines() == [timedelta(days=32)] * 2
    approve_definition(edit, by=Actor(person=truth_owner))
    assert deadlines() == [timedelta(days=32), timedelta(days=5)]
    with clock.at(clock.midnight(last_month.shift(1).end + timedelta(days=6))):
        (counted,) = [each for each in due.owed_by(sales_lead) if each.period == last_month.shift(1)]
        assert (counted.due_on, counted.late(on=clock.today())) == (counted.period.end + timedelta(days=5), 1)


def test_late_is_shown_to_everyone(as_person, outsider, crm, sales, last_month):
    SourceOfRecordFactory(measure=measure("sales.prompt", freshness_days=0), source=crm)
    page = as_person(outsider).get("/figures/due/").content.decode()
    late = (clock.today() - last_month.end).days > 0
    assert ("1 figure late." in page) is late
    assert "Sales" in page


def test_a_preparer_owes_what_the_function_owes(sales, conversion):
    preparer = AppointmentFactory(role=Role.PREPARER, scope=sales.scope).person
    assert [sheet.missing for sheet in due.owed_by(preparer)] == [1]


def test_what_is_due_costs_the_same_for_many_measures(
    sales_lead, crm, conversion, last_month, django_assert_num_queries
):
    dimension("channel", "web")
    reported(last_month.shift(-1), "{}", WEB)
    for number in range(12):
        measure(f"sales.kpi{number}")
    with django_assert_num_queries(9):
        *_, owed = due.owed_by(sales_lead)
    assert (owed.owed, len(owed.gaps), owed.unnamed) == (14, 8, 6)


def test_the_sheets_of_several_are_those_of_each_and_cost_what_one_does(
    sales, delivery, conversion, crm, last_month, django_assert_num_queries
):
    DefinitionFactory(measure=MeasureFactory(code="delivery.prompt", function=delivery))
    reported(last_month, "{}")
    scopes = [sales.scope, delivery.scope]
    each = {scope.pk: due.sheet(scope, last_month.code) for scope in scopes}
    with CaptureQueriesContext(connection) as alone:
        due.sheet(sales.scope, last_month.code)
    with django_assert_num_queries(len(alone)):
        assert due.sheets(scopes, last_month.code) == each
    assert [len(sheet.standing) for sheet in each.values()] == [1, 0]


def counts(sheet):
    return sheet.scope, sheet.period, sheet.owed, sheet.missing, sheet.unattested, sheet.is_attested, sheet.due_on


def test_the_overview_counts_what_the_sheets_show(sales, sales_lead, conversion, crm, last_month):
    """Parts, one of them too small; another source; a figure left out, one not available; one attested, one not."""
    dimension("channel", "web", "phone", "fax")
    prompt = measure("sales.prompt", freshness_days=3)
    SourceFactory(code="other")
    rows = [
        (conversion, 3, "{}", 10000, "crm"), (conversion, 3, WEB, 5000, "crm"), (conversion, 3, FAX, 50, "crm"),
        (conversion, 1, "{}", 10000, "crm"), (conversion, 1, PHONE, 4000, "crm"), (conversion, 0, WEB, 10, "other"),
        (conversion, 0, "{}", 10000, "crm"), (prompt, 2, WEB, 100, "other"), (prompt, 1, WEB, 100, "crm"),
    ]  # fmt: skip
    for of, back, segment, size, source in rows:
        deliver(of, last_month.shift(-back), segment, size, source)
    first = due.sheet(sales.scope, last_month.shift(-1).code)
    attesting.attest(first, seen=attesting.digest_of(first), by=Actor(person=sales_lead))
    said_unavailable(prompt, last_month, sales_lead)
    found = due.owed_by_all()
    shown = [due.sheet(each.scope, each.period.code) for each in found]
    assert [counts(each) for each in found] == [counts(each) for each in shown]
    assert [(each.standing, each.absent) for each in found] == [
        (len(each.standing), len(each.absent)) for each in shown
    ]
    tomorrow = clock.today() + timedelta(1)
    assert [each.late(on=tomorrow) for each in found] == [len(each.late(on=tomorrow)) for each in shown]
    assert len(found) == 3


def test_a_measure_without_an_approved_definition_is_not_due(sales_lead, crm, sales):
    MeasureFactory(code="sales.draft", function=sales)
    assert due.owed_by(sales_lead) == []


def test_nobody_owes_anything_on_an_empty_page(as_person, outsider):
    client = as_person(outsider)
    page = client.get("/submissions/").content.decode()
    assert "No figures are due from you" in page
    assert "Nothing has been delivered yet" in page
    assert "No figures are due" in client.get("/figures/due/").content.decode()


def test_what_everybody_owes_is_looked_for_once_until_the_next_act(as_person, sales_lead, outsider, sheet, cell):
    reader, lead = as_person(outsider), as_person(sales_lead)
    assert "0 of 1" in reader.get("/figures/due/").content.decode()
    with CaptureQueriesContext(connection) as asked:
        assert "0 of 1" in reader.get("/figures/due/").content.decode()
    assert not any("metrics_reading" in query["sql"] for query in asked)
    handed_in(lead, sheet, cell, value="0.184")
    assert "0 of 1" not in reader.get("/figures/due/").content.decode()
