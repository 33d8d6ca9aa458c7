"""Rules over REST: read with their record, proposed by one person, tested on the past, approved by another."""

from datetime import date

import pytest

from metrics.models import Rule
from tests.factories.metrics import LinkFactory, measure
from tests.metrics.api.conftest import API
from truthgov import clock
from truthgov.periods import Grain, Period


@pytest.fixture
def rule(sales) -> Rule:
    """On leads that grow while fewer stay."""
    link = LinkFactory(from_measure=measure("LEADS"), to_measure=measure("STAYS", outcome=True))
    return Rule.objects.create(kind=Rule.Kind.DIVERGENCE, link=link)


def this_month() -> date:
    return Period.containing(clock.today(), Grain.MONTH).start


@pytest.fixture
def tuned(act, sales_lead, rule):
    said = {"state": "monitor", "starts_on": str(this_month()), "min_effect": "0.05", "reason": "It is loud."}
    return act(sales_lead, f"/rules/{rule.pk}/versions", **said)


def test_rules_are_read_with_how_they_stand_and_what_came_of_them(program, rule):
    [told] = program.get(f"{API}/rules?kind=divergence&measure=LEADS").json()
    assert (told["id"], told["measure"], told["other_measure"], told["link"]) == (
        rule.pk, "LEADS", "STAYS", rule.link_id
    )  # fmt: skip
    assert (told["state"], told["decided"], told["hit_rate"], told["made_by"]) == ("active", 0, None, None)
    assert program.get(f"{API}/rules/{rule.pk}").json() == told
    assert program.get(f"{API}/rules?measure=OTHER").json() == []


def test_a_version_is_proposed_by_one_and_approved_by_another(tuned, act, sales_lead, truth_owner, rule, program):
    assert tuned.status_code == 201, tuned.content
    first = f"/rules/{rule.pk}/versions/1"
    assert tuned["Location"] == f"{API}{first}"
    assert (tuned.json()["state"], tuned.json()["status"], float(tuned.json()["min_effect"])) == (
        "monitor", "proposed", 0.05
    )  # fmt: skip
    assert act(sales_lead, f"{first}/approval", having_read=first).status_code == 409
    assert act(truth_owner, f"{first}/approval").status_code == 428
    assert act(truth_owner, f"{first}/approval", having_read=first).json()["status"] == "approved"
    assert program.get(f"{API}/rules/{rule.pk}").json()["state"] == "monitor"
    assert [each["version"] for each in program.get(f"{API}/rules/{rule.pk}/versions").json()] == [1]


def test_a_version_ends_with_a_reason(tuned, act, truth_owner, sales_lead, rule):
    first = f"/rules/{rule.pk}/versions/1"
    assert act(truth_owner, f"{first}/rejection", having_read=first).status_code == 422
    assert act(truth_owner, f"{first}/rejection", having_read=first, reason="It is right.").status_code == 200


def test_a_version_is_tested_on_the_past(tuned, program, rule):
    told = program.get(f"{API}/rules/{rule.pk}/versions/1/back-test").json()
    assert (told["periods"], told["first"], told["found"], told["per_period"]) == (0, None, [], 0.0)


def test_a_rule_of_ones_own_names_measures_that_there_are(act, sales_lead, rule):
    said = {"kind": "mix", "measure": "LEADS", "other_measure": None, "state": "active", "reason": "Parts differ."}
    assert act(sales_lead, "/rules", **said).status_code == 201
    faulty = act(sales_lead, "/rules", **said | {"measure": "NOTHING"})
    assert (faulty.status_code, faulty.json()["errors"][0]["pointer"]) == (422, "/measure")


def test_what_a_kind_does_not_ask_is_refused(act, sales_lead, rule):
    said = {"state": "active", "starts_on": str(this_month()), "tolerance": "0.1", "reason": "Why not."}
    refused = act(sales_lead, f"/rules/{rule.pk}/versions", **said)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/tolerance")


def test_no_key_and_nobody_else_tunes(program, act, auditor, rule):
    said = {"state": "off", "starts_on": str(this_month()), "reason": "It is loud."}
    assert act(auditor, f"/rules/{rule.pk}/versions", **said).status_code == 403
    answer = program.post(f"{API}/rules/{rule.pk}/versions", "{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "person_needed")
