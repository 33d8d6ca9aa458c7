"""What figures are judged by is what was approved: the audit holds it, and tells when a table was meddled with."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connections

from metrics.dictionary.defining import approve_definition, propose_definition
from metrics.dictionary.on_record import standing
from metrics.dictionary.target_conditions import approve_target_condition
from metrics.dictionary_files import from_sheets
from metrics.dictionary_import import import_dictionary
from metrics.models import Definition, Measure
from tests.acting import by
from tests.metrics.intake.test_dictionary_import import LINKS, MEASURES
from truthgov.models import Person

CANCELLED = "JRN.CANCEL"


@pytest.fixture
def approved(own_database: dict[str, str], truth_owner: Person, journey_owner: Person) -> Definition:
    """Two measures imported, one of them with a further version, and a journey that demands it."""
    sheets = from_sheets(MEASURES, LINKS)
    import_dictionary(sheets, proposed_by=journey_owner, approved_by=truth_owner, unguarded_because="Nobody gains.")
    outcome = Measure.objects.get(code=CANCELLED)
    version = propose_definition(
        outcome, {"target": Decimal("0.25")}, starts_on=date(2099, 1, 1), rationale="Better.", by=by(journey_owner)
    )
    approve_definition(version, by=by(truth_owner))
    approve_target_condition(
        outcome.journey, {outcome: 80}, starts_on=date(2026, 1, 1), proposed_by=journey_owner, by=by(truth_owner)
    )
    return version


def meddle(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)


def test_what_was_approved_holds(approved: Definition) -> None:
    held = standing()
    assert (held.versions, held.sources, held.conditions, held.untold, held.altered) == (3, 2, 1, 0, [])


MEDDLED = {
    "UPDATE metrics_definition SET target = 0.5 WHERE version = 2": "Version 2 of the definition of JRN.CANCEL is not",
    "UPDATE metrics_definition SET direction = 'higher' WHERE target = 0.3": "Version 1 of the definition of JRN",
    "UPDATE metrics_definition SET status = 'rejected' WHERE version = 2": "which is gone or approved no more",
    "UPDATE metrics_measure SET code = 'X' WHERE code = 'MKT.LEADS'": "Version 1 of the definition of X is not",
    "UPDATE metrics_sourceofrecord SET source_id = (SELECT min(id) FROM metrics_source) WHERE id IN (SELECT max(id) "
    "FROM metrics_sourceofrecord)": "is not the one that stands",
    "DELETE FROM metrics_sourceofrecord WHERE id IN (SELECT max(id) FROM metrics_sourceofrecord)": "is not the one",
    "UPDATE metrics_requiredoutcome SET trust_needed = 0": "demands is not what audit entry",
    "DELETE FROM metrics_requiredoutcome": "demands is not what audit entry",
}


@pytest.mark.parametrize("statement", MEDDLED)
def test_what_the_owner_of_the_tables_changes_is_named(approved: Definition, statement: str) -> None:
    meddle(statement)
    told, *_ = standing().altered
    assert MEDDLED[statement] in told
