"""What the demonstration organisation begins with."""

import pytest
from pytest_django import DjangoDbBlocker

from forums.models import Escalation, Meeting
from tests.databases import cloned, pointed_at


@pytest.mark.xdist_group("pages")
def test_its_sponsor_still_owes_some_answers_to_the_latest_meeting(
    databases: dict[str, str], django_db_blocker: DjangoDbBlocker
) -> None:
    with cloned(databases["hotels"]) as copy, pointed_at(copy, django_db_blocker), django_db_blocker.unblock():
        owed = set(Escalation.objects.open().values_list("item__meeting", flat=True))
        latest = Meeting.objects.filter(forum__code="steering").exclude(status="scheduled").latest("starts_at")
        answered = Escalation.objects.filter(status=Escalation.Status.ANSWERED)
        assert owed == {latest.pk}
        assert set(answered.values_list("answered_by__name", flat=True)) == {"Helena Duarte"}
