"""Lineage: from the sources of a measure to the journeys it serves, drawn, and as links."""

import re

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


NUMBER = r"-?[\d.]+"


def points_of(way: str) -> list[tuple[float, float]]:
    """Where a path of moves, curves and level strokes leads past."""
    x = y = 0.0
    found = []
    for kind, told in re.findall(r"([MCH])([^MCH]*)", way):
        given = [float(each) for each in re.findall(NUMBER, told)]
        ends = [(x, y), *zip(given[::2], given[1::2], strict=False)] if kind != "H" else [(x, y), (given[0], y)]
        for part in (step / 40 for step in range(41)):
            if kind == "M":
                found.append(ends[-1])
            elif kind == "H":
                found.append((x + (given[0] - x) * part, y))
            else:
                weights = ((1 - part) ** 3, 3 * part * (1 - part) ** 2, 3 * part**2 * (1 - part), part**3)
                found.append(tuple(sum(w * end[at] for w, end in zip(weights, ends, strict=True)) for at in (0, 1)))
        x, y = ends[-1]
    return found


def test_no_join_runs_behind_a_box():
    sources, kpis = [("s1", "CRM"), ("s2", "Help desk")], [(f"m{at}", f"Measure {at}") for at in range(3)]
    columns = (Column("Sources", tuple(sources)), Column("Measures", tuple(kpis)),
               Column("Derived", (("d", "Rate"),)), Column("Outcomes", (("o1", "Stays"), ("o2", "Returns"))),
               Column("Journeys", (("j", "Book to stay"),)))  # fmt: skip
    joined = (
        ("s1", "o1"),
        ("s2", "o2"),
        ("s1", "m0"),
        ("m1", "o1"),
        ("m0", "m2"),
        ("o1", "o2"),
        ("d", "j"),
        ("o1", "d"),
    )
    drawn = draw_lineage(Lineage("All", columns, joined))
    boxes = [{name: float(value) for name, value in re.findall(rf'(x|y|width|height)="({NUMBER})"', each)}
             for each in re.findall(r"<rect[^>]*>", drawn)]  # fmt: skip
    ways = re.findall(r'<path[^>]* d="(M[^"]+)"', drawn)
    assert (len(boxes), len(ways)) == (9, len(joined))
    behind = [
        (way, box) for way in ways for x, y in points_of(way) for box in boxes
        if box["x"] < x < box["x"] + box["width"] and box["y"] < y < box["y"] + box["height"]
    ]  # fmt: skip
    assert behind == []


def test_a_join_within_the_last_column_stays_in_the_picture():
    column = Column("Derived", (("one", "Rate"), ("other", "Rate of rates")))
    drawn = draw_lineage(Lineage("Derived", (column,), (("one", "other"),)), width=300)
    (way,) = re.findall(r'<path[^>]* d="(M[^"]+)"', drawn)
    assert max(x for x, _ in points_of(way)) < 300
