"""What goes in and out with a case: the files of its positions, its charts, and the case file."""

import hashlib
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from forums.cases.pdf import told_of
from metrics.models import Contradiction, PositionFile
from tests.factories.forums import contradiction
from tests.factories.metrics import MeasureFactory
from tests.forums.pages.rulings.reading import address, text
from truthgov import clock
from truthgov.actor import Actor


def taken(case: Contradiction, *files: SimpleUploadedFile) -> dict[str, object]:
    return {"position-scope": case.measure.function.scope.pk, "position-stance": "contested",
            "position-claim": "See the report.", "position-attachments": list(files)}  # fmt: skip


def test_a_file_of_a_position_is_saved_by_whoever_reads_the_case(as_person, sales_lead, outsider, case):
    content = b"%PDF-1.7 figures"
    as_person(sales_lead).post(address(case, "positions"), taken(case, SimpleUploadedFile("../report.pdf", content)))
    kept = PositionFile.objects.get()
    saved = as_person(outsider).get(reverse("forums:position_file", args=[case.pk, kept.pk]))
    assert (saved.content, kept.digest) == (content, hashlib.sha256(content).hexdigest())
    assert saved["Content-Disposition"] == 'attachment; filename="report.pdf"'
    assert (saved["X-Content-Type-Options"], "sandbox" in saved["Content-Security-Policy"]) == ("nosniff", True)
    assert "report.pdf" in text(as_person(outsider).get(address(case)))
    other = contradiction(MeasureFactory(code="LEADS"), case.other_measure)
    assert as_person(outsider).get(reverse("forums:position_file", args=[other.pk, kept.pk])).status_code == 404


def test_a_file_of_another_kind_comes_back_with_what_is_wrong(as_person, sales_lead, case):
    page = SimpleUploadedFile("report.pdf", b"<script>alert(1)</script>")
    response = as_person(sales_lead).post(address(case, "positions"), taken(case, page))
    assert response.status_code == 422
    assert "none of the kinds taken in" in text(response)
    assert not case.positions.exists()


def test_the_case_file_is_the_same_document_for_the_same_record(as_person, sales_lead, outsider, case, same):
    case.take_position(scope=case.measure.function.scope, stance="accepted", claim="# Not *markup* \\\\ #let x = 1",
                       by=Actor(person=sales_lead))  # fmt: skip
    first, again = (as_person(who).get(address(case, "case_pdf")) for who in (outsider, sales_lead))
    assert first["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    assert b"pdfuaid:part" in first.content
    assert first.content == again.content
    same.link(case, reason="One campaign.", by=Actor(person=sales_lead))
    assert as_person(outsider).get(address(case, "case_pdf")).content != first.content


@pytest.mark.usefixtures("mandate")
def test_a_case_file_comes_whatever_was_asked(as_person, truth_owner, outsider, case):
    before = as_person(outsider).get(address(case, "case_pdf"))
    said = {"question": "Why 🙂? 日本 \x01", "scope": case.measure.function.scope.pk, "due_on": clock.today()}
    asked = as_person(truth_owner).post(
        address(case, "challenges"), {f"challenge-{name}": value for name, value in said.items()}
    )
    made = as_person(outsider).get(address(case, "case_pdf"))
    assert (asked.status_code, made.status_code, b"pdfuaid:part" in made.content) == (302, 200, True)
    assert made.content != before.content


@pytest.mark.parametrize("name", ["growth", "revenue", "sources"])
def test_a_case_with_figures_has_its_chart_and_segments_in_its_file(as_person, shown, name):
    made = as_person(shown.hotel.executive).get(address(shown.cases[name], "case_pdf"))
    assert (made.status_code, made.content[:5]) == (200, b"%PDF-")
    assert len(made.content) > 20_000


def test_the_small_charts_of_a_case_say_of_which_periods_they_are(as_person, shown):
    page = as_person(shown.hotel.executive).get(address(shown.cases["growth"], "contradiction"))
    file = page.context["file"]
    notes = [each["note"] for each in told_of(file)["multiples"]]
    assert notes == [f"{each.periods[0]} to {each.periods[-1]}. All on one scale, each with its own limits."
                     for each in file.multiples]  # fmt: skip
    assert notes[0] in page.content.decode()


def test_a_severity_is_opened_grade_by_grade(as_person, shown):
    page = as_person(shown.hotel.executive).get(address(shown.cases["growth"]))
    account = page.context["file"].account
    assert sum(grade.points for grade in account.grades) == account.points
    assert all(grade.found in unescape(text(page)) for grade in account.grades)


def test_a_decision_is_marked_on_the_chart(as_person, shown):
    chart = as_person(shown.hotel.executive).get(address(shown.cases["revenue"])).context["file"].chart
    assert [told for _, told in chart.decided] == ["Booked revenue is reported net of expected cancellations."]


def test_a_case_with_one_side_has_a_page(as_person, outsider, case):
    alone = contradiction(case.measure, None, other_measure=None, kind="integrity")
    page = as_person(outsider).get(address(alone))
    assert [side.title for side in page.context["file"].sides] == ["What cannot be right"]
    assert as_person(outsider).get(address(alone, "case_pdf")).status_code == 200
