"""A sealed meeting whose every fact came with an entry, and its pack."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from forums import evidence_pack
from forums.models import AgendaItem, Meeting
from metrics.models import Contradiction
from tests.factories.forums import Steering, in_session, item_about, resolving
from truthgov import audit, checkpoints
from truthgov.actor import Actor
from truthgov.models import Appointment, AuditEntry, Mandate, Person


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
    minutes = meeting.close(by=steering.chair)
    for person in (steering.truth_owner, steering.secretary):
        minutes.sign(read=minutes.text_hash, by=by(person))
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
