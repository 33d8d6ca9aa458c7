"""A sealed meeting whose every fact came with an entry, and its pack."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from forums.meetings.acts import Ruling
from forums.meetings.motion import Motion
from forums.models import AgendaItem, DecisionType, Meeting, Objection, Question, Tally, Vote, Way
from forums.packs import evidence_pack
from metrics.models import Contradiction
from tests.factories.forums import Steering, contradiction, in_session, item_about, resolving, steering_forum
from tests.factories.forums import sealed as sealed_by_both
from truthgov import audit, checkpoints
from truthgov.actor import Actor
from truthgov.models import Appointment, AuditEntry, Function, Mandate, Person, Role


def by(person: Person) -> Actor:
    return Actor(person=person)


def put_on_record() -> None:
    """The entries that the verbs leave, for appointments and mandates that the cast was given by rows."""
    told = AuditEntry.objects.filter(code="appointment.confirmed").values_list("subject_id", flat=True)
    for held in Appointment.objects.exclude(pk__in=list(map(int, told))).select_related("scope", "person"):
        with audit.act():
            audit.record("appointment.proposed", held, by=by(held.proposed_by), person=held.person_id)
            audit.record("appointment.confirmed", held, by=by(held.confirmed_by), **held.as_record())
    for mandate in Mandate.objects.all():
        with audit.act():
            audit.record("mandate.granted", mandate, by=by(mandate.granted_by.person), **mandate.as_record())


@pytest.fixture
def kept(settings, tmp_path: Path) -> Path:
    settings.CHECKPOINTS_FOLDER = tmp_path / "checkpoints"
    return settings.CHECKPOINTS_FOLDER


@pytest.fixture
def sitting(kept: Path, steering: Steering, case: Contradiction) -> AgendaItem:
    """The item of a meeting that sits, everybody's appointment on record."""
    put_on_record()
    checkpoints.keep()
    return item_about(in_session(steering), case)


@pytest.fixture
def sealed(sitting: AgendaItem, steering: Steering, sales_lead: Person, delivery_lead: Person) -> Meeting:
    """Somebody left, somebody is recused, a decision is made, somebody dissents, and two people sign."""
    meeting = sitting.meeting
    sitting.recuse(sales_lead, "It is about my own figures.", by=by(sales_lead))
    decision = sitting.decide(resolving(reason="Guests leave."), by=steering.chair)
    meeting.leave(delivery_lead, by=by(delivery_lead))
    decision.dissent("Not ours to move.", by=by(sales_lead))
    return seal(meeting, steering)


def seal(meeting: Meeting, steering: Steering) -> Meeting:
    sealed_by_both(meeting.close(by=steering.chair), steering)
    checkpoints.keep()
    meeting.refresh_from_db()
    return meeting


@pytest.fixture
def pack(sealed: Meeting, tmp_path: Path) -> Path:
    return exported(sealed, tmp_path / "pack")


def exported(meeting: Meeting, to: Path) -> Path:
    evidence_pack.export(Meeting.objects.get(pk=meeting.pk), evidence_pack.Folder(to))
    return to


def verified(pack: Path, *, key: str = "") -> subprocess.CompletedProcess[str]:
    """Verified by itself: without our code, and without any package that is installed."""
    command = [sys.executable, "-S", "-E", str(pack / "verify.py"), *(["--key", key] if key else [])]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)


def entries(pack: Path) -> list[dict]:
    return [json.loads(line) for line in (pack / "entries.ndjson").read_text().splitlines()]


@pytest.fixture
def asked(
    kept: Path, truth_owner: Person, sponsor: Person, mandate: Mandate, sales_lead: Person, delivery_lead: Person,
    executive: Person, sales: Function,
) -> Meeting:  # fmt: skip
    """Sealed, and its room was asked: a case by consent, after two objections; policies by open and secret ballot."""
    ways = {DecisionType.RESOLVE_CONTRADICTION: Way("consent", may_overrule=True),
            DecisionType.POLICY: Way("majority"), DecisionType.SERVICE_STANDARD: Way("majority", "secret")}  # fmt: skip
    rights = dict.fromkeys(ways, Role.TRUTH_OWNER)
    steering = steering_forum(truth_owner, sponsor, [sales_lead, delivery_lead, executive], ways=ways, rights=rights)
    cases = [contradiction() for _ in range(4)]
    put_on_record()
    meeting = in_session(steering)
    consent, public, secret, lost = (item_about(meeting, case) for case in cases)
    question = Question.objects.put(consent, resolving(), by=steering.chair)
    Objection.objects.raise_to(question, "Harm.", by=by(executive)).withdraw(by=by(executive))
    Objection.objects.raise_to(question, "More harm.", by=by(delivery_lead)).overrule("None.", by=steering.chair)
    question.decide(by=steering.chair)
    for item, kind in ((public, "policy"), (secret, "service_standard")):
        question = put_to_the_vote(item, kind, steering, [truth_owner, executive])
        question.decide(by=steering.chair)
    put_to_the_vote(lost, "policy", steering, [truth_owner])
    Question.objects.put(lost, Motion(Ruling("policy"), "Once more."), by=steering.chair).take_back(
        "It is late.", by=steering.chair
    )
    return seal(meeting, steering)


def put_to_the_vote(item: AgendaItem, kind: str, steering: Steering, in_favour: list[Person]) -> Question:
    """Whoever is not in favour, of the members who may vote, is against."""
    question = Question.objects.put(item, Motion(Ruling(kind), f"So be it: {kind}."), by=steering.chair)
    for person in (steering.truth_owner, *steering.members):
        if person.pk not in item.accused_people():
            Vote.objects.cast(question, "in_favour" if person in in_favour else "against", by=by(person))
    Tally.objects.close(question, by=steering.chair)
    return question


@pytest.fixture
def asked_pack(asked: Meeting, tmp_path: Path) -> Path:
    return exported(asked, tmp_path / "asked")
