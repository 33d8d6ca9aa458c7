"""What the demonstration organisation begins with."""

import pytest

from forums.models import Escalation, Meeting


@pytest.mark.xdist_group("pages")
def test_its_sponsor_still_owes_some_answers_to_the_latest_meeting(hotels: None) -> None:
    owed = set(Escalation.objects.open().values_list("item__meeting", flat=True))
    latest = Meeting.objects.filter(forum__code="steering").exclude(status="scheduled").latest("starts_at")
    answered = Escalation.objects.filter(status=Escalation.Status.ANSWERED)
    assert owed == {latest.pk}
    assert set(answered.values_list("answered_by__name", flat=True)) == {"Helena Duarte"}
