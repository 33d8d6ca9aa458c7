"""What the followers of a meeting are told together: who may be, and what each kind of them is shown."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forums.following.admission import Listener, readers, told_to, version_for
from forums.models import AgendaItem, Meeting
from tests.acting import by
from tests.factories.forums import Steering, contradiction
from tests.factories.people import AppointmentFactory, PersonFactory
from truthgov import clock
from truthgov.models import Appointment, Person, Role

CASE = "Bookings grow while stays do not."


def session_of(person: Person) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def listening(truth_owner, executive, sales_lead, delivery_lead, outsider) -> dict[str, Listener]:
    people = {"chair": truth_owner, "executive": executive, "accused": sales_lead, "other": delivery_lead,
              "outsider": outsider}  # fmt: skip
    return {who: Listener(session_of(person)) for who, person in people.items()}


def test_who_only_follows_is_shown_what_changed_and_who_acts_asks(item: AgendaItem, listening):
    now = told_to(item.meeting_id, listening.values())
    assert now.version == Meeting.objects.get(pk=item.meeting_id).version
    assert now.listeners == set(listening.values()) - {listening["outsider"]}
    assert set(now.shown) == {listening[who] for who in ("executive", "accused", "other")}
    shown = now.shown[listening["executive"]]
    assert CASE in shown.hand
    assert f'data-version="{now.version}"' in shown.around
    assert f'data-hand="{shown.hand_key}"' in shown.around
    assert "make-decision" not in shown.hand


def test_whoever_is_recused_is_shown_nothing_by_what_others_are(item: AgendaItem, listening, sales_lead):
    item.recuse(sales_lead, "It is my figure.", by=by(sales_lead))
    now = told_to(item.meeting_id, listening.values())
    assert listening["accused"] in now.listeners
    assert listening["accused"] not in now.shown
    assert CASE in now.shown[listening["executive"]].hand


def test_each_is_shown_the_item_that_their_page_shows(item: AgendaItem, listening, steering, executive, delivery_lead):
    contradiction(statement="Leads rise while orders fall.")
    item.meeting.draft_agenda(by=by(steering.secretary))
    other = item.meeting.items.exclude(pk=item.pk).get()
    theirs = Listener(session_of(delivery_lead), other.pk)
    now = told_to(item.meeting_id, [listening["executive"], theirs])
    assert "Leads rise while orders fall." in now.shown[theirs].hand
    assert "Leads rise while orders fall." not in now.shown[listening["executive"]].hand


def test_nobody_is_told_without_a_session_that_still_holds(item: AgendaItem, listening, executive, delivery_lead):
    keys = {who: each.session_key for who, each in listening.items()}
    assert readers(keys.values()).keys() == set(keys.values()) - {keys["outsider"]}
    Session.objects.filter(pk=keys["chair"]).delete()
    Session.objects.filter(pk=keys["accused"]).update(expire_date=clock.now())
    executive.set_password("another correct horse")
    executive.save()
    Person.objects.filter(pk=delivery_lead.pk).update(is_active=False)
    assert readers([*keys.values(), "", "no-session"]) == {}
    assert version_for(keys["chair"], item.meeting_id) is None


def test_whoever_loses_their_appointment_is_told_no_more(item: AgendaItem, listening, executive):
    held = executive.appointments.get()
    Appointment.objects.filter(pk=held.pk).update(holds=DateRange(held.holds.lower, clock.today()))
    assert listening["executive"] not in told_to(item.meeting_id, listening.values()).listeners


def test_whoever_decides_and_lacks_the_second_factor_is_told_nothing(item: AgendaItem, listening, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert told_to(item.meeting_id, listening.values()).listeners == {listening["executive"]}


def test_many_take_as_many_questions_as_few(item: AgendaItem, listening, steering):
    follower = one_more(steering)
    few = questions(item.meeting_id, [*listening.values(), follower])
    many = [follower, *(one_more(steering) for _ in range(20))]
    assert questions(item.meeting_id, [*listening.values(), *many]) == few


def one_more(steering: Steering) -> Listener:
    person = PersonFactory()
    AppointmentFactory(person=person, role=Role.FORUM_MEMBER, scope=steering.forum.scope)
    return Listener(session_of(person))


def questions(meeting: int, listeners: list[Listener]) -> int:
    """How many the database is asked, where nothing was rendered yet."""
    caches["process"].clear()
    with CaptureQueriesContext(connection) as asked:
        told_to(meeting, listeners)
    return len(asked)
