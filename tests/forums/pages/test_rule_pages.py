"""The register of rules, the page of each, and how one is proposed, tested on the past and decided on."""

from datetime import date
from html import unescape

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.detection.batch import Verdict
from metrics.detection.told.sentences import SUPPRESSED
from metrics.models import Judgement, Link, Rule, RuleVersion
from metrics.models.rule import CELL
from tests.days import clock_running
from truthgov import clock
from truthgov.periods import Grain, Period

RULES = "/rules/"
QUERIES = 11


@pytest.fixture
def growth(shown):
    """The rule on bookings that grow while cancellations do."""
    return shown.cases["growth"].rule


def this_month() -> date:
    return Period.containing(clock.today(), Grain.MONTH).start


def tuned(rule, **changes) -> dict[str, object]:
    return {"state": "active", "starts_on": this_month(), "quiet_periods": 3, "reason": "Half as much.", **changes}


def found(response) -> list[str]:
    return [row.rule.kind for row in response.context["register"].rows]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("?kind=handoff", {"handoff"}),
        ("?state=off", set()),
        ("?state=active&kind=divergence", {"divergence"}),
        ("?firing=yes&kind=source_disagreement", {"source_disagreement"}),
        ("?firing=no&kind=handoff", set()),
        ("?q=HT.JRN.REPEAT", {"divergence"}),
        ("?function=finance", {"handoff"}),
        ("?journey=return", {"divergence"}),
        ("?state=waiting", set()),
    ],
)
def test_the_register_is_filtered_in_the_address(as_person, shown, address, expected):
    assert set(found(as_person(shown.hotel.executive).get(RULES + address))) == expected


def test_a_rule_that_a_link_replaced_is_off_in_the_register_as_on_its_page(as_person, shown):
    link, browser = Link.objects.filter(kind="divergence").first(), as_person(shown.hotel.executive)
    rule = Rule.objects.create(kind="inconsistency", measure=link.to_measure, replaced_by=link)
    page = browser.get(f"/rules/{rule.pk}/").context["page"]
    [row] = browser.get(f"{RULES}?state=off").context["register"].rows
    assert (row.rule, row.standing, dict(page.terms)["State"]) == (rule, "off", "Off")
    assert found(browser.get(f"{RULES}?state=active&kind=inconsistency")) == []


@pytest.mark.parametrize(("name", "ends"), [("growth", "as a false alarm, or by a decision"), ("revenue", "a second")])
def test_a_case_says_how_it_ends_where_its_rule_judges_no_longer(as_person, shown, name, ends):
    case, browser = shown.cases[name], as_person(shown.hotel.executive)
    address = f"/contradictions/{case.pk}/"
    assert "judges no longer" not in browser.get(address).content.decode()
    Rule.objects.filter(pk=case.rule_id).update(replaced_by=Link.objects.first())
    page = browser.get(address).content.decode()
    assert "Its rule judges no longer" in page
    assert ends in page


def test_each_rule_stands_with_what_came_of_it(as_person, shown):
    rows = as_person(shown.hotel.executive).get(RULES).context["register"].rows
    record = {row.rule.pk: row.record for row in rows}
    assert record[shown.cases["repeat"].rule.pk].hit_rate == 1.0
    assert record[shown.cases["rooms"].rule.pk].false_alarms == 1
    assert record[shown.cases["growth"].rule.pk].hit_rate is None


def test_the_register_takes_as_many_queries_for_many_as_for_few(as_person, shown, django_assert_num_queries):
    browser = as_person(shown.hotel.executive)
    for address in (RULES, f"{RULES}?kind=handoff"):
        with clock_running(), django_assert_num_queries(QUERIES):
            browser.get(address)


def test_an_installation_without_rules_says_where_they_come_from(as_person, outsider):
    assert "come from the dictionary by themselves" in as_person(outsider).get(RULES).content.decode()


def test_a_rule_shows_what_it_looks_at_and_what_it_said(as_person, shown):
    rule = shown.cases["repeat"].rule
    page = as_person(shown.hotel.executive).get(f"/rules/{rule.pk}/").context["page"]
    assert page.judged == shown.hotel.measures["HT.JRN.REPEAT"]
    assert dict(page.terms)["State"] == "Active"
    assert dict(page.terms)["Smallest effect that matters"] == "as the definition says"
    assert [(each.told.period.code, each.told.judged) for each in page.said] == [
        ("2026-06", 1), ("2026-05", 1), ("2026-04", 1)
    ]  # fmt: skip
    assert page.cases == [shown.cases["repeat"]]


