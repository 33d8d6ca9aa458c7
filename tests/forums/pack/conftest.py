"""A sealed meeting whose every fact came with an entry, and its pack."""

import fcntl
import json
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from forums.charters.terms import Seat
from forums.models import (
    AgendaItem,
    Correction,
    DecisionType,
    Escalation,
    Meeting,
    Minutes,
    Objection,
    Question,
    Tally,
    Vote,
    Way,
)
from forums.motions.acts import Ruling
from forums.motions.motion import Motion
from forums.packs import evidence_pack
from forums.packs.verifier.main import main
from metrics.models import Contradiction
from tests.acting import by
from tests.factories.forums import Steering, contradiction, in_session, item_about, resolving, steering_forum
from tests.factories.forums import sealed as sealed_by_both
from tests.factories.people import AppointmentFactory, PersonFactory
from truthgov import audit, checkpoints
from truthgov.models import Appointment, AuditEntry, Function, Mandate, Person, Role, Scope

WAYS = {DecisionType.RESOLVE_CONTRADICTION: Way("consent", may_overrule=True),
        DecisionType.POLICY: Way("majority"), DecisionType.SERVICE_STANDARD: Way("majority", "secret")}  # fmt: skip


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
    """Closed, unless it is, confirmed, and signed by both."""
    if meeting.status == Meeting.Status.IN_SESSION:
        meeting.close(by=steering.chair)
    sealed_by_both(Minutes.objects.get(meeting=meeting), steering)
    checkpoints.keep()
    meeting.refresh_from_db()
    return meeting


def taken(name: str, request: pytest.FixtureRequest, to: Path) -> Path:
    """A copy of the pack of the meeting that a fixture makes. What is in it, and who, is read from it: a test that
    asked for people of its own would find others in its database."""
    assert "db" not in request.fixturenames
    shelved: Path = request.getfixturevalue("shelf") / name
    with shelved.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shelved.exists():
            exported(request.getfixturevalue(name), to).rename(shelved)
    return shutil.copytree(shelved, to)


def held(pack: Path, name: str) -> dict[str, int]:
    """Who of the people in a pack that is, as an entry names who acts: under their first appointment."""
    people = json.loads((pack / "people.json").read_text())
    (person,) = (int(number) for number, each in people.items() if each == name)
    given = next(each["entry"] for each in entries(pack)
                 if each["entry"][2] == "appointment.confirmed" and each["entry"][6]["person"] == person)  # fmt: skip
    return {"person": person, "appointment": int(given[5])}


@pytest.fixture
def pack(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return taken("sealed", request, tmp_path / "pack")


def exported(meeting: Meeting, to: Path) -> Path:
    evidence_pack.export(Meeting.objects.get(pk=meeting.pk), evidence_pack.Folder(to))
    return to


def verified(pack: Path, *, key: str = "") -> subprocess.CompletedProcess[str]:
    """Verified by itself: without our code, and without any package that is installed."""
    command = [sys.executable, "-S", "-E", str(pack / "verify.py"), *(["--key", key] if key else [])]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)


def judged(pack: Path, *, key: str) -> tuple[int, str]:
    """What the same verifier says in this process, at a tenth of the price of another one."""
    said = StringIO()
    with redirect_stdout(said):
        status = main([str(pack), "--key", key], pack)
    return status, said.getvalue()


def entries(pack: Path) -> list[dict]:
    return [json.loads(line) for line in (pack / "entries.ndjson").read_text().splitlines()]


@pytest.fixture
def asked(
    kept: Path, truth_owner: Person, sponsor: Person, mandate: Mandate, sales_lead: Person, delivery_lead: Person,
    executive: Person, sales: Function,
) -> Meeting:  # fmt: skip
    """Sealed, and its room was asked: a case by consent, after two objections; policies by open and secret ballot."""
    members = [sales_lead, delivery_lead, executive]
    steering = steering_forum(truth_owner, sponsor, members, ways=WAYS, rights=dict.fromkeys(WAYS, Role.TRUTH_OWNER))
    cases = [contradiction() for _ in range(4)]
    put_on_record()
    meeting = in_session(steering)
    ask_the_room(meeting, cases, steering, executive, delivery_lead)
    return seal(meeting, steering)


