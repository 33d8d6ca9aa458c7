"""Figures are drafted over REST, looked at, and handed in as they were seen; the template goes out the same way."""

import json
from decimal import Decimal

import pytest

from metrics.models import Absence, Attestation, Draft, FigureNote, Observation, Reading, Submission
from tests.factories.metrics import DefinitionFactory, OutcomeFactory, SourceFactory, SourceOfRecordFactory, measure
from tests.factories.people import AppointmentFactory, PersonFactory
from tests.metrics.api.conftest import API, give
from truthgov.models import Role


@pytest.fixture
def sheet(sales, conversion, last_month):
    return f"/functions/sales/sheets/{last_month.code}"


@pytest.fixture
def put(as_person, sheet):
    """Draft figures as somebody who has read their draft."""

    def drafted(person, *figures, source=""):
        client = as_person(person)
        tag = client.get(f"{API}{sheet}/draft")["ETag"]
        body = json.dumps({"figures": figures, "source": source} if source else {"figures": figures})
        headers = {"If-Match": tag}
        return client.put(f"{API}{sheet}/draft", body, content_type="application/json", headers=headers)

    return drafted


def figure(**said):
    return {"measure": "sales.conversion", **said}


def pointers(answer):
    return {fault["pointer"]: fault["message"] for fault in answer.json()["errors"]}


def test_what_was_drafted_is_shown_and_stored_once_it_is_handed_in(put, act, as_person, sales_lead, sheet):
    drafted = put(sales_lead, figure(value="18,4 %", numerator=184, denominator=1000))
    assert drafted.status_code == 200, drafted.content
    (line,) = drafted.json()["lines"]
    assert (line["standing"], line["value"], line["on_record"]) == ("new", "0.184", None)
    assert drafted.json()["counts"] == {"new": 1}
    assert not Observation.objects.exists()
    stored = act(sales_lead, f"{sheet}/draft/delivery", having_read=f"{sheet}/draft", attested=True)
    assert (stored.status_code, stored.json()["attested"]) == (201, True)
    batch = as_person(sales_lead).get(stored["Location"]).json()
    assert (batch["id"], batch["counts"]["accepted"]) == (stored.json()["batch"], 1)
    reading, submission = Reading.objects.get(), Submission.objects.get()
    assert (reading.value, reading.numerator, reading.denominator) == (Decimal("0.184"), 184, 1000)
    assert (submission.channel, submission.person) == ("form", sales_lead)
    assert not Draft.objects.exists()


@pytest.mark.parametrize("value", [0.184, "0.184", "18.4 %"])
def test_a_figure_is_a_number_or_a_text(as_person, put, sales_lead, value):
    assert put(sales_lead, figure(value=value)).json()["lines"][0]["value"] == "0.184"


def test_a_number_keeps_its_digits(as_person, sales_lead, sheet):
    client = as_person(sales_lead)
    body = '{"figures": [{"measure": "sales.conversion", "value": 0.12345678901234567891}]}'
    headers = {"If-Match": client.get(f"{API}{sheet}/draft")["ETag"]}
    drafted = client.put(f"{API}{sheet}/draft", body, content_type="application/json", headers=headers)
    assert drafted.json()["lines"][0]["value"] == "0.12345678901234567891"


def test_a_draft_is_ones_own_and_thrown_away_without_a_trace(put, as_person, sales_lead, sales, sheet):
    preparer = AppointmentFactory(role=Role.PREPARER, scope=sales.scope, person=PersonFactory()).person
    put(sales_lead, figure(value="0.184"))
    assert as_person(preparer).get(f"{API}{sheet}/draft").json()["lines"] == []
    assert put(preparer, figure(value="0.2")).json()["lines"][0]["value"] == "0.2"
    client, address = as_person(sales_lead), f"{API}{sheet}/draft"
    assert client.delete(address).status_code == 428
    gone = client.delete(address, headers={"If-Match": client.get(address)["ETag"]})
    assert (gone.status_code, gone["ETag"]) == (204, client.get(address)["ETag"])
    assert client.get(address).json()["kept_at"] is None
    assert [draft.person for draft in Draft.objects.all()] == [preparer]


@pytest.mark.parametrize(("said", "at", "why"), [
    ({"value": "18.4"}, "value", "fraction"), ({"value": "0.2"}, "note", "say why"),
    ({"value": "n/a", "note": "Moved."}, "value", "A figure is on record and stays"),
    ({"value": "0.2", "numerator": 3, "denominator": 2, "note": "Recount."}, "numerator", ""),
    ({"numerator": "1e999999", "denominator": 2}, "numerator", "more than 30 digits"),
])  # fmt: skip
def test_what_is_refused_says_why_at_its_field_and_nothing_is_stored(
    put, act, sales_lead, reported, sheet, said, at, why
):
    (line,) = put(sales_lead, figure(**said)).json()["lines"]
    assert (line["standing"], line["at"]) == ("refused", at)
    assert why in line["why"]
    refused = act(sales_lead, f"{sheet}/draft/delivery", having_read=f"{sheet}/draft")
    assert (refused.status_code, pointers(refused)) == (422, {f"/lines/0/typed/{at}": line["why"]})
    assert Observation.objects.count() == 1


