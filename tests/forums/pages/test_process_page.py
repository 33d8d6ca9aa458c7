"""A measure as a process: limits, special causes, what both say, and limits set anew."""

from datetime import date

import pytest

from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Rebasing
from metrics.rules.rebasing import approve_rebasing, propose_rebasing
from tests.days import clock_running
from tests.factories.metrics import SourceFactory, dimension, measure
from truthgov.actor import Actor
from truthgov.svg import Mark, tabulate

PAGE = "/dictionary/HT.JRN.CANCEL/process/"
DOCUMENT = "/dictionary/HT.JRN.CANCEL/process.pdf"
CITY = '{"hotel":"City Hotel"}'
MARCH = date(2026, 3, 1)
QUERIES = 41


@pytest.fixture
def owner(shown):
    """Who answers for the share of cancelled bookings."""
    return shown.hotel.owners["Book-to-stay"]


def propose(shown, by, segment="{}") -> Rebasing:
    cancelled = shown.hotel.measures["HT.JRN.CANCEL"]
    scope = cancelled.series.filter(segment__key=segment).first().segment
    return propose_rebasing(cancelled, scope, starts_on=MARCH, reason="A deposit is asked.", by=Actor(person=by))


def test_a_process_says_its_variation_and_assurance_in_words(as_person, shown):
    page = as_person(shown.hotel.executive).get(PAGE).context["page"]
    assert (page.variation, page.assurance) == ("common cause", "will not tell")
    assert page.stretches[0].figures == 26
    assert not page.is_provisional
    assert [(str(each.point.period), each.words, each.tone) for each in page.special] == [
        ("March 2025", "One of two in three that are close to the same limit", "good"),
        ("January 2025", "Outside the limits; one of two in three that are close to the same limit", "good"),
    ]


def test_the_document_says_what_the_page_says_and_is_the_same_for_the_same_record(as_person, shown):
    browser, owner = as_person(shown.hotel.executive), as_person(shown.hotel.truth_owner)
    made = browser.get(DOCUMENT)
    assert (made.status_code, made["Content-Type"]) == (200, "application/pdf")
    assert b"pdfuaid:part" in made.content
    assert made.content == owner.get(DOCUMENT).content
    assert made.content != browser.get(DOCUMENT, {"segment": CITY}).content
    assert DOCUMENT in browser.get(PAGE).content.decode()


def test_there_is_no_document_before_the_first_figure(as_person, executive, sales):
    alone = measure("sales.alone")
    browser = as_person(executive)
    assert browser.get(f"/dictionary/{alone.code}/process.pdf").status_code == 404
    assert "process.pdf" not in browser.get(f"/dictionary/{alone.code}/process/").content.decode()


def test_a_segment_that_no_font_can_write_has_its_document_too(as_person, executive, sales):
    kept, japan = measure("sales.kept", target="0.9"), '{"channel":"日本"}'
    dimension("channel", "日本")
    source = SourceFactory()
    rows = [{"measure": kept.code, "period": f"2026-0{month}", "segment": segment, "value": "0.8"}
            for month in range(1, 8) for segment in ("", japan)]  # fmt: skip
    ingest(Rows.of(rows), Delivery(channel="api", source=source.code), by=Actor(clockwork="test"))
    browser = as_person(executive)
    for asked in ({}, {"segment": japan}):
        made = browser.get(f"/dictionary/{kept.code}/process.pdf", asked)
        assert (made.status_code, b"pdfuaid:part" in made.content) == (200, True)


def test_what_bears_on_it_is_on_the_chart(as_person, shown):
    page = as_person(shown.hotel.executive).get(PAGE).context["page"]
    [panel] = page.chart.panels
    assert panel.lines[0].indices(Mark.RESTATED)
    assert [told for _, told in page.chart.decided] == ["Booked revenue is reported net of expected cancellations."]
    assert any("outside the limits, for the better" in row[1] for row in tabulate(page.chart).rows)


