"""A file handed in through the browser proposes; another person approves, and nobody approves their own."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.dictionary.export import dictionary_as_it_stands
from metrics.dictionary_files.reading import read_file
from metrics.dictionary_files.writing import WRITERS
from metrics.dictionary_import.proposing import plan_of
from metrics.models import DictionaryImport, Link, Measure
from tests.factories.metrics import measure
from truthgov.models import AuditEntry


@pytest.fixture
def file(sales, journey):
    """The dictionary as exported, with another target, a new measure and a link to it."""
    measure("sales.close", target=Decimal("0.3"), unguarded_because="Nobody gains.")
    measure("journey.stay", outcome=True)
    text = WRITERS["yaml"].write(dictionary_as_it_stands()).decode().replace("'0.3'", "'0.2'")
    added = """
- {code: sales.new, name: New, kind: functional_kpi, function: Sales,
   versions: [{wording: All., unit: count, direction: higher, grain: month}]}
links:
- {kind: divergence, from_measure: sales.new, to_measure: journey.stay, lag_periods: 1}
"""
    return text.replace("links: []", added.strip("\n"))


def hand_in(client, text: str, name: str = "dictionary.yaml") -> str:
    given = {"file": SimpleUploadedFile(name, text.encode()), "direction": "higher", "grain": "month"}
    response = client.post("/dictionary-files/", given)
    assert response.status_code == 302, response.content.decode()
    return response.url


def seen(client, address: str) -> str:
    return client.get(address).context["plan"].fingerprint


def test_what_a_file_changes_is_shown_before_anything_is_proposed(as_person, truth_owner, sponsor, file):
    address = hand_in(as_person(truth_owner), file)
    page = as_person(truth_owner).get(address).content.decode()
    for told in ("target", "0.3", "0.2", "Measure sales.new", "Link divergence"):
        assert told in page
    assert not Measure.objects.filter(code="sales.new").exists()
    assert as_person(sponsor).get(address).status_code == 404  # a draft is its sender's alone


def test_whoever_lets_in_something_new_sees_what_it_says(as_person, truth_owner, sponsor, file):
    more = "grain: month, decimals: 1, target: 7, unguarded_because: Counted by the bank.}]"
    told = file.replace("grain: month}]", more).replace("lag_periods: 1", "lag_periods: 3")
    address = hand_in(as_person(truth_owner), told)
    as_person(truth_owner).post(f"{address}proposal/", {"reason": "Something new."})
    answer = as_person(sponsor).get(address)
    details = {change.what: dict(change.details) for change in answer.context["plan"].changes if change.details}
    assert details["Measure sales.new"] == {"name": "New", "kind": "functional_kpi", "function": "Sales"}
    assert details["Link divergence from sales.new to journey.stay"] == {"lag_periods": "3"}
    assert details["Definition sales.new, version 1"] == {
        "wording": "All.", "unit": "count", "direction": "higher", "grain": "month", "decimals": "1", "target": "7",
        "unguarded_because": "Counted by the bank.", "freshness_days": "32",
    }  # fmt: skip
    assert "Counted by the bank." in answer.content.decode()


def test_versions_wait_for_review_and_the_rest_for_another_person(as_person, truth_owner, sponsor, file):
    proposer, approver = as_person(truth_owner), as_person(sponsor)
    address = hand_in(proposer, file)
    assert proposer.post(f"{address}proposal/", {"reason": "A lower target."}).status_code == 302
    version = Measure.objects.get(code="sales.close").definitions.get(version=2)
    assert (version.status, version.rationale, version.proposed_by) == ("proposed", "A lower target.", truth_owner)
    shown = seen(approver, address)
    assert "Dictionary file dictionary.yaml" in approver.get("/").content.decode()
    assert "Dictionary file dictionary.yaml" not in proposer.get("/").content.decode()
    assert proposer.post(f"{address}approval/", {"seen": shown}).status_code == 409
    assert not Link.objects.exists()
    assert approver.post(f"{address}approval/", {"seen": shown}).status_code == 302
    link, entered = Link.objects.get(), DictionaryImport.objects.get()
    assert (link.proposed_by, link.approved_by, entered.status) == (truth_owner, sponsor, "entered")
    assert Measure.objects.get(code="sales.new").definitions.get().approved_by == sponsor
    version.refresh_from_db()
    assert version.status == "proposed"
    assert approver.post(f"{address}approval/", {"seen": shown}).status_code == 409
    assert AuditEntry.objects.filter(code="dictionary_import.proposed").count() == 1


def test_nobody_approves_what_they_did_not_see(as_person, truth_owner, sponsor, file):
    address = hand_in(as_person(truth_owner), file)
    as_person(truth_owner).post(f"{address}proposal/", {"reason": "A lower target."})
    assert as_person(sponsor).post(f"{address}approval/", {"seen": "else"}).status_code == 409
    assert DictionaryImport.objects.get().waits


def test_a_lead_proposes_only_what_they_define(as_person, delivery_lead, file):
    address = hand_in(as_person(delivery_lead), file)
    page = as_person(delivery_lead).get(address).content.decode()
    assert "sales.close is defined by who answers for it" in page
    assert as_person(delivery_lead).post(f"{address}proposal/", {"reason": "Mine."}).status_code == 422
    assert DictionaryImport.objects.get().status == "drafted"


def test_a_function_that_nobody_established_is_not_made_by_a_file(as_person, truth_owner, file):
    address = hand_in(as_person(truth_owner), file.replace("function: Sales,", "function: Sails,"))
    assert "No function is called Sails" in as_person(truth_owner).get(address).content.decode()


def test_what_waits_is_withdrawn_by_its_proposer_and_rejected_by_another(as_person, truth_owner, sponsor, file):
    for person, status in ((truth_owner, "withdrawn"), (sponsor, "rejected")):
        address = hand_in(as_person(truth_owner), file)
        as_person(truth_owner).post(f"{address}proposal/", {"reason": "A lower target."})
        assert as_person(person).post(f"{address}ending/", {"reason": "Not now."}).status_code == 302
        assert DictionaryImport.objects.first().status == status


def test_a_file_that_cannot_be_read_is_refused_with_its_reason(as_person, truth_owner, file):
    given = {"file": SimpleUploadedFile("x.yaml", b"a: &x 1\nb: *x"), "direction": "higher", "grain": "month"}
    response = as_person(truth_owner).post("/dictionary-files/", given)
    assert response.status_code == 422
    assert "uses an alias" in response.context["form"].errors["file"][0]
    assert "Show what it would change" in response.content.decode()
    given["file"] = SimpleUploadedFile("x.exe", b"MZ")
    assert "has none of the endings" in as_person(truth_owner).post("/dictionary-files/", given).content.decode()
    assert not DictionaryImport.objects.exists()


@pytest.mark.parametrize("ending", WRITERS)
def test_everybody_takes_the_dictionary_along_as_a_file(as_person, outsider, file, ending):
    response = as_person(outsider).get(f"/dictionary-files/dictionary.{ending}")
    assert response["Content-Disposition"] == f'attachment; filename="dictionary.{ending}"'
    assert as_person(outsider).get("/dictionary-files/dictionary.exe").status_code == 404


def test_a_dbt_file_shows_what_became_of_each_part(as_person, truth_owner, sales):
    text = "metrics:\n  - {name: nights, label: Nights, type: simple, agg: count, expr: id, sql: x}\n"
    given = {"file": SimpleUploadedFile("m.yml", text.encode()), "function": sales.pk, "source": "DWH",
             "direction": "higher", "grain": "month"}  # fmt: skip
    page = as_person(truth_owner).post("/dictionary-files/", given, follow=True).content.decode()
    for told in ("sql has no meaning in a dictionary", "Measure nights", "not understood", "assumed"):
        assert told in page


@pytest.mark.parametrize(("answering", "told"), [(True, "Measure nights"), (False, "Not compared yet.")])
def test_a_file_with_faults_is_not_said_to_change_nothing(as_person, truth_owner, sales, answering, told):
    text = "metrics:\n  - {name: nights, label: Nights, type: simple, agg: count, expr: id}\n"
    given = {"file": SimpleUploadedFile("m.yml", text.encode()), "function": sales.pk if answering else "",
             "source": "DWH", "direction": "higher", "grain": "month"}  # fmt: skip
    page = as_person(truth_owner).post("/dictionary-files/", given, follow=True).content.decode()
    assert told in page
    assert "No change." not in page


def test_what_a_file_changes_costs_no_query_a_version(sales, sales_lead):
    for number in range(6):
        measure(f"sales.k{number}", target=Decimal("0.3"), unguarded_because="Nobody gains.")
    text = WRITERS["yaml"].write(dictionary_as_it_stands()).decode()
    counts = set()
    for changed in (1, 6):
        document = read_file("dictionary.yaml", text.replace("'0.3'", "'0.2'", changed).encode())
        with CaptureQueriesContext(connection) as queries:
            assert len(plan_of(document, sales_lead).further_versions) == changed
        counts.add(len(queries))
    assert len(counts) == 1