def test_a_restatement_shows_what_it_changes_and_keeps_why(put, act, sales_lead, reported, sheet):
    (line,) = put(sales_lead, figure(value="0.2", note="Recount.")).json()["lines"]
    assert (line["standing"], line["on_record"], line["value"]) == ("restated", "0.184", "0.2")
    assert act(sales_lead, f"{sheet}/draft/delivery", having_read=f"{sheet}/draft").status_code == 201
    assert Observation.objects.get(restates__isnull=False).reason == "Recount."
    assert not Attestation.objects.exists()


def test_notes_and_absences_alone_make_no_batch(put, act, sales_lead, conversion, sheet):
    put(sales_lead, figure(value="n/a", note="The CRM was moved."))
    said = act(sales_lead, f"{sheet}/draft/delivery", having_read=f"{sheet}/draft")
    assert (said.status_code, said.json()["batch"], said["Location"]) == (201, None, f"{API}{sheet}")
    assert Absence.objects.get().reason == "The CRM was moved."
    assert not FigureNote.objects.exists()


def test_what_changed_since_it_was_seen_is_not_stored(put, as_person, sales_lead, sheet, last_month):
    seen = put(sales_lead, figure(value="0.2", note="Recount."))["ETag"]
    give(last_month.code, "0.184")
    address, headers = f"{API}{sheet}/draft/delivery", {"If-Match": seen}
    stale = as_person(sales_lead).post(address, content_type="application/json", headers=headers)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert as_person(sales_lead).post(address, content_type="application/json").status_code == 428
    assert Observation.objects.count() == 1


def test_a_preparer_hands_in_and_does_not_attest(put, act, sales, sheet):
    preparer = AppointmentFactory(role=Role.PREPARER, scope=sales.scope, person=PersonFactory()).person
    put(preparer, figure(value="0.184"))
    attesting = act(preparer, f"{sheet}/draft/delivery", having_read=f"{sheet}/draft", attested=True)
    assert (attesting.status_code, Observation.objects.count()) == (403, 0)
    assert act(preparer, f"{sheet}/draft/delivery", having_read=f"{sheet}/draft").status_code == 201


@pytest.mark.parametrize(("figures", "pointer"), [
    ([{"measure": "nothing", "value": "1"}], "/figures/0/measure"),
    ([figure(value="1", segment={"channel": "web"})], "/figures/0/segment"), ([], "/figures"),
    ([figure()], "/figures/0"),
    ([figure(value="0.1"), figure(value="0.2")], "/figures/1/measure"),
    ([figure(value="0.1", reason="x")], "/figures/0/reason"),
    ([figure(value="0.1"), figure(value="9" * 61)], "/figures/1/value"),
    ([{"value": "0.1"}], "/figures/0/measure"), (["0.1"], "/figures/0"), ([figure(value=True)], "/figures/0/value"),
])  # fmt: skip
def test_what_cannot_be_drafted_is_told_where_it_stands(put, sales_lead, conversion, figures, pointer):
    refused = put(sales_lead, *figures)
    assert refused.status_code == 422
    assert pointer in pointers(refused)
    assert not Draft.objects.exists()


def test_a_figure_that_never_came_says_where_it_comes_from(put, sales_lead, sales, crm, sheet):
    measure("sales.rate", unit="ratio")
    unsaid, unknown = put(sales_lead, {"measure": "sales.rate", "value": "2"}), {"measure": "sales.rate", "value": "2"}
    assert "say where it comes from" in pointers(unsaid)["/source"]
    assert "/source" in pointers(put(sales_lead, unknown, source="nowhere"))
    assert "/source" in pointers(put(sales_lead, unknown, source="derived"))
    assert put(sales_lead, unknown, source="crm").json()["lines"][0]["standing"] == "new"


def test_the_template_is_taken_along_in_both_forms(as_person, sales_lead, sheet, last_month):
    client = as_person(sales_lead)
    separated = client.get(f"{API}{sheet}/template")
    assert separated["Content-Disposition"].endswith(f'{last_month.code}.csv"')
    assert "sales.conversion" in separated.content.decode("utf-8-sig")
    assert client.get(f"{API}{sheet}/template?form=xlsx").content.startswith(b"PK")
    assert client.get(f"{API}{sheet}/template?form=pdf").status_code == 400


def test_nobody_else_drafts_for_a_function(as_person, delivery_lead, program, sheet):
    assert as_person(delivery_lead).get(f"{API}{sheet}/draft").status_code == 403
    assert program.get(f"{API}{sheet}/draft").json()["code"] == "person_needed"


