"""Invitations that wait for an answer stand on the desk."""

from datetime import date, timedelta

from forums.desk import desk_of
from forums.invitations.inviting import send_what_is_owed
from tests.factories.forums import next_meeting
from truthgov.actor import Actor


def test_what_is_not_answered_is_on_the_desk(as_person, coming, sales_lead):
    send_what_is_owed()
    client = as_person(sales_lead)
    assert "say whether you come" in client.get("/").content.decode()
    coming.answer("accepted", by=Actor(person=sales_lead))
    assert "say whether you come" not in client.get("/").content.decode()


def test_of_each_forum_the_desk_asks_about_its_next_meeting_and_counts_the_later_ones(coming, steering, sales_lead):
    for days in (21, 28):
        next_meeting(steering, date.today() + timedelta(days))
    send_what_is_owed()
    (asked,) = (due for due in desk_of(sales_lead).dues if due.kind == "Invitation")
    assert asked.title == f"{coming}: say whether you come"
    assert asked.note == "and 2 later ones of this forum"
