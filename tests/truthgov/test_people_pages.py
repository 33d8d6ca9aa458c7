from datetime import timedelta

import pytest

from tests.acting import by
from tests.factories.people import FunctionFactory, PersonFactory
from truthgov import appointing, audit, enrolment
from truthgov.actor import Actor
from truthgov.clock import today
from truthgov.models import Appointment, Function, Mandate, Person, Role

PROPOSED, CONFIRMED = Appointment.Status.PROPOSED, Appointment.Status.CONFIRMED


@pytest.fixture
def newcomer(organisation):
    return PersonFactory(name="Nora Newcomer")


@pytest.fixture
def proposed(truth_owner, newcomer, delivery):
    return appointing.propose(newcomer, Role.FUNCTION_LEAD, delivery.scope, starts_on=today(), by=by(truth_owner))


def test_an_administrator_enrols_a_person_in_the_browser(as_person, administrator):
    answer = as_person(administrator).post("/people/", {"name": "Nora Newcomer", "email": "nora@example.org"})
    assert answer.status_code == 302
    assert Person.objects.get(email="nora@example.org").name == "Nora Newcomer"


def test_a_function_lead_enrols_nobody(as_person, sales_lead):
    answer = as_person(sales_lead).post("/people/", {"name": "Nora Newcomer", "email": "nora@example.org"})
    assert answer.status_code == 403


def test_a_faulty_address_is_named_at_its_field(as_person, administrator):
    answer = as_person(administrator).post("/people/", {"name": "Nora", "email": "nora"})
    assert answer.status_code == 422
    assert "Enter a valid email address." in answer.content.decode()


def test_two_people_appoint_a_third_in_the_browser(as_person, administrator, sponsor, newcomer, delivery):
    answer = as_person(administrator).post(
        "/appointments/new/",
        {"person": newcomer.pk, "role": Role.FUNCTION_LEAD, "scope": delivery.scope_id, "starts_on": today()},
    )
    appointment = newcomer.appointments.get()
    assert (answer.status_code, appointment.status) == (302, PROPOSED)
    assert as_person(sponsor).post(f"{answer.url}confirmation/").status_code == 302
    appointment.refresh_from_db()
    assert appointment.status == CONFIRMED


def test_the_proposer_is_told_that_somebody_else_confirms(as_person, truth_owner, proposed):
    answer = as_person(truth_owner).post(f"/appointments/{proposed.pk}/confirmation/")
    assert answer.status_code == 409
    assert "somebody else has to confirm it" in answer.content.decode()


def test_a_refusal_reaches_htmx_as_a_notice(as_person, truth_owner, proposed):
    answer = as_person(truth_owner).post(f"/appointments/{proposed.pk}/confirmation/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#notices")


def test_a_confirmer_sees_what_waits_for_them_and_may_press(as_person, sponsor, proposed):
    client = as_person(sponsor)
    assert "Waiting to be confirmed" in client.get("/people/").content.decode()
    assert "Confirm this appointment" in client.get(proposed.get_absolute_url()).content.decode()


def test_an_outsider_sees_no_button_to_confirm(as_person, outsider, proposed):
    assert "Confirm this appointment" not in as_person(outsider).get(proposed.get_absolute_url()).content.decode()


def test_a_holder_names_a_deputy_in_the_browser(as_person, sales_lead, newcomer):
    lead = sales_lead.appointments.get()
    days = {"starts_on": today(), "ends_on": today() + timedelta(7)}
    as_person(sales_lead).post(f"/appointments/{lead.pk}/deputies/", {"person": newcomer.pk, **days})
    assert lead.deputies.get().person == newcomer
    assert "Stands in for others" in as_person(newcomer).get(newcomer.get_absolute_url()).content.decode()


def test_an_appointment_is_ended_with_a_reason(as_person, sponsor, sales_lead):
    lead = sales_lead.appointments.get()
    client = as_person(sponsor)
    assert client.post(f"/appointments/{lead.pk}/end/", {"on": today(), "reason": ""}).status_code == 422
    assert client.post(f"/appointments/{lead.pk}/end/", {"on": today(), "reason": "Moves on."}).status_code == 302
    lead.refresh_from_db()
    assert lead.holds.upper == today()


def test_the_register_of_people_costs_the_same_for_many(as_person, administrator, django_assert_max_num_queries):
    PersonFactory.create_batch(40)
    client = as_person(administrator)
    client.get("/people/")
    with django_assert_max_num_queries(12):
        assert client.get("/people/").status_code == 200


