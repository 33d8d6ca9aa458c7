"""Default deny: every address is in the table of routes, and lets in whom the table says, by every method."""

import logging
from collections.abc import Iterator
from contextlib import nullcontext
from copy import copy

import pytest
from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories.world import World, everything
from tests.resources import API, Resource
from tests.routes import EVERYBODY, PAGES, PUBLIC, ROLES, Route
from truthgov.models import Person

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PASSED = {200, 201, 204, 302, 409, 422}
"""Let in, also where the bare request then lacks a field or comes at the wrong moment."""
BARRED = {403, 404}
ANSWERED = {200, 400, 415, 422}
DECIDED = {200, 201, 409, 412, 422, 428}
SIGN_IN = "sign in"


class KnownByNow(ModelBackend):
    """Reads who signed in once a test, for the thousands of requests that they make."""

    people: dict[int, Person] = {}

    def get_user(self, user_id):
        if user_id not in self.people:
            self.people[user_id] = super().get_user(user_id)
        return copy(self.people[user_id])


@pytest.fixture(scope="module", autouse=True)
def little_beside():
    """Thousands of requests look up their session, and most are refused, as they should be: nobody reads of each."""
    logger = logging.getLogger("django.request")
    before = logger.level
    logger.setLevel(logging.ERROR)
    backend = f"{KnownByNow.__module__}.{KnownByNow.__qualname__}"
    with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.cache", AUTHENTICATION_BACKENDS=[backend]):
        yield
    logger.setLevel(before)


@pytest.fixture(autouse=True)
def nobody_known():
    KnownByNow.people.clear()


@pytest.fixture
def world(sponsor, truth_owner, sales_lead, delivery_lead, journey_owner, executive, auditor, administrator, outsider,
          sales, delivery, journey):  # fmt: skip
    people = {"sponsor": sponsor, "truth owner": truth_owner, "lead": sales_lead, "other lead": delivery_lead,
              "journey owner": journey_owner, "executive": executive, "auditor": auditor,
              "administrator": administrator, "outsider": outsider}  # fmt: skip
    return everything(people, sales, delivery, journey)


def named_routes() -> Iterator[tuple[str, URLPattern]]:
    """Every address with its name, `room:name`, but allauth's own below /accounts/; without a name, its pattern."""
    yield from _below(get_resolver(), "", ())


def _below(resolver: URLResolver, path: str, namespaces: tuple[str, ...]) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        address = f"{path}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from _below(entry, address, (*namespaces, entry.namespace) if entry.namespace else namespaces)
        elif not address.startswith("accounts/"):
            yield ":".join((*namespaces, entry.name or address)), entry


def answer(world: World, route: Route | Resource, method: str, client: Client) -> int | str:
    """The status of a bare request, whose effects are taken back where the table lets anybody make it."""
    address = reverse(route.name, kwargs={part: world.names[name] for part, name in route.at.items()})
    changes = method in route.changing
    with transaction.atomic() if changes else nullcontext():
        response = client.generic(method, address)
        if changes:
            transaction.set_rollback(True)
    if response.status_code == 302 and response.url.startswith("/accounts/login/"):
        return SIGN_IN
    return response.status_code


def as_role(world: World, role: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.people[role])
    return client


def test_every_route_is_in_the_table():
    listed = {route.name for route in (*PAGES, *API)} | set(PUBLIC)
    standing = {name for name, _ in named_routes()}
    assert standing - listed == set(), "classify these in tests/routes.py or tests/resources.py"
    assert listed - standing == set(), "these are gone"


def test_every_page_says_whom_it_is_for():
    audiences = {name: getattr(pattern.callback, "audience", "") for name, pattern in named_routes()}
    assert {name for name, audience in audiences.items() if audience == "public"} == set(PUBLIC)
    assert {name for name, audience in audiences.items() if audience == "signed in"} == {route.name for route in PAGES}


