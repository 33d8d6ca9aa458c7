"""Whatever is asked below /api/, and however: what goes wrong is told as a problem."""

import pytest

from tests.metrics.api.conftest import API


@pytest.mark.parametrize(("method", "address", "said", "status"), [
    ("get", "/api/", {}, 404), ("get", "/api/v2/measures", {}, 404), ("post", f"{API}/nothing", {}, 404),
    ("get", f"{API}/measures/x%0Ay/z", {}, 404), ("delete", f"{API}/measures", {}, 405),
    ("options", f"{API}/measures", {}, 405), ("get", f"{API}/measures", {"Accept": "text/html"}, 406),
    ("get", f"{API}/measures?format=xml", {}, 400), ("get", f"{API}/measures", {"Accept": "nonsense"}, 406),
])  # fmt: skip
def test_it_is_told_as_a_problem(program, method, address, said, status):
    answer = getattr(program, method)(address, headers=said)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status


def test_an_act_is_said_in_json(as_person, sales_lead, conversion):
    answer = as_person(sales_lead).post(f"{API}/measures/sales.conversion/definitions", {"wording": "x"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
