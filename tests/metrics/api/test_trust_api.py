"""Trust over REST: six axes a measure, never better than the worst; a page costs the same however many measures."""

from datetime import timedelta

import pytest

from metrics.dictionary.target_conditions import approve_target_condition
from metrics.ingestion import Delivery, Rows, ingest
from tests.factories.metrics import measure
from tests.metrics.api.conftest import API, give
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.periods import Grain, Period


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


@pytest.fixture
def demanded(crm, journey, journey_owner, truth_owner):
    """An outcome of which the target condition demands as much trust as it is called with, from last year on."""
    outcome = measure("HT.JRN.REPEAT", outcome=True)

    def demand(trust):
        began = clock.today().replace(year=clock.today().year - 1, day=1)
        approve_target_condition(
            outcome.journey, {outcome: trust}, starts_on=began, proposed_by=journey_owner, by=Actor(person=truth_owner)
        )  # fmt: skip

    return demand


def test_it_is_judged_by_what_was_known_and_demanded_then(as_person, outsider, demanded, last_month):
    def told(known_on=""):
        (line,) = as_person(outsider).get(f"{API}/trust?period={last_month.code}{known_on}").json()
        return line["needed"], line["axes"][0]["percent"], line["words"]

    demanded(40)
    then, as_told = audit.known_now(), told()
    rows = Rows.of([{"measure": "HT.JRN.REPEAT", "period": last_month.code, "value": "0.3"}])
    ingest(rows, Delivery("command", source="crm", reason=""), by=Actor(clockwork="test"))
    demanded(95)
    now = told()
    assert (as_told[0], now[:2]) == (40, (95, 100))
    assert told(f"&known_on={then}") == as_told != now
    assert told(f"&known_on={audit.known_now()}") == now


def test_without_a_period_the_last_that_was_over_then_is_told(as_person, outsider, conversion, last_month):
    with clock.at(clock.now() - timedelta(days=62)):
        earlier = Period.last_complete(clock.today(), Grain.MONTH)
        give(earlier.code, "0.184")
    give(last_month.code, "0.171")
    then = audit.known_now() - 1
    (told,) = as_person(outsider).get(f"{API}/trust?known_on={then}").json()
    assert told["period"]["code"] == earlier.code < last_month.code


def test_what_cannot_be_known_is_told(as_person, outsider):
    client = as_person(outsider)
    assert client.get(f"{API}/trust?known_on=0").status_code == 404
    assert client.get(f"{API}/trust?period=soon").status_code == 400


def test_a_page_costs_the_same_however_many_measures(as_person, outsider, reported, django_assert_max_num_queries):
    for number in range(8):
        measure(f"sales.kpi{number}")
    client = as_person(outsider)
    with django_assert_max_num_queries(26):
        assert len(client.get(f"{API}/trust").json()) == 9
