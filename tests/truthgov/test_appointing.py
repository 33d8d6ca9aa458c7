import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction

from tests.acting import by
from tests.config.processes import until
from tests.factories.people import AppointmentFactory, FunctionFactory, PersonFactory
from tests.waiting import waiters
from truthgov import appointing, audit, authority, enrolment, founding, mandates
from truthgov.clock import today
from truthgov.errors import Refusal
from truthgov.models import Appointment, AuditEntry, AuditHead, Person, Role, Scope

CONFIRMED = Appointment.Status.CONFIRMED


@pytest.fixture
def newcomer(organisation):
    return PersonFactory(name="Nora Newcomer")


@pytest.fixture
def proposed(truth_owner, newcomer, sales):
    return appointing.propose(newcomer, Role.FUNCTION_LEAD, sales.scope, starts_on=today(), by=by(truth_owner))


def test_authority_begins_with_a_command_and_grows_by_appointments(db):
    administrator = founding.found("Atlantic Hotels", email="adam@example.org", name="Adam", password=None)
    organisation = Scope.organisation()
    sponsor = enrolment.enrol("sofia@example.org", "Sofia", by=by(administrator))
    owner = enrolment.enrol("tomas@example.org", "Tomas", by=by(administrator))
    first = appointing.propose(sponsor, Role.SPONSOR, organisation, starts_on=today(), by=by(administrator))
    second = appointing.propose(owner, Role.TRUTH_OWNER, organisation, starts_on=today(), by=by(sponsor))
    mandates.grant("Challenge and escalate.", {"challenge", "escalate"}, starts_on=today(), by=by(sponsor))
    assert first.status == second.status == CONFIRMED
    assert authority.truth_owner().person == owner
    assert authority.require_mandate("challenge").version == 1
    with pytest.raises(Refusal, match="power to force"):
        authority.require_mandate("force")


def test_an_organisation_is_founded_once(organisation):
    with pytest.raises(Refusal, match="founded already"):
        founding.found("Another", email="a@example.org", name="A", password=None)


def test_a_second_sponsor_takes_two_people(administrator, sponsor, truth_owner, newcomer, organisation):
    appointing.end(sponsor.appointments.get(), on=today() + timedelta(1), reason="Leaves.", by=by(sponsor))
    later = today() + timedelta(1)
    successor = appointing.propose(newcomer, Role.SPONSOR, organisation, starts_on=later, by=by(administrator))
    assert successor.status == Appointment.Status.PROPOSED
    appointing.confirm(successor, by=by(truth_owner))
    assert successor.status == CONFIRMED


def test_who_proposed_an_appointment_does_not_confirm_it(proposed, truth_owner, sponsor):
    with pytest.raises(Refusal, match="somebody else has to confirm"):
        appointing.confirm(proposed, by=by(truth_owner))
    appointing.confirm(proposed, by=by(sponsor))
    assert proposed.confirmed_by == sponsor


def test_an_administrator_proposes_and_does_not_confirm(proposed, administrator):
    with pytest.raises(PermissionDenied):
        appointing.confirm(proposed, by=by(administrator))


def test_nobody_confirms_an_appointment_of_their_own(administrator, sponsor, sales, organisation):
    own = appointing.propose(sponsor, Role.EXECUTIVE, organisation, starts_on=today(), by=by(administrator))
    with pytest.raises(Refusal, match="of their own"):
        appointing.confirm(own, by=by(sponsor))


def test_an_outsider_proposes_nobody(outsider, newcomer, sales):
    with pytest.raises(PermissionDenied):
        appointing.propose(newcomer, Role.FUNCTION_LEAD, sales.scope, starts_on=today(), by=by(outsider))


def test_one_accountable_person_per_scope_and_moment(proposed, sales_lead, sponsor):
    with pytest.raises(Refusal, match="Sara Sales is function lead, Sales from 2015-01-01 without an end"):
        appointing.confirm(proposed, by=by(sponsor))
    appointing.end(sales_lead.appointments.get(), on=today() + timedelta(1), reason="Moves on.", by=by(sponsor))
    with pytest.raises(Refusal, match="one at a time"):
        appointing.confirm(proposed, by=by(sponsor))


def test_the_database_refuses_two_as_well(sales_lead, sales, newcomer):
    with pytest.raises(IntegrityError, match="one_accountable_person_per_scope_and_moment"), transaction.atomic():
        AppointmentFactory(person=newcomer, role=Role.FUNCTION_LEAD, scope=sales.scope)


def test_a_successor_takes_over_on_the_day_the_predecessor_ends(sales_lead, sponsor, truth_owner, newcomer, sales):
    tomorrow = today() + timedelta(1)
    appointing.end(sales_lead.appointments.get(), on=tomorrow, reason="Moves on.", by=by(sales_lead))
    lead = appointing.propose(newcomer, Role.FUNCTION_LEAD, sales.scope, starts_on=tomorrow, by=by(truth_owner))
    appointing.confirm(lead, by=by(sponsor))
    assert authority.holder(Role.FUNCTION_LEAD, sales.scope).person == sales_lead
    assert authority.holder(Role.FUNCTION_LEAD, sales.scope, on=tomorrow).person == newcomer


