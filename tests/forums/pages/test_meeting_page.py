"""The page of a meeting: who sees what of it, how an item is decided in the browser, and its way to the seal."""

import re
from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from forums.models import AgendaItem, Decision, Meeting, Minutes
from tests.days import tomorrow
from tests.factories.forums import as_sent, carried_twice, confirmed, next_meeting
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Appointment


def test_an_outsider_cannot_tell_that_a_meeting_exists(as_person, outsider, meeting):
    assert as_person(outsider).get(meeting.get_absolute_url()).status_code == 404
    assert as_person(outsider).post(reverse("forums:closing", args=[meeting.pk])).status_code == 404


def test_a_meeting_whose_hour_has_come_says_that_nobody_has_opened_it(as_person, executive, steering):
    coming = next_meeting(steering, tomorrow())
    browser, said = as_person(executive), "Its hour has come, and nobody has opened it."
    assert said not in browser.get(coming.get_absolute_url()).content.decode()
    Meeting.objects.filter(pk=coming.pk).update(starts_at=clock.now() - timedelta(minutes=1))
    assert said in browser.get(coming.get_absolute_url()).content.decode()


def test_a_member_may_not_close_the_meeting(as_person, executive, meeting):
    assert as_person(executive).post(reverse("forums:closing", args=[meeting.pk])).status_code == 403


def test_the_meeting_shows_the_decider_only_the_types_the_charter_grants(as_person, truth_owner, item):
    page = as_person(truth_owner).get(f"{item.meeting.get_absolute_url()}?item={item.pk}").content.decode()
    offered = re.findall(r"type=(\w+)#decide", page)
    assert offered == ["resolve_contradiction", "policy", "escalate"]


def test_a_member_without_a_right_is_offered_no_decision(as_person, executive, item):
    page = as_person(executive).get(item.meeting.get_absolute_url()).content.decode()
    assert "make-decision" not in page


def test_the_papers_of_an_item_are_hidden_from_who_is_recused(as_person, sales_lead, item, case):
    item.recuse(sales_lead, "It is my figure.", by=Actor(person=sales_lead))
    page = as_person(sales_lead).get(item.meeting.get_absolute_url()).content.decode()
    assert "You are recused from this item" in page
    assert case.statement not in page


def test_a_decision_is_put_in_the_browser(as_person, truth_owner, sales_lead, item, case):
    answer = as_person(truth_owner).post(
        reverse("forums:item_decisions", args=[item.pk]),
        as_sent(expects=[case.other_measure.pk], title_1="Report net", owner_1=sales_lead.pk, due_on_1=f"{tomorrow()}"),
    )
    assert answer.status_code == 302
    decision = Decision.objects.get()
    assert decision.actions.get().owner == sales_lead
    assert decision.expectations.get().measure == case.other_measure


def test_an_incomplete_motion_comes_back_with_what_is_missing(as_person, truth_owner, item):
    motion = {"type": "resolve_contradiction", "title_1": "Half an action"}
    answer = as_person(truth_owner).post(reverse("forums:item_decisions", args=[item.pk]), motion)
    assert answer.status_code == 422
    assert "An action says what, who and by when." in answer.content.decode()
    assert not Decision.objects.exists()


def test_a_motion_without_a_quorum_keeps_what_was_written(as_person, truth_owner, executive, sales_lead, item):
    for member in (executive, sales_lead):
        item.meeting.leave(member, by=Actor(person=member))
    motion = as_sent(wording="Count net bookings.")
    answer = as_person(truth_owner).post(reverse("forums:item_decisions", args=[item.pk]), motion)
    page = answer.content.decode()
    assert "wait for a member" in page
    assert "Count net bookings." in page
    assert not Decision.objects.exists()


def test_whoever_waits_for_a_meeting_to_open_is_told_who_opens_it(as_person, steering, executive):
    page = as_person(executive).get(next_meeting(steering).get_absolute_url()).text
    assert "The truth owner opens it, or the deputy they name for days of absence." in page


def test_the_third_carry_over_says_beforehand_that_it_escalates_and_then_to_whom(
    as_person, truth_owner, steering, case
):
    item = carried_twice(steering, case)
    chair, address = as_person(truth_owner), f"{item.meeting.get_absolute_url()}?item={item.pk}"
    assert "For the third time: it goes to the sponsor by itself." in chair.get(address).content.decode()
    chair.post(reverse("forums:carry_over", args=[item.pk]), {"reason": "The figures are late."})
    assert "The sponsor is to answer by" in chair.get(address).content.decode()


def test_a_type_that_the_charter_does_not_grant_is_refused_aloud(as_person, truth_owner, item):
    answer = as_person(truth_owner).post(
        reverse("forums:item_decisions", args=[item.pk]), {"type": "fund", "wording": "x"}
    )
    assert answer.status_code == 409


def test_a_refusal_is_told_with_409(as_person, truth_owner, item, steering):
    browser = as_person(truth_owner)
    browser.post(reverse("forums:closing", args=[item.meeting_id]))
    answer = browser.post(reverse("forums:closing", args=[item.meeting_id]))
    assert answer.status_code == 409
    assert "not in session" in answer.content.decode()


