"""Figures are typed or pasted into the grid, previewed, and stored as they were shown, whole or not at all."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Absence, Attestation, Draft, FigureNote, Observation, Reading, Source, Submission
from tests.factories.metrics import SegmentFactory, SourceOfRecordFactory, measure
from tests.factories.people import AppointmentFactory
from tests.metrics.submissions.conftest import confirmed, handed_in, typed
from truthgov.actor import Actor
from truthgov.models import Role


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


def test_whoever_does_not_deliver_is_turned_away_before_a_figure_is_read(as_person, outsider, sheet, cell):
    client = as_person(outsider)
    with CaptureQueriesContext(connection) as asked:
        assert client.post(sheet, typed(cell, value="0.184")).status_code == 403
    assert not [each["sql"] for each in asked if '"metrics_reading"' in each["sql"]]


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
    client.post(f"{sheet}draft/removal/", {"seen": client.get(sheet).context["draft"].digest})
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


def test_a_grid_of_hundreds_of_figures_is_taken(as_person, sales_lead, sheet, cell):
    others = {f"0-{number}-value": "1" for number in range(1_200)}
    assert as_person(sales_lead).post(sheet, others | typed(cell, value="0.184")).status_code == 302
