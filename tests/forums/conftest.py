import os
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from forums.models import AgendaItem, Meeting, Question, Way
from forums.models.right import BY_ITS_HOLDER
from metrics.models import Contradiction
from tests.databases import cloned, pointed_at, prepared
from tests.factories.forums import (
    Steering,
    asked_by,
    contradiction,
    in_session,
    item_about,
    resolving,
    steering_forum,
)
from tests.factories.metrics import SourceFactory
from tests.servers import WORKER
from tests.showcase import Showcase, showcase
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Function, Mandate, Person

SHOWN_AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
"""When the hotel is looked at: its last figures are of October, and those of November are not due yet."""


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where stands what is made once a run: the folders of workers are in one."""
    base = tmp_path_factory.getbasetemp()
    shelf = (base.parent if WORKER in os.environ else base) / "shelf"
    shelf.mkdir(exist_ok=True)
    return shelf


@pytest.fixture(scope="session")
def hotel_at_rest(
    django_db_setup: None, template_database: str, django_db_blocker: DjangoDbBlocker, shelf: Path
) -> Iterator[tuple[str, bytes]]:
    """This worker's database with the hotel in it, which is built once a run, and what stands in it, pickled."""
    kept = shelf / "hotel.pickle"

    def build() -> None:
        with clock.at(SHOWN_AT):
            kept.write_bytes(pickle.dumps(showcase()))

    with cloned(prepared("hotel_at_rest", template_database, build, django_db_blocker)) as name:
        yield name, kept.read_bytes()


@pytest.fixture
def shown_database(hotel_at_rest: tuple[str, bytes], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What `db` stands on in a test that asks for `shown`."""
    with pointed_at(hotel_at_rest[0], django_db_blocker):
        yield


@pytest.fixture
def shown(db: None, hotel_at_rest: tuple[str, bytes]) -> Iterator[Showcase]:
    """The hotel with its figures and its contradictions, as it stood in November; what a test does is rolled back."""
    with clock.at(SHOWN_AT):
        yield pickle.loads(hotel_at_rest[1])


@pytest.fixture
def way() -> Way:
    """How cases are resolved: by whoever holds the right, unless a test has the room decide."""
    return BY_ITS_HOLDER


@pytest.fixture
def members(sales_lead: Person, delivery_lead: Person, executive: Person) -> list[Person]:
    """Who sits in the steering forum beside its chair."""
    return [sales_lead, delivery_lead, executive]


@pytest.fixture
def steering(truth_owner: Person, sponsor: Person, mandate: Mandate, members: list[Person], way: Way) -> Steering:
    return steering_forum(truth_owner, sponsor, members, **asked_by(way))


@pytest.fixture
def case(sales: Function) -> Contradiction:
    """An open contradiction in which Sales is accused."""
    return contradiction()


@pytest.fixture
def disputed(case: Contradiction) -> Contradiction:
    """An open case between two sources of one measure."""
    return contradiction(
        case.measure, kind=Contradiction.Kind.SOURCE_DISAGREEMENT, other_measure=None, segment=case.segment,
        source=SourceFactory(code="pms"), other_source=SourceFactory(code="crm"),
    )  # fmt: skip


@pytest.fixture
def meeting(steering: Steering, case: Contradiction) -> Meeting:
    """In session, four members present, one case on the agenda."""
    return in_session(steering)


@pytest.fixture
def question(item: AgendaItem, truth_owner: Person) -> Question:
    """The chair has put the remedy of the case to the room, where `way` has the room decide."""
    return Question.objects.put(item, resolving(), by=Actor(person=truth_owner))


@pytest.fixture
def item(meeting: Meeting, case: Contradiction) -> AgendaItem:
    return item_about(meeting, case)


@pytest.fixture
def minutes(item, steering):
    """Of a meeting that has closed."""
    return item.meeting.close(by=steering.chair)
