"""The embedded stack: what a data home promises, and that nothing outlives whoever started it."""

import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.servers.places import throwaway_home
from tests.config.processes import alive, descendants, environment_of, servers, until

pytestmark = pytest.mark.processes
WAITING = ("sh", "-c", "echo ready; exec sleep 600")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A data home where servers have run once."""
    place = throwaway_home(in_memory=True)  # unlike pytest's own folders, the servers' account can enter it
    first = servers("run", "--home", str(place / "home"), "--", "true")
    assert first.communicate()[1] == ""
    yield place / "home"
    shutil.rmtree(place)


def test_a_command_runs_with_the_addresses_of_both_servers(home: Path) -> None:
    said = environment_of(servers("run", "--home", str(home), "--", "env").communicate()[0])
    assert said["DATABASE_URL"].startswith("postgresql://truthgov_app@/truthgov?host=/")
    assert said["DATABASE_OWNER_URL"].startswith("postgresql://truthgov_owner@/truthgov?host=/")
    assert said["REDIS_URL"].startswith("unix:///")


def test_the_command_gives_its_exit_status(home: Path) -> None:
    running = servers("run", "--home", str(home), "--", "sh", "-c", "exit 7")
    assert running.wait() == 7


def asked(home: Path, statement: str) -> str:
    """What the owner is answered by servers that run for this statement alone."""
    code = "import os, sys, psycopg2; c = psycopg2.connect(os.environ['DATABASE_OWNER_URL']); c.autocommit = True; "
    code += "k = c.cursor(); k.execute(sys.argv[1]); print(k.fetchone() if k.description else 'done')"
    return servers("run", "--home", str(home), "--", sys.executable, "-c", code, statement).communicate()[0]


def test_data_persists_from_one_start_to_the_next(home: Path) -> None:
    assert asked(home, "CREATE TABLE kept AS SELECT 42 AS figure") == "done\n"
    assert asked(home, "SELECT figure FROM kept") == "(42,)\n"


def test_text_sorts_the_same_on_every_machine(home: Path) -> None:
    query = (
        "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'truthgov'"
    )
    assert asked(home, query) == "('b', 'C.UTF-8', 'UTF8')\n"


def test_a_second_start_on_the_same_data_gets_one_line(home: Path) -> None:
    first = servers("run", "--home", str(home), "--", *WAITING)
    assert first.stdout
    assert first.stdout.readline() == "ready\n"
    second = servers("run", "--home", str(home), "--", "true")
    assert second.communicate() == ("", f"truthgov already runs on {home}: stop it first, or set TRUTHGOV_HOME.\n")
    assert second.returncode == 1
    first.terminate()
    first.communicate()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_its_supervisor(home: Path, number: signal.Signals) -> None:
    running = servers("run", "--home", str(home), "--", *WAITING)
    assert running.stdout
    assert running.stdout.readline() == "ready\n"
    family = descendants(running.pid)
    assert len(family) > 5  # PostgreSQL's background processes are among them
    running.send_signal(number)
    running.wait()
    until(lambda: not alive(family))


def test_it_starts_again_after_being_killed(home: Path) -> None:
    running = servers("run", "--home", str(home), "--", *WAITING)
    assert running.stdout
    assert running.stdout.readline() == "ready\n"
    running.kill()
    running.wait()
    again = servers("run", "--home", str(home), "--", "echo", "again")
    until(lambda: again.poll() is not None)
    assert again.communicate()[0] == "again\n"