@pytest.mark.parametrize("room", ["forums", "metrics", "journeys", "truthgov"])
def test_a_page_lets_in_whom_the_table_says(world, room):
    clients = {role: as_role(world, role) for role in ROLES}
    wrong = {}
    for route in (route for route in PAGES if route.name.startswith(f"{room}:")):
        for method, allowed in route.methods.items():
            for role, client in clients.items():
                status = answer(world, route, method, client)
                expected = {405} if allowed is None else PASSED if role in allowed else BARRED
                if status not in expected:
                    wrong[f"{method} {route.name} by {role}"] = status
    assert not wrong


def test_nobody_gets_anywhere_without_signing_in(world):
    stranger = Client()
    statuses = {
        f"{method} {route.name}": answer(world, route, method, stranger)
        for route in PAGES for method, allowed in route.methods.items() if allowed
    }  # fmt: skip
    assert {call: status for call, status in statuses.items() if status != SIGN_IN} == {}


def test_no_fragment_is_a_sign_in_page(world):
    """Where htmx asks, whoever is not signed in is led there by a header; nothing is swapped in."""
    stranger = Client(headers={"HX-Request": "true"})
    for route in (route for route in PAGES if route.get):
        response = stranger.get(
            reverse(route.name, kwargs={part: world.names[name] for part, name in route.at.items()})
        )
        assert response.status_code == 204, route.name
        assert (response["HX-Redirect"].startswith("/accounts/login/"), response.content) == (True, b""), route.name


def test_nobody_changes_the_address_they_sign_in_by(world):
    assert as_role(world, "lead").get("/accounts/email/").status_code == 404


def test_the_api_is_opened_by_a_key_and_read_by_a_session(world):
    stranger, signed_in = Client(), as_role(world, "truth owner")
    program = Client(headers={"Authorization": f"Bearer {world.key}"})
    wrong = {}
    for resource in API:
        for method in METHODS:
            statuses = tuple(answer(world, resource, method, client) for client in (stranger, signed_in, program))
            if not all(
                status in expected for status, expected in zip(statuses, _expected(resource, method), strict=True)
            ):
                wrong[f"{method} {resource.name}"] = statuses
    assert not wrong


def _expected(resource: Resource, method: str) -> tuple[set[int], set[int], set[int]]:
    """What a stranger, the truth owner's session and a key are answered."""
    if method not in resource.methods:
        return {405}, {405}, {405}
    if method == "GET":
        may_read = ANSWERED if "truth owner" in resource.reads else BARRED
        return {401}, may_read, {403} if resource.people_only else {404} if resource.unseen_by_keys else ANSWERED
    if resource.keys_only:
        return {401}, {401}, ANSWERED
    return {401}, DECIDED if "truth owner" in resource.acts else BARRED, {403}


def test_a_person_acts_over_the_api_where_the_table_says(world):
    clients = {role: as_role(world, role) for role in ROLES}
    wrong = {}
    acts = [(resource, method) for resource in API for method in resource.methods if method != "GET"]
    for resource, method in ((resource, method) for resource, method in acts if not resource.keys_only):
        for role, client in clients.items():
            status = answer(world, resource, method, client)
            if status not in (DECIDED if role in resource.acts else BARRED):
                wrong[f"{method} {resource.name} by {role}"] = status
    assert not wrong


def test_what_is_somebodys_own_over_the_api_nobody_else_reads(world):
    clients = {role: as_role(world, role) for role in ROLES}
    wrong = {}
    for resource in (resource for resource in API if resource.reads != EVERYBODY and "GET" in resource.methods):
        for role, client in clients.items():
            status = answer(world, resource, "GET", client)
            if status not in (ANSWERED if role in resource.reads else BARRED):
                wrong[f"{resource.name} by {role}"] = status
    assert not wrong


def test_what_is_public_answers_a_stranger(db):
    names = {"metrics:nowhere": {"rest": "nowhere"}, "forums:invitation": {"token": "forged"},
             "forums:calendar_feed": {"secret": "guessed"}}  # fmt: skip
    statuses = {name: Client().get(reverse(name, kwargs=names.get(name))).status_code for name in PUBLIC}
    assert statuses == {name: 404 if name in names else 200 for name in PUBLIC}
