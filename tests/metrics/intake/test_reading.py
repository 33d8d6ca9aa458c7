"""Reading figures and the dictionary over REST: keys see their sources, people see everything, and lists turn."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from metrics.models import Observation, Submission
from tests.factories.metrics import SourceFactory, measure
from tests.metrics import ledger
from truthgov import audit, clock

API = "/api/v1"
OCTOBER = {"period": "2026-10", "value": "0.184", "numerator": 184, "denominator": 1000}


@pytest.fixture
def restated(give) -> tuple[int, int]:
    """A figure of October, restated; the moments of knowledge after each."""
    with clock.at(datetime(2026, 11, 5, 9, tzinfo=UTC)):
        give(OCTOBER)
    first = audit.known_now()
    give({"period": "2026-10", "value": "0.2"}, reason="recount", at=datetime(2026, 11, 9, 9, tzinfo=UTC))
    return first, audit.known_now()


def test_the_ledger_shows_what_was_given_and_what_restates_it(as_key, restated):
    later, earlier = as_key.get(f"{API}/observations?measure=sales.conversion&period=2026-10").json()
    assert (earlier["value"], earlier["numerator"], earlier["restates"]) == ("0.184", "184", None)
    assert (later["value"], later["restates"], later["reason"]) == ("0.2", earlier["id"], "recount")
    assert later["period"] == {"start": "2026-10-01", "end": "2026-11-01", "code": "2026-10"}
    assert later["notices"] == ["material_restatement"]


@pytest.mark.parametrize(("known_on", "value"), [
    ("2026-11-04", None), ("2026-11-05", "0.184"), ("2026-11-08", "0.184"), ("2026-11-09", "0.2"),
])  # fmt: skip
def test_a_reading_can_be_asked_for_as_known_on_a_day(as_key, restated, known_on, value):
    readings = as_key.get(f"{API}/readings?known_on={known_on}").json()
    assert [reading["value"] for reading in readings] == ([value] if value else [])


def test_a_reading_can_be_asked_for_as_known_at_an_entry(as_key, restated):
    for entry, value in zip(restated, ("0.184", "0.2"), strict=True):
        assert as_key.get(f"{API}/readings?known_on={entry}").json()[0]["value"] == value
        series = Observation.objects.first().series_id
        assert str(ledger.value_of(series, date(2026, 10, 1), known_at=entry).normalize()) == value
    assert as_key.get(f"{API}/readings").json()[0]["value"] == "0.2"


@pytest.mark.parametrize("asked", ["2026-07", "2026-07-01", "2026-Q3"])
@pytest.mark.parametrize("address", ["observations", "readings", "readings?known_on=2026-11-30"])
def test_a_month_is_not_the_day_or_the_quarter_that_begins_with_it(as_key, give, address, asked):
    give({"period": "2026-07", "value": "0.1"})
    for code, period, grain in (("sales.daily", "2026-07-01", "day"), ("sales.quarterly", "2026-Q3", "quarter")):
        measure(code, grain=grain)
        give({"measure": code, "period": period, "value": "0.2"})
    answer = as_key.get(f"{API}/{address}{'&' if '?' in address else '?'}period={asked}")
    assert [figure["period"]["code"] for figure in answer.json()] == [asked]


def test_the_digest_of_a_submission_can_be_computed_anew(restated, give):
    give({"period": "2026-07", "value": "0.10"}, {"period": "2026-06", "value": "1e-1"})
    assert all(ledger.is_unaltered(submission) for submission in Submission.objects.all())
    assert Submission.objects.count() == 3


def test_a_list_turns_by_its_link_until_it_ends(as_key, give):
    give(*({"period": f"2026-{month:02d}", "value": "0.1"} for month in range(1, 8)))
    address, starts = f"{API}/readings?limit=3", []
    while address:
        response = as_key.get(address)
        starts += [reading["period"]["code"] for reading in response.json()]
        address = response.get("Link", "").partition(">")[0].removeprefix("<")
    assert starts == [f"2026-{month:02d}" for month in range(1, 8)]


def test_a_key_sees_its_own_sources_alone(as_key, give, as_person, executive):
    SourceFactory(code="erp", name="ERP")
    give(OCTOBER)
    give(OCTOBER, source="erp")
    assert [source["code"] for source in as_key.get(f"{API}/sources").json()] == ["crm"]
    assert {reading["source"] for reading in as_key.get(f"{API}/readings").json()} == {"crm"}
    assert as_key.get(f"{API}/observations?source=erp").status_code == 404
    assert len(as_person(executive).get(f"{API}/readings").json()) == 2


def test_a_batch_of_another_source_is_unknown(as_key, give):
    SourceFactory(code="erp", name="ERP")
    mine, other = give(OCTOBER), give(OCTOBER, source="erp")
    assert as_key.get(f"{API}/observation-batches/{mine.submission.pk}").status_code == 200
    assert as_key.get(f"{API}/observation-batches/{other.submission.pk}").status_code == 404


@pytest.mark.parametrize("query", [
    "period=2026-13", "period=x", "segment=%7B", "known_on=x", "known_on=99999-01-01",
    "known_on=9998-01-01", "known_on=999999", "limit=0", "limit=1001",
    "limit=x", "cursor=x", "nonsense=1", "measure=a&measure=b", "measure=%00", "segment=%7B%22a%22:%22%00%22%7D",
    "known_on=99999999999999999999", f"known_on={'9' * 5000}", "source=%ff%00",
])  # fmt: skip
def test_a_faulty_query_is_malformed(as_key, conversion, query):
    response = as_key.get(f"{API}/observations?{query}")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json"), response.content


@pytest.mark.parametrize("query", ["measure=nope", "source=nope", 'segment={"channel":"fax"}'])
def test_what_is_not_known_is_not_found(as_key, conversion, query):
    assert as_key.get(f"{API}/observations?{query}").status_code == 404


def test_segments_are_found_however_they_are_spelled(as_key, give):
    give(OCTOBER | {"segment": '{"channel":"web"}'})
    assert len(as_key.get(f"{API}/readings", {"segment": ' {"channel" : "web"} '}).json()) == 1


def test_the_dictionary_can_be_read(as_key, conversion):
    assert [measure["code"] for measure in as_key.get(f"{API}/measures").json()] == ["sales.conversion"]
    definition = as_key.get(f"{API}/measures/sales.conversion/definitions").json()[0]
    assert (definition["version"], definition["unit"], definition["grain"]) == (1, "fraction", "month")
    assert [function["code"] for function in as_key.get(f"{API}/functions").json()] == ["sales"]
    assert as_key.get(f"{API}/journeys").json() == []
    assert as_key.get(f"{API}/contradictions").json() == []
    assert as_key.get(f"{API}/contradictions/1").status_code == 404


# --- who calls ------------------------------------------------------------------------------------------------------
def test_nobody_reads_without_signing_in(db):
    response = Client().get(f"{API}/readings")
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("authorization", ["Bearer x", "Bearer", "Basic YTpi", "Bearer tgv_live_a_b"])
def test_a_bad_key_is_told_so(db, authorization):
    response = Client(headers={"Authorization": authorization}).get(f"{API}/readings")
    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")


def test_a_person_reads_and_does_not_push(as_person, executive, conversion):
    client = as_person(executive)
    assert client.get(f"{API}/readings").status_code == 200
    assert client.post(f"{API}/observation-batches", "{}", content_type="application/json").status_code in (401, 403)


def test_an_answer_carries_the_request_id_it_was_asked_under(as_key, conversion):
    sent = {"X-Request-ID": "order-4711-again"}
    assert as_key.get(f"{API}/measures/nope/definitions", headers=sent).json()["request_id"] == "order-4711-again"
    unsound = as_key.get(f"{API}/measures/nope/definitions", headers={"X-Request-ID": "<script>"})
    assert unsound.json()["request_id"] != "<script>"


# --- what describes it ----------------------------------------------------------------------------------------------
def test_an_unknown_address_is_a_problem_and_not_a_page(as_key):
    response = as_key.get(f"{API}/nonsense")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_the_schema_and_its_page_name_every_resource(client, db):
    schema = client.get(f"{API}/schema").json()
    assert schema["openapi"].startswith("3.1")
    assert "/api/v1/observation-batches" in schema["paths"]
    page = client.get(f"{API}/docs").content.decode()
    assert all(path in page for path in schema["paths"])
    assert "<script>" not in page
    assert "style=" not in page


def test_a_process_makes_its_schema_once_and_keeps_what_would_be_made_anew(client, db, monkeypatch):
    anew = SchemaGenerator().get_schema(request=None, public=True)
    pages = {address: client.get(f"{API}/{address}").content for address in ("schema", "docs")}
    assert client.get(f"{API}/schema?version=7").json()["info"] == {"title": "truthgov", "version": "1 (7)"}
    monkeypatch.setattr(SchemaGenerator, "parse", None)
    assert {address: client.get(f"{API}/{address}").content for address in pages} == pages
    for accepted in ("application/vnd.oai.openapi+json", "application/json; indent=2"):
        answer = client.get(f"{API}/schema", headers={"Accept": accepted})
        assert answer.content == OpenApiJsonRenderer().render(anew, accepted, {})
