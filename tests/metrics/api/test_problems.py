"""Whatever is asked below /api/, and however: what goes wrong is told as a problem."""

import json

import pytest
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http.multipartparser import MultiPartParserError

from config.faults import bad_request
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


@pytest.mark.parametrize(("query", "pointer"), [
    ("limit=0", "?limit"), ("limit=5000", "?limit"), ("limit=x", "?limit"), ("kind=y", "?kind"),
    ("nothing=1", "?nothing"), ("limit=1&limit=2", "?limit"),
])  # fmt: skip
def test_a_faulty_parameter_is_told_by_its_name(program, query, pointer):
    answer = program.get(f"{API}/measures?{query}")
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (400, [pointer])


def test_an_act_is_said_in_json(as_person, sales_lead, conversion):
    answer = as_person(sales_lead).post(f"{API}/measures/sales.conversion/definitions", {"wording": "x"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_host_that_we_are_not_is_told_as_a_problem_and_to_people_as_a_page(program):
    answer = program.get(f"{API}/measures", headers={"Host": "LPT1"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert (answer.json()["code"], answer.json()["request_id"]) == ("unknown_host", answer["X-Request-ID"])
    page = program.get("/view/", headers={"Host": "LPT1"})
    assert (page.status_code, page["Content-Type"]) == (400, "text/html; charset=utf-8")


@pytest.mark.parametrize(("exception", "told"), [
    (BadRequest(), (400, "malformed")), (MultiPartParserError(), (400, "malformed")),
    (SuspiciousOperation(), (400, "malformed")), (RequestDataTooBig(), (413, "too_large")),
])  # fmt: skip
def test_what_could_not_be_read_is_told_as_a_problem(rf, exception, told):
    answer = bad_request(rf.post(f"{API}/measures"), exception)
    assert (answer.status_code, json.loads(answer.content)["code"]) == told


def test_what_failed_on_our_side_is_told_as_a_problem_and_to_people_as_a_page(
    program, as_person, sales_lead, monkeypatch
):
    def broken(*_, **__):
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("metrics.api.views.dictionary.found", broken)
    monkeypatch.setattr("forums.views.desk.desk_of", broken)
    reader = as_person(sales_lead)
    program.raise_request_exception = reader.raise_request_exception = False
    answer = program.get(f"{API}/measures", headers={"X-Request-ID": "told-by-them"})
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert (answer.json()["code"], answer.json()["request_id"]) == ("failed", "told-by-them")
    assert "<h1>Something failed on our side</h1>" in reader.get("/").content.decode()


def fails_by(code):
    def failing(*_, **__):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE SQLSTATE '{code}'; END $$")

    return failing


def is_cut_off(*_, **__):
    raise InterfaceError("connection already closed")


def is_away(*_, **__):
    raise OperationalError("could not connect to server")


@pytest.mark.parametrize(("broken", "status"), [
    (is_away, 503), (is_cut_off, 503), (fails_by("40P01"), 503), (fails_by("55P03"), 503), (fails_by("53300"), 503),
    (fails_by("57P01"), 503), (fails_by("57014"), 500), (fails_by("42P01"), 500),
], ids=["away", "cut off", "deadlock", "lock timeout", "too many", "restart", "too slow", "no table"])  # fmt: skip
def test_what_passes_is_told_as_not_now_and_what_failed_as_failed(
    program, as_person, sales_lead, monkeypatch, broken, status
):
    monkeypatch.setattr("metrics.api.views.dictionary.found", broken)
    monkeypatch.setattr("forums.views.desk.desk_of", broken)
    reader = as_person(sales_lead)
    program.raise_request_exception = reader.raise_request_exception = False
    answer, page = program.get(f"{API}/measures"), reader.get("/")
    code, again_in = ("not_now", "5") if status == 503 else ("failed", None)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert (answer.json()["code"], answer.get("Retry-After")) == (code, again_in)
    assert (page.status_code, page.get("Retry-After")) == (status, again_in)
    assert ("<h1>Not now</h1>" in page.text) == (status == 503)


def test_a_session_that_cannot_be_looked_up_is_told_as_not_now(as_person, sales_lead, monkeypatch):
    reader = as_person(sales_lead)
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", is_away)
    reader.raise_request_exception = False
    answer = reader.get(f"{API}/measures")
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "not_now", "5")


def test_a_body_without_its_length_is_not_taken_for_an_empty_one(program, as_person, sales_lead):
    parts = {"Transfer-Encoding": "chunked"}
    for sender, resource in ((program, "observation-batches"), (as_person(sales_lead), "measures/x/definitions")):
        answer = sender.post(f"{API}/{resource}", "{}", "application/json", headers=parts, CONTENT_LENGTH="")
        assert (answer.status_code, answer.json()["code"]) == (411, "length_required")
        assert "Content-Length" in answer.json()["detail"]
