"""Whether a KPI serves its outcome, lag by lag, in a drawing and in words."""

import numpy as np
import pytest

from forums.measures.link_page import DOTS, LinkPage, link_page
from metrics.models import Link
from tests.days import clock_running
from tests.factories.metrics import DefinitionFactory, LinkFactory, measure
from tests.forums.pages.test_stretches import NOW, report
from truthgov import clock
from truthgov.periods import Grain, Period

QUERIES = 16


def link_of(shown) -> Link:
    return shown.cases["growth"].rule.link


def test_a_link_says_in_words_whether_it_holds(as_person, shown):
    link = link_of(shown)
    page = as_person(shown.hotel.executive).get(f"/links/{link.pk}/").context["page"]
    assert page.words
    assert [row.lag for row in page.lags] == [0, 1, 2, 3, 4, 5, 6]
    assert [row.lag for row in page.lags if row.is_expected] == [0]
    assert page.scatter is not None
    assert shown.cases["growth"] in page.cases
    assert [rule.kind for rule, _ in page.rules] == ["divergence"]


def test_the_measures_lead_to_the_page_of_their_link(as_person, shown):
    link = link_of(shown)
    for code in (link.from_measure.code, link.to_measure.code):
        assert f"/links/{link.pk}/" in as_person(shown.hotel.executive).get(f"/dictionary/{code}/").content.decode()


def test_a_link_without_figures_says_what_is_needed(as_person, outsider):
    link = LinkFactory(from_measure=measure("LEADS"), to_measure=measure("STAYS", outcome=True))
    assert "No figures of both yet" in as_person(outsider).get(f"/links/{link.pk}/").content.decode()


def test_the_page_of_a_link_takes_a_fixed_number_of_queries(as_person, shown, django_assert_num_queries):
    browser = as_person(shown.hotel.executive)
    for asked in ({}, {"segment": '{"hotel":"City Hotel"}'}):
        with clock_running(), django_assert_num_queries(QUERIES):
            browser.get(f"/links/{link_of(shown).pk}/", asked)


@pytest.fixture
def told(sales):
    """`told("2017-01", Grain.MONTH, 110)`: the page of a link whose outcome follows the KPI over so many periods."""

    def page(first: str, grain: Grain, periods: int, *, broken_at: int | None = None) -> LinkPage:
        kpi, outcome = measure("LEADS", grain=grain), measure("STAYS", outcome=True, grain=grain)
        begins = Period.parse(first, grain)
        if broken_at:
            starts_on = begins.shift(broken_at).start
            DefinitionFactory(measure=outcome, version=2, grain=grain, starts_on=starts_on, changes_counting=True)
        rng = np.random.default_rng(1)
        leads, noise = rng.normal(0, 0.02, periods), rng.normal(0, 0.004, periods)
        link = LinkFactory(from_measure=kpi, to_measure=outcome)
        with clock.at(NOW):
            report(kpi, 0.25 + leads, first=begins)
            report(outcome, 0.5 + 0.9 * leads + noise, first=begins)
            return link_page(link, "")

    return page


@pytest.mark.parametrize(
    ("first", "grain", "periods"),
    [("2010-Q1", Grain.QUARTER, 60), ("2017-01", Grain.MONTH, 110), ("2016-11-20", Grain.DAY, 3650)],
)
def test_a_link_is_judged_by_all_periods_known_of_both_however_few_are_drawn(told, first, grain, periods):
    page = told(first, grain, periods)
    assert page.words.startswith(f"Moves with {page.link.to_measure.name} in the same {grain}")
    assert page.lags[0].known == periods
    drawn = f"{periods} periods" if periods <= DOTS else f"The last {DOTS} of {periods} periods"
    assert f"{drawn}, a dot each." in str(page.scatter.wide)


def test_before_and_after_a_change_of_counting_are_told_from_all_that_is_known(told):
    page = told("2017-01", Grain.MONTH, 110, broken_at=79)
    assert [(each.first.code, each.last.code) for each in page.between] == [
        ("2017-01", "2023-07"), ("2023-08", "2026-02")
    ]  # fmt: skip
    for each in page.between:
        assert each.words.startswith(f"Moves with {page.link.to_measure.name} in the same month")
    assert "from August 2023" in str(page.scatter.wide)
