"""The wake-up line: nobody waits for a broker that is away or frozen, and no task is lost with its worker."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import redis
from celery.beat import Scheduler
from kombu.exceptions import OperationalError

from config import beat
from config.celery import app
from config.environment import broker_address
from tests.config.processes import ROOT
from tests.servers import redis_numbered


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
    assert {entry["task"] for entry in beat.app.conf.beat_schedule.values()} <= set(app.tasks)


def test_the_worker_finds_what_the_clock_sends() -> None:
    clock, address = Scheduler(beat.app), redis_numbered(os.environ["REDIS_URL"], 15)  # where no worker listens
    redis.Redis.from_url(address).flushdb()
    with (
        app.connection_for_write(broker_address(address)) as connection,
        beat.app.amqp.Producer(connection) as producer,
        connection.SimpleQueue("celery") as waiting,
    ):
        clock.apply_async(clock.schedule["checkpoint"], producer=producer)
        message = waiting.get(timeout=30)
        message.ack()
    assert message.headers["task"] == "truthgov.checkpoint"
    app.loader.import_default_modules()
    task, said = app.tasks["truthgov.checkpoint"], message.headers["ignore_result"]
    assert task.ignore_result if said is None else said  # the clock says nothing of it, unless the product is loaded


def test_the_clock_does_not_load_the_product() -> None:
    told = "import sys, config.beat; print([name for name in sys.modules if name.partition('.')[0] == 'metrics'])"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


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
