"""Lineage: from the sources of a measure to the journeys it serves, drawn, and as links."""

from forums.measures.lineage import lineage_of
from tests.factories.metrics import LinkFactory, SeriesFactory, SourceFactory, measure
from truthgov.svg import Column, Lineage, draw_lineage


def stops(page) -> dict[str, list[str]]:
    return {title: [stop.name for stop in told] for title, told in page.columns}


def test_a_measure_s_figures_are_followed_from_source_to_journey(db, django_assert_num_queries):
    leads, stays = measure("LEADS"), measure("STAYS", outcome=True)
    link = LinkFactory(from_measure=leads, to_measure=stays)
    for code in ("crm", "desk"):
        SeriesFactory(measure=leads, source=SourceFactory(code=code))
    with django_assert_num_queries(4):
        page = lineage_of([leads], "Lineage of leads")
    assert stops(page) == {
        "Sources": ["CRM", "DESK"], "Measures": [leads.name], "Outcomes": [stays.name],
        "Journeys": [stays.journey.name],
    }  # fmt: skip
    told = dict(page.columns)
    assert [stop.leads_to for stop in told["Measures"]] == [[stays.name]]
    assert [stop.address for stop in told["Outcomes"]] == ["/dictionary/STAYS/"]
    assert page.links == [(f"{leads} serves {stays}", f"/links/{link.pk}/")]


def test_what_is_computed_stands_between_its_inputs_and_what_it_serves(db):
    won, lost = measure("WON", unit="count", roll_up="sum"), measure("LOST", unit="count", roll_up="sum")
    rate, stays = measure("RATE", roll_up="ratio", derivation="share(WON, LOST)"), measure("STAYS", outcome=True)
    LinkFactory(from_measure=rate, to_measure=stays)
    SeriesFactory(measure=won, source=SourceFactory(code="crm"))
    SeriesFactory(measure=rate, source=SourceFactory(code="derived"))
    page = lineage_of([won], "Lineage of deals won")
    assert stops(page) == {
        "Sources": ["CRM"], "Measures": [won.name], "Derived": [rate.name], "Outcomes": [stays.name],
        "Journeys": [stays.journey.name],
    }  # fmt: skip
    assert [stop.leads_to for stop in dict(page.columns)["Measures"]] == [[rate.name]]
    assert stops(lineage_of([rate], "Lineage"))["Measures"] == [won.name, lost.name]


def test_what_leads_nowhere_is_not_drawn(db):
    assert lineage_of([measure("ALONE")], "Lineage") is None


def test_measures_and_journeys_show_their_lineage_with_links(as_person, shown):
    browser = as_person(shown.hotel.executive)
    for address in ("/dictionary/HT.JRN.CANCEL/", "/journeys/book-to-stay/"):
        text = browser.get(address).content.decode()
        assert "Lineage as a list" in text
        assert 'href="/dictionary/HT.MKT.BOOKINGS_YOY/"' in text


def test_a_drawing_counts_what_it_has_no_room_for():
    many = tuple((f"m{number}", f"Measure {number}") for number in range(20))
    drawn = draw_lineage(Lineage("Many", (Column("Measures", many), Column("Journeys", (("j", "Stay"),))),
                                 tuple((key, "j") for key, _ in many)))  # fmt: skip
    assert (drawn.count("<rect"), drawn.count("<path"), "and 8 more" in drawn) == (13, 12, True)