def test_followers_are_told_only_when_something_changed(as_person, executive, item, steering):
    browser = as_person(executive)
    meeting = Meeting.objects.get(pk=item.meeting_id)
    address = reverse("forums:meeting_version", args=[meeting.pk])
    assert browser.get(address, {"v": meeting.version}).status_code == 204
    meeting.take_up(item, by=steering.chair)
    changed = browser.get(address, {"v": meeting.version - 1, "hand": "0"})
    assert changed.status_code == 200
    assert 'id="hand"' in changed.content.decode()
    assert f"v={meeting.version}" in changed.content.decode()


def test_a_form_being_written_is_left_alone_when_others_come_and_go(as_person, truth_owner, executive, item):
    browser = as_person(truth_owner)
    page = browser.get(item.meeting.get_absolute_url()).content.decode()
    key = re.search(r"hand=([\d\w.]+)", page)
    assert key
    item.meeting.leave(executive, by=Actor(person=executive))
    changed = browser.get(reverse("forums:meeting_version", args=[item.meeting_id]), {"v": 0, "hand": key[1]})
    assert 'id="quorum"' in changed.content.decode()
    assert 'id="hand"' not in changed.content.decode()


def test_the_chair_walks_a_meeting_from_opening_to_seal(as_person, steering, case, sales_lead):
    chair, secretary = as_person(steering.truth_owner), as_person(steering.secretary)
    meeting = next_meeting(steering)
    chair.post(reverse("forums:opening", args=[meeting.pk]))
    as_person(sales_lead).post(reverse("forums:arrivals", args=[meeting.pk]))
    secretary.post(reverse("forums:arrivals", args=[meeting.pk]), {"person": steering.members[1].pk})
    item = AgendaItem.objects.get(meeting=meeting)
    chair.post(reverse("forums:item_in_hand", args=[item.pk]))
    chair.post(
        reverse("forums:item_decisions", args=[item.pk]),
        as_sent(wording="Count net bookings."),
    )
    chair.post(reverse("forums:closing", args=[meeting.pk]))
    confirmed(Minutes.objects.get(meeting=meeting), steering)
    page = chair.get(reverse("forums:minutes", args=[meeting.pk])).content.decode()
    read = re.search(r'name="read" value="(\w{64})"', page)
    assert read
    for browser in (chair, secretary):
        browser.post(reverse("forums:signatures", args=[meeting.pk]), {"read": read[1]})
    meeting.refresh_from_db()
    assert meeting.status == Meeting.Status.SEALED
    assert "Sealed" in chair.get(reverse("forums:minutes", args=[meeting.pk])).content.decode()


def test_the_minutes_keep_their_hash_through_a_browser(as_person, steering, item):
    minutes = item.meeting.close(by=steering.chair)
    address = reverse("forums:minutes_wording", args=[item.meeting_id])
    as_person(steering.secretary).post(address, {"read": minutes.text_hash, "beside-left": "Thanks.\r\nTo all."})
    minutes.refresh_from_db()
    assert "\r" not in minutes.text
    assert "\n> Thanks.\n> To all.\n" in minutes.text


def changed(browser, meeting) -> str:
    return browser.get(reverse("forums:meeting_version", args=[meeting.pk]), {"v": 0, "hand": "0"}).content.decode()


def test_what_is_rendered_once_for_all_is_nobody_elses(
    as_person, truth_owner, executive, sales_lead, delivery_lead, item
):
    item.recuse(sales_lead, "It is my figure.", by=Actor(person=sales_lead))
    meeting = Meeting.objects.get(pk=item.meeting_id)
    chair, first, second, recused = (
        changed(as_person(person), meeting) for person in (truth_owner, executive, delivery_lead, sales_lead)
    )
    assert "make-decision" in chair
    assert "make-decision" not in first
    assert "Bookings grow while stays do not." in second
    assert "Bookings grow while stays do not." not in recused
    token = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
    assert token.findall(first)[0] != token.findall(second)[0]
    assert token.sub("", first) == token.sub("", second)


def test_a_follower_costs_a_few_questions_once_another_was_shown_the_same(
    as_person, executive, delivery_lead, item, django_assert_max_num_queries
):
    meeting = Meeting.objects.get(pk=item.meeting_id)
    changed(as_person(executive), meeting)
    browser = as_person(delivery_lead)
    with django_assert_max_num_queries(16):
        changed(browser, meeting)


def test_whoever_loses_their_seat_is_not_shown_what_was_kept(as_person, executive, item):
    meeting, browser = Meeting.objects.get(pk=item.meeting_id), as_person(executive)
    assert "Bookings grow" in changed(browser, meeting)
    held = executive.appointments.get()
    Appointment.objects.filter(pk=held.pk).update(holds=DateRange(held.holds.lower, clock.today()))
    assert browser.get(reverse("forums:meeting_version", args=[meeting.pk]), {"v": 0}).status_code == 404