def test_a_name_is_searched_and_an_empty_answer_says_what_to_do(as_person, outsider, sales_lead):
    client = as_person(outsider)
    assert "Sara Sales" in client.get("/people/?q=sara").content.decode()
    assert "Nobody is found by this name" in client.get("/people/?q=zzz").content.decode()


def test_an_address_is_seen_by_its_owner_and_administrators_only(as_person, sales_lead, outsider, administrator):
    page = sales_lead.get_absolute_url()
    seen = [
        sales_lead.email in as_person(who).get(page).content.decode() for who in (sales_lead, administrator, outsider)
    ]
    assert seen == [True, True, False]


def test_the_sponsor_grants_the_mandate_in_the_browser(as_person, sponsor, truth_owner):
    assert "No mandate is in force" in as_person(truth_owner).get("/mandate/").content.decode()
    grant = {"text": "Challenge any function.", "powers": ["challenge"], "starts_on": today()}
    assert as_person(truth_owner).post("/mandate/", grant).status_code == 403
    assert as_person(sponsor).post("/mandate/", grant).status_code == 302
    assert Mandate.objects.get().may_challenge
    assert "Challenge any function." in as_person(truth_owner).get("/mandate/").content.decode()


def test_a_function_without_a_lead_is_shown_as_nobodys(as_person, truth_owner, sales_lead):
    FunctionFactory(name="Finance")
    page = as_person(truth_owner).get("/functions/").content.decode()
    assert "Sara Sales" in page
    assert "Nobody answers" in page


def test_a_function_is_established_once(as_person, truth_owner):
    client = as_person(truth_owner)
    assert client.post("/functions/", {"name": "Revenue Management"}).status_code == 302
    assert client.post("/functions/", {"name": "Revenue Management"}).status_code == 409
    assert Function.objects.get().code == "revenue-management"


def test_the_audit_is_found_by_act_person_record_and_day(as_person, auditor, truth_owner, sponsor, proposed):
    appointing.confirm(proposed, by=by(sponsor))
    client = as_person(auditor)

    def found(**query):
        return client.get("/audit/", query).content.decode()

    everything = found()
    assert "Tomas Truth proposed an appointment" in everything
    assert "Sofia Sponsor confirmed an appointment" in everything
    assert "Tomas Truth proposed" not in found(code="appointment.confirmed")
    assert "Sofia Sponsor confirmed" not in found(person=truth_owner.pk)
    assert "Sofia Sponsor confirmed" in found(subject=f"truthgov.appointment {proposed.pk}")
    assert "No entry is found" in found(subject="truthgov.appointment 0")
    assert "No entry is found" in found(until=today() - timedelta(1))
    assert "No entry is found" not in found(since="0001-01-01", until="9999-12-31")
    assert client.get("/audit/", {"since": "yesterday"}).status_code == 422


def test_the_audit_is_saved_as_a_sheet_that_starts_no_formula(as_person, auditor, administrator):
    enrolment.enrol("eve@example.org", "=cmd()", by=by(administrator))
    Person.objects.filter(pk=administrator.pk).update(name="=HYPERLINK()")
    answer = as_person(auditor).get("/audit/entries.csv", {"code": "person.enrolled"})
    header, row = answer.getvalue().decode().splitlines()
    assert header.startswith("entry,at,who,as,code")
    assert "'=HYPERLINK()" in row
    assert as_person(auditor).get("/audit/entries.csv", {"since": "x"}).status_code == 422


def test_the_audit_turns_its_pages(as_person, auditor, sales):
    for _ in range(60):
        with audit.act():
            audit.record("function.established", sales, by=Actor(clockwork="test"))
    client = as_person(auditor)
    first = client.get("/audit/")
    second = client.get("/audit/", {"cursor": first.context["page"].next_cursor})
    assert [line.entry.number for line in second.context["lines"]] == list(range(10, 0, -1))


def test_what_an_entry_holds_is_for_those_who_account(as_person, auditor, executive, proposed):
    number = audit.known_now()
    assert "&quot;role&quot;" in as_person(auditor).get(f"/audit/{number}/").content.decode()
    assert "&quot;role&quot;" not in as_person(executive).get(f"/audit/{number}/").content.decode()


def test_the_whole_chain_is_verified_in_the_browser(as_person, auditor, proposed, settings, tmp_path):
    settings.CHECKPOINTS_FOLDER = tmp_path
    assert "The audit holds: 1 entries" in as_person(auditor).get("/audit/verification/").content.decode()
