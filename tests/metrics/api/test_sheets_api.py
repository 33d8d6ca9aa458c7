"""What is due over REST: seen by all, attested by who answers for it as they saw it, or said not to be available."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metrics.models import Absence, Attestation
from tests.factories.metrics import measure
from tests.metrics.api.conftest import API, JSON, give


@pytest.fixture
def sheet(last_month):
    return f"/functions/sales/sheets/{last_month.code}"


def test_what_is_due_is_told_with_its_gaps(as_person, outsider, conversion, last_month):
    (owed,) = as_person(outsider).get(f"{API}/due-figures").json()
    assert owed["scope"] == {"kind": "function", "code": "sales", "name": "Sales"}
    assert (owed["period"]["code"], owed["missing"], owed["gaps"][0]["measure"]) == (
        last_month.code,
        1,
        conversion.code,
    )
    assert as_person(outsider).get(f"{API}/due-figures?function=sales&late=true").json() == []


def test_a_list_that_is_worked_out_leads_on_too(as_person, outsider, reported, last_month):
    give(last_month.shift(-3).code, "0.2")
    whole = as_person(outsider).get(f"{API}/due-figures").json()
    assert len(whole) > 1
    first = as_person(outsider).get(f"{API}/due-figures?limit=1")
    following = first["Link"].partition(">")[0].lstrip("<")
    assert [*first.json(), *as_person(outsider).get(following).json()][:2] == whole[:2]
    assert as_person(outsider).get(f"{API}/due-figures?cursor=mine").status_code == 400


@pytest.mark.parametrize("other", ["decision-rights", "audit/checkpoints"])
def test_a_cursor_of_another_such_list_is_refused(as_person, outsider, reported, last_month, other):
    give(last_month.shift(-3).code, "0.2")
    following = as_person(outsider).get(f"{API}/due-figures?limit=1")["Link"].partition(">")[0].partition("cursor=")[2]
    answer = as_person(outsider).get(f"{API}/{other}?cursor={following}")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_a_long_list_of_what_is_due_asks_the_clock_no_more_often(as_person, outsider, reported, last_month):
    give(last_month.shift(-3).code, "0.2")
    looks = []
    for limit in (1, 1000):
        with CaptureQueriesContext(connection) as asked:
            found = as_person(outsider).get(f"{API}/due-figures?limit={limit}").json()
        looks.append(sum("clock_timestamp" in each["sql"] for each in asked))
    assert len(found) > 1
    assert looks[0] == looks[1]


def test_who_answers_for_the_figures_attests_what_they_saw(act, as_person, sales_lead, reported, sheet, last_month):
    made = act(sales_lead, f"{sheet}/attestation", having_read=sheet)
    assert made.status_code == 201, made.content
    assert as_person(sales_lead).get(made["Location"]).json() == made.json()
    assert (made.json()["person"], made.json()["period"]["code"]) == (sales_lead.name, last_month.code)
    assert as_person(sales_lead).get(f"{API}{sheet}").json()["cells"][0]["attested"] is True
    assert [each["id"] for each in as_person(sales_lead).get(f"{API}/attestations?function=sales").json()] == [
        Attestation.objects.get().pk
    ]


def test_a_month_is_not_the_day_that_begins_with_it(act, as_person, sales_lead, conversion, last_month):
    day = last_month.start.isoformat()
    measure("sales.calls", unit="count", grain="day")
    sheet, said = f"/functions/sales/sheets/{day}", {"measure": "sales.calls", "reason": "The line was down."}
    assert act(sales_lead, f"{sheet}/absences", **said).status_code == 201
    assert act(sales_lead, f"{sheet}/attestation", having_read=sheet).status_code == 201
    for told in ("attestations", "absences"):
        found = [as_person(sales_lead).get(f"{API}/{told}?period={code}").json() for code in (day, last_month.code)]
        assert list(map(len, found)) == [1, 0]


def test_figures_that_changed_since_are_not_attested(act, as_person, sales_lead, reported, sheet, last_month):
    read = as_person(sales_lead).get(f"{API}{sheet}")["ETag"]
    give(last_month.code, "0.2")
    stale = as_person(sales_lead).post(f"{API}{sheet}/attestation", **JSON, headers={"If-Match": read})
    assert stale.status_code == 412
    assert act(sales_lead, f"{sheet}/attestation").status_code == 428
    assert not Attestation.objects.exists()


@pytest.mark.parametrize("said", ["*", " * "])
def test_nobody_attests_whatever_there_is(as_person, sales_lead, reported, sheet, said):
    unread = as_person(sales_lead).post(f"{API}{sheet}/attestation", **JSON, headers={"If-Match": said})
    assert (unread.status_code, unread.json()["code"]) == (428, "match_missing")
    assert not Attestation.objects.exists()


@pytest.mark.parametrize("said", ['"*"', '*, "x"', "W/*"])
def test_a_tag_that_is_none_of_what_was_read_is_stale(as_person, sales_lead, reported, sheet, said):
    stale = as_person(sales_lead).post(f"{API}{sheet}/attestation", **JSON, headers={"If-Match": said})
    assert stale.status_code == 412


def test_another_lead_does_not_attest_them(act, delivery_lead, reported, sheet):
    assert act(delivery_lead, f"{sheet}/attestation", having_read=sheet).status_code == 403


def test_a_figure_is_said_not_to_be_available_once_with_its_reason(act, as_person, sales_lead, conversion, sheet):
    said = {"measure": conversion.code, "reason": "The CRM was moved."}
    made = act(sales_lead, f"{sheet}/absences", **said)
    assert (made.status_code, made.json()["segment"]) == (201, {})
    assert as_person(sales_lead).get(made["Location"]).json() == made.json()
    assert as_person(sales_lead).get(f"{API}/absences?measure={conversion.code}").json() == [made.json()]
    assert act(sales_lead, f"{sheet}/absences", **said).status_code == 409
    assert Absence.objects.count() == 1


@pytest.mark.parametrize(("said", "status"), [
    ({"measure": "sales.conversion"}, 422), ({"measure": "nothing", "reason": "x"}, 422),
    ({"measure": "sales.conversion", "segment": {"channel": "web"}, "reason": "x"}, 422),
    ({"measure": "sales.conversion", "reason": "x"}, 409),
])  # fmt: skip
def test_nothing_else_is_said_in_its_place(act, sales_lead, reported, sheet, said, status):
    assert act(sales_lead, f"{sheet}/absences", **said).status_code == status
    assert not Absence.objects.exists()


def test_a_program_sees_the_sheets_of_its_functions(program, reported, sheet, delivery, last_month):
    assert program.get(f"{API}{sheet}").json()["cells"][0]["value"] == "0.184"
    assert program.get(f"{API}/functions/delivery/sheets/{last_month.code}").status_code == 404
    assert program.get(f"{API}/due-figures?function=delivery").status_code == 404
    assert program.post(f"{API}{sheet}/attestation", **JSON, headers={"If-Match": "*"}).status_code == 403


def test_a_stranger_sees_nothing(reported, sheet):
    assert Client().get(f"{API}{sheet}").status_code == 401
