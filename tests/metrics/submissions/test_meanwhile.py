"""What comes in while a page is open or a sheet is being stored: told to whoever has not seen it, and not lost."""

from contextlib import closing
from decimal import Decimal

import psycopg2
import pytest
from django.db import OperationalError, connection

from metrics.handing_in import confirming
from metrics.ingestion import ingest
from metrics.models import Draft, Reading
from tests.factories.metrics import SegmentFactory, SourceOfRecordFactory, measure
from tests.metrics.submissions.conftest import as_shown, confirmed, handed_in, pushed, typed


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


def test_whoever_confirms_is_told_of_what_came_in_meanwhile(as_person, sales_lead, sheet, cell, last_month):
    client = as_person(sales_lead)
    client.post(sheet, typed(cell, value="0.184"))
    seen = client.get(f"{sheet}preview/").context["preview"].digest
    pushed("sales.conversion", last_month, value="0.2")
    answer = client.post(f"{sheet}delivery/", {"seen": seen})
    assert (answer.status_code, Reading.objects.get().value) == (409, Decimal("0.2"))
    assert "look at it again" in answer.content.decode()
    assert Draft.objects.exists()


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


def test_a_figure_that_came_first_while_a_new_one_was_stored_is_told_in_the_words_of_the_page(
    as_person, sales_lead, sheet, cell, last_month, monkeypatch
):
    client = as_person(sales_lead)
    client.post(sheet, typed(cell, value="0.2"))

    def overtaken(*rows, **by):
        pushed("sales.conversion", last_month, value="0.199")
        return ingest(*rows, **by)

    monkeypatch.setattr(confirming, "ingest", overtaken)
    answer = confirmed(client, sheet)
    assert (answer.status_code, "look at it again" in answer.content.decode()) == (409, True)
    assert "lenient" not in answer.content.decode()
    assert Draft.objects.exists()


@pytest.fixture
def other(crm):
    """Another figure of the sheet."""
    leads = measure("sales.leads", unit="count")
    SourceOfRecordFactory(measure=leads, source=crm)
    return f"{leads.pk}-{SegmentFactory().pk}"


def drafted(client, sheet):
    """What the preview says would be stored, by measure."""
    return {
        line.cell.measure.code: line.texts["value"] for line in client.get(f"{sheet}preview/").context["preview"].lines
    }


def test_what_another_window_drafted_of_other_figures_is_kept(as_person, sales_lead, sheet, cell, other):
    client = as_person(sales_lead)
    opened = as_shown(client, sheet)
    client.post(sheet, opened | typed(other, value="12"))
    answer = client.post(sheet, opened | typed(cell, value="0.2"), follow=True)
    assert drafted(client, sheet) == {"sales.conversion": "0.2", "sales.leads": "12"}
    assert "1 that you drafted in another window meanwhile" in answer.content.decode()


def test_who_drafted_one_figure_in_two_windows_is_told_and_loses_neither(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    opened = as_shown(client, sheet)
    client.post(sheet, opened | typed(cell, value="0.184", note="As billed."))
    second = opened | typed(cell, value="0.2")
    answer = client.post(sheet, second)
    page = answer.content.decode()
    assert (answer.status_code, "You drafted “0.184, As billed.” here in another window" in page) == (422, True)
    assert 'value="0.2"' in page
    assert drafted(client, sheet) == {"sales.conversion": "0.184"}
    (shown,) = answer.context["form"].cells
    assert client.post(sheet, second | {f"{cell}-shown": shown.shown}).status_code == 302
    assert drafted(client, sheet) == {"sales.conversion": "0.2"}


def test_a_draft_that_is_refused_is_corrected_on_the_page_that_says_so(as_person, sales_lead, sheet, cell):
    client = as_person(sales_lead)
    refused = client.post(sheet, as_shown(client, sheet) | typed(cell, value="18.4"))
    (shown,) = refused.context["form"].cells
    corrected = {f"{cell}-shown": shown.shown} | typed(cell, value="0.184")
    assert (refused.status_code, client.post(sheet, corrected).status_code) == (422, 302)


def test_a_draft_that_grew_in_another_window_is_not_thrown_away_unseen(as_person, sales_lead, sheet, cell, other):
    client = as_person(sales_lead)
    client.post(sheet, as_shown(client, sheet) | typed(cell, value="0.184"))
    seen = client.get(sheet).context["draft"].digest
    client.post(sheet, as_shown(client, sheet) | typed(other, value="12"))
    answer = client.post(f"{sheet}draft/removal/", {"seen": seen})
    assert (answer.status_code, Draft.objects.exists()) == (409, True)
    client.post(f"{sheet}draft/removal/", {"seen": client.get(sheet).context["draft"].digest})
    assert not Draft.objects.exists()


def test_what_is_typed_while_a_sheet_is_handed_in_waits_for_it(own_database, sales_lead, sales):
    """It would be thrown away with the draft that is being stored."""
    with closing(psycopg2.connect(own_database["DATABASE_URL"])) as handing_in, handing_in.cursor() as holding:
        holding.execute("SELECT 1 FROM truthgov_person WHERE id = %s FOR NO KEY UPDATE", [sales_lead.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        with pytest.raises(OperationalError):
            Draft.objects.keep(sales_lead, sales.scope, "2026-10", {"1-1": {"value": "0.2"}})
    Draft.objects.keep(sales_lead, sales.scope, "2026-10", {"1-1": {"value": "0.2"}})
    assert Draft.objects.get().entries == {"1-1": {"value": "0.2"}}
