"""Trust over REST: six axes a measure, never better than the worst; a page costs the same however many measures."""

import pytest

from tests.factories.metrics import measure
from tests.metrics.api.conftest import API
from truthgov import audit


def test_a_measure_is_as_trusted_as_its_worst_axis(as_person, outsider, reported, last_month):
    (told,) = as_person(outsider).get(f"{API}/trust").json()
    assert (told["measure"], told["period"]["code"]) == ("sales.conversion", last_month.code)
    shares = {axis["axis"]: axis["percent"] for axis in told["axes"]}
    assert list(shares) == ["fresh", "complete", "valid", "consistent", "stable", "attested"]
    assert told["percent"] == min(share for share in shares.values() if share is not None)


@pytest.mark.parametrize(("query", "count"), [
    ("measure=sales.conversion", 1), ("function=sales", 1), ("function=delivery", 0), ("journey=book-to-stay", 0),
])  # fmt: skip
def test_it_is_narrowed(as_person, outsider, reported, delivery, journey, query, count):
    assert len(as_person(outsider).get(f"{API}/trust?{query}").json()) == count


def test_it_is_told_for_a_period_as_known_on(as_person, outsider, reported, last_month):
    client, entry = as_person(outsider), audit.known_now()
    (now,) = client.get(f"{API}/trust?period={last_month.code}").json()
    assert client.get(f"{API}/trust?period={last_month.code}&known_on={entry}").json()[0]["axes"][0] == now["axes"][0]
    assert client.get(f"{API}/trust?known_on=0").status_code == 404
    assert client.get(f"{API}/trust?period=soon").status_code == 400


def test_a_page_costs_the_same_however_many_measures(as_person, outsider, reported, django_assert_max_num_queries):
    for number in range(8):
        measure(f"sales.kpi{number}")
    client = as_person(outsider)
    with django_assert_max_num_queries(26):
        assert len(client.get(f"{API}/trust").json()) == 9
