"""Nobody approves their own proposal, whatever else they are appointed to, by whatever door."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client

from metrics.dictionary.export import dictionary_as_it_stands
from metrics.dictionary_files.foreign import Answers
from metrics.dictionary_files.writing import WRITERS
from metrics.dictionary_import.proposing import draft_import, propose_import
from metrics.models import Definition, DictionaryImport, Link
from tests.factories.metrics import DefinitionFactory, LinkFactory, SourceOfRecordFactory, measure
from tests.factories.people import AppointmentFactory
from truthgov import appointing, clock
from truthgov.actor import Actor
from truthgov.models import Person, Role

API = "/api/v1"
JSON = {"content_type": "application/json"}
LINK = "links:\n- {kind: divergence, from_measure: sales.close, to_measure: journey.stay, lag_periods: 1}"


@dataclass
class Proposed:
    """A file that proposes a version and a link, who handed it in, and who else may approve the two."""

    file: DictionaryImport
    version: Definition
    by: Person
    definer: Person
    approver: Person

    def waits(self) -> bool:
        """Does all of it wait on?"""
        self.file.refresh_from_db()
        self.version.refresh_from_db()
        return self.file.waits and self.version.is_waiting and not Link.objects.exists()


@pytest.fixture
def content(sales, journey) -> bytes:
    """The dictionary as exported, with another target and a link."""
    measure("sales.close", target=Decimal("0.3"), unguarded_because="Nobody gains.")
    measure("journey.stay", outcome=True)
    text = WRITERS["yaml"].write(dictionary_as_it_stands()).decode()
    return text.replace("'0.3'", "'0.2'").replace("links: []", LINK).encode()


@pytest.fixture(params=["administrator", "truth owner"])
def proposed(request, content, sales_lead, truth_owner, delivery, sponsor) -> Proposed:
    """By a lead of Sales who is an administrator since, which goes with no other role; or by a truth owner who leads
    a function and sits among the executives as well."""
    is_lead = request.param == "administrator"
    by = Actor(person=sales_lead if is_lead else truth_owner)
    file = draft_import("dictionary.yaml", content, Answers(), by=by)
    propose_import(file, reason="A lower target.", by=by)
    if is_lead:
        appointing.end(sales_lead.appointments.get(), on=clock.today(), reason="Moves to IT.", by=by)
        AppointmentFactory(person=sales_lead, role=Role.ADMINISTRATOR, holds=(clock.today(), None))
    else:
        AppointmentFactory(person=truth_owner, role=Role.FUNCTION_LEAD, scope=delivery.scope)
        AppointmentFactory(person=truth_owner, role=Role.EXECUTIVE)
    version = Definition.objects.waiting().get()
    return Proposed(file, version, by.person, truth_owner if is_lead else sales_lead, sponsor)


def definition_page(client: Client, proposed: Proposed) -> HttpResponse:
    return client.post("/dictionary/sales.close/definitions/2/approval/")


def definition_approval(client: Client, proposed: Proposed) -> HttpResponse:
    return having_read(client, f"{API}/measures/sales.close/definitions/2")


def import_page(client: Client, proposed: Proposed) -> HttpResponse:
    address = proposed.file.get_absolute_url()
    return client.post(f"{address}approval/", {"seen": client.get(address).context["plan"].fingerprint})


def dictionary_import_approval(client: Client, proposed: Proposed) -> HttpResponse:
    return having_read(client, f"{API}/dictionary-imports/{proposed.file.pk}")


def having_read(client: Client, address: str) -> HttpResponse:
    return client.post(f"{address}/approval", **JSON, headers={"If-Match": client.get(address)["ETag"]})


@pytest.mark.parametrize("door", [definition_page, definition_approval, import_page, dictionary_import_approval])
def test_who_proposed_it_approves_it_by_no_door_and_another_by_each(
    as_person, proposed, door: Callable[[Client, Proposed], HttpResponse]
):
    assert door(as_person(proposed.by), proposed).status_code in (403, 409)
    assert proposed.waits()
    another = proposed.approver if "import" in door.__name__ else proposed.definer
    assert door(as_person(another), proposed).status_code in (200, 302)
    assert not proposed.waits()


def test_a_file_is_not_imported_by_the_word_of_one_person_however_they_are_named(proposed, content, tmp_path):
    path = tmp_path / "dictionary.yaml"
    path.write_bytes(content)
    one = {"proposed_by": proposed.by.email, "approved_by": proposed.by.email.upper()}
    with pytest.raises(CommandError, match="name two people"):
        call_command("import_dictionary", path, **one)
    assert proposed.waits()


@pytest.mark.parametrize(
    "said",
    [
        "metrics_definition SET status = 'approved', approved_by_id = %(own)s, approved_at = now()",
        "metrics_definition SET status = 'approved', approved_at = now()",
        "metrics_definition SET proposed_by_id = %(other)s",
        "metrics_definition SET proposed_by_id = %(other)s, status = 'approved', approved_by_id = %(own)s",
        "metrics_dictionaryimport SET status = 'entered', decided_by_id = %(own)s, decided_at = now()",
        "metrics_dictionaryimport SET status = 'entered'",
        "metrics_dictionaryimport SET proposed_by_id = %(other)s",
        "metrics_dictionaryimport SET proposed_by_id = %(other)s, status = 'entered', decided_by_id = %(own)s,"
        " decided_at = now()",
        "metrics_dictionaryimport SET content = ''",
    ],
)
def test_no_statement_of_the_application_makes_a_proposal_its_proposers_own_approval(proposed, said):
    people = {"own": proposed.by.pk, "other": proposed.approver.pk}
    with (
        pytest.raises(DatabaseError, match=r"by_another|Cannot update"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {said} WHERE status = 'proposed'", people)
    assert proposed.waits()


@pytest.mark.parametrize("made", [LinkFactory, SourceOfRecordFactory])
def test_nothing_is_written_as_approved_by_its_proposer(proposed, made):
    with pytest.raises(DatabaseError, match="approved_by_another"), transaction.atomic():
        made(proposed_by=proposed.by, approved_by=proposed.by)
    with pytest.raises(DatabaseError, match="approved_by_another"), transaction.atomic():
        DefinitionFactory(proposed_by=proposed.by, approved_by=proposed.by)
