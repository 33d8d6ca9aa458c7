from datetime import date, timedelta

import pytest

from tests.factories.forums import next_meeting


@pytest.fixture
def coming(steering, case):
    """In a fortnight, with one case on its drafted agenda."""
    meeting = next_meeting(steering, date.today() + timedelta(14))
    meeting.draft_agenda(by=steering.chair)
    return meeting