def test_an_administrator_neither_decides_nor_signs(administrator, truth_owner, sponsor, organisation):
    both = appointing.propose(administrator, Role.EXECUTIVE, organisation, starts_on=today(), by=by(truth_owner))
    with pytest.raises(Refusal, match="neither decide nor sign"):
        appointing.confirm(both, by=by(sponsor))
    with pytest.raises(IntegrityError, match="an_administrator_neither_decides"), transaction.atomic():
        AppointmentFactory(person=administrator, role=Role.EXECUTIVE)


@pytest.mark.parametrize("role", [Role.FUNCTION_LEAD, Role.PREPARER, Role.EXECUTIVE])
def test_an_auditor_neither_decides_nor_signs(auditor, sponsor, truth_owner, newcomer, organisation, role):
    scope = organisation if role == Role.EXECUTIVE else FunctionFactory(name="Care").scope
    both = appointing.propose(auditor, role, scope, starts_on=today(), by=by(truth_owner))
    with pytest.raises(Refusal, match="An auditor can neither decide nor sign"):
        appointing.confirm(both, by=by(sponsor))
    appointing.confirm(
        appointing.propose(newcomer, role, scope, starts_on=today(), by=by(truth_owner)), by=by(sponsor)
    )  # fmt: skip
    audits = appointing.propose(newcomer, Role.AUDITOR, organisation, starts_on=today(), by=by(truth_owner))
    with pytest.raises(Refusal, match="An auditor can neither decide nor sign"):
        appointing.confirm(audits, by=by(sponsor))


def test_an_auditor_may_take_a_role_once_they_audit_no_longer(auditor, sponsor, truth_owner, organisation):
    tomorrow = today() + timedelta(1)
    appointing.end(auditor.appointments.get(), on=tomorrow, reason="Moves on.", by=by(sponsor))
    later = appointing.propose(auditor, Role.EXECUTIVE, organisation, starts_on=tomorrow, by=by(truth_owner))
    appointing.confirm(later, by=by(sponsor))
    assert later.status == CONFIRMED


def test_an_auditor_is_no_deputy_and_a_deputy_no_auditor(
    sales_lead, auditor, newcomer, sponsor, truth_owner, organisation
):
    lead, days = sales_lead.appointments.get(), {"starts_on": today(), "ends_on": today() + timedelta(7)}
    with pytest.raises(Refusal, match="An auditor can neither decide nor sign, nor stand in"):
        appointing.name_deputy(lead, auditor, **days, by=by(sales_lead))
    appointing.name_deputy(lead, newcomer, **days, by=by(sales_lead))
    audits = appointing.propose(newcomer, Role.AUDITOR, organisation, starts_on=today(), by=by(truth_owner))
    with pytest.raises(Refusal, match=r"until .*, and an auditor can neither decide nor sign"):
        appointing.confirm(audits, by=by(sponsor))


def test_a_role_is_held_over_its_kind_of_scope(truth_owner, newcomer, organisation):
    with pytest.raises(Refusal, match="held over a function"):
        appointing.propose(newcomer, Role.FUNCTION_LEAD, organisation, starts_on=today(), by=by(truth_owner))


def test_a_declined_proposal_stays_declined(proposed, newcomer, sponsor):
    appointing.decline(proposed, reason="Too much at once.", by=by(newcomer))
    with pytest.raises(Refusal, match="no longer proposed"):
        appointing.confirm(proposed, by=by(sponsor))


def test_an_outsider_declines_nothing(proposed, outsider):
    with pytest.raises(PermissionDenied):
        appointing.decline(proposed, reason="No.", by=by(outsider))


def test_an_appointment_does_not_end_in_the_past(sales_lead, sponsor):
    with pytest.raises(Refusal, match="Choose a day from"):
        appointing.end(sales_lead.appointments.get(), on=date(2020, 1, 1), reason="Never was.", by=by(sponsor))


@pytest.mark.parametrize(
    "change", [{"role": Role.EXECUTIVE}, {"holds": (date(2010, 1, 1), None)}, {"status": "proposed"}]
)
def test_the_database_lets_a_settled_appointment_only_end(sales_lead, change):
    with pytest.raises(InternalError, match="a_settled_appointment_only_ends"), transaction.atomic():
        Appointment.objects.filter(person=sales_lead).update(**change)


def test_a_deputy_acts_for_the_days_they_were_named_for(sales_lead, newcomer, sales):
    lead = sales_lead.appointments.get()
    appointing.name_deputy(lead, newcomer, starts_on=today(), ends_on=today() + timedelta(7), by=by(sales_lead))
    assert authority.appointment_of(newcomer, Role.FUNCTION_LEAD, scope=sales.scope) == lead
    assert authority.appointment_of(newcomer, Role.FUNCTION_LEAD, on=today() + timedelta(7)) is None
    with pytest.raises(Refusal, match="on some of these days"):
        appointing.name_deputy(lead, newcomer, starts_on=today(), ends_on=today() + timedelta(2), by=by(sales_lead))


