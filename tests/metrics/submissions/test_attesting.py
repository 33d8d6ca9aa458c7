"""Standing behind what is on record: in words, by whoever answers for it, until something changes."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from metrics.handing_in import attesting, due
from metrics.models import Absence, Attestation, Reading
from tests.factories.people import AppointmentFactory
from tests.metrics.submissions.conftest import handed_in
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models import AuditEntry, Role


@pytest.fixture
def owed(as_person, sales, sales_lead, sheet, cell, last_month):
    """The sheet of Sales with its one figure on record, as it stands whenever it is asked for."""
    handed_in(as_person(sales_lead), sheet, cell, value="0.184")
    return lambda: due.sheet(sales.scope, last_month.code)


def attest(sheet, person, seen=None):
    return attesting.attest(sheet, seen=seen or attesting.digest_of(sheet), by=Actor(person=person))


def test_the_lead_stands_behind_what_is_on_record(owed, sales_lead):
    attestation = attest(owed(), sales_lead)
    assert (attestation.wording, attestation.version) == (attesting.WORDINGS[1], 1)
    assert attestation.observations == [Reading.objects.get().observation_id]
    assert attestation.appointment.role == Role.FUNCTION_LEAD
    assert AuditEntry.objects.get(code="figures.attested").data["digest"] == attestation.digest
    assert owed().is_attested
    assert attesting.attested_observations(attestation.observations) == set(attestation.observations)


def test_what_changes_after_it_needs_a_new_one(as_person, owed, sales_lead, sheet, cell):
    attest(owed(), sales_lead)
    handed_in(as_person(sales_lead), sheet, cell, value="0.171", note="Late cancellations.")
    assert not owed().is_attested
    assert attesting.attested_observations([Reading.objects.get().observation_id]) == set()
    attest(owed(), sales_lead)
    assert owed().is_attested
    assert Attestation.objects.count() == 2


def test_attesting_comes_with_handing_in_where_one_person_does_both(as_person, sales_lead, sheet, cell):
    handed_in(as_person(sales_lead), sheet, cell, attested=True, value="0.184")
    assert Attestation.objects.get().person == sales_lead


def test_what_is_not_available_is_attested_too(as_person, sales, sales_lead, sheet, cell, last_month):
    handed_in(as_person(sales_lead), sheet, cell, attested=True, value="n/a", note="The CRM was moved.")
    assert due.sheet(sales.scope, last_month.code).is_attested
    assert Attestation.objects.get().absences == [Absence.objects.get().pk]
    assert ", 1 not available</p>" in as_person(sales_lead).get(f"{sheet}attestation/").content.decode()


@pytest.mark.parametrize("role", [Role.PREPARER, Role.FUNCTION_LEAD])
def test_nobody_else_stands_behind_them(owed, sales, delivery, role):
    scope = sales.scope if role == Role.PREPARER else delivery.scope
    other = AppointmentFactory(role=role, scope=scope).person
    with pytest.raises(PermissionDenied):
        attest(owed(), other)
    assert not Attestation.objects.exists()


def test_what_changed_since_it_was_shown_is_not_attested(as_person, owed, sales_lead, sheet, cell):
    seen = attesting.digest_of(owed())
    handed_in(as_person(sales_lead), sheet, cell, value="0.171", note="Late cancellations.")
    with pytest.raises(Refusal, match="look at them again"):
        attest(owed(), sales_lead, seen)


def test_of_two_who_attest_what_they_both_saw_the_second_is_told(owed, sales_lead):
    seen_by_both = owed()
    attest(seen_by_both, sales_lead)
    with pytest.raises(Refusal, match="already"):
        attest(seen_by_both, sales_lead)


def test_nothing_is_attested_twice_nor_where_there_is_nothing(owed, sales, sales_lead, last_month):
    attest(owed(), sales_lead)
    with pytest.raises(Refusal, match="already"):
        attest(owed(), sales_lead)
    with pytest.raises(Refusal, match="hand the figures in first"):
        attest(due.sheet(sales.scope, last_month.shift(-3).code) or _empty(owed()), sales_lead)


def _empty(sheet):
    return type(sheet)(sheet.scope, sheet.period.shift(-3))


def test_the_page_shows_who_stands_behind_what(as_person, owed, sales_lead, outsider, sheet):
    client, page = as_person(sales_lead), f"{sheet}attestation/"
    assert "Attest 1 figure" in client.get(page).content.decode()
    assert "Attest 1 figure" not in as_person(outsider).get(page).content.decode()
    seen = client.get(page).context["form"]["seen"].value()
    assert client.post(page, {"seen": seen}).url == page
    told = as_person(outsider).get(page).content.decode()
    assert "Sara Sales, 1 figure" in told
    assert attesting.WORDINGS[1] in told
    assert Reading.objects.get().value == Decimal("0.184")
