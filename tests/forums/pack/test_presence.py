"""Presence from elsewhere and in a member's stead, recomputed from raw entries."""

from pathlib import Path

import pytest

from forums.models import AgendaItem, Meeting
from tests.acting import by
from tests.factories.forums import Steering, resolving
from tests.forums.pack.conftest import seal, taken, verified
from tests.forums.pack.test_judging import remade, without
from truthgov.models import Person


@pytest.fixture
def attended(
    sitting: AgendaItem, steering: Steering, executive: Person, delivery_lead: Person, outsider: Person
) -> Meeting:
    """A meeting that decided with a delegate at the table and a member who joined from elsewhere."""
    meeting = sitting.meeting
    meeting.delegate(outsider, by=by(executive))
    for person in (executive, delivery_lead):
        meeting.leave(person, by=by(person))
    meeting.arrive(outsider, by=by(outsider))
    meeting.arrive(delivery_lead, is_remote=True, by=by(delivery_lead))
    sitting.decide(resolving(), by=steering.chair)
    return seal(meeting, steering)


@pytest.fixture
def attended_pack(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return taken("attended", request, tmp_path / "attended")


def test_a_delegate_and_somebody_from_elsewhere_are_counted(attended_pack: Path) -> None:
    found = verified(attended_pack)
    assert found.returncode == 0, found.stdout


def test_a_delegate_whom_nobody_sent_is_named(attended_pack: Path) -> None:
    assert "no entry gives person" in remade(attended_pack, without("meeting.delegated"))