def ask_the_room(
    meeting: Meeting, cases: list[Contradiction], steering: Steering, executive: Person, delivery_lead: Person,
    *others: Person,
) -> None:  # fmt: skip
    """Something comes about by consent, by an open and by a secret ballot, with the votes of others; something is voted
    down, put anew and taken back."""
    consent, public, secret, lost = (item_about(meeting, case) for case in cases)
    question = Question.objects.put(consent, resolving(), by=steering.chair)
    Objection.objects.raise_to(question, "Harm.", by=by(executive)).withdraw(by=by(executive))
    Objection.objects.raise_to(question, "More harm.", by=by(delivery_lead)).overrule("None.", by=steering.chair)
    question.decide(by=steering.chair)
    for item, kind in ((public, "policy"), (secret, "service_standard")):
        question = put_to_the_vote(item, kind, steering, [steering.truth_owner, executive, *others])
        question.decide(by=steering.chair)
    put_to_the_vote(lost, "policy", steering, [steering.truth_owner])
    Question.objects.put(lost, Motion(Ruling("policy"), "Once more."), by=steering.chair).take_back(
        "It is late.", by=steering.chair
    )


def put_to_the_vote(item: AgendaItem, kind: str, steering: Steering, in_favour: list[Person]) -> Question:
    """Whoever is not in favour, of the members who may vote, is against."""
    question = Question.objects.put(item, Motion(Ruling(kind), f"So be it: {kind}."), by=steering.chair)
    barred = item.barred(item.meeting)
    for person in dict.fromkeys([steering.truth_owner, *steering.members, *in_favour]):
        if person.pk not in barred:
            Vote.objects.cast(question, "in_favour" if person in in_favour else "against", by=by(person))
    Tally.objects.close(question, by=steering.chair)
    return question


@pytest.fixture
def asked_pack(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return taken("asked", request, tmp_path / "asked")


@pytest.fixture
def whole(
    kept: Path, truth_owner: Person, sponsor: Person, mandate: Mandate, sales_lead: Person, delivery_lead: Person,
    executive: Person, outsider: Person, organisation: Scope, sales: Function, delivery: Function,
) -> Meeting:  # fmt: skip
    """Sealed and corrected, with all that a pack can hold: standing seats, a delegate, somebody from elsewhere and
    somebody recused, what the room was asked, what was forced and then overturned, a dissent, an amendment."""
    sender, recused = (PersonFactory(name=f"{name} Executive") for name in ("Erna", "Egon"))
    for person in (sender, recused):
        AppointmentFactory(person=person, role=Role.EXECUTIVE, scope=organisation)
    steering = steering_forum(
        truth_owner, sponsor, [sales_lead, delivery_lead, executive, sender, recused], ways=WAYS,
        rights=dict.fromkeys([*WAYS, DecisionType.FUND], Role.TRUTH_OWNER), member_roles=("truth_owner", "executive"),
        seats=tuple(Seat(domain, Role.FUNCTION_LEAD, function.scope)
                    for domain, function in (("data", sales), ("technology", delivery))),
    )  # fmt: skip
    cases = [contradiction() for _ in range(4)]
    put_on_record()
    meeting = in_session(steering)
    meeting.delegate(outsider, by=by(sender))
    for person in (sender, delivery_lead):
        meeting.leave(person, by=by(person))
    meeting.arrive(outsider, by=by(outsider))
    meeting.arrive(delivery_lead, is_remote=True, by=by(delivery_lead))
    item_about(meeting, cases[0]).recuse(recused, "My shares.", by=by(recused))
    steering.members[3:] = []
    ask_the_room(meeting, cases, steering, executive, delivery_lead, outsider, recused)
    forced = item_about(meeting, cases[3]).decide(
        Motion(Ruling("fund"), "So be it.", force=True, reason="Customers wait."), by=steering.chair
    )
    forced.dissent("Not ours to move.", by=by(executive))
    raised = Escalation.objects.take(steering.chair, reason="Too far.", due_on=date.today(), contradiction=cases[3])
    raised.respond("Otherwise.", by=by(sponsor), overturns=forced)
    amend(meeting.close(by=steering.chair), executive, steering)
    seal(meeting, steering)
    correct(meeting, steering)
    checkpoints.keep()
    return meeting


def amend(minutes: Minutes, who: Person, steering: Steering) -> None:
    """Circulated, and the wording of somebody who attended taken in."""
    minutes.circulate(by=by(steering.secretary))
    part = minutes.parts[0]["key"]
    amendment = minutes.propose_amendment(part, "Thanks to all.", "They earned it.", by=by(who))
    amendment.accept("So it was.", by=by(steering.secretary))


def correct(meeting: Meeting, steering: Steering) -> None:
    made = Correction.objects.make(
        meeting.minutes, "Steering forum", "The steering forum of the coast.", "There are two.", by=steering.chair
    )
    made.countersign(by=by(steering.secretary))


@pytest.fixture
def whole_pack(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return taken("whole", request, tmp_path / "whole")
