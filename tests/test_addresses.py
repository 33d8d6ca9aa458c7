"""No address makes a page fail: what cannot be read is no such page, or is refused in a sentence."""

import pytest
from django.test import Client

from truthgov.models import Person


@pytest.mark.parametrize("address", ["/dictionary/x%00/", "/dictionary/x%00/figures/2026-10/"])
def test_a_code_with_a_nul_is_no_such_page(as_person, executive: Person, address: str) -> None:
    page: Client = as_person(executive)
    assert page.get(address).status_code == 404


def test_a_code_with_a_nul_is_unknown_to_the_api(as_person, executive: Person) -> None:
    answer = as_person(executive).get("/api/v1/measures/x%00/definitions")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["period=0001-01", "period=9999-12", "period=x", "known_on=9999-12-31", "known_on=x"])
def test_a_view_of_no_month_or_of_a_day_to_come_is_refused(as_person, executive: Person, query: str) -> None:
    answer = as_person(executive).get(f"/view/?{query}")
    assert answer.status_code == 422
    assert "out of range" not in answer.content.decode()
