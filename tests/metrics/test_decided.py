"""What a forum decided of a measure, a forum decides anew: by no file, no formula and no two people's word."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from forums.desk import desk_of
from metrics.dictionary.defining import approve_definition, propose_definition
from metrics.dictionary.export import dictionary_as_it_stands
from metrics.dictionary_files.document import Document
from metrics.dictionary_import.importing import ImportRefused, import_dictionary
from metrics.dictionary_import.planning import plan_import
from metrics.models import Definition, Measure
from tests.factories.metrics import SourceFactory, SourceOfRecordFactory, measure
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.periods import Grain, Period

DECISION = "decision:12"


def following() -> date:
    return Period.containing(clock.today(), Grain.MONTH).shift(1).start


@pytest.fixture
def decided(sales) -> Iterator[Measure]:
    """Its definition was approved and its source of record named by a decision."""
    made = measure("RATE", target=Decimal("0.3"), unguarded_because="Nobody gains.", authority=DECISION)
    SourceOfRecordFactory(measure=made, source=SourceFactory(code="crm"), authority=DECISION)
    measure("WON", unit="count", roll_up="sum")
    measure("ASKED", unit="count", roll_up="sum")
    yield made
    transaction.set_rollback(True)  # at commit the database would ask for the decision itself


@pytest.fixture
def propose(decided, sales_lead) -> Callable[..., Definition]:
    def proposed(**terms) -> Definition:
        said = {"starts_on": following(), "rationale": "Lower."}
        return propose_definition(decided, terms, by=Actor(person=sales_lead), **said)

    return proposed


def changed(table: str, **said) -> Document:
    """The dictionary as it stands, but for what is said otherwise of RATE."""
    document = dictionary_as_it_stands()
    next(each for each in document.tables[table] if each.text("code") == "RATE").said.update(said)
    return document


@pytest.mark.parametrize(
    ("table", "said"),
    [("sources_of_record", {"source": "SURVEY"}), ("versions", {"target": Decimal("0.2"), "rationale": "Lower."})],
)
def test_two_people_undo_no_decision_by_a_file(decided, sales_lead, truth_owner, table, said):
    SourceFactory(code="survey")
    assert plan_import(dictionary_as_it_stands()).problems == []
    with pytest.raises(ImportRefused) as refused:
        import_dictionary(changed(table, **said), proposed_by=sales_lead, approved_by=truth_owner)
    [problem] = refused.value.problems
    assert "ecision 12" in problem.message
    assert "forum to decide" in problem.message


def test_what_a_file_proposes_waits_for_a_forum_and_says_so(decided):
    plan = plan_import(changed("versions", target=Decimal("0.2"), rationale="Lower."))
    assert plan.problems == []
    assert plan.remarks == [
        "Version 1 of RATE was approved by decision 12: version 2 waits for a forum to decide on it."
    ]


def test_a_decided_definition_is_succeeded_by_a_decided_one_alone(propose, truth_owner):
    version, by = propose(target=Decimal("0.2")), Actor(person=truth_owner)
    with pytest.raises(Refusal, match="approved by decision 12, and only a decision"):
        approve_definition(version, by=by)
    with pytest.raises(DatabaseError, match="a decision approves"), transaction.atomic():
        Definition.objects.filter(pk=version.pk).update(status="approved", approved_by=truth_owner)
    approve_definition(version, by=by, authority="decision:13")
    assert version.status == "approved"


def test_a_decided_source_is_named_anew_by_no_formula_that_nobody_decided(propose, decided, truth_owner):
    version, by = propose(derivation="WON / ASKED", roll_up="ratio"), Actor(person=truth_owner)
    with pytest.raises(Refusal, match="decision 12"):
        approve_definition(version, by=by)
    approve_definition(version, by=by, authority="decision:13")
    assert decided.sources_of_record.order_by("pk").last().source.code == "derived"


def test_a_formula_of_two_people_shows_no_other_source_than_was_decided(decided, sales_lead, truth_owner):
    won = Measure.objects.get(code="WON")
    SourceOfRecordFactory(measure=won, source=SourceFactory(code="crm"), authority=DECISION)
    terms = {"derivation": "ASKED + ASKED", "roll_up": "sum"}
    version = propose_definition(won, terms, starts_on=following(), rationale="Sum.", by=Actor(person=sales_lead))
    with pytest.raises(Refusal, match="Decision 12 named the source of record"):
        approve_definition(version, by=Actor(person=truth_owner))


def test_by_sql_nobody_names_another_source_than_was_decided(decided):
    with pytest.raises(DatabaseError, match="named anew by a decision"), transaction.atomic():
        SourceOfRecordFactory(measure=decided, source=SourceFactory(code="survey"))
    SourceOfRecordFactory(measure=decided, source=SourceFactory(code="survey"), authority="decision:13")


def test_the_page_offers_nobody_to_approve_past_the_forum(as_person, propose, truth_owner):
    version = propose(target=Decimal("0.2"))
    page = as_person(truth_owner).get(reverse("forums:measure", args=["RATE"])).content.decode()
    assert reverse("forums:decision", args=[12]) in page
    assert [due.title for due in desk_of(truth_owner).dues if due.kind == "Approval"] == []
    args = ["RATE", version.version]
    assert reverse("forums:definition_approval", args=args) not in page
    assert reverse("forums:definition_rejection", args=args) in page
