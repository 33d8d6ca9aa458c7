"""A template is taken away, filled in and sent back: previewed like the grid, or refused at row and column."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Draft, Observation, Reading, Submission
from tests.factories.metrics import SourceOfRecordFactory, dimension, measure
from tests.metrics.submissions.conftest import confirmed, handed_in
from tests.metrics.submissions.test_due import WEB, reported
from truthgov.actor import Actor


def sent(client, sheet, content, name="october.csv"):
    content = content if isinstance(content, bytes) else content.encode()
    return client.post(f"{sheet}file/", {"file": SimpleUploadedFile(name, content)})


def template(client, sheet):
    """The lines of the CSV template: its header and its rows, as cells."""
    text = client.get(f"{sheet}template.csv").content.decode("utf-8-sig")
    return [line.split(",") for line in text.splitlines()]


def filled(client, sheet, *given, separator=","):
    """The template with cells filled in, row by row: `{"value": "0.184"}`."""
    header, *rows = template(client, sheet)
    for row, cells in zip(rows, given, strict=False):
        for name, text in cells.items():
            row[header.index(name)] = text
    return "".join(f"{separator.join(row)}\r\n" for row in [header, *rows])


def faults(answer):
    assert answer.status_code == 422
    return [(fault.row, fault.column, fault.why) for fault in answer.context["form"].faults]


@pytest.fixture
def lead(as_person, sales_lead, cell):
    return as_person(sales_lead)


def test_the_template_holds_the_due_rows_and_no_figure(lead, sheet, last_month):
    dimension("channel", "web")
    reported(last_month.shift(-1), "{}", WEB)
    header, whole, web = template(lead, sheet)
    told = f"{last_month} ({last_month.code})"
    assert header == ["measure", "name", "part: channel", "period", "unit", "period before", "on record", "value",
                      "numerator", "denominator", "note"]  # fmt: skip
    assert whole == ["sales.conversion", "Measure sales.conversion", "", told, "fraction", "0.2", "", "", "", "", ""]
    assert web[2] == "web"


def test_a_filled_in_template_is_previewed_and_stored_whole(lead, sheet, last_month):
    dimension("channel", "web")
    reported(last_month.shift(-1), "{}", WEB)
    answer = sent(lead, sheet, filled(lead, sheet, {"value": "0.184"}, {"numerator": "17", "denominator": "100"}))
    assert answer.url == f"{sheet}preview/"
    assert (Draft.objects.get().file, Submission.objects.filter(channel="file").exists()) == ("october.csv", False)
    confirmed(lead, sheet)
    assert Submission.objects.get(channel="file").accepted == 2
    current = Reading.objects.filter(period_start=last_month.start).values_list("value", flat=True)
    assert sorted(map(str, (value.normalize() for value in current))) == ["0.17", "0.184"]


def test_a_workbook_goes_the_same_way(lead, sheet):
    taken = load_workbook(BytesIO(lead.get(f"{sheet}template.xlsx").content))
    figures = taken["Figures"]
    header = [cell.value for cell in figures[1]]
    figures.cell(2, header.index("value") + 1, 0.184)
    stream = BytesIO()
    taken.save(stream)
    assert sent(lead, sheet, stream.getvalue(), "october.xlsx").url == f"{sheet}preview/"
    confirmed(lead, sheet)
    assert str(Reading.objects.get().value.normalize()) == "0.184"


def test_a_spreadsheet_of_the_continent_is_understood(lead, sheet):
    content = filled(lead, sheet, {"value": "18,4 %", "note": "Como previsto; não"[:13]}, separator=";")
    assert sent(lead, sheet, content.encode("cp1252")).url == f"{sheet}preview/"
    assert Draft.objects.get().entries.popitem()[1]["value"] == "18,4 %"


def test_every_fault_is_told_at_its_row_and_column_and_nothing_is_kept(lead, sheet, crm):
    SourceOfRecordFactory(measure=measure("sales.visits", unit="count"), source=crm)
    content = filled(lead, sheet, {"value": "1.234"}, {"value": "7", "numerator": "7"}, separator=";")
    answer = sent(lead, sheet, content + "sales.nothing;;;;;;0,2;;;\r\n")
    assert faults(answer) == [
        (2, "value", "1.234 can be read in two ways; write 1234 or 1,2340."),
        (3, "numerator", "A count has a value alone; leave this empty."),
        (4, "measure", "sales.nothing is none of the figures due here; take the template's rows."),
    ]
    assert "Row 2, value" in answer.content.decode()
    assert [str(fault.cell and fault.cell.measure) for fault in answer.context["form"].faults][1:] == [
        "Measure sales.visits", "None",
    ]  # fmt: skip
    assert "Measure sales.visits" in answer.content.decode()
    assert not Draft.objects.exists()


def test_a_note_without_a_figure_is_asked_for_one(lead, sheet, crm):
    ((row, column, why),) = faults(sent(lead, sheet, filled(lead, sheet, {"note": "the system was away"})))
    assert (row, column) == (2, "value")
    assert why == "A note is given and no figure: give one too, or n/a where there is none."


def test_what_cannot_be_read_and_what_the_one_door_refuses_are_told_together(lead, sheet, crm):
    SourceOfRecordFactory(measure=measure("sales.visits", unit="count"), source=crm)
    answer = sent(lead, sheet, filled(lead, sheet, {"value": "18.4"}, {"value": "7", "numerator": "7"}))
    assert [(row, column) for row, column, _ in faults(answer)] == [(2, "value"), (3, "numerator")]


def test_the_template_writes_no_exponent(lead, sheet, crm, last_month):
    SourceOfRecordFactory(measure=measure("sales.visits", unit="count"), source=crm)
    row = {"measure": "sales.visits", "period": last_month.code, "value": "1200", "source": "crm"}
    ingest(Rows.of([row]), Delivery(channel="api"), by=Actor(clockwork="test"))
    header, *rows = template(lead, sheet)
    assert [row[header.index("on record")] for row in rows] == ["", "1200"]


def test_what_the_one_door_refuses_is_told_at_its_row_too(lead, sheet):
    ((row, column, why),) = faults(sent(lead, sheet, filled(lead, sheet, {"value": "18.4"})))
    assert (row, column) == (2, "value")
    assert "divide it by 100" in why
    assert not Draft.objects.exists()


def test_a_refused_file_leaves_the_draft_and_the_record_alone(lead, sheet, cell):
    handed_in(lead, sheet, cell, value="0.2")
    lead.post(sheet, {f"{cell}-value": "0.3", f"{cell}-note": "Recounted."})
    ((_, column, why),) = faults(sent(lead, sheet, filled(lead, sheet, {"value": "0.4"})))
    assert (column, why) == ("note", "It changes a figure on record: say why in its note.")
    assert Draft.objects.get().entries == {
        cell: {"value": "0.3", "numerator": "", "denominator": "", "note": "Recounted."}
    }
    assert Observation.objects.count() == 1


@pytest.mark.parametrize(
    ("period", "is_taken"),
    [
        ("short", True),
        ("words", True),
        ("a day of it", True),
        ("noon of it", True),
        ("its serial number", True),
        ("another serial number", False),
        ("another", False),
        ("", False),
    ],
)
def test_figures_of_another_period_are_refused(lead, sheet, last_month, period, is_taken):
    last = last_month.last_day
    serial = str((last - date(1899, 12, 30)).days)
    written = {"short": last_month.code, "words": str(last_month), "another": last_month.shift(-1).code,
               "a day of it": str(last), "noon of it": f"{last}T12:00",
               "its serial number": serial, "another serial number": "46000"}.get(period, "")  # fmt: skip
    answer = sent(lead, sheet, filled(lead, sheet, {"value": "0.2", "period": written}))
    assert (answer.status_code == 302) is is_taken
    if not is_taken:
        assert [column for _, column, _ in faults(answer)] == ["period"]


def test_a_figure_given_twice_is_refused_at_the_second_row(lead, sheet):
    content = filled(lead, sheet, {"value": "0.2"})
    twice = content + content.splitlines()[1] + "\r\n"
    assert faults(sent(lead, sheet, twice)) == [(3, "measure", "Row 2 gives this figure already; keep one of the two.")]


def test_a_date_where_a_figure_should_be_is_refused(lead, sheet):
    taken = load_workbook(BytesIO(lead.get(f"{sheet}template.xlsx").content))
    header = [cell.value for cell in taken["Figures"][1]]
    place = taken["Figures"].cell(2, header.index("value") + 1)
    place.value, place.number_format = 46143, "dd/mm/yyyy"
    stream = BytesIO()
    taken.save(stream)
    ((row, column, why),) = faults(sent(lead, sheet, stream.getvalue()))
    assert (row, column, why[:31]) == (2, "value", "The cell is a date (2026-05-01)")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("measure,value\nsales.conversion,1\n", "lacks columns (period)"),
        ("measure,period,value,vlaue\n", "others than the template (vlaue)"),
        ("measure,period,value\n", "No figure is filled in"),
        ("", "The file is empty"),
    ],
    ids=["lacks", "unknown", "nothing", "empty"],
)
def test_a_file_that_is_not_the_template_is_refused_whole(lead, sheet, content, sentence):
    answer = sent(lead, sheet, content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