def test_the_parts_stand_side_by_side_on_one_scale(as_person, shown):
    [multiples] = as_person(shown.hotel.executive).get(PAGE).context["page"].multiples
    assert multiples.dimension == "hotel"
    assert [part.name for part in multiples.parts] == ["Resort Hotel", "City Hotel"]
    assert as_person(shown.hotel.executive).get(PAGE, {"segment": CITY}).context["page"].multiples == []


def test_the_parts_say_of_which_periods_they_are_and_which_ends_earlier(as_person, executive, sales):
    kept, source = measure("sales.kept", target="0.9"), SourceFactory()
    dimension("channel", "web", "phone")
    rows = [{"measure": kept.code, "period": f"2026-0{month}", "segment": segment, "value": "0.8"}
            for month in range(1, 8) for segment in ("", '{"channel":"web"}', '{"channel":"phone"}')]  # fmt: skip
    ingest(Rows.of(rows[:-1]), Delivery(channel="api", source=source.code), by=Actor(clockwork="test"))
    shown = as_person(executive).get(f"/dictionary/{kept.code}/process/")
    [multiples] = shown.context["page"].multiples
    assert multiples.note in shown.content.decode()
    assert multiples.note == (
        "January 2026 to July 2026. All on one scale, each with its own limits. The last figure of phone is that of "
        "June 2026."
    )


def test_new_limits_show_on_every_chart_with_who_set_them_and_why(as_person, shown, owner):
    approve_rebasing(propose(shown, owner), by=Actor(person=shown.hotel.truth_owner))
    browser = as_person(shown.hotel.executive)
    page = browser.get(PAGE).context["page"]
    latest, earlier = page.stretches
    assert latest.because == f"Set anew by {shown.hotel.truth_owner}: A deposit is asked."
    assert (latest.first.start, latest.is_provisional, earlier.is_provisional) == (MARCH, True, False)
    assert page.is_provisional
    for address in (PAGE, "/dictionary/HT.JRN.CANCEL/"):
        chart = browser.get(address).context["page"].chart
        assert chart.panels[0].lines[0].indices(Mark.REBASED)
    case = browser.get(f"/contradictions/{shown.cases['growth'].pk}/").context["file"]
    assert any(panel.lines[0].indices(Mark.REBASED) for panel in case.chart.panels)
    city = browser.get(PAGE, {"segment": CITY}).context["page"]
    assert len(city.stretches) == 1


def test_limits_are_proposed_on_the_page_and_approved_by_another(as_person, shown, owner):
    truth_owner = shown.hotel.truth_owner
    mine, theirs = as_person(owner), as_person(truth_owner)
    said = {"segment": CITY, "starts_on": "2026-03-01", "reason": "A deposit is asked."}
    assert mine.post("/dictionary/HT.JRN.CANCEL/rebasings/", said).status_code == 302
    waiting = Rebasing.objects.get()
    address = f"/dictionary/HT.JRN.CANCEL/rebasings/{waiting.pk}/approval/"
    assert mine.post(address).status_code == 409
    assert theirs.post(address).status_code == 302
    waiting.refresh_from_db()
    assert (waiting.segment.key, waiting.status) == (CITY, "approved")


def test_limits_without_a_reason_come_back_with_what_is_wrong(as_person, shown, owner):
    answer = as_person(owner).post("/dictionary/HT.JRN.CANCEL/rebasings/", {"starts_on": "2026-03-01"})
    assert answer.status_code == 422
    assert "reason" in answer.context["rebasing_form"].errors


def test_a_measure_without_figures_says_what_is_missing(as_person, outsider, sales):
    measure("SALES.WINS")
    assert "No figures yet" in as_person(outsider).get("/dictionary/SALES.WINS/process/").content.decode()


def test_the_page_takes_a_fixed_number_of_queries(as_person, shown, django_assert_num_queries):
    browser = as_person(shown.hotel.executive)
    with clock_running(), django_assert_num_queries(QUERIES):
        browser.get(PAGE)