def test_a_deputy_names_no_deputy(sales_lead, newcomer, outsider):
    lead = sales_lead.appointments.get()
    appointing.name_deputy(lead, newcomer, starts_on=today(), ends_on=today() + timedelta(7), by=by(sales_lead))
    with pytest.raises(Refusal, match="Only Sara Sales"):
        appointing.name_deputy(lead, outsider, starts_on=today(), ends_on=today() + timedelta(2), by=by(newcomer))


def test_an_administrator_is_no_deputy(sales_lead, administrator):
    with pytest.raises(Refusal, match="nor stand in"):
        appointing.name_deputy(
            sales_lead.appointments.get(),
            administrator,
            starts_on=today(),
            ends_on=today() + timedelta(7),
            by=by(sales_lead),
        )


def test_nobody_administers_on_a_day_on_which_they_stand_in(sales_lead, newcomer, sponsor, truth_owner, organisation):
    lead, soon, late = sales_lead.appointments.get(), today() + timedelta(7), today() + timedelta(14)
    appointing.name_deputy(lead, newcomer, starts_on=today(), ends_on=soon, by=by(sales_lead))
    early = appointing.propose(newcomer, Role.ADMINISTRATOR, organisation, starts_on=today(), by=by(truth_owner))
    with pytest.raises(Refusal, match="stands in for Sara Sales until"):
        appointing.confirm(early, by=by(sponsor))
    after = appointing.propose(newcomer, Role.ADMINISTRATOR, organisation, starts_on=soon, by=by(truth_owner))
    appointing.confirm(after, by=by(sponsor))
    with pytest.raises(Refusal, match="nor stand in"):
        appointing.name_deputy(lead, newcomer, starts_on=today(), ends_on=late, by=by(sales_lead))


def test_only_the_sponsor_grants_the_mandate(truth_owner, sponsor):
    with pytest.raises(PermissionDenied):
        mandates.grant("Everything.", {"force"}, starts_on=today(), by=by(truth_owner))
    mandates.grant("Everything.", {"force"}, starts_on=today(), by=by(sponsor))
    with pytest.raises(Refusal, match="Version 1 begins on"):
        mandates.grant("Less.", set(), starts_on=today() - timedelta(1), by=by(sponsor))


def test_a_deactivated_person_is_shut_out_at_once(as_person, administrator, sales_lead):
    client = as_person(sales_lead)
    enrolment.deactivate(sales_lead, by=by(administrator))
    assert client.get("/people/").status_code == 302
    with pytest.raises(Refusal, match="deactivated already"):
        enrolment.deactivate(sales_lead, by=by(administrator))


def test_nobody_enrols_an_address_twice(administrator, sales_lead):
    with pytest.raises(Refusal, match="enrolled already"):
        enrolment.enrol(sales_lead.email.upper(), "Sara Again", by=by(administrator))


def test_every_act_of_appointing_leaves_one_entry(proposed, sponsor):
    with audit.act():
        appointing.confirm(proposed, by=by(sponsor))
    codes = AuditEntry.objects.filter(subject_id=str(proposed.pk)).values_list("code", flat=True)
    assert sorted(codes) == ["appointment.confirmed", "appointment.proposed"]
    assert AuditEntry.objects.get(code="appointment.confirmed").actor["appointment"] == sponsor.appointments.get().pk
    assert Person.objects.filter(pk=AuditEntry.objects.first().actor["person"]).exists()


def test_of_two_who_confirm_rivals_at_the_same_moment_one_is_told(
    own_database, sponsor, truth_owner, administrator, sales
):
    rivals = [PersonFactory(name=name) for name in ("Nora Newcomer", "Nico Newcomer")]
    proposals = [
        appointing.propose(rival, Role.FUNCTION_LEAD, sales.scope, starts_on=today(), by=by(administrator))
        for rival in rivals
    ]
    together, told = threading.Barrier(2), []

    def press(proposal, confirmer):
        together.wait()
        try:
            appointing.confirm(proposal, by=by(confirmer))
        except Refusal as refusal:
            told.append(str(refusal))
        connection.close()

    presses = [
        threading.Thread(target=press, args=pair) for pair in zip(proposals, (sponsor, truth_owner), strict=True)
    ]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert Appointment.objects.filter(scope=sales.scope, status=CONFIRMED).count() == 1
    assert len(told) == 1
    assert "one at a time" in told[0]


def test_who_holds_a_record_keeps_nobody_waiting_who_only_names_it(own_database, proposed, sponsor, administrator):
    """The chain is held through commit, when references are looked at: two who wait for each other there are stuck."""

    def act(verb, *args, **options):
        try:
            verb(*args, **options)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            AuditHead.objects.select_for_update().get()
            again = {"starts_on": today() + timedelta(days=400), "by": by(administrator)}
            names = pool.submit(act, appointing.propose, proposed.person, proposed.role, proposed.scope, **again)
            until(lambda: len(waiters()) == 1)
            holds = pool.submit(act, appointing.confirm, proposed, by=by(sponsor))
            until(lambda: len(waiters()) == 2)
        names.result(), holds.result()
    assert Appointment.objects.filter(person=proposed.person).count() == 2