def test_what_was_suppressed_and_why_is_on_the_page_of_its_rule(as_person, outsider, shown):
    case = shown.cases["repeat"]
    cells = np.array([(case.segment_id, Verdict.TOO_SMALL, np.nan, 0.0)], CELL)
    Judgement.objects.create(
        rule=case.rule, period_start=date(2026, 7, 1), kind=case.kind, grain=Grain.MONTH, packed=cells.tobytes()
    )
    page = as_person(outsider).get(f"/rules/{case.rule_id}/?period=2026-07")
    assert [each.suppression.verdict for each in page.context["page"].kept] == [Verdict.TOO_SMALL]
    assert SUPPRESSED[Verdict.TOO_SMALL] in unescape(page.content.decode())


def test_a_version_is_proposed_tested_and_approved_by_another(as_person, shown, growth):
    lead, truth_owner = shown.hotel.leads["Marketing & Distribution"], shown.hotel.truth_owner
    mine, theirs = as_person(lead), as_person(truth_owner)
    answer = mine.post(f"/rules/{growth.pk}/versions/new/", tuned(growth, min_effect="0.05"))
    assert answer.url == f"/rules/{growth.pk}/versions/1/"
    page = theirs.get(answer.url).context["page"]
    assert len(page.test.periods) == 24
    assert [(each.label, each.after) for each in page.changes] == [("Smallest effect that matters", "5.0\u202f%")]
    assert mine.post(f"{answer.url}approval/").status_code == 409
    assert theirs.post(f"{answer.url}approval/").status_code == 302
    assert RuleVersion.objects.get(rule=growth).status == "approved"
    shown_page = theirs.get(f"/rules/{growth.pk}/").context["page"]
    assert [each.version.approved_by for each in shown_page.versions] == [truth_owner]


def test_what_a_kind_does_not_ask_is_not_on_its_form(as_person, shown, growth):
    form = as_person(shown.hotel.truth_owner).get(f"/rules/{growth.pk}/versions/new/").context["form"]
    assert "tolerance" not in form.fields
    assert "lag_periods" in form.fields


def test_a_version_that_changes_nothing_comes_back_with_why(as_person, shown, growth):
    answer = as_person(shown.hotel.truth_owner).post(f"/rules/{growth.pk}/versions/new/", tuned(growth))
    assert answer.status_code == 422
    assert "changes nothing" in answer.content.decode()


def test_a_rule_of_ones_own_judges_nothing_before_another_approves_it(as_person, shown):
    lead = shown.hotel.leads["Marketing & Distribution"]
    said = {"kind": "divergence", "measure": "HT.SAL.SECURED", "other_measure": "HT.FO.AS_RESERVED", **tuned(None)}
    answer = as_person(lead).post("/rules/new/", said | {"starts_on": ""})
    rule = Rule.objects.get(made_by=lead)
    assert answer.url == f"/rules/{rule.pk}/versions/1/"
    page = as_person(shown.hotel.truth_owner).get(answer.url).context["page"]
    assert page.test.periods
    assert as_person(lead).get(f"/rules/{rule.pk}/").context["page"].state == "off"


def test_a_version_is_withdrawn_or_rejected_with_a_reason(as_person, shown, growth):
    lead, truth_owner = shown.hotel.leads["Marketing & Distribution"], shown.hotel.truth_owner
    mine, theirs = as_person(lead), as_person(truth_owner)
    for number, (browser, act) in enumerate(((theirs, "rejection"), (mine, "withdrawal")), start=1):
        mine.post(f"/rules/{growth.pk}/versions/new/", tuned(growth, state="off"))
        at = f"/rules/{growth.pk}/versions/{number}/{act}/"
        assert browser.post(at).status_code == 422
        assert browser.post(at, {"reason": "It is needed."}).status_code == 302
    ended = as_person(lead).get(f"/rules/{growth.pk}/").context["page"].ended
    assert [each.status for each in ended] == ["withdrawn", "rejected"]


def test_the_page_of_a_rule_takes_as_many_queries_for_many_versions_as_for_few(as_person, shown, growth):
    browser = as_person(shown.hotel.leads["Marketing & Distribution"])
    taken = []
    for states in (("off",), ("monitor", "retired", "off")):
        for state in states:
            browser.post(f"/rules/{growth.pk}/versions/new/", tuned(growth, state=state))
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(f"/rules/{growth.pk}/").context["page"]
        taken.append(len(queries))
    assert len(page.ended) == 3
    assert taken[0] == taken[1]


def test_who_answers_for_nothing_reads_and_does_not_tune(as_person, shown, growth):
    browser = as_person(shown.hotel.executive)
    assert "Tune, switch" not in browser.get(f"/rules/{growth.pk}/").content.decode()
    assert browser.get(f"/rules/{growth.pk}/versions/new/").status_code == 403
