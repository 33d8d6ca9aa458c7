"""Figures are typed or pasted into the grid, previewed, and stored as they were shown, whole or not at all."""

from decimal import Decimal

import pytest

from metrics.handing_in import confirming
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Absence, Attestation, Draft, FigureNote, Observation, Reading, Source, Submission
from tests.factories.metrics import SegmentFactory, SourceOfRecordFactory, measure
from tests.factories.people import AppointmentFactory
from tests.metrics.submissions.conftest import as_shown, confirmed, handed_in, typed
from truthgov.actor import Actor
from truthgov.models import Role


def pushed(code, period, **figures):
    """A program delivers a figure meanwhile."""
    row = {"measure": code, "period": period.code, "source": "crm", **figures}
    return ingest(Rows.of([row]), Delivery(channel="api"), by=Actor(clockwork="test"))


@pytest.fixture
def rate(crm, sales, sheet):
    """The grid with an average, and its cell: a value that is no share, and the parts it is made of."""
    made = measure("sales.rate", unit="ratio")
    SourceOfRecordFactory(measure=made, source=crm)
    return sheet, f"{made.pk}-{SegmentFactory().pk}"


def test_figures_go_through_the_one_door_once_confirmed(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    assert client.post(sheet, typed(cell, value="0,184")).url == f"{sheet}preview/"
    assert not Submission.objects.exists()
    answer = confirmed(client, sheet)
    submission = Submission.objects.get()
    assert answer.url == submission.get_absolute_url()
    assert (submission.channel, submission.person, submission.function.name) == ("form", sales_lead, "Sales")
    assert Reading.objects.get().value == Decimal("0.184")
    assert not Draft.objects.exists()


def test_a_value_follows_from_its_parts(as_person, sales_lead, sheet, cell):
    handed_in(as_person(sales_lead), sheet, cell, numerator="184", denominator="1000")
    reading = Reading.objects.get()
    assert (reading.value, reading.numerator, reading.denominator) == (Decimal("0.184"), 184, 1000)


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


def test_what_is_missing_is_marked_in_the_grid(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    assert ">missing</span>" in client.get(sheet).content.decode()
    handed_in(client, sheet, cell, value="0.184")
    assert ">missing</span>" not in client.get(sheet).content.decode()


def test_a_refusal_stands_at_its_figure_and_nothing_is_stored(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    answer = client.post(sheet, typed(cell, value="18.4"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{cell}-value_error"' in page
    assert f'<a href="#id_{cell}-value">' in page
    assert "divide it by 100" in page
    assert confirmed(client, sheet).status_code == 409
    assert not Observation.objects.exists()


def test_the_preview_tells_what_would_change(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    handed_in(client, sheet, cell, value="0.184")
    client.post(sheet, typed(cell, value="17.1 %", note="Late cancellations."))
    (line,) = client.get(f"{sheet}preview/").context["preview"].lines
    told = (line.standing, line.change.before.text, line.change.after.text, line.change.difference.text, line.note)
    assert told == ("restated", "18.4\u202f%", "17.1\u202f%", "\u22121.3\u202fpp", "Late cancellations.")
    assert Observation.objects.count() == 1


def test_what_is_on_record_is_filled_in_and_left_alone(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    handed_in(client, sheet, cell, value="0.184")
    assert 'value="0.184"' in client.get(sheet).content.decode()
    client.post(sheet, typed(cell, value="0.184"))
    assert client.get(f"{sheet}preview/").context["preview"].changes == []
    assert confirmed(client, sheet).status_code == 409
    assert Submission.objects.count() == 1


def test_what_is_left_alone_on_a_page_opened_long_ago_is_not_brought_back(
    as_person, sales_lead, crm, sheet, cell, last_month
):
    leads = measure("sales.leads", unit="count")
    SourceOfRecordFactory(measure=leads, source=crm)
    other, client = f"{leads.pk}-{SegmentFactory().pk}", as_person(sales_lead)
    handed_in(client, sheet, cell, value="0.184", note="As\nbilled.")
    opened = as_shown(client, sheet)
    pushed("sales.conversion", last_month, value="0.2", reason="Recounted.")
    client.post(sheet, opened | typed(other, value="12"))
    (line,) = client.get(f"{sheet}preview/").context["preview"].lines
    assert (line.cell.measure, line.standing) == (leads, "new")


def test_who_changes_what_changed_meanwhile_looks_at_it_first(as_person, sales_lead, sheet, cell, last_month):
    client = as_person(sales_lead)
    handed_in(client, sheet, cell, value="0.184")
    opened = as_shown(client, sheet)
    pushed("sales.conversion", last_month, value="0.2", reason="Recounted.")
    changed = typed(cell, value="0.19", note="Two were booked twice.")
    answer = client.post(sheet, opened | changed)
    assert answer.status_code == 422
    assert "changed since you opened this page" in answer.content.decode()
    assert client.post(sheet, as_shown(client, sheet) | changed).status_code == 302


def test_a_change_of_what_is_on_record_needs_its_reason(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    handed_in(client, sheet, cell, value="0.184")
    refused = client.post(sheet, typed(cell, value="0.171"))
    assert f'id="id_{cell}-note_error"' in refused.content.decode()
    handed_in(client, sheet, cell, value="0.171", note="Late cancellations.")
    assert Reading.objects.get().value == Decimal("0.171")
    assert Observation.objects.get(restates__isnull=False).reason == "Late cancellations."


def test_a_figure_that_misses_its_target_needs_a_note(as_person, sales_lead, crm, sales, sheet):
    wins = measure("sales.wins", target="0.5")
    SourceOfRecordFactory(measure=wins, source=crm)
    cell, client = f"{wins.pk}-{SegmentFactory().pk}", as_person(sales_lead)
    refused = client.post(sheet, typed(cell, value="0.3"))
    assert "It misses its target of 50.0\u202f%: say why." in refused.content.decode()
    handed_in(client, sheet, cell, value="0.3", note="Two accounts moved to next month.")
    assert FigureNote.objects.get().text == "Two accounts moved to next month."
    assert FigureNote.objects.get().observation_id == Reading.objects.get().observation_id


def test_a_note_alone_changes_no_figure(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    handed_in(client, sheet, cell, value="0.184")
    client.post(sheet, typed(cell, value="0.184", note="Checked twice."))
    (line,) = client.get(f"{sheet}preview/").context["preview"].lines
    assert (line.standing, line.change.after.text, line.change.difference.text) == ("note_added", "18.4\u202f%", "–")
    confirmed(client, sheet)
    assert (Observation.objects.count(), FigureNote.objects.get().text) == (1, "Checked twice.")


def test_a_note_on_record_is_no_reason_for_another_figure(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    handed_in(client, sheet, cell, value="0.184", note="Checked twice.")
    assert client.post(sheet, typed(cell, value="0.171", note="Checked twice.")).status_code == 422


def test_not_available_is_an_answer_with_its_reason(as_person, sales_lead, sheet, cell, last_month):
    client = as_person(sales_lead)
    assert "Say why it is not available." in client.post(sheet, typed(cell, value="n/a")).content.decode()
    handed_in(client, sheet, cell, value="n/a", note="The CRM was moved.")
    assert (Absence.objects.get().reason, Absence.objects.get().period_start) == (
        "The CRM was moved.",
        last_month.start,
    )
    assert "0 of 1" not in client.get("/figures/due/").content.decode()
    assert "not available, The CRM was moved." in client.get("/figures/due/").content.decode()


def test_a_figure_supersedes_what_was_not_available(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    handed_in(client, sheet, cell, value="n/a", note="The CRM was moved.")
    handed_in(client, sheet, cell, value="0.184")
    assert "The CRM was moved." not in client.get("/figures/due/").content.decode()
    refused = client.post(sheet, typed(cell, value="n/a", note="No."))
    assert "A figure is on record and stays" in refused.content.decode()


def test_whoever_confirms_is_told_of_what_came_in_meanwhile(as_person, sales_lead, sheet, cell, last_month):
    client = as_person(sales_lead)
    client.post(sheet, typed(cell, value="0.184"))
    seen = client.get(f"{sheet}preview/").context["preview"].digest
    pushed("sales.conversion", last_month, value="0.2")
    answer = client.post(f"{sheet}delivery/", {"seen": seen})
    assert (answer.status_code, Reading.objects.get().value) == (409, Decimal("0.2"))
    assert "look at it again" in answer.content.decode()
    assert Draft.objects.exists()


def test_whoever_goes_back_after_handing_in_is_led_to_what_is_on_record(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    handed_in(client, sheet, cell, value="0.184")
    back = client.get(f"{sheet}preview/", follow=True)
    assert back.redirect_chain == [(sheet, 302)]
    assert "You have no draft of these figures" in back.content.decode()


def test_all_or_nothing(as_person, sales_lead, crm, sheet, cell):
    leads = measure("sales.leads", unit="count")
    SourceOfRecordFactory(measure=leads, source=crm)
    client = as_person(sales_lead)
    answer = client.post(sheet, typed(cell, value="0.184") | typed(f"{leads.pk}-{SegmentFactory().pk}", value="-3"))
    assert answer.status_code == 422
    assert confirmed(client, sheet).status_code == 409
    assert not Reading.objects.exists()


def test_a_draft_is_its_writers_own(as_person, sales_lead, sales, sheet, cell):
    other = AppointmentFactory(role=Role.PREPARER, scope=sales.scope).person
    as_person(sales_lead).post(sheet, typed(cell, value="0.184"))
    assert 'value="0.184"' not in as_person(other).get(sheet).content.decode()
    assert as_person(other).get(f"{sheet}preview/").url == sheet
    client = as_person(sales_lead)
    assert 'value="0.184"' in client.get(sheet).content.decode()
    client.post(f"{sheet}draft/removal/")
    assert 'value="0.184"' not in client.get(sheet).content.decode()


def test_a_block_from_a_spreadsheet_is_laid_over_the_grid(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    block = {"block": "Figure\tValue\nsales.conversion\t18,4 %", "block_only": "1"}
    assert client.post(sheet, block).url == sheet
    assert 'value="18,4 %"' in client.get(sheet).content.decode()
    handed_in(client, sheet, cell, value="18,4 %")
    assert Reading.objects.get().value == Decimal("0.184")


def test_a_block_that_fits_nothing_is_told_so(as_person, sales_lead, sheet, cell):
    answer = as_person(sales_lead).post(sheet, {"block": "sales.conversion\t1\nsales.wins\t2"})
    assert answer.status_code == 422
    assert "which is none of the figures due here" in answer.content.decode()


def test_a_source_is_asked_for_where_none_is_of_record(as_person, sales_lead, sales, crm, sheet):
    fresh = measure("sales.leads", unit="count")
    cell = f"{fresh.pk}-{SegmentFactory().pk}"
    client = as_person(sales_lead)
    assert client.post(sheet, typed(cell, value="12")).status_code == 422
    assert client.post(sheet, typed(cell, value="12") | {"source": crm.code}).status_code == 302
    confirmed(client, sheet)
    assert Reading.objects.get().series.source == crm


def test_nobody_hands_in_what_only_we_compute(as_person, sales_lead, crm, sheet):
    fresh, ours = measure("sales.leads", unit="count"), Source.derived()
    answer = as_person(sales_lead).post(
        sheet, typed(f"{fresh.pk}-{SegmentFactory().pk}", value="12") | {"source": ours.code}
    )
    assert (answer.status_code, Draft.objects.exists()) == (422, False)


def test_another_functions_lead_gets_no_grid(as_person, delivery_lead, sheet, cell):
    client = as_person(delivery_lead)
    assert client.get(sheet).status_code == 403
    assert client.post(sheet, typed(cell, value="0.184")).status_code == 403
    assert client.post(f"{sheet}delivery/", {"seen": ""}).status_code == 403
    assert not Draft.objects.exists()


@pytest.mark.parametrize("code", ["2199-01", "nonsense", "2026-W01"])
def test_a_period_that_is_not_due_has_no_grid(as_person, sales_lead, sales, conversion, code):
    assert as_person(sales_lead).get(f"/submissions/{sales.scope_id}/{code}/").status_code == 404


def test_a_journey_owner_delivers_the_outcomes_that_no_function_supplies(
    as_person, journey_owner, journey, crm, last_month
):
    outcome = measure("journey.cancellations", outcome=True)
    SourceOfRecordFactory(measure=outcome, source=crm)
    sheet = f"/submissions/{journey.scope_id}/{last_month.code}/"
    handed_in(as_person(journey_owner), sheet, f"{outcome.pk}-{SegmentFactory().pk}", value="0.3")
    assert Reading.objects.get().value == Decimal("0.3")


def test_a_preparer_hands_in_and_leaves_attesting_to_the_lead(as_person, sales, sheet, cell):
    preparer = AppointmentFactory(role=Role.PREPARER, scope=sales.scope).person
    client = as_person(preparer)
    client.post(sheet, typed(cell, value="0.184"))
    assert "stand behind them" not in client.get(f"{sheet}preview/").content.decode()
    assert confirmed(client, sheet, attested=True).status_code == 403
    assert not Attestation.objects.exists()
    assert confirmed(client, sheet).status_code == 302
    assert Reading.objects.get().value == Decimal("0.184")


def test_a_delivery_shows_its_figures_with_what_is_said_of_them(as_person, sales_lead, outsider, sheet, cell):
    handed_in(as_person(sales_lead), sheet, cell, attested=True, value="0.184", note="Checked twice.")
    page = as_person(outsider).get(Submission.objects.get().get_absolute_url()).content.decode()
    assert "18.4" in page
    assert "Note: Checked twice." in page
    assert "Attested" in page
    handed_in(as_person(sales_lead), sheet, cell, value="0.2", note="Recounted.")
    page = as_person(outsider).get(Submission.objects.latest("entry").get_absolute_url()).content.decode()
    assert ">18.4\u202f%</span>: Recounted." in page
    assert f"/submissions/{Submission.objects.latest('entry').function.scope_id}/" in page
    assert "Note:" not in page


def test_a_delivery_without_its_faulty_rows_says_which_and_why(as_person, outsider, conversion, last_month):
    rows = [{"measure": "sales.conversion", "period": last_month.shift(-at).code, "value": value}
            for at, value in enumerate(("0.2", "18.4"))]  # fmt: skip
    ingest(Rows.of(rows), Delivery(channel="api", source="crm", lenient=True), by=Actor(clockwork="test"))
    page = as_person(outsider).get(Submission.objects.get().get_absolute_url()).content.decode()
    assert "accepted without its faulty rows" in page
    assert "this looks like a percentage" in page


def test_a_count_that_stays_needs_no_reason_though_it_has_parts_on_record(
    as_person, sales_lead, crm, sales, sheet, last_month
):
    bookings = measure("sales.bookings", unit="count", target=None)
    SourceOfRecordFactory(measure=bookings, source=crm)
    pushed("sales.bookings", last_month, value="120", numerator="120")
    cell, client = f"{bookings.pk}-{SegmentFactory().pk}", as_person(sales_lead)
    handed_in(client, sheet, cell, value="120", note="As counted by hand.")
    assert Observation.objects.count() == 1


def test_a_grid_of_hundreds_of_figures_is_taken(as_person, sales_lead, sheet, cell):
    others = {f"0-{number}-value": "1" for number in range(1_200)}
    assert as_person(sales_lead).post(sheet, others | typed(cell, value="0.184")).status_code == 302


def test_what_came_in_while_it_was_stored_is_not_restated_unseen(
    as_person, sales_lead, sheet, cell, last_month, monkeypatch
):
    pushed("sales.conversion", last_month, value="0.184")
    client = as_person(sales_lead)
    client.post(sheet, typed(cell, value="0.2", note="Recount."))

    def overtaken(*rows, **by):
        pushed("sales.conversion", last_month, value="0.199", reason="Recounted.")
        return ingest(*rows, **by)

    monkeypatch.setattr(confirming, "ingest", overtaken)
    answer = confirmed(client, sheet)
    assert (answer.status_code, "look at it again" in answer.content.decode()) == (409, True)
    assert Reading.objects.get().value == Decimal("0.184")
