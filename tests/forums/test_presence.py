"""Who is at the table: in the room or from elsewhere, in their own seat or for a member; what ties them to an item."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from forums.meetings.hearing import minutes_of, time_used
from forums.models import Attendance, Delegation
from tests.acting import by
from tests.factories.forums import in_session, next_meeting, resolving, steering_forum
from tests.forums.test_decisions_in_the_database import raw_decision
from truthgov import clock
from truthgov.appointing import end, name_deputy
from truthgov.errors import Refusal
from truthgov.models import AuditEntry


@pytest.fixture
def strict(truth_owner, sponsor, mandate, sales_lead, delivery_lead, executive):
    """A forum whose charter counts only who is in the room, in their own seat."""
    return steering_forum(truth_owner, sponsor, [sales_lead], allows_remote=False, allows_delegates=False)


def test_whoever_joins_from_elsewhere_counts_and_the_minutes_say_so(meeting, steering, executive):
    meeting.leave(executive, by=by(executive))
    meeting.arrive(executive, is_remote=True, by=by(executive))
    assert executive.pk in meeting.members_present()
    assert "Emil Executive, executive, from elsewhere" in meeting.close(by=steering.chair).text


def test_a_charter_may_count_nobody_from_elsewhere(strict, executive):
    meeting = in_session(strict)
    with pytest.raises(Refusal, match="from elsewhere"):
        meeting.arrive(executive, is_remote=True, by=by(executive))
    seat = executive.appointments.get()
    with pytest.raises(DatabaseError, match="from elsewhere"), transaction.atomic():
        Attendance.objects.create(meeting=meeting, person=executive, appointment=seat, is_remote=True,
                                  arrived_at=datetime.now(UTC))  # fmt: skip
    meeting.arrive(executive, by=by(executive))


def test_a_delegate_counts_in_the_members_stead(meeting, steering, executive, outsider):
    meeting.leave(executive, by=by(executive))
    before = len(meeting.members_present())
    meeting.delegate(outsider, by=by(executive))
    meeting.arrive(outsider, by=by(outsider))
    assert len(meeting.members_present()) == before + 1
    with pytest.raises(Refusal, match="same appointment"):
        meeting.arrive(executive, by=by(executive))
    assert "Olga Outsider, executive, for Emil Executive" in meeting.close(by=steering.chair).text


def test_whoever_holds_their_seat_no_more_counts_no_more(as_person, item, steering, executive):
    """An office that ends in mid-meeting: the page says so at once, and the next act sees its holder out."""
    meeting, before = item.meeting, item.count(item.meeting)
    end(executive.appointments.get(), on=date.today(), reason="Leaves the house.", by=by(executive))
    assert item.count(meeting).present == before.present - 1
    assert "Emil Executive <span" in (page := as_person(steering.truth_owner).get(meeting.get_absolute_url()).text)
    assert "executive; does not count" in page
    decision = item.decide(resolving(), by=steering.chair)
    assert decision.present == before.present - 1
    assert meeting.attendances.get(person=executive).left_at is not None
    left = AuditEntry.objects.get(code="meeting.left")
    assert (left.data["person"], left.actor["clockwork"]) == (executive.pk, "office")


def test_there_is_no_quorum_by_those_whose_office_has_ended(item, steering, members):
    for member in members:
        end(member.appointments.get(), on=date.today(), reason="Leaves the house.", by=by(member))
    with pytest.raises(Refusal, match=r"no quorum for this item \(1 present"):
        item.decide(resolving(), by=steering.chair)
    item.meeting.leave(members[0], by=by(steering.secretary))
    assert item.meeting.attendances.filter(left_at=None).count() == len(members)


def test_a_deputy_counts_until_their_days_are_over(steering, case, executive, outsider):
    today = clock.today()
    name_deputy(executive.appointments.get(), outsider, starts_on=today, ends_on=today + timedelta(days=1),
                by=by(executive))  # fmt: skip
    meeting = next_meeting(steering)
    meeting.open(by=steering.chair)
    meeting.arrive(outsider, by=by(outsider))
    assert outsider.pk in meeting.members_present()
    with clock.at(clock.now() + timedelta(days=1)):
        assert outsider.pk not in meeting.members_present()
        meeting.take_up(meeting.items.first(), by=steering.chair)
    assert meeting.attendances.get(person=outsider).left_at is not None


def test_a_delegate_goes_with_the_seat_they_sit_in(meeting, steering, executive, outsider):
    meeting.leave(executive, by=by(executive))
    meeting.delegate(outsider, by=by(executive))
    meeting.arrive(outsider, by=by(outsider))
    assert outsider.pk in meeting.members_present()
    end(executive.appointments.get(), on=date.today(), reason="Leaves the house.", by=by(executive))
    assert outsider.pk not in meeting.members_present()


def test_a_delegate_does_not_decide(item, truth_owner, outsider):
    meeting = item.meeting
    meeting.leave(truth_owner, by=by(truth_owner))
    meeting.delegate(outsider, by=by(truth_owner))
    meeting.arrive(outsider, by=by(outsider))
    with pytest.raises(PermissionDenied):
        item.decide(resolving(), by=by(outsider))


def test_whoever_sits_for_the_accused_decides_nothing_in_their_case(item, truth_owner, sales_lead, outsider):
    """Not even as the deputy of who may: they speak there for the accused."""
    meeting = item.meeting
    meeting.leave(sales_lead, by=by(sales_lead))
    meeting.delegate(outsider, by=by(sales_lead))
    meeting.arrive(outsider, by=by(outsider))
    today = date.today()
    name_deputy(truth_owner.appointments.get(), outsider, starts_on=today, ends_on=today + timedelta(days=1),
                by=by(truth_owner))  # fmt: skip
    with pytest.raises(Refusal, match="own case"):
        item.decide(resolving(), by=by(outsider))
    with pytest.raises(DatabaseError, match="own case"):
        raw_decision(item, outsider, appointment_id=truth_owner.appointments.get().pk)
    for person in (truth_owner, outsider):
        meeting.leave(person, by=by(person))
    meeting.arrive(outsider, by=by(outsider))
    assert item.decide(resolving(), by=by(outsider))


def test_a_charter_may_let_nobody_sit_for_a_member(strict, executive, outsider):
    meeting = next_meeting(strict)
    with pytest.raises(Refusal, match="lets nobody"):
        meeting.delegate(outsider, by=by(executive))
    meeting.open(by=strict.chair)
    seat = executive.appointments.get()
    Delegation.objects.create(meeting=meeting, appointment=seat, person=outsider, named_at=datetime.now(UTC))
    with pytest.raises(DatabaseError, match="their delegate"), transaction.atomic():
        meeting.attendances.create(person=outsider, appointment=seat, arrived_at=datetime.now(UTC))
    with pytest.raises(Refusal, match="nor a delegate"):
        meeting.arrive(outsider, by=by(outsider))


def test_nobody_takes_the_seat_of_another(meeting, executive, outsider):
    meeting.leave(executive, by=by(executive))
    with pytest.raises(DatabaseError, match="who holds it"), transaction.atomic():
        meeting.attendances.create(
            person=outsider, appointment=executive.appointments.get(), arrived_at=datetime.now(UTC)
        )


def test_one_member_sends_one_delegate_who_has_no_seat(meeting, executive, sales_lead, outsider, sponsor, steering):
    with pytest.raises(Refusal, match="without a seat"):
        meeting.delegate(sales_lead, by=by(executive))
    meeting.delegate(outsider, by=by(executive))
    with pytest.raises(Refusal, match="already"):
        meeting.delegate(sponsor, by=by(executive))
    with pytest.raises(PermissionDenied):
        meeting.delegate(sponsor, by=by(steering.secretary))


def test_who_administers_or_audits_sits_for_nobody(as_person, meeting, executive, sponsor, administrator, auditor):
    for apart in (administrator, auditor):
        with pytest.raises(Refusal, match="neither decides nor sits"):
            meeting.delegate(apart, by=by(executive))
        with pytest.raises(DatabaseError, match="neither decides nor sits"), transaction.atomic():
            meeting.delegations.create(
                person=apart, appointment=executive.appointments.get(), named_at=datetime.now(UTC)
            )
    meeting.leave(executive, by=by(executive))
    page = as_person(executive).get(meeting.get_absolute_url()).content.decode()
    assert f"{sponsor}</option>" in page
    assert f"{administrator}</option>" not in page
    assert f"{auditor}</option>" not in page


def test_whoever_has_sent_somebody_is_offered_it_no_more(as_person, meeting, executive, sponsor):
    meeting.leave(executive, by=by(executive))
    meeting.delegate(sponsor, by=by(executive))
    page = as_person(executive).get(meeting.get_absolute_url()).content.decode()
    assert f"{sponsor} sits for you." in page
    assert "Send somebody for me" not in page
    assert f"You sit for {executive}." in as_person(sponsor).get(meeting.get_absolute_url()).content.decode()


def test_an_interest_declared_stands_in_the_minutes_and_takes_nobody_out(item, steering, sales_lead):
    before = item.count(item.meeting)
    item.declare_interest("My brother runs the agency.", by=by(sales_lead))
    assert item.count(item.meeting) == before
    with pytest.raises(Refusal, match="already"):
        item.declare_interest("Again.", by=by(sales_lead))
    text = item.meeting.close(by=steering.chair).text
    assert "Interest declared: Sara Sales (My brother runs the agency.)" in text


def test_an_interest_comes_before_the_decision(item, truth_owner, sales_lead, outsider):
    with pytest.raises(PermissionDenied):
        item.declare_interest("I am nobody here.", by=by(outsider))
    item.decide(resolving(), by=by(truth_owner))
    with pytest.raises(Refusal, match="before its decision"):
        item.declare_interest("Late.", by=by(sales_lead))


def test_a_recusal_changes_the_quorum_and_stands_in_the_minutes(item, steering, sales_lead):
    before = item.count(item.meeting).entitled
    item.recuse(sales_lead, "It is my figure.", by=by(sales_lead))
    assert item.count(item.meeting).entitled == before - 1
    assert "Recused: Sara Sales (It is my figure.)" in item.meeting.close(by=steering.chair).text


def test_presence_from_elsewhere_a_delegate_and_an_interest_are_recorded_in_the_browser(
    as_person, executive, sales_lead, sponsor, item
):
    meeting, browser = item.meeting, as_person(executive)
    browser.post(reverse("forums:departures", args=[meeting.pk]))
    browser.post(reverse("forums:arrivals", args=[meeting.pk]), {"remote": "on"})
    assert meeting.attendances.get(person=executive, left_at=None).is_remote
    lead = as_person(sales_lead)
    lead.post(reverse("forums:interests", args=[item.pk]), {"reason": "My brother runs the agency."})
    lead.post(reverse("forums:departures", args=[meeting.pk]))
    lead.post(reverse("forums:delegations", args=[meeting.pk]), {"person": sponsor.pk})
    page = browser.get(f"{meeting.get_absolute_url()}?item={item.pk}").content.decode()
    assert "from elsewhere" in page
    assert "My brother runs the agency." in page
    assert meeting.delegations.get().person == sponsor


def test_the_time_of_an_item_runs_from_its_call_to_the_next():
    ten = datetime(2026, 11, 28, 10, tzinfo=UTC)
    calls = [(1, ten), (2, ten + timedelta(minutes=12)), (1, ten + timedelta(minutes=20))]
    used = time_used(calls, until=ten + timedelta(minutes=25, seconds=59))
    assert {item: minutes_of(time) for item, time in used.items()} == {1: 17, 2: 8}
    assert time_used([], until=ten) == {}


def test_calling_the_item_in_hand_once_more_does_not_start_its_time_anew(item, steering):
    for _ in range(2):
        item.meeting.take_up(item, by=steering.chair)
        item.meeting.refresh_from_db()
    assert item.takings.count() == 1
