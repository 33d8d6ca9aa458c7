"""Submissions are numbered as time goes: the ledger's index by submission grows at its end."""

from datetime import UTC, datetime, timedelta

import pytest

from metrics.models import Submission
from metrics.models.submission import rising_uuid

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def test_a_later_number_is_larger_and_none_comes_twice():
    numbers = [rising_uuid(NOON + MILLISECOND * step) for step in range(50)]
    assert numbers == sorted(numbers)
    assert len({rising_uuid(NOON) for _ in range(50)}) == 50
    assert {(number.version, number.variant) for number in numbers} == {(7, "specified in RFC 4122")}


@pytest.mark.usefixtures("conversion")
def test_deliveries_are_numbered_by_when_they_were_received(give):
    give({"period": "2026-10", "value": "0.184"}, at=NOON)
    give({"period": "2026-09", "value": "0.171"}, at=NOON + MILLISECOND)
    first, second = Submission.objects.order_by("entry")
    assert first.pk < second.pk
