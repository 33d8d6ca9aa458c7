"""A change of counting stands in every chart that shows the measure's course, so that nobody reads across it."""

import re
from datetime import date

import pytest

from metrics.models import Contradiction, Link, Measure
from tests.factories.metrics import DefinitionFactory

CANCELLED = "HT.JRN.CANCEL"
NAME = "Bookings that never became a stay"
GROWTH = "Bookings growth vs same month last year"
KEPT = ("unit", "decimals", "direction", "grain", "target", "red_threshold", "min_effect", "reliable_from", "roll_up")
CHARTS = [
    ("/dictionary/", f"Recent course of {NAME}"),
    ("/dictionary/HT.JRN.CANCEL/", NAME),
    ("/dictionary/HT.JRN.CANCEL/process/", NAME),
    ("/dictionary/HT.JRN.CANCEL/process/", "By hotel"),
    ("/journeys/book-to-stay/", f"Recent course of {NAME}"),
    ("/links/{link}/", f"{GROWTH} and {NAME}"),
    ("/contradictions/{case}/", f"{GROWTH} against {NAME}"),
    ("/contradictions/{case}/", "By hotel"),
]


@pytest.fixture
def drawn(shown, as_person):
    """`drawn(address, title)`: the charts of this title on a page."""
    measure = Measure.objects.get(code=CANCELLED)
    link = Link.objects.get(from_measure__name=GROWTH, to_measure=measure)
    case = Contradiction.objects.get(measure=link.from_measure, other_measure=measure)
    browser = as_person(shown.hotel.executive)

    def found(address, title):
        page = browser.get(address.format(link=link.pk, case=case.pk)).content.decode()
        return [
            each
            for each in re.findall(r"<svg.*?</svg>", page, re.DOTALL)
            if re.search(f"<title[^>]*>{title}</title>", each)
        ]

    return found


@pytest.mark.parametrize(("address", "title"), CHARTS)
def test_every_chart_of_a_measure_draws_the_break(drawn, address, title):
    measure = Measure.objects.get(code=CANCELLED)
    assert not any("tg-break" in each for each in drawn(address, title))
    terms = {name: getattr(measure.definitions.get(), name) for name in KEPT}
    DefinitionFactory(measure=measure, version=2, starts_on=date(2026, 3, 1), changes_counting=True, **terms)
    charts = drawn(address, title)
    assert charts
    assert all("tg-break" in each for each in charts)


@pytest.mark.parametrize("address", ["/dictionary/HT.JRN.CANCEL/", "/contradictions/{case}/"])
def test_a_chart_draws_the_target_that_held_in_each_period(shown, as_person, address):
    measure = Measure.objects.get(code=CANCELLED)
    terms = {name: getattr(measure.definitions.get(), name) for name in KEPT}
    before, after = terms["target"], terms["target"] / 2
    DefinitionFactory(measure=measure, version=2, starts_on=date(2026, 3, 1), **terms | {"target": after})
    context = as_person(shown.hotel.executive).get(address.format(case=shown.cases["growth"].pk)).context
    chart = context["file"].chart if "file" in context else context["page"].chart
    panel = chart.panels[-1]
    held = dict(zip(chart.periods, panel.targets, strict=True))
    assert (panel.target, held["February 2026"], held["March 2026"]) == (after, before, after)
    assert set(panel.targets) == {before, after}


def test_there_is_no_other_chart_of_its_course(drawn):
    """A page that draws the measure elsewhere adds it above; what compares it with another, by lag or by dots, and what
    shows its trust, has no course to break."""
    titled = {title for address, title in CHARTS}
    apart = (
        f"{NAME} against {GROWTH}",
        "Trust of",
        "Lineage of",
        "Rank correlation",
        "The journey",
        "Recent course of",
    )
    for address in {address for address, _ in CHARTS}:
        titles = {re.search(r">([^<]*)</title>", each)[1] for each in drawn(address, ".*?")}
        assert {title for title in titles if title not in titled and not title.startswith(apart)} == set()