def test_a_journeys_owner_hands_in_its_outcome(as_person, journey_owner, journey, crm, last_month):
    made = OutcomeFactory(code="journey.kept", journey=journey)
    DefinitionFactory(measure=made)
    SourceOfRecordFactory(measure=made, source=crm)
    client, address = as_person(journey_owner), f"{API}/journeys/{journey.code}/sheets/{last_month.code}/draft"
    body = json.dumps({"figures": [{"measure": made.code, "value": "0.9"}]})
    headers = {"If-Match": client.get(address)["ETag"]}
    tag = client.put(address, body, content_type="application/json", headers=headers)["ETag"]
    stored = client.post(f"{address}/delivery", content_type="application/json", headers={"If-Match": tag})
    assert (stored.status_code, Reading.objects.get().value) == (201, Decimal("0.9"))


def test_a_draft_is_read_back_as_it_was_typed(put, sales_lead):
    said = {"value": "18,4 %", "numerator": "184", "denominator": "1000", "note": "As billed."}
    assert put(sales_lead, figure(**said)).json()["lines"][0]["typed"] == said


def test_the_same_value_of_other_parts_is_another_draft(put, as_person, sales_lead, sheet):
    seen = put(sales_lead, figure(value="0.184", numerator=184, denominator=1000))["ETag"]
    assert put(sales_lead, figure(value="0.184", numerator=92, denominator=500))["ETag"] != seen
    address, headers = f"{API}{sheet}/draft/delivery", {"If-Match": seen}
    assert as_person(sales_lead).post(address, content_type="application/json", headers=headers).status_code == 412


def test_the_same_figure_of_another_source_is_another_draft(put, sales_lead, sales, crm, sheet):
    measure("sales.rate", unit="ratio")
    SourceFactory(code="erp")
    rate = {"measure": "sales.rate", "value": "2"}
    assert put(sales_lead, rate, source="crm")["ETag"] != put(sales_lead, rate, source="erp")["ETag"]


def test_of_two_who_draft_at_once_the_second_is_told(put, as_person, sales_lead, conversion, sheet):
    address, client = f"{API}{sheet}/draft", as_person(sales_lead)
    seen = client.get(address)["ETag"]
    put(sales_lead, figure(value="0.184"))
    body = json.dumps({"figures": [figure(value="0.2")]})
    late = client.put(address, body, content_type="application/json", headers={"If-Match": seen})
    assert (late.status_code, client.get(address).json()["lines"][0]["value"]) == (412, "0.184")


def test_it_is_handed_in_once(put, act, as_person, sales_lead, sheet):
    seen = put(sales_lead, figure(value="0.184"))["ETag"]
    address, headers = f"{API}{sheet}/draft/delivery", {"If-Match": seen}
    client = as_person(sales_lead)
    assert client.post(address, content_type="application/json", headers=headers).status_code == 201
    assert client.post(address, content_type="application/json", headers=headers).status_code == 412
    undrafted = act(sales_lead, f"{sheet}/draft/delivery", having_read=f"{sheet}/draft")
    assert (undrafted.status_code, undrafted.json()["detail"][:17]) == (409, "You have no draft")
    assert Observation.objects.count() == 1


def test_a_count_has_no_parts_by_any_door(put, sales_lead, sales, crm, sheet):
    SourceOfRecordFactory(measure=measure("sales.calls", unit="count"), source=crm)
    (line,) = put(sales_lead, {"measure": "sales.calls", "numerator": 6, "denominator": 2}).json()["lines"]
    assert (line["standing"], line["at"], line["why"][:25]) == ("refused", "numerator", "A count has a value alone")


def test_as_many_figures_as_a_sheet_may_have_fit_in_a_draft(put, as_person, sales_lead, conversion, sheet):
    many = [figure(value="0.184", segment={"channel": f"web {at}", "country": "PT"}) for at in range(5_000)]
    assert put(sales_lead, *many).json()["code"] == "invalid_input"
    assert put(sales_lead, *many, figure(value="1")).json()["errors"][0]["pointer"] == "/figures"


@pytest.mark.parametrize("number", ["1e99999999999999999999", "-1e-99999999999999999999"])
def test_a_number_that_no_figure_has_is_malformed(as_person, sales_lead, conversion, sheet, number):
    client = as_person(sales_lead)
    body = f'{{"figures": [{{"measure": "sales.conversion", "value": {number}}}]}}'
    headers = {"If-Match": client.get(f"{API}{sheet}/draft")["ETag"]}
    refused = client.put(f"{API}{sheet}/draft", body, content_type="application/json", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")


def test_a_body_that_says_a_name_twice_is_malformed(as_person, sales_lead, conversion, sheet):
    client = as_person(sales_lead)
    body = '{"figures": [{"measure": "sales.conversion", "value": 0.1, "value": 0.2}]}'
    headers = {"If-Match": client.get(f"{API}{sheet}/draft")["ETag"]}
    refused = client.put(f"{API}{sheet}/draft", body, content_type="application/json", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    assert "'value' stands twice" in refused.json()["detail"]
