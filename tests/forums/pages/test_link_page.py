"""Whether a KPI serves its outcome, lag by lag, in a drawing and in words."""

from metrics.models import Link
from tests.days import clock_running
from tests.factories.metrics import LinkFactory, measure

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
