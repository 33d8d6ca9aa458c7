"""Presence from elsewhere and in a member's stead, recomputed from raw entries."""

from pathlib import Path

import pytest

from forums.models import AgendaItem
from tests.acting import by
from tests.factories.forums import Steering, resolving
from tests.forums.pack.conftest import exported, seal, verified
from tests.forums.pack.test_judging import remade, without
from truthgov.models import Person


@pytest.fixture
def attended(
    sitting: AgendaItem, steering: Steering, executive: Person, delivery_lead: Person, outsider: Person, tmp_path: Path
) -> Path:
    """The pack of a meeting that decided with a delegate at the table and a member who joined from elsewhere."""
    meeting = sitting.meeting
    meeting.delegate(outsider, by=by(executive))
    for person in (executive, delivery_lead):
        meeting.leave(person, by=by(person))
    meeting.arrive(outsider, by=by(outsider))
    meeting.arrive(delivery_lead, is_remote=True, by=by(delivery_lead))
    sitting.decide(resolving(), by=steering.chair)
    return exported(seal(meeting, steering), tmp_path / "pack")


def test_a_delegate_and_somebody_from_elsewhere_are_counted(attended: Path) -> None:
    found = verified(attended)
    assert found.returncode == 0, found.stdout


def test_a_delegate_whom_nobody_sent_is_named(attended: Path) -> None:
    assert "no entry gives person" in remade(attended, without("meeting.delegated"))
