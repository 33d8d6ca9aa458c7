"""A large file is read by a worker, shown in numbers, and stored whole when its sender says so."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import FigureNote, Observation, Reading, Submission, Upload
from metrics.models.upload import ATTEMPTS, KEPT
from metrics.uploads import working
from tests.factories.metrics import DefinitionFactory, MeasureFactory, SourceOfRecordFactory
from tests.metrics.uploads.conftest import HEADER, left_behind, of_record, refusals
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models import AuditEntry
from truthgov.receiving import OnDisk
from truthgov.spreadsheets import bounded

TWO = ("sales.conversion,2025-10,,0.184,,,", "sales.conversion,2025-10,web,0.2,20,100,")


def confirmed(upload):
    upload.confirm(seen=upload.seen, by=upload.by)
    working.work()
    upload.refresh_from_db()


def told(value, reason="", *, month=10, year=2025, **parts):
    period = f"{year}-{month:02d}"
    row = {"measure": "sales.conversion", "period": period, "value": value, "source": "crm", "reason": reason} | parts
    ingest(Rows.of([row]), Delivery(channel="api"), by=Actor(clockwork="test"))


def test_a_file_is_read_shown_and_stored_whole_when_it_is_confirmed(read):
    upload = read(*TWO)
    assert upload.message == ""
    assert (upload.status, upload.counts, upload.rows_read) == ("ready", {"new": 2}, 2)
    assert (left_behind(upload), Observation.objects.count()) == ((0, 1), 0)
    assert 0 < upload.peak < 300_000_000
    confirmed(upload)
    assert (upload.status, upload.submission.accepted, upload.submission.channel) == ("done", 2, "file")
    assert upload.submission.person == upload.person
    assert of_record() == {"{} 2025-10": "0.184", '{"channel":"web"} 2025-10': "0.2"}
    assert left_behind(upload) == (0, 0)
    codes = AuditEntry.objects.order_by("number").values_list("code", flat=True)
    assert list(codes)[-3:] == ["upload.received", "upload.confirmed", "submission.accepted"]


def test_a_value_that_stays_keeps_the_parts_that_the_file_does_not_name(read):
    told("0.25", numerator="1", denominator="4")
    upload = read("sales.conversion,2025-10,,0.25,,,As billed.")
    assert upload.counts == {"unchanged": 1}
    assert upload.message.startswith("What is noted beside unchanged figures (1) is not kept")
    Upload.objects.get().cancel(by=Actor(clockwork="test"))
    assert refusals(read("sales.conversion,2025-10,,0.25,2,8,")) != []
    upload = read("sales.conversion,2025-10,,0.25,2,8,Recounted.", "sales.conversion,2025-11,,0.5,,,")
    confirmed(upload)
    kept = Reading.objects.order_by("period_start").values_list("numerator", "denominator")
    assert list(kept) == [(2, 8), (None, None)]


def test_a_value_follows_from_its_parts_as_it_does_in_the_grid(read):
    told("0.143", numerator="1", denominator="7")
    refused = read(*(f"sales.conversion,2025-{row}," for row in ("11,,,1,", "12,,,1,0", "12,web,,3,2")))
    assert {why for _, _, why in refusals(refused)} == {
        "The row has parts and no value; give its value, too, or leave the row out.",
        "A fraction lies between 0 and 1.",
    }
    upload = read("sales.conversion,2025-10,,,1,7,", "sales.conversion,2025-11,,,2,7,Few.")
    assert upload.counts == {"new": 1, "unchanged": 1}
    confirmed(upload)
    assert of_record() == {"{} 2025-10": "0.143", "{} 2025-11": "0.285714285714"}


def test_what_is_new_restated_and_unchanged_is_counted(read):
    told("0.1")
    upload = read("sales.conversion,2025-10,,0.2,,,Recounted.", "sales.conversion,2025-11,,0.3,,,", TWO[1], TWO[1])
    assert upload.counts == {"new": 2, "restated": 1, "unchanged": 1}
    confirmed(upload)
    assert (upload.status, of_record()["{} 2025-10"]) == ("done", "0.2")


def test_each_figure_that_would_change_is_shown_before_it_does(read, as_person):
    told("0.1")
    told("0.3", "Recounted.")
    upload = read("sales.conversion,2025-11,,0.3,,,", "sales.conversion,2025-10,,0.29999,,,=Late cancellations.")
    browser = as_person(upload.person)
    page = browser.get(upload.get_absolute_url()).content.decode()
    assert all(f">{text}<" in page for text in ("30.000\u202f%", "29.999\u202f%", "\u22120.001\u202fpp"))
    taken = browser.get(f"/uploads/{upload.pk}/restated.csv").getvalue().decode().splitlines()
    assert taken[1:] == [
        "3,sales.conversion,Measure sales.conversion,2025-10,{},crm,0.3,0.29999,-0.00001,,,,,'=Late cancellations."
    ]
    confirmed(upload)
    assert (upload.status, upload.restated_rows.count()) == ("done", 0)
    assert f"/restatements/?batch={upload.submission.entry}" in browser.get(upload.get_absolute_url()).content.decode()


def test_what_would_change_is_shown_page_by_page(read, as_person):
    for month in range(1, 13):
        told("0.1", month=month)
        told("0.1", month=month, year=2024)
    upload = read(*(f"sales.conversion,{year}-{month:02d},,0.2,,,Recounted."
                    for year in (2024, 2025) for month in range(1, 13)))  # fmt: skip
    browser = as_person(upload.person)
    first = browser.get(upload.get_absolute_url())
    assert [row.row for row in first.context["restated"].rows] == list(range(2, 22))
    second = browser.get(upload.get_absolute_url(), {"cursor": first.context["restated"].next_cursor})
    assert [row.row for row in second.context["restated"].rows] == list(range(22, 26))


def test_a_figure_that_was_changed_meanwhile_is_shown_anew(read):
    told("0.1")
    upload = read("sales.conversion,2025-10,,0.2,,,Recounted.")
    told("0.15", "Recounted here, too.")
    confirmed(upload)
    assert (upload.status, "look at the counts again" in upload.message) == ("ready", True)
    assert str(upload.restated_rows.get().old_value.normalize()) == "0.15"
    confirmed(upload)
    assert (upload.status, of_record()) == ("done", {"{} 2025-10": "0.2"})


def test_a_figure_of_the_month_that_misses_its_target_says_why_and_that_is_kept(read, sales, crm):
    quota = MeasureFactory(code="sales.quota", function=sales)
    DefinitionFactory(measure=quota, target=Decimal("0.3"))
    SourceOfRecordFactory(measure=quota, source=crm)
    upload = read("sales.quota,2025-12,,0.2,,,", "sales.quota,2026-01,,0.2,,,", "sales.quota,2026-01,web,0.3,,,")
    assert refusals(upload) == [(3, "note", "It misses its target of 30.0\u202f%: say why.")]
    upload = read("sales.quota,2025-12,,0.2,,,", "sales.quota,2026-01,,0.2,,,Two of us were ill.")
    confirmed(upload)
    assert FigureNote.objects.get().text == "Two of us were ill."
    assert FigureNote.objects.get().observation_id == Reading.objects.get(period_start="2026-01-01").observation_id
    assert AuditEntry.objects.filter(code="figures.noted").exists()


def test_that_there_is_no_figure_is_said_elsewhere(read):
    [(row, column, why)] = refusals(read("sales.conversion,2025-10,,n/a,,,The CRM was down."))
    assert (row, column) == (2, "value")
    assert "say in the grid of its period that there is none" in why


def test_every_refused_row_is_told_and_nothing_is_stored(read, as_person):
    told("0.1")
    upload = read(
        "sales.conversion,2025-10,,0.2,,,", "sales.conversion,2025-11,,0.3,,,", "sales.conversio,2025-10,,0.3,,,",
        'sales.conversion,2025-12,,"1,234",,,', "sales.conversion,someday,,0.3,,,",
        "sales.conversion,2026-01,app,0.3,,,",
        "sales.conversion,2026-02,,,7,5,", "sales.conversion,2025-11,,0.4,,,",
    )  # fmt: skip
    told_at = [(row, column) for row, column, _ in refusals(upload)]
    assert told_at == [(2, "note"), (3, "measure"), (4, "measure"), (5, "value"), (6, "period"), (7, "segment"),
                       (8, "value"), (9, "measure")]  # fmt: skip
    assert (upload.status, upload.refused, left_behind(upload)) == ("refused", 8, (0, 0))
    taken = as_person(upload.person).get(f"/uploads/{upload.pk}/refused.csv").getvalue().decode().splitlines()
    assert taken[0].startswith("row,column,why,measure,period")
    assert "can be read in two ways" in taken[4]
    assert len(taken) == 9
    with pytest.raises(Refusal):
        upload.confirm(seen=upload.seen, by=upload.by)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 no workbook", "no .xlsx workbook that can be read"),
        (b"measure,value\n", "lacks columns (period"),
        (HEADER.encode(), "No figure is given"),
    ],
    ids=["workbook", "columns", "empty"],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(read, content, sentence):
    upload = read(content=content)
    assert (upload.status, left_behind(upload)) == ("refused", (0, 0))
    assert sentence in upload.message


def test_what_takes_more_memory_than_one_may_is_refused(read, monkeypatch):
    monkeypatch.setattr(bounded, "MEMORY", 24 * 1024 * 1024)
    assert "takes more memory" in read(content=HEADER.encode() + b"x" * 30_000_000).message


def test_what_came_in_since_the_counts_were_shown_is_looked_at_again(read):
    upload = read(*TWO)
    told("0.184")
    confirmed(upload)
    assert (upload.status, upload.counts, "look at the counts again" in upload.message) == (
        "ready", {"new": 1, "unchanged": 1}, True,
    )  # fmt: skip
    told("0.3", "Recounted.")
    confirmed(upload)
    assert (upload.status, refusals(upload)[0][:2]) == ("refused", (2, "note"))
    assert Submission.objects.filter(channel="file").count() == 0


def test_how_far_it_is_stands_in_the_record_and_on_every_reload(send, as_person):
    upload = send(*TWO)
    upload.begin()
    upload.note(rows_read=3, bytes_read=40)
    browser, address = as_person(upload.person), upload.get_absolute_url()
    for page in (browser.get(address), browser.get(address), browser.get(address, headers={"HX-Request": "true"})):
        text = page.content.decode()
        assert f'value="40" max="{upload.size}"' in text
        assert "3 rows read" in text
        assert f'hx-get="{address}" hx-trigger="every 2s"' in text


def test_a_file_can_be_cancelled_at_any_time(send, as_person):
    upload = send(*TWO)
    browser = as_person(upload.person)
    with pytest.raises(Refusal, match="A file of yours"):
        send(*TWO)
    browser.post(f"/uploads/{upload.pk}/cancellation/")
    assert (working.work(), left_behind(upload)) == (0, (0, 0))
    again = send(*TWO)
    working.work()
    again.refresh_from_db()
    again.confirm(seen=again.seen, by=again.by)
    assert browser.post(f"/uploads/{again.pk}/cancellation/").status_code == 302
    assert (working.work(), Observation.objects.count()) == (0, 0)
    assert browser.post(f"/uploads/{again.pk}/cancellation/").status_code == 409


def test_whoever_sends_another_file_is_led_to_the_one_that_waits(send, as_person, sales, sales_lead):
    client, form = as_person(sales_lead), f"/submissions/{sales.scope_id}/2025-10/file/"
    assert "confirm or cancel it" not in client.get(form).content.decode()
    upload = send("sales.conversion,2026-01,web,0.184,,,")
    assert f'<a href="{upload.get_absolute_url()}">years.csv</a> is waiting' in client.get(form).content.decode()


def test_a_file_that_its_workers_do_not_survive_is_given_up(send):
    upload = send(*TWO)
    Upload.objects.update(attempts=ATTEMPTS, status="parsing")
    working.work()
    upload.refresh_from_db()
    assert (upload.status, upload.message[:28]) == ("refused", "The processes that read it d")


def test_what_nobody_confirms_is_let_go_after_a_week(read):
    upload = read(*TWO)
    with clock.at(clock.now() + KEPT + KEPT):
        working.work()
    upload.refresh_from_db()
    assert (upload.status, left_behind(upload)) == ("cancelled", (0, 0))


def test_the_form_of_small_files_hands_a_long_one_over(as_person, sales_lead, sales, conversion):
    month, figures = "2025-10", "sales.conversion,2025-10,0.184\n" + "sales.conversion,2025-10,\n" * 5_001
    file = SimpleUploadedFile("long.csv", f"measure,period,value\n{figures}".encode())
    browser = as_person(sales_lead)
    answer = browser.post(f"/submissions/{sales.scope_id}/{month}/file/", {"file": file})
    upload = Upload.objects.get()
    assert (answer.status_code, answer.url) == (302, upload.get_absolute_url())
    assert "waits for a worker" in browser.get(answer.url).content.decode()
    assert upload.filename in browser.get("/submissions/").content.decode()
    working.work()
    shown = browser.get(answer.url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in shown
    assert "Confirm and store 1 figure<" in shown
    assert "5,002 rows were read, of which 5,001 give no figure." in shown
    assert browser.post(f"{answer.url}confirmation/", {"seen": "1-2-0-0"}).status_code == 409
    browser.post(f"{answer.url}confirmation/", {"seen": "1-1-0-0"})
    working.work()
    assert "All of it is on record" in browser.get(answer.url).content.decode()
    assert of_record() == {"{} 2025-10": "0.184"}


def test_a_file_beyond_the_limit_is_left_out(as_person, sales_lead, sales, conversion, monkeypatch):
    monkeypatch.setattr(OnDisk, "limit", 3_000_000)
    file = SimpleUploadedFile("huge.csv", b"x" * 3_500_000)
    answer = as_person(sales_lead).post(f"/submissions/{sales.scope_id}/2025-10/file/", {"file": file})
    assert (answer.status_code, Upload.objects.count()) == (422, 0)
    assert "Choose a file of at most 64 MB" in answer.content.decode()


def test_a_page_that_takes_large_files_is_guarded_against_forgery(sales_lead, sales, conversion):
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(sales_lead)
    file = SimpleUploadedFile("long.csv", HEADER.encode())
    assert forged.post(f"/submissions/{sales.scope_id}/2025-10/file/", {"file": file}).status_code == 403
