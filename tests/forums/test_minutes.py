"""Closing freezes the view and drafts the minutes; a later meeting confirms them, and two signatures seal them."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from forums.minutes import parts as minutes_parts
from forums.models import AgendaItem, Minutes, ViewSnapshot
from tests.acting import by
from tests.factories.forums import carried_twice, in_session, resolving
from truthgov import clock
from truthgov.errors import InvalidInput, Refusal


@pytest.fixture
def circulated(minutes, steering):
    minutes.circulate(by=by(steering.secretary))
    return minutes


@pytest.fixture
def confirming(circulated, steering):
    """The item by which the next meeting, which sits, confirms them."""
    later = in_session(steering, date.today() + timedelta(days=1))
    return later.items.get(subject__kind="minutes", subject__reference=circulated.pk)


def test_closing_carries_over_what_is_pending_and_freezes_the_view(item, steering):
    minutes = item.meeting.close(by=steering.chair)
    item.refresh_from_db()
    assert item.status == AgendaItem.Status.CARRIED_OVER
    snapshot = ViewSnapshot.objects.get(meeting=item.meeting)
    assert snapshot.hash in minutes.text
    assert json.dumps(snapshot.content)
    assert not item.meeting.attendances.filter(left_at=None).exists()


def test_the_minutes_say_what_was_decided_by_whom_and_who_dissented(item, steering, sales_lead):
    decision = item.decide(resolving(reason="Customers leave."), by=steering.chair)
    decision.dissent("Not ours to move.", by=by(sales_lead))
    text = item.meeting.close(by=steering.chair).text
    for said in (
        decision.wording,
        "4 present, 0 recused, quorum 3",
        "Because: Customers leave.",
        "Sara Sales: Not ours",
    ):
        assert said in text


def test_a_false_alarm_is_listed_in_the_next_minutes(steering, case, truth_owner):
    meeting = in_session(steering)
    case.declare_false_alarm(by=by(truth_owner), reason="A holiday moved.")
    assert "declared a false alarm. A holiday moved." in meeting.close(by=steering.chair).text


# --- prose beside what was drafted
def test_prose_stands_beside_its_part_and_the_part_stays(minutes, item, steering):
    drafted = minutes.parts
    minutes.word({f"item-{item.pk}": "Sales asked\r\nfor time. \n"}, read=minutes.text_hash, by=by(steering.secretary))
    assert minutes.parts == drafted
    assert "\n> Sales asked\n> for time.\n" in minutes.text


def test_what_was_drafted_is_changed_by_nobody(minutes, item, steering):
    with pytest.raises(InvalidInput, match="beside a part"):
        minutes.word({"item-0": "Another item."}, read=minutes.text_hash, by=by(steering.secretary))
    other = [{**minutes.parts[0], "text": "Else."}, *minutes.parts[1:]]
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        Minutes.objects.filter(pk=minutes.pk).update(parts=other, text=minutes_parts.compose(other, {}))
    with pytest.raises(DatabaseError, match="read as their parts"), transaction.atomic():
        Minutes.objects.filter(pk=minutes.pk).update(text="Else.")


def test_what_somebody_wrote_over_several_lines_does_not_read_as_prose(item, steering):
    item.decide(resolving(reason="First.\r\n> Second."), by=steering.chair)
    text = item.meeting.close(by=steering.chair).text
    assert "First.\n   > Second." in text


def test_of_two_who_edit_at_once_one_is_told(minutes, steering):
    read = minutes.text_hash
    minutes.word({"meeting": "Other words."}, read=read, by=by(steering.secretary))
    with pytest.raises(Refusal, match="Somebody else has edited"):
        minutes.word({"meeting": "Mine."}, read=read, by=by(steering.truth_owner))


def test_a_member_neither_words_circulates_nor_signs(minutes, executive):
    for verb in (lambda: minutes.sign(read=minutes.text_hash, by=by(executive)),
                 lambda: minutes.circulate(by=by(executive)),
                 lambda: minutes.word({"meeting": "Mine."}, read=minutes.text_hash, by=by(executive))):  # fmt: skip
        with pytest.raises(PermissionDenied):
            verb()


# --- out to who attended, and back
def test_they_go_out_to_whoever_attended_and_once_a_text(minutes, steering, executive):
    sent = minutes.circulate(by=by(steering.secretary))
    assert set(sent.people) == {steering.truth_owner.pk, *(member.pk for member in steering.members)}
    with pytest.raises(Refusal, match="circulated already"):
        minutes.circulate(by=steering.chair)


def test_who_attended_amends_and_the_secretary_takes_it_in_with_a_reason(circulated, steering, executive):
    amendment = circulated.propose_amendment("present", "I came by train.", "It is left out.", by=by(executive))
    with pytest.raises(InvalidInput, match="with a reason"):
        amendment.accept(" ", by=by(steering.secretary))
    amendment.accept("So it was.", by=by(steering.secretary))
    circulated.refresh_from_db()
    assert "> I came by train." in circulated.text
    assert (amendment.status, amendment.answer) == ("accepted", "So it was.")


def test_a_declined_amendment_leaves_the_text_and_keeps_its_reason(circulated, steering, executive):
    before = circulated.text
    amendment = circulated.propose_amendment("present", "I came late.", "To be exact.", by=by(executive))
    amendment.decline("Nobody else saw it.", by=by(steering.secretary))
    circulated.refresh_from_db()
    assert (circulated.text, amendment.answer) == (before, "Nobody else saw it.")
    with pytest.raises(Refusal, match="no longer proposed"):
        amendment.accept("After all.", by=by(steering.secretary))


def test_who_proposed_an_amendment_withdraws_it_with_a_reason_and_it_waits_no_longer(
    circulated, confirming, steering, executive, sales_lead
):
    amendment = circulated.propose_amendment("present", "I came late.", "To be exact.", by=by(executive))
    with pytest.raises(PermissionDenied):
        amendment.withdraw("So as not to wait.", by=by(sales_lead))
    with pytest.raises(InvalidInput, match="with a reason"):
        amendment.withdraw(" ", by=by(executive))
    amendment.withdraw("It was another day.", by=by(executive))
    assert (amendment.status, amendment.answer, amendment.answered_by) == ("withdrawn", "It was another day.", None)
    with pytest.raises(Refusal, match="no longer proposed"):
        amendment.accept("So it was.", by=by(steering.secretary))
    circulated.confirm(confirming, read=circulated.text_hash, by=steering.chair)


def test_the_page_offers_to_withdraw_an_amendment_to_who_proposed_it_alone(
    as_person, circulated, steering, executive, sales_lead
):
    amendment = circulated.propose_amendment("present", "I came late.", "To be exact.", by=by(executive))
    page, act = f"/meetings/{circulated.meeting_id}/minutes/", f"/amendments/{amendment.pk}/withdrawal/"
    for person, is_offered in ((executive, True), (sales_lead, False), (steering.secretary, False)):
        assert (act in as_person(person).get(page).content.decode()) is is_offered
    as_person(executive).post(act, {"reason": "It was another day."})
    shown = as_person(sales_lead).get(page).content.decode()
    assert "It was another day." in shown
    assert act not in as_person(executive).get(page).content.decode()


def test_nobody_amends_who_was_not_there_nor_before_they_are_circulated(minutes, steering, executive, sponsor):
    with pytest.raises(Refusal, match="not circulated yet"):
        minutes.propose_amendment("present", "I came late.", "To be exact.", by=by(executive))
    minutes.circulate(by=by(steering.secretary))
    with pytest.raises(Refusal, match="Only who attended"):
        minutes.propose_amendment("present", "I was there.", "In spirit.", by=by(sponsor))
    with pytest.raises(DatabaseError, match="who attended"), transaction.atomic():
        minutes.amendments.create(
            part="present", wording="I was there.", reason="In spirit.", proposed_by=sponsor,
            proposed_at=datetime.now(UTC),
        )  # fmt: skip


def test_nobody_answers_their_own_amendment(circulated, steering, executive):
    own = circulated.propose_amendment("present", "I chaired.", "To be exact.", by=steering.chair)
    with pytest.raises(Refusal, match="the other of chair and secretary"):
        own.accept("Indeed.", by=steering.chair)
    with pytest.raises(PermissionDenied):
        own.accept("Indeed.", by=by(executive))
    with pytest.raises(DatabaseError, match="answered_by_another"), transaction.atomic():
        type(own).objects.filter(pk=own.pk).update(status="accepted", answer="So.", answered_by=own.proposed_by)


# --- the next meeting confirms
def test_they_stand_on_the_next_agenda_by_themselves_and_end_there(confirming, circulated, steering):
    assert confirming.title.startswith("Minutes of Steering forum")
    circulated.confirm(confirming, read=circulated.text_hash, by=steering.chair)
    confirming.refresh_from_db()
    assert (confirming.status, confirming.outcome_reason) == ("noted", "Confirmed as a true record.")
    with pytest.raises(Refusal, match="are confirmed"):
        circulated.word({"meeting": "Else."}, read=circulated.text_hash, by=steering.chair)


def test_they_are_not_decided_upon(confirming, steering):
    with pytest.raises(Refusal, match="does not fit the item"):
        confirming.decide(resolving(), by=steering.chair)


def test_no_text_is_confirmed_that_was_not_read_or_is_asked_to_be_amended(confirming, circulated, steering, executive):
    read = circulated.text_hash
    amendment = circulated.propose_amendment("present", "I came late.", "To be exact.", by=by(executive))
    with pytest.raises(Refusal, match="An amendment waits"):
        circulated.confirm(confirming, read=read, by=steering.chair)
    amendment.accept("So it was.", by=by(steering.secretary))
    with pytest.raises(Refusal, match="changed since you read"):
        circulated.confirm(confirming, read=read, by=steering.chair)
    circulated.refresh_from_db()
    circulated.confirm(confirming, read=circulated.text_hash, by=steering.chair)


def test_only_the_chair_of_a_quorate_meeting_confirms(confirming, circulated, steering, executive):
    with pytest.raises(PermissionDenied):
        circulated.confirm(confirming, read=circulated.text_hash, by=by(steering.secretary))
    for member in steering.members[:2]:
        confirming.meeting.leave(member, by=by(member))
    with pytest.raises(Refusal, match="no quorum"):
        circulated.confirm(confirming, read=circulated.text_hash, by=steering.chair)


def test_a_chair_who_has_left_confirms_nothing(as_person, confirming, circulated, steering):
    meeting, chair = confirming.meeting, steering.truth_owner
    meeting.leave(chair, by=by(chair))
    with pytest.raises(Refusal, match="arrive at the meeting first"):
        circulated.confirm(confirming, read=circulated.text_hash, by=steering.chair)
    page = as_person(chair).get(f"{meeting.get_absolute_url()}?item={confirming.pk}").content.decode()
    assert "confirm-minutes" not in page
    assert "carry-reason" not in page
    meeting.arrive(chair, by=by(chair))
    assert "confirm-minutes" in as_person(chair).get(f"{meeting.get_absolute_url()}?item={confirming.pk}").text


def test_minutes_that_nobody_was_sent_say_at_their_item_what_comes_first(as_person, minutes, steering):
    later = in_session(steering, date.today() + timedelta(days=1))
    item = later.items.get(subject__kind="minutes", subject__reference=minutes.pk)
    chair, address = as_person(steering.truth_owner), f"{later.get_absolute_url()}?item={item.pk}"
    assert "circulate the minutes first" in chair.get(address).text
    minutes.circulate(by=by(steering.secretary))
    page = chair.get(address).text
    assert ("circulate the minutes first" in page, "confirm-minutes" in page) == (False, True)


def test_a_chair_who_is_recused_puts_nothing_off_and_still_closes(item, steering, truth_owner):
    item.recuse(truth_owner, "My sister runs it.", by=by(truth_owner))
    with pytest.raises(Refusal, match="recused from this item"):
        item.carry_over("Better next month.", by=steering.chair)
    assert "Carried over: Not reached" in item.meeting.close(by=steering.chair).text


def test_they_say_to_whom_what_escalated_went_and_by_when(item, steering):
    due = date.today() + timedelta(days=7)
    item.escalate("Which revenue counts?", due_on=due, by=steering.chair)
    text = item.meeting.close(by=steering.chair).text
    assert f"Escalated: Which revenue counts?\n   To the sponsor; to be answered by {due:%-d %B %Y}." in text


def test_they_say_what_escalated_by_itself(steering, case):
    item = carried_twice(steering, case)
    due = item.meeting.escalation_due()
    text = item.meeting.close(by=steering.chair).text
    assert f"   To the sponsor, put off for the third time; to be answered by {due:%-d %B %Y}." in text


def test_they_say_in_the_place_of_which_decision_another_stands(item, steering):
    earlier = item.decide(resolving(), by=steering.chair)
    item.meeting.close(by=steering.chair)
    later = in_session(steering, date.today() + timedelta(days=1))
    later.items.get(subject=item.subject).decide(resolving(wording="Otherwise.", supersedes=earlier), by=steering.chair)
    made_on = f"{clock.local_day(earlier.decided_at):%-d %B %Y}"
    assert f"In the place of the decision of {made_on}: {earlier.wording}" in later.close(by=steering.chair).text


def test_what_nobody_circulated_is_not_confirmed(minutes, steering):
    later = in_session(steering, date.today() + timedelta(days=1))
    item = later.items.get(subject__kind="minutes")
    with pytest.raises(Refusal, match="not circulated"):
        minutes.confirm(item, read=minutes.text_hash, by=steering.chair)


def test_the_database_confirms_nothing_without_a_later_meeting(circulated, item, steering, truth_owner):
    with pytest.raises(DatabaseError, match="by a later meeting"), transaction.atomic():
        circulated._meta.get_field("confirmation").related_model.objects.create(
            minutes=circulated, item=item, text_hash=circulated.text_hash, confirmed_by=truth_owner,
            appointment=truth_owner.appointments.get(), confirmed_at=datetime.now(UTC),
        )  # fmt: skip
