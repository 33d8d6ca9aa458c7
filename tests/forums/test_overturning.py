"""What was decided yields to the higher authority to which its matter was escalated, and to nobody else."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from forums.models import Decision, Escalation, Overturning
from metrics.models import Contradiction
from tests.acting import by
from tests.factories.forums import contradiction, in_session, item_about, resolving
from truthgov import clock
from truthgov.errors import Refusal
from truthgov.models import AuditEntry


@pytest.fixture
def forced(item, truth_owner):
    return item.decide(resolving(force=True, reason="Customers wait."), by=by(truth_owner))


@pytest.fixture
def escalation(forced, case, steering):
    return Escalation.objects.take(steering.chair, reason="Too far.", due_on=date.today(), contradiction=case)


def test_the_sponsors_answer_overturns_even_what_was_forced_and_the_case_is_open_again(
    escalation, forced, sponsor, case
):
    escalation.respond("The incentive stays.", by=by(sponsor), overturns=forced)
    case.refresh_from_db()
    assert case.status == Contradiction.Status.OPEN
    assert list(Decision.objects.standing()) == []
    assert forced.overturned.escalation == escalation
    assert AuditEntry.objects.get(code="escalation.answered").data["overturns"] == forced.pk


def test_an_answer_may_let_what_was_decided_stand(escalation, forced, sponsor):
    escalation.respond("Go on.", by=by(sponsor))
    assert list(Decision.objects.standing()) == [forced]


def test_nothing_is_overturned_twice_superseded_then_or_on_another_matter(
    escalation, forced, sponsor, steering, item, case
):
    other = Escalation.objects.take(steering.chair, reason="Else.", due_on=date.today(), contradiction=contradiction())
    with pytest.raises(Refusal, match="does not stand on this matter"), transaction.atomic():
        other.respond("No.", by=by(sponsor), overturns=forced)
    again = Escalation.objects.take(steering.chair, reason="Again.", due_on=date.today(), contradiction=case)
    escalation.respond("The incentive stays.", by=by(sponsor), overturns=forced)
    with pytest.raises(Refusal, match="does not stand"), transaction.atomic():
        again.respond("Once more.", by=by(sponsor), overturns=forced)
    item.meeting.close(by=steering.chair)
    later = item_about(in_session(steering, date.today() + timedelta(days=1)), case)
    with pytest.raises(Refusal, match="stands no more"):
        later.decide(resolving(supersedes=forced), by=steering.chair)
    assert later.decide(resolving(), by=steering.chair)


def test_an_equal_right_overturns_nothing(forced, truth_owner, case, steering, sponsor):
    mine = Escalation.objects.take(
        steering.chair, reason="To myself.", due_on=date.today(), contradiction=case, to_role="truth_owner"
    )
    with pytest.raises(Refusal, match="a higher right"), transaction.atomic():
        mine.respond("I think otherwise now.", by=by(truth_owner), overturns=forced)
    mine.respond("I let it stand.", by=by(truth_owner))
    with pytest.raises(DatabaseError, match="only a higher right"), transaction.atomic():
        overturn(mine, forced, truth_owner)


def test_by_sql_nobody_overturns_but_who_answered(escalation, forced, sponsor, truth_owner):
    with pytest.raises(DatabaseError, match="who answers the escalation"), transaction.atomic():
        overturn(escalation, forced, sponsor)
    escalation.respond("Go on.", by=by(sponsor))
    with pytest.raises(DatabaseError, match="who answers the escalation"), transaction.atomic():
        overturn(escalation, forced, truth_owner)
    overturn(escalation, forced, sponsor)


def test_by_sql_an_answer_on_another_matter_overturns_nothing(escalation, forced, sponsor, steering):
    other = Escalation.objects.take(steering.chair, reason="Else.", due_on=date.today(), contradiction=contradiction())
    other.respond("No.", by=by(sponsor))
    with pytest.raises(DatabaseError, match="its own matter"), transaction.atomic():
        overturn(other, forced, sponsor)
    escalation.respond("Go on.", by=by(sponsor))
    overturn(escalation, forced, sponsor)


def overturn(escalation, decision, person):
    Overturning.objects.create(
        decision=decision, escalation=escalation, person=person, appointment=person.appointments.first(),
        overturned_at=clock.now(),
    )  # fmt: skip


def test_the_sponsor_overturns_in_the_browser(as_person, escalation, forced, sponsor):
    address, client = reverse("forums:escalation", args=[escalation.pk]), as_person(sponsor)
    assert "Decision that this overturns" in client.get(address).content.decode()
    assert client.post(address, {"answer": "The incentive stays.", "overturns": forced.pk}).status_code == 302
    page = client.get(reverse("forums:decision", args=[forced.pk])).content.decode()
    assert "Overturned" in page
    assert "The incentive stays." in page


def test_what_was_overturned_says_so_wherever_it_is_listed(as_person, escalation, forced, sponsor, case, auditor):
    client = as_person(auditor)
    pages = [
        reverse("forums:contradiction", args=[case.pk]),
        reverse("forums:journey", args=[case.journey.code]),
        reverse("forums:decisions"),
    ]
    assert not any("Overturned</span>" in client.get(page).content.decode() for page in pages)
    escalation.respond("The incentive stays.", by=by(sponsor), overturns=forced)
    assert all("Overturned</span>" in client.get(page).content.decode() for page in pages)
    assert Decision.objects.with_endings().get().as_it_stands == f"{forced.wording} (overturned)"
