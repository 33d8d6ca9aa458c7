"""A real HTTP server in a thread; it may be called because 127.0.0.1 is named in the settings, and only then."""

import contextlib
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from truthgov import egress
from truthgov.egress import EgressRefused, Unreachable, fetch


class Handler(BaseHTTPRequestHandler):
    seen: list[dict[str, str]] = []

    def do_GET(self):
        self.seen.append(dict(self.headers))
        getattr(self, f"answer_{self.path.strip('/')}")()

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_figures(self):
        self.answer(200, b'{"rows": []}', Content_Type="application/json")

    def answer_moved(self):
        self.answer(302, Location="http://169.254.169.254/latest")

    def answer_astray(self):
        self.answer(302)

    def answer_unmodified(self):
        self.answer(304)

    def answer_gone(self):
        self.answer(503)

    def answer_large(self):
        self.answer(200, b"x" * 5_000)

    def answer_packed(self):
        self.answer(200, b"x", Content_Encoding="gzip")

    def answer_slow(self):
        self.answer(200)
        self.dribble(b"x" * 20)

    def answer_hardly(self):
        self.dribble(b"HTTP/1.0 200 OK\r\n\r\n")

    def dribble(self, content):
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the caller gives up first: that is the test
            for sign in content:
                self.wfile.write(bytes([sign]))
                self.wfile.flush()
                time.sleep(0.05)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(settings):
    Handler.seen = []
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
    settings.EGRESS_SCHEMES, settings.EGRESS_PORTS = ["http"], [running.server_port]
    settings.EGRESS_HOSTS, settings.EGRESS_PRIVATE_NETWORKS = ["127.0.0.1", "localhost"], ["127.0.0.0/8", "::1/128"]
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()


def test_what_stands_at_an_allowed_address_is_fetched(server):
    assert fetch(f"{server}/figures", headers={"Authorization": "Bearer x"}) == egress.Fetched(
        "application/json", b'{"rows": []}', is_whole=False
    )
    assert Handler.seen[0]["Authorization"] == "Bearer x"


def test_the_name_that_was_asked_for_stays_in_the_host_header(server):
    name = server.replace("127.0.0.1", "localhost")
    fetch(f"{name}/figures")
    assert Handler.seen[0]["Host"] == name.removeprefix("http://")


def test_a_private_address_is_refused_unless_its_network_is_named(server, settings):
    settings.EGRESS_PRIVATE_NETWORKS = []
    with pytest.raises(EgressRefused, match=r"leads to 127\.0\.0\.1, a private address"):
        fetch(f"{server}/figures")
    assert Handler.seen == []


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("EGRESS_SCHEMES", ["https"], "fetched over https"),
        ("EGRESS_PORTS", [443], "is not one that may be called"),
        ("EGRESS_HOSTS", ["example.org"], "is not a host that may be called"),
    ],
)
def test_what_no_list_allows_is_refused(server, settings, setting, value, sentence):
    setattr(settings, setting, value)
    with pytest.raises(EgressRefused, match=sentence):
        fetch(f"{server}/figures")


def test_a_password_does_not_stand_in_an_address(server):
    with pytest.raises(EgressRefused, match="holds a password"):
        fetch(server.replace("//", "//user:secret@"))


def test_one_bad_record_refuses_all(server, settings, monkeypatch):
    settings.EGRESS_HOSTS = ["two.example.org"]
    records = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in ("93.184.215.14", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: records)
    with pytest.raises(EgressRefused, match=r"leads to 10\.0\.0\.7"):
        fetch(server.replace("127.0.0.1", "two.example.org"))


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "10.1.2.3", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::ffff:127.0.0.1", "fe80::1", "fc00::1",
     "64:ff9b::7f00:1", "2002:7f00:1::"],
)  # fmt: skip
def test_addresses_that_are_not_the_worlds_are_not_called(server, settings, monkeypatch, address):
    settings.EGRESS_PRIVATE_NETWORKS = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: [(0, 0, 0, "", (address, 0))])
    with pytest.raises(EgressRefused, match="a private address"):
        fetch(f"{server}/figures")


def test_a_redirect_is_not_followed(server):
    with pytest.raises(EgressRefused, match=r"redirects to http://169\.254\.169\.254"):
        fetch(f"{server}/moved")


@pytest.mark.parametrize(
    ("page", "limits", "sentence"),
    [
        ("gone", {}, "answered 503"),
        ("astray", {}, "answered 302"),
        ("unmodified", {}, "answered 304"),
        ("large", {"max_bytes": 4_999}, "more than 4999 bytes"),
        ("packed", {}, "compressed"),
        ("slow", {"seconds": 0.3}, "too long|did not answer"),
        ("hardly", {"seconds": 0.3}, "too long|did not answer"),
    ],
)
def test_what_goes_wrong_over_there_may_be_tried_again(server, page, limits, sentence):
    with pytest.raises(Unreachable, match=sentence):
        fetch(f"{server}/{page}", **limits)


def test_nobody_listening_may_be_tried_again(server, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.EGRESS_PORTS = [port]
    with pytest.raises(Unreachable, match="did not answer"):
        fetch(f"http://127.0.0.1:{port}/figures")
