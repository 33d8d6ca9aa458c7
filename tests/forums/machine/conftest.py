"""A forum that decides in every way, with two cases before it: one against Sales, one against Delivery."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from forums.models import AgendaItem, DecisionType, Meeting, Question, Way
from metrics.models import Contradiction
from tests.factories.forums import Steering, contradiction, in_session, next_meeting, steering_forum
from tests.factories.metrics import MeasureFactory
from tests.factories.people import AppointmentFactory, PersonFactory
from tests.forums.machine.matters import Item, Office, Right
from tests.forums.machine.model import Model
from tests.forums.pack.conftest import put_on_record
from truthgov import audit
from truthgov.actor import Actor
from truthgov.models import Function, Mandate, Person, Role, Scope

RIGHTS = {
    "policy": Right("truth_owner", "majority"),
    "service_standard": Right("journey_owner", "majority"),
    "set_journey_priority": Right("truth_owner", "consent", may_overrule=True),
    "approve_change": Right("journey_owner", "consent"),
    "fund": Right("truth_owner"),
}
SECRET = {"service_standard"}
QUORUM = 3


def ways() -> dict[str, Way]:
    return {
        DecisionType(kind): Way(right.rule, "secret" if kind in SECRET else "open", right.may_overrule)
        for kind, right in RIGHTS.items()
    }


@dataclass
class Stage:
    """What every run begins with: the meeting sits, and all members are in the room."""

    steering: Steering
    meeting: Meeting
    people: dict[str, Person]
    cases: dict[str, Contradiction]
    numbers: dict[Office, int] = field(default_factory=dict)

    def model(self) -> Model:
        """The rules' own picture of it."""
        offices = list(self.numbers)
        model = Model(
            QUORUM, {"truth_owner", "executive", "function_lead", "journey_owner"}, RIGHTS, offices,
            {matter: Item(matter, matter) for matter in self.cases},
        )  # fmt: skip
        for who in ("truth owner", "executive", "second executive", "sales lead", "delivery lead"):
            seat = model.seat(who)
            assert seat is not None
            model.room[who] = seat
        return model

    def next_session(self, held: Meeting) -> Meeting:
        meeting = next_meeting(self.steering, held.slot + timedelta(days=1))
        meeting.open(by=self.steering.chair)
        return meeting

    def take_the_force(self, granted: Mandate) -> None:
        mandate = Mandate.objects.create(
            version=2, starts_on=granted.starts_on, text="No force.", may_challenge=True, may_escalate=True,
            may_force=False, granted_by=granted.granted_by, granted_at=granted.granted_at,
        )  # fmt: skip
        with audit.act():
            audit.record("mandate.granted", mandate, by=Actor(person=self.people["sponsor"]), **mandate.as_record())

    def row(
        self,
        item: AgendaItem,
        kind: str,
        person: Person,
        office: Office,
        forced: bool,
        question: Question | None,
        earlier: int | None,
    ) -> dict[str, Any]:
        """A decision as somebody would write it past the verbs."""
        right = self.steering.charter.right_to(kind, item.scope())
        return {
            "meeting_id": item.meeting_id, "item_id": item.pk, "decision_type": kind,
            "wording": question.wording if question else "x", "reason": "Because.", "forced": forced,
            "right_id": right.pk, "decided_by_id": person.pk, "appointment_id": self.numbers[office],
            "quorum": QUORUM, "observations": [], "definitions": [], "view_hash": "0" * 64, "known_entry": 0,
            "question_id": question.pk if question else None, "supersedes_id": earlier,
            "decided_at": item.meeting.opened_at,
        }  # fmt: skip


@pytest.fixture
def stage(
    truth_owner: Person, sponsor: Person, mandate: Mandate, sales_lead: Person, delivery_lead: Person,
    executive: Person, outsider: Person, organisation: Scope, sales: Function, delivery: Function,
) -> Stage:  # fmt: skip
    second = PersonFactory(name="Erna Executive")
    AppointmentFactory(person=second, role=Role.EXECUTIVE, scope=organisation)
    members = [executive, second, sales_lead, delivery_lead]
    rights = {DecisionType(kind): right.role for kind, right in RIGHTS.items()}
    rights[DecisionType.NAME_SOURCE_OF_RECORD] = Role.TRUTH_OWNER  # what brings cases on to the agenda, and fits none
    steering = steering_forum(truth_owner, sponsor, members, rights=rights, ways=ways(), quorum=QUORUM)
    cases = {function.name.lower(): contradiction(MeasureFactory(function=function)) for function in (sales, delivery)}
    owned = next(iter(cases.values())).journey
    AppointmentFactory(person=second, role=Role.JOURNEY_OWNER, scope=owned.scope)
    people = {"truth owner": truth_owner, "executive": executive, "second executive": second,
              "sales lead": sales_lead, "delivery lead": delivery_lead, "secretary": steering.secretary,
              "sponsor": sponsor, "outsider": outsider}  # fmt: skip
    put_on_record()
    stage = Stage(steering, in_session(steering), people, cases)
    for who, person in people.items():
        for held in person.appointments.select_related("scope"):
            stage.numbers[Office(who, str(held.role), held.scope.name.lower(), held.pk)] = held.pk
    return stage
