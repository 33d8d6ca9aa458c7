"""The cast: the people whom the tests are about, in an organisation of two functions and a journey."""

import gc
from collections.abc import Callable

import pytest
from django.core.cache import caches
from django.test import Client
from hypothesis import settings

from journeys.models import Journey
from tests.factories.people import AppointmentFactory, FunctionFactory, OrganisationFactory, PersonFactory, met
from truthgov.models import Function, Mandate, Person, Role, Scope

pytest_plugins = ["tests.databases", "tests.scenes", "tests.sharing_out"]
# What a busy machine takes for an example says nothing of what is tested.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

AsPerson = Callable[[Person], Client]
FIRST = ("@pages", "@kinds", "browser/", "config/test_up", "test_every_route", "config/test_compose", "processes")
"""What takes a minute or more begins first, so that no worker is alone with it at the end: one of them prepares the
database meanwhile, and another does what needs none."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        group = item.get_closest_marker("xdist_group")
        name = f"{item.nodeid}@{group.args[0]}" if group else item.nodeid
        return next((place for place, part in enumerate(FIRST) if part in name), len(FIRST))

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """The product and its tests stay for the whole run: looking through all of them again and again is a loss."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # a query makes some hundred objects, few of them in a circle


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """What a test made is rolled back; what was cached of it goes too."""
    met.clear()
    for cache in caches.all():
        cache.clear()


@pytest.fixture
def organisation(db: None) -> Scope:
    return OrganisationFactory()


@pytest.fixture
def sales(organisation: Scope) -> Function:
    return FunctionFactory(name="Sales")


@pytest.fixture
def delivery(organisation: Scope) -> Function:
    return FunctionFactory(name="Delivery")


@pytest.fixture
def journey(organisation: Scope) -> Journey:
    scope = Scope.objects.create(kind=Scope.Kind.JOURNEY, name="Book to stay")
    return Journey.objects.create(scope=scope, code="book-to-stay", name="Book to stay")


def _cast(name: str, role: str | None, scope: Scope | None = None) -> Person:
    person = PersonFactory(name=name, email=f"{name.split()[0].lower()}@example.org")
    if role:
        AppointmentFactory(person=person, role=role, scope=scope or OrganisationFactory())
    return person


@pytest.fixture
def sponsor(organisation: Scope) -> Person:
    return _cast("Sofia Sponsor", Role.SPONSOR)


@pytest.fixture
def truth_owner(organisation: Scope) -> Person:
    return _cast("Tomas Truth", Role.TRUTH_OWNER)


@pytest.fixture
def mandate(truth_owner: Person, sponsor: Person) -> Mandate:
    granted_by = sponsor.appointments.get()
    return Mandate.objects.create(
        version=1, starts_on=granted_by.holds.lower, text="Challenge, escalate and force.", may_challenge=True,
        may_escalate=True, may_force=True, granted_by=granted_by, granted_at="2015-01-01T00:00Z",
    )  # fmt: skip


@pytest.fixture
def sales_lead(sales: Function) -> Person:
    return _cast("Sara Sales", Role.FUNCTION_LEAD, sales.scope)


@pytest.fixture
def delivery_lead(delivery: Function) -> Person:
    return _cast("Dario Delivery", Role.FUNCTION_LEAD, delivery.scope)


@pytest.fixture
def journey_owner(journey: Journey) -> Person:
    return _cast("Julia Journey", Role.JOURNEY_OWNER, journey.scope)


@pytest.fixture
def executive(organisation: Scope) -> Person:
    return _cast("Emil Executive", Role.EXECUTIVE)


@pytest.fixture
def auditor(organisation: Scope) -> Person:
    return _cast("Ada Auditor", Role.AUDITOR)


@pytest.fixture
def administrator(organisation: Scope) -> Person:
    return _cast("Adam Administrator", Role.ADMINISTRATOR)


@pytest.fixture
def outsider(organisation: Scope) -> Person:
    """Signed in, appointed to nothing."""
    return _cast("Olga Outsider", None)


@pytest.fixture
def as_person() -> AsPerson:
    """A browser signed in as somebody."""

    def signed_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in
