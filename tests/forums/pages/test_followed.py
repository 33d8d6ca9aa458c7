"""Rule 7: from whatever page shows a measure's figure, it is followed to what was handed in, by whom, under what."""

import re

import pytest
from django.urls import reverse

from truthgov.figures import THIN

CODE, PERIOD = "HT.JRN.CANCEL", "2026-06"
MEASURE, FIGURE = f"/dictionary/{CODE}/", f"/dictionary/{CODE}/figures/{PERIOD}/"


PAGES = {
    "the reconciled view": lambda case: f"{reverse('forums:view')}?period={PERIOD}",
    "a journey": lambda case: reverse("forums:journey", args=[case.journey.code]),
    "a contradiction": lambda case: reverse("forums:contradiction", args=[case.pk]),
    "the dictionary": lambda case: f"{reverse('forums:dictionary')}?q={CODE}",
}


@pytest.mark.parametrize("page", PAGES)
def test_a_figure_is_followed_from_whatever_page_shows_it(as_person, outsider, shown, page):
    reader = as_person(outsider)
    first = reader.get(PAGES[page](shown.cases["sources"])).content.decode()
    assert MEASURE in re.findall(r'href="([^"?]+)', first)
    course = reader.get(MEASURE).content.decode()
    assert FIGURE in re.findall(r'href="([^"?]+)', course)
    assert f"43.1{THIN}%" in course
    figure = reader.get(FIGURE)
    record = next(source for source in figure.context["page"].sources if source.of_record)
    latest, restated = record.entries
    assert (latest.figure.text, latest.observation.restates) == (f"43.1{THIN}%", restated.observation.pk)
    assert [each.observation.definition.version for each in record.entries] == [1, 1]
    told = figure.content.decode()
    for entry in record.entries:
        assert (entry.submission.pk, entry.sender) == (entry.observation.submission_id, "Rosa Pires")
        assert entry.submission.entry_hash in told
