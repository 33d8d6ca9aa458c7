"""What the demonstration organisation begins with."""

import pytest
from django.apps import apps
from django.db.models import Exists, OuterRef
from pytest_django import DjangoDbBlocker

from forums.models import Decision, Escalation, Meeting, ViewSnapshot
from forums.reconciliation.reconciled import reconciled_view
from tests.databases import cloned, pointed_at
from truthgov.acts import ActField
from truthgov.models import AuditEntry


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


@pytest.mark.xdist_group("pages")
def test_what_was_decided_on_and_what_was_frozen_can_be_worked_out_again(
    databases: dict[str, str], django_db_blocker: DjangoDbBlocker
) -> None:
    with cloned(databases["hotels"]) as copy, pointed_at(copy, django_db_blocker), django_db_blocker.unblock():
        shown = {(each.meeting.period, each.known_entry, each.view_hash) for each in Decision.objects.all()}
        shown |= {(each.meeting.period, each.known_entry, each.hash) for each in ViewSnapshot.objects.all()}
        again = {(period, entry, reconciled_view(period, known_at=entry).hash) for period, entry, _ in shown}
        assert again == shown
        assert len({entry for _, entry, _ in shown}) > Meeting.objects.filter(view__isnull=False).count() > 0


@pytest.mark.xdist_group("pages")
def test_whatever_an_act_wrote_leads_to_its_entries(
    databases: dict[str, str], django_db_blocker: DjangoDbBlocker
) -> None:
    with cloned(databases["hotels"]) as copy, pointed_at(copy, django_db_blocker), django_db_blocker.unblock():
        told = AuditEntry.objects.filter(act=OuterRef("act"))
        written = [
            model for model in apps.get_models() if any(isinstance(each, ActField) for each in model._meta.fields)
        ]
        astray = {model.__name__: model.objects.filter(~Exists(told)).count() for model in written}
        assert astray == dict.fromkeys(astray, 0)
        assert {"Signal", "Decision", "Definition"} <= {model.__name__ for model in written if model.objects.exists()}
