"""A pytest plugin: what many tests begin with is built once a worker, in a database of its own, and rolled back to.

A scene is one of `SCENES`, or several, with everything they stand on. Fixtures that stand on more than other fixtures
of ours (files, settings, parameters), or in a test that sets its own clock around them, are built for each test.
"""

import inspect
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from tests.databases import COMMITTING, SHOWN, cloned, pointed_at

SCENES = ("steering", "meeting", "item", "question", "voted", "decided", "minutes", "coming", "quiet_years",
          "in_remedy", "world")  # fmt: skip
WORTH_IT = 6  # tests of the run that begin so: fewer are quicker without a database of their own
Values = dict[str, Any]
Scene = frozenset[pytest.FixtureDef[Any]]
SET = pytest.StashKey[dict[pytest.FixtureDef[Any], Any]]()
TIMES = pytest.StashKey[Counter[Scene]]()


def pytest_collection_finish(session: pytest.Session) -> None:
    session.config.stash[TIMES] = Counter(scene for scene in map(scene_of, session.items) if scene)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> object:
    """What stands in the scene is taken from it."""
    scene = request.node.stash.get(SET, {})
    if fixturedef not in scene:
        return None
    fixturedef.cached_result = (scene[fixturedef], fixturedef.cache_key(request), None)  # type: ignore[arg-type]
    return True


def scene_of(item: pytest.Item) -> Scene:
    """The fixtures that a test begins with and that may be built once for many; none where it commits."""
    names = set(getattr(item, "fixturenames", ()))
    if not names.intersection(SCENES) or names & {*COMMITTING, SHOWN} or any(_is_around(each, item) for each in names):
        return frozenset()
    found: set[pytest.FixtureDef[Any]] = set()
    for name in names.intersection(SCENES):
        found |= _standing_on(name, item) or set()
    return frozenset(found)


def _standing_on(name: str, item: Any) -> set[pytest.FixtureDef[Any]] | None:
    """The fixture of this name with all that it stands on; None where something of it is of this test alone."""
    if name == "db":
        return set()
    fixture = _fixture(name, item)
    is_ours = fixture is not None and fixture.scope == "function" and fixture.baseid.startswith("tests")
    if fixture is None or not is_ours or fixture.params or inspect.isgeneratorfunction(fixture.func):
        return None
    if tuple(inspect.signature(fixture.func).parameters) != tuple(fixture.argnames) or name in fixture.argnames:
        return None
    found = {fixture}
    for below in fixture.argnames:
        further = _standing_on(below, item)
        if further is None:
            return None
        found |= further
    return found


def _is_around(name: str, item: Any) -> bool:
    """Whether a fixture of ours sets something, such as the clock, that what comes after it may be built under."""
    fixture = _fixture(name, item)
    if fixture is None or fixture.scope != "function" or not fixture.baseid.startswith("tests"):
        return False
    return inspect.isgeneratorfunction(fixture.func) or not {"settings", "monkeypatch"}.isdisjoint(fixture.argnames)


def _fixture(name: str, item: Any) -> pytest.FixtureDef[Any] | None:
    fixtures = item._fixtureinfo.name2fixturedefs.get(name)
    return fixtures[-1] if fixtures else None


@pytest.fixture(scope="session")
def built(
    django_db_setup: None, template_database: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[Scene, tuple[str, Values]]]:
    """The scenes that were built: the database of each, and what stands in it."""
    with ExitStack() as databases:

        class Built(dict[Scene, tuple[str, Values]]):
            def __missing__(self, scene: Scene) -> tuple[str, Values]:
                name = databases.enter_context(cloned(template_database))
                with pointed_at(name, django_db_blocker), django_db_blocker.unblock(), transaction.atomic():
                    self[scene] = name, _build(scene)
                    connection.run_on_commit.clear()  # in the tests themselves nothing is told to a worker either
                return self[scene]

        yield Built()


def _build(scene: Scene) -> Values:
    named = {fixture.argname: fixture for fixture in scene}
    values: dict[str, Any] = {"db": None}

    def value(name: str) -> Any:
        if name not in values:
            fixture = named[name]
            values[name] = fixture.func(**{each: value(each) for each in fixture.argnames})
        return values[name]

    return {name: value(name) for name in sorted(named)}


@pytest.fixture
def scene(
    request: pytest.FixtureRequest,
    built: dict[Scene, tuple[str, Values]],
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """What `db` stands on: the database of the scene that this test begins with, where it begins with one."""
    wanted = scene_of(request.node)
    if request.config.stash[TIMES][wanted] < WORTH_IT:
        yield
        return
    name, values = built[wanted]
    copies = deepcopy(values)
    request.node.stash[SET] = {fixture: copies[fixture.argname] for fixture in wanted}
    with pointed_at(name, django_db_blocker):
        yield
