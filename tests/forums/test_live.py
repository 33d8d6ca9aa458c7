"""The process that tells browsers when a meeting changed: whom it tells, and that nothing is missed."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from config.servers import process, product
from config.servers.account import ourselves
from forums.following.admission import versions
from forums.following.http import Asked, head
from forums.following.live import _reconnecting
from forums.models import Meeting
from tests.config.processes import ROOT, free_port
from tests.factories.forums import next_meeting, steering_forum
from truthgov.actor import Actor

pytestmark = pytest.mark.processes


@pytest.fixture
def sitting(own_database, request) -> Meeting:
    """A meeting in session, in a database that processes may share."""
    truth_owner, sponsor, _ = (request.getfixturevalue(name) for name in ("truth_owner", "sponsor", "mandate"))
    steering = steering_forum(truth_owner, sponsor, [])
    meeting = next_meeting(steering)
    meeting.open(by=steering.chair)
    return meeting


@contextmanager
def live(environment, port, folder) -> Iterator[process.Child]:
    child = process.spawn("live", product.live(port), ourselves(), environment=environment, directory=ROOT,
                          log=folder / "live.log")  # fmt: skip
    child.wait_until(lambda: product.serves(port))
    yield child
    child.stop()


class Stream:
    """Somebody's stream: what it was answered, and the versions it was told."""

    def __init__(self, port, meeting, person=None, **headers):
        client = Client()
        if person:
            client.force_login(person)
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        self.client = client
        self.line = socket.create_connection(("127.0.0.1", port), timeout=60)
        sent = {"Host": "localhost", **headers}
        asked = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        self.line.sendall(f"GET /meetings/{meeting}/ HTTP/1.1\r\n{asked}\r\n".encode())
        self.told = self.line.makefile("rb")
        self.status = int(self.told.readline().split()[1])

    def next(self) -> int | None:
        """The version told next, `shown` with its screen where that was sent; None at the end of the stream."""
        news = next((json.loads(line[6:]) for line in self.told if line.startswith(b"data: ")), None)
        self.shown = news if isinstance(news, dict) else {}
        return self.shown.get("version", news)


def test_each_change_is_told_to_whoever_follows(own_database, sitting, truth_owner, executive, tmp_path):
    port = free_port()
    with live(own_database, port, tmp_path):
        streams = [Stream(port, sitting.pk, person) for person in (truth_owner, executive)]
        assert [stream.next() for stream in streams] == [sitting.version] * 2
        sitting.arrive(executive, by=Actor(person=executive))
        assert [stream.next() for stream in streams] == [sitting.version] * 2


def test_who_only_follows_is_sent_the_screen_and_of_it_once_what_stays(
    own_database, sitting, truth_owner, executive, tmp_path
):
    port = free_port()
    with live(own_database, port, tmp_path):
        chair, follower = (Stream(port, sitting.pk, person) for person in (truth_owner, executive))
        assert [stream.next() for stream in (chair, follower)] == [sitting.version] * 2
        sitting.arrive(executive, by=Actor(person=executive))
        assert [stream.next() for stream in (chair, follower)] == [sitting.version] * 2
        assert chair.shown == {}
        assert executive.name in follower.shown["around"]
        assert 'id="hand"' in follower.shown["hand"]
        sitting.leave(executive, by=Actor(person=executive))
        assert [stream.next() for stream in (chair, follower)] == [sitting.version] * 2
        assert "hand" not in follower.shown
        follower.client.logout()
        sitting.note_change()
        assert chair.next() == sitting.version
        assert follower.next() is None


def test_after_a_restart_whoever_comes_back_is_told_what_they_missed(own_database, sitting, truth_owner, tmp_path):
    port, before = free_port(), sitting.version
    with live(own_database, port, tmp_path):
        stream = Stream(port, sitting.pk, truth_owner)
        assert stream.next() == before
    assert stream.next() is None
    sitting.note_change()
    with live(own_database, port, tmp_path):
        assert Stream(port, sitting.pk, truth_owner).next() == before + 1


@pytest.mark.usefixtures("own_database")
def test_a_connection_that_broke_while_nobody_asked_is_replaced() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        broken = cursor.fetchone()
    beside = connection.copy()
    with beside.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", broken)
    beside.close()
    assert _reconnecting(versions, ((),)) == {}


def test_who_may_not_read_the_meeting_is_told_nothing(own_database, sitting, truth_owner, outsider, tmp_path):
    port = free_port()
    with live(own_database, port, tmp_path):
        assert Stream(port, sitting.pk, truth_owner).status == HTTPStatus.OK
        assert Stream(port, sitting.pk, outsider).status == HTTPStatus.NOT_FOUND
        assert Stream(port, sitting.pk).status == HTTPStatus.NOT_FOUND
        assert Stream(port, sitting.pk + 1, truth_owner).status == HTTPStatus.NOT_FOUND
        assert Stream(port, sitting.pk, truth_owner, Host="elsewhere.example.org").status == HTTPStatus.FORBIDDEN
        theirs = {"Origin": "https://elsewhere.example.org"}
        assert Stream(port, sitting.pk, truth_owner, **theirs).status == HTTPStatus.FORBIDDEN


def test_whoever_signs_out_is_told_no_more(own_database, sitting, truth_owner, tmp_path):
    port = free_port()
    with live(own_database, port, tmp_path):
        stream = Stream(port, sitting.pk, truth_owner)
        assert stream.next() == sitting.version
        stream.client.logout()
        assert stream.next() is None


def test_a_page_of_another_port_of_ours_may_listen():
    asked = Asked.read(
        b"GET /live/meetings/7/?x=1 HTTP/1.1\r\nHost: localhost:81\r\nOrigin: http://localhost:80\r\n\r\n"
    )
    assert (asked.meeting, asked.item, asked.is_from_elsewhere("localhost")) == (7, None, False)
    assert b"Access-Control-Allow-Origin: http://localhost:80\r\n" in head(HTTPStatus.OK, asked)
    assert b"Access-Control" not in head(HTTPStatus.NOT_FOUND, asked)


@pytest.mark.parametrize(("query", "item"), [("item=12", 12), ("item=x", None), ("item=%C2%B2", None), ("", None)])
def test_a_page_says_which_item_it_shows(query, item):
    assert Asked.read(f"GET /meetings/7/?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()).item == item


@pytest.mark.parametrize(
    "sent", [b"POST / HTTP/1.1", b"GET /", b"\x16\x03\x01", b"GET / HTTP/2", b"GET a b c HTTP/1.1"]
)
def test_what_is_no_request_of_a_browser_is_refused(sent):
    with pytest.raises(ValueError, match=r"unpack|^POST|^GET"):
        Asked.read(sent + b"\r\n\r\n")
