"""The wake-up line: nobody waits for a broker that is away or frozen, and no task is lost with its worker."""

import socket
import time
from collections.abc import Iterator

import pytest
from kombu.exceptions import OperationalError

from config.celery import app
from config.environment import broker_address


@pytest.fixture
def frozen_broker() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.socket() as frozen:
        frozen.bind(("127.0.0.1", 0))
        frozen.listen()
        yield f"redis://127.0.0.1:{frozen.getsockname()[1]}/0"


def seconds_to_send(address: str) -> float:
    """How long a task that cannot be sent holds up whoever sends it."""
    started = time.monotonic()
    with app.connection_for_write(address) as connection, pytest.raises(OperationalError):
        app.send_task("truthgov.checkpoint", connection=connection)
    return time.monotonic() - started


def test_a_frozen_broker_holds_nobody_up(frozen_broker: str) -> None:
    assert seconds_to_send(frozen_broker) < 5


def test_a_broker_that_is_away_holds_nobody_up() -> None:
    assert seconds_to_send("redis://127.0.0.1:1/0") < 2


def test_a_task_is_kept_until_it_is_done() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.task_time_limit < app.conf.broker_transport_options["visibility_timeout"]


def test_every_scheduled_task_is_known_to_the_worker() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ("redis://broker:6379/0", "redis://broker:6379/0"),
        ("unix:///run/valkey", "redis+socket:///run/valkey"),
        ("unix:///run/valkey?db=3", "redis+socket:///run/valkey?virtual_host=3"),
    ],
)
def test_celery_has_its_own_spelling_of_a_socket(given: str, spelled: str) -> None:
    assert broker_address(given) == spelled
