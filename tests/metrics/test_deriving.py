"""A definition may be derived from other measures: what is asked of its formula, and by whom it is put in force."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction

from metrics.dictionary.defining import approve_definition, propose_definition, propose_retirement
from metrics.dictionary.deriving import derived_from
from metrics.dictionary_files.document import Document
from metrics.dictionary_import import import_dictionary
from metrics.dictionary_import.planning import plan_import
from metrics.models import Definition, Measure
from tests.factories.forums import contradiction
from tests.factories.metrics import DefinitionFactory, MeasureFactory, SourceFactory, SourceOfRecordFactory, measure
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.periods import Grain, Period


@pytest.fixture
def counted(sales) -> dict[str, Measure]:
    """What Sales counts a month: deals won and lost, money; and a share that is to be derived."""
    return {
        "WON": measure("WON", unit="count", roll_up="sum"),
        "LOST": measure("LOST", unit="count", roll_up="sum"),
        "VISITS": measure("VISITS", unit="count", grain="week", roll_up="sum"),
        "STOCK": measure("STOCK", unit="count", roll_up="last"),
        "SOLD": measure("SOLD", unit="currency", currency="EUR", roll_up="sum"),
        "RATE": measure("RATE", unit="fraction", roll_up="ratio"),
    }


def following() -> date:
    return Period.containing(clock.today(), Grain.MONTH).shift(1).start


@pytest.fixture
def derive(counted, sales_lead):
    """Sales proposes a formula for one of its measures, from the next month on."""

    def derived(formula: str, code: str = "RATE", **terms) -> Definition:
        said = {"starts_on": following(), "rationale": "One way to count."}
        return propose_definition(counted[code], {"derivation": formula, **terms}, by=Actor(person=sales_lead), **said)

    return derived


def fault(refused) -> str:
    return refused.value.errors["derivation"]


def test_a_derived_version_counts_anew_and_is_approved_by_another(derive, counted, truth_owner):
    version = derive("WON / (WON + LOST)")
    assert (version.is_derived, version.changes_counting, derived_from(counted["WON"])) == (True, True, [])
    approve_definition(version, by=Actor(person=truth_owner))
    assert derived_from(counted["WON"]) == derived_from(counted["LOST"]) == [version]


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("WON / (WON +", "At character 13: a measure's code"),
        ("WON / CLOSED", "At character 7: no measure CLOSED with an approved definition"),
        ("WON / VISITS", "At character 7: VISITS is measured by week and this by month"),
        ("WON / STOCK", "STOCK is never added up over parts"),
        ("WON + SOLD", "At character 5: count and EUR cannot be added"),
        ("SOLD / WON", "it results in EUR, and RATE is in fraction"),
        ("WON - LOST", "its unit can be count"),
        ("1 / 2", "a number alone"),
        ("RATE / 2", "RATE from RATE is a circle"),
    ],
)
def test_a_formula_that_cannot_compute_the_measure_is_told_why(derive, formula, told):
    with pytest.raises(InvalidInput) as refused:
        derive(formula)
    assert told in fault(refused)


def test_a_circle_is_found_however_long(derive, counted):
    DefinitionFactory(measure=counted["LOST"], version=2, unit="count", roll_up="sum", derivation="WON * 2")
    DefinitionFactory(measure=measure("ALL", unit="count", roll_up="sum"), version=2, unit="count", roll_up="sum",
                      derivation="WON + LOST")  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        derive("ALL - LOST", "WON")
    assert "WON from ALL from" in fault(refused)
    assert "is a circle" in fault(refused)


def test_two_proposals_that_close_a_circle_are_not_both_approved(derive, truth_owner):
    one, other = derive("LOST * 2", "WON"), derive("WON * 2", "LOST")
    approve_definition(one, by=Actor(person=truth_owner))
    with pytest.raises(Refusal, match="is a circle"):
        approve_definition(other, by=Actor(person=truth_owner))


def test_what_is_derived_from_goes_on(derive, counted, sales_lead, truth_owner):
    approve_definition(derive("WON / (WON + LOST)"), by=Actor(person=truth_owner))
    with pytest.raises(Refusal, match="is computed from Measure WON; change that formula first"):
        propose_retirement(counted["WON"], starts_on=following(), reason="No.", by=Actor(person=sales_lead))


def test_a_formula_is_not_put_in_force_while_sources_disagree(derive, counted, truth_owner):
    version = derive("WON / (WON + LOST)")
    crm, survey = SourceFactory(code="crm"), SourceFactory(code="survey")
    SourceOfRecordFactory(measure=version.measure, source=crm)
    parties = {"other_measure": None, "source": crm, "other_source": survey}
    case = contradiction(version.measure, kind="source_disagreement", **parties)
    with pytest.raises(Refusal, match=f"Case {case.pk} is about the sources of"):
        approve_definition(version, by=Actor(person=truth_owner))
    version.refresh_from_db()
    assert version.is_waiting


@pytest.mark.usefixtures("own_database")
def test_a_formula_and_the_end_of_its_input_are_not_both_approved(derive, counted, sales_lead, truth_owner):
    formula = derive("WON / (WON + LOST)")
    end = propose_retirement(counted["WON"], starts_on=following(), reason="No.", by=Actor(person=sales_lead))

    def retire() -> str:
        try:
            approve_definition(end, by=Actor(person=truth_owner))
        except Refusal as refused:
            return str(refused)
        finally:
            connection.close()
        return "retired"

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            approve_definition(formula, by=Actor(person=truth_owner))
            retiring = pool.submit(retire)
            with pytest.raises(TimeoutError):
                retiring.result(0.5)
        assert "is computed from Measure WON" in retiring.result(30)


def test_what_is_computed_from_a_measure_counts_anew_with_it(derive, counted, sales_lead, truth_owner):
    lead, owner = Actor(person=sales_lead), Actor(person=truth_owner)
    approve_definition(derive("WON / (WON + LOST)"), by=owner)
    approve_definition(derive("WON * 2", "LOST"), by=owner)
    later = Period.containing(following(), Grain.MONTH).shift(1).start
    waiting = propose_definition(counted["RATE"], {"decimals": 5}, starts_on=later, rationale="Finer.", by=lead)
    version = propose_definition(
        counted["WON"], {"wording": "Signed."}, starts_on=later, rationale="Signed ones count.", by=lead
    )
    approve_definition(version, by=owner)
    rate, lost = (counted[code].definitions.approved().latest("version") for code in ("RATE", "LOST"))
    for followed in (rate, lost):
        assert (followed.changes_counting, followed.starts_on, followed.bridge_factor) == (True, later, None)
        assert (followed.proposed_by, followed.approved_by) == (sales_lead, truth_owner)
        assert followed.rationale == "Computed from Measure WON, which counts differently from then on."
    assert rate.derivation == "WON / (WON + LOST)"
    waiting.refresh_from_db()
    assert (waiting.status, waiting.ended_because) == ("rejected", rate.rationale)
    assert counted["RATE"].definitions.filter(starts_on=later, status="approved").count() == 1


def test_what_is_computed_and_changes_later_is_not_passed_over(derive, counted, sales_lead, truth_owner):
    lead, owner = Actor(person=sales_lead), Actor(person=truth_owner)
    approve_definition(derive("WON / (WON + LOST)"), by=owner)
    later = Period.containing(following(), Grain.MONTH).shift(1).start
    said = {"rationale": "Signed ones count.", "by": lead}
    approve_definition(propose_definition(counted["RATE"], {"decimals": 5}, starts_on=later, **said), by=owner)
    early = propose_definition(counted["WON"], {"wording": "Signed."}, starts_on=following(), **said)
    with pytest.raises(Refusal, match="another version of it holds from"):
        approve_definition(early, by=owner)
    joint = propose_definition(counted["WON"], {"wording": "Signed."}, starts_on=later, **said)
    approve_definition(joint, by=owner)
    told = propose_definition(counted["RATE"], {"derivation": "WON / (WON + LOST * 2)"}, starts_on=later, **said)
    approve_definition(told, by=owner)
    assert [each.starts_on for each in counted["RATE"].definitions.approved()[:3]] == [later] * 3


def test_other_words_alone_make_no_break_in_what_is_computed(derive, counted, sales_lead, truth_owner):
    approve_definition(derive("WON / (WON + LOST)"), by=Actor(person=truth_owner))
    version = propose_definition(
        counted["WON"], {"wording": "Won."}, starts_on=following(), rationale="Shorter.", changes_counting=False,
        by=Actor(person=sales_lead),
    )  # fmt: skip
    approve_definition(version, by=Actor(person=truth_owner))
    assert counted["RATE"].definitions.approved().count() == 2


def document(*measures: tuple[str, dict[str, str]]) -> Document:
    made = Document()
    for code, version in measures:
        row = {"code": code, "name": code, "kind": "functional_kpi", "function": "Sales"}
        usual = {"wording": "Counted.", "unit": "count", "direction": "higher", "grain": "month", "roll_up": "sum"}
        made.take("measures", f"measure {code}", row)
        made.take("versions", f"version {code}", {"code": code, **usual, **version})
    return made


def test_a_file_brings_measures_with_what_is_derived_from_them(sales, truth_owner, sales_lead):
    share = {"unit": "fraction", "roll_up": "ratio", "derivation": "share(KEPT, BROKEN)"}
    said = document(("PROMISES", share), ("KEPT", {}), ("BROKEN", {}))
    import_dictionary(said, proposed_by=sales_lead, approved_by=truth_owner)
    assert Definition.objects.derived().get().measure.code == "PROMISES"
    assert not plan_import(said).changes


def test_a_file_with_a_faulty_formula_is_refused_at_its_place(counted):
    said = document(
        ("A", {"derivation": "B * 2"}), ("B", {"derivation": "A / 2"}), ("C", {"derivation": "WON +"}),
        ("D", {"derivation": "WON / MISSING"}),
    )  # fmt: skip
    told = [str(problem) for problem in plan_import(said).problems]
    assert [each.split(":")[0] for each in told] == ["version C", "version A", "version B", "version D"]
    assert ["character 6" in told[0], "circle" in told[1], "circle" in told[2], "MISSING" in told[3]] == [True] * 4


def test_a_formula_stands_in_what_approving_touches(as_person, truth_owner, derive, counted, sales_lead):
    approve_definition(derive("WON / (WON + LOST)"), by=Actor(person=truth_owner))
    browser = as_person(truth_owner)
    propose_definition(counted["WON"], {"wording": "Signed."}, starts_on=following(), rationale="Signed counts.",
                       by=Actor(person=sales_lead))  # fmt: skip
    page = browser.get("/dictionary/WON/").context["page"]
    assert ("Computed from it", "Measure RATE") in page.proposed[0].impact


def test_a_faulty_formula_is_told_at_its_field(as_person, sales_lead, counted):
    said = {
        "rationale": "One way.", "starts_on": following(), "wording": "Won.", "derivation": "WON / CLOSED",
        "direction": "higher", "decimals": 4, "source_tolerance": "0.05", "restatement_threshold": "0.02",
        "freshness_days": 32, "roll_up": "ratio",
    }  # fmt: skip
    answer = as_person(sales_lead).post("/dictionary/RATE/definitions/new/", said)
    assert answer.status_code == 422
    assert "no measure CLOSED" in answer.context["form"].errors["derivation"][0]
    assert not MeasureFactory(code="RATE").definitions.waiting().exists()
