"""The desk names the next step of setting up to whoever's it is, and forgets it once somebody has done it."""

import pytest

from forums.charters.presets import preset
from forums.desk import desk_of
from forums.models import Forum
from forums.setting_up import steps_of
from journeys.models import Journey
from metrics.models import Measure
from tests.acting import by
from tests.factories.metrics import measure
from truthgov import appointing, clock, enrolment, founding, mandates
from truthgov.models import Appointment, Person, Role, Scope

QUERIES = 3
"""Of a truth owner's next steps while there is no forum."""


def to_do(person: Person) -> list[str]:
    return [step.title for step in desk_of(person).steps]


def enrolled(name: str, *, administrator: Person) -> Person:
    return enrolment.enrol(name=name, email=f"{name.lower()}@example.org", by=by(administrator))


def appointed(person: Person, role: Role, scope: Scope, *, proposer: Person, confirmer: Person | None = None) -> None:
    proposed = appointing.propose(person, role, scope, starts_on=clock.today(), by=by(proposer))
    if confirmer:
        appointing.confirm(proposed, by=by(confirmer))


@pytest.fixture
def founder(db: None) -> Person:
    return founding.found("Example", email="ada@example.org", name="Ada", password=None)


@pytest.fixture
def sponsor(founder: Person) -> Person:
    person = enrolled("Sofia", administrator=founder)
    appointed(person, Role.SPONSOR, Scope.organisation(), proposer=founder)
    return person


@pytest.fixture
def truth_owner(founder: Person, sponsor: Person) -> Person:
    person = enrolled("Tomas", administrator=founder)
    appointed(person, Role.TRUTH_OWNER, Scope.organisation(), proposer=sponsor)
    return person


def test_a_first_administrator_enrols_then_appoints_the_sponsor(founder):
    assert to_do(founder) == ["Enrol the sponsor and your colleagues"]
    person = enrolled("Sofia", administrator=founder)
    assert to_do(founder) == ["Appoint the sponsor"]
    assert to_do(person) == []
    appointed(person, Role.SPONSOR, Scope.organisation(), proposer=founder)
    assert to_do(founder) == []


def test_a_sponsor_appoints_the_truth_owner_and_grants_the_mandate(founder, sponsor):
    assert to_do(sponsor) == ["Appoint the truth owner", "Grant the truth owner’s mandate"]
    person = enrolled("Tomas", administrator=founder)
    appointed(person, Role.TRUTH_OWNER, Scope.organisation(), proposer=sponsor)
    mandates.grant("Challenge.", {"challenge"}, starts_on=clock.today(), by=by(sponsor))
    assert to_do(sponsor) == []


def test_a_truth_owner_establishes_what_is_governed_and_the_forum_that_decides(founder, sponsor, truth_owner):
    assert to_do(truth_owner) == ["Establish the functions", "Establish a journey", "Found the steering forum"]
    sales = founding.establish_function("Sales", by=by(truth_owner))
    Journey.establish("Book to stay", by=by(truth_owner))
    forum = Forum.objects.found(code="steering", name="Steering", kind=Forum.Kind.STEERING, by=by(truth_owner))
    assert to_do(truth_owner) == [
        "Hand in the measurement dictionary", "Appoint who leads Sales", "Appoint who owns Book to stay",
        "Propose the charter of Steering", "Appoint the secretary of Steering",
    ]  # fmt: skip
    person = enrolled("Sara", administrator=founder)
    for role, scope in ((Role.FUNCTION_LEAD, sales.scope), (Role.SECRETARY, forum.scope)):
        appointed(person, role, scope, proposer=truth_owner)
    forum.propose_charter(preset(Forum.Kind.STEERING, clock.today()), by=by(truth_owner))
    measure("LEADS")
    assert to_do(truth_owner) == ["Appoint who owns Book to stay"]
    assert to_do(founder) == ["Let figures in"]


def test_a_lead_hands_in_measures_and_an_owner_the_condition_of_their_journey(founder, sponsor, truth_owner):
    sales = founding.establish_function("Sales", by=by(truth_owner))
    journey = Journey.establish("Book to stay", by=by(truth_owner))
    lead, owner = enrolled("Sara", administrator=founder), enrolled("Julia", administrator=founder)
    appointed(lead, Role.FUNCTION_LEAD, sales.scope, proposer=truth_owner, confirmer=sponsor)
    appointed(owner, Role.JOURNEY_OWNER, journey.scope, proposer=truth_owner, confirmer=sponsor)
    assert to_do(lead) == ["Hand in what Sales measures"]
    assert to_do(owner) == ["Draw the stages of Book to stay", "Say what Book to stay must hold"]
    Measure.objects.create(code="LEADS", name="Leads", kind=Measure.Kind.FUNCTIONAL_KPI, function=sales)
    journey.add_stage("Booking", sales, by=by(owner))
    assert (to_do(lead), to_do(owner)) == ([], ["Say what Book to stay must hold"])


def test_what_is_next_costs_the_same_however_much_there_is(
    as_person, founder, sponsor, truth_owner, django_assert_num_queries
):
    today = clock.today()
    held = list(Appointment.objects.exercised_by(truth_owner, on=today))
    for last in (5, 15):
        for number in range(last - 5, last):
            founding.establish_function(f"Function {number:02}", by=by(truth_owner))
        with django_assert_num_queries(QUERIES):
            steps_of(truth_owner, held, on=today)
    page = as_person(truth_owner).get("/").content.decode()
    assert "Appoint who leads Function 00, Function 01, Function 02 and 7 more" in page
    assert "You owe nothing" not in page


def test_whoever_holds_no_appointment_is_told_who_proposes_one(as_person, founder):
    page = as_person(enrolled("Olga", administrator=founder)).get("/").content.decode()
    assert "You hold no appointment" in page
