"""`make up`'s supervisor: what it serves, what it refuses in one line, and what is left of it: nothing."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from config.servers import product
from config.servers.places import throwaway_home
from config.servers.up import demonstration_site, kept_secret, product_account
from tests.config.processes import ADDRESSES, ROOT, alive, descendants, free_port, servers, until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("up")]  # one worker, one data home
ORGANISATION = """
from tests.provisioned import provision
from truthgov.models import Scope
provision()
Scope.objects.create(kind=Scope.Kind.ORGANISATION, name="Ours")
"""
MODE = {"TRUTHGOV_MODE": "development"}


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that, unlike pytest's own, the unprivileged account can enter."""
    folder = throwaway_home(in_memory=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A data home with an organisation, so that the demonstration organisation is not loaded."""
    place = throwaway_home(in_memory=True)
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", ORGANISATION]
    assert servers("run", "--home", str(place / "home"), "--", *command).wait() == 0
    yield place / "home"
    shutil.rmtree(place)


def started(**environment: str) -> tuple[subprocess.Popen[str], list[str]]:
    """A supervisor that has said its address, and the lines it took to get there."""
    running, lines = servers("up", **MODE, **environment), []
    assert running.stdout
    for line in running.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("Data in"):
            return running, lines
    raise AssertionError(f"it did not start: {lines} {running.communicate()}")


@pytest.mark.parametrize("port", ["seven", "0", "70000"])
def test_a_port_that_is_none_gets_one_line(port: str) -> None:
    assert servers("up", PORT=port).communicate() == ("", f"PORT is {port!r}: give a number from 1 to 65535.\n")


def test_a_taken_port_gets_one_line(place: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = servers("up", PORT=str(port), TRUTHGOV_HOME=str(place)).communicate()
    assert said == ("", f"Port {port} cannot be used (Address already in use): make up PORT=8001\n")


def test_half_of_the_addresses_get_one_line(place: Path) -> None:
    running = servers("up", PORT=str(free_port()), TRUTHGOV_HOME=str(place), REDIS_URL="redis://elsewhere")
    assert running.communicate()[1] == (
        f"DATABASE_URL, DATABASE_OWNER_URL missing: give all of {', '.join(ADDRESSES)}, or none.\n"
    )


def test_feeds_may_call_us_and_nobody_else_unless_the_environment_says_whom(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EGRESS_HOSTS", raising=False)
    given = demonstration_site(place, 8_001, product_account())
    assert (given["EGRESS_HOSTS"], given["EGRESS_PORTS"]) == ("127.0.0.1", "443,8001")
    assert given["TRUTHGOV_DEMONSTRATION_SITE"] == "http://127.0.0.1:8001"
    monkeypatch.setenv("EGRESS_HOSTS", "crm.example.org")
    assert demonstration_site(place, 8_001, product_account()) == {}


def test_a_secret_whose_writing_was_interrupted_is_made_anew_and_kept(tmp_path: Path) -> None:
    (secret := tmp_path / "secret_key").touch()
    made = kept_secret(secret)
    assert len(made) > 50
    assert kept_secret(secret) == made


def test_it_serves_as_an_unprivileged_account_and_stops_in_order(home: Path) -> None:
    port = free_port()
    running, lines = started(PORT=str(port), TRUTHGOV_HOME=str(home))
    family = descendants(running.pid)
    second = servers("up", **MODE, PORT=str(port), TRUTHGOV_HOME=str(home)).communicate()
    assert second == ("", f"truthgov already runs on {home}: stop it first, or set TRUTHGOV_HOME.\n")
    assert f"truthgov is ready: http://localhost:{port}/" in lines
    assert httpx.get(f"http://127.0.0.1:{port}/accounts/login/").status_code == 200
    ours = commanded(family, b"gunicorn") | commanded(family, b"celery\0--app")
    assert {os.stat(f"/proc/{pid}").st_uid for pid in ours} == {product_account().uid}
    running.send_signal(signal.SIGINT)
    said = running.communicate()
    assert [line.split(" …")[0] for line in said[0].splitlines()] == [
        "Stopping web",
        "Stopping live",
        "Stopping beat",
        "Stopping worker",
        "Stopping servers",
    ]
    assert running.returncode == 0
    assert not alive(family)


def test_a_process_that_dies_stops_the_rest(home: Path) -> None:
    running, _ = started(PORT=str(free_port()), TRUTHGOV_HOME=str(home))
    family = descendants(running.pid)
    os.kill(min(commanded(family, b"config.celery\0worker")), signal.SIGKILL)
    assert f"worker ended by itself: see {home}/log/worker.log\n" in running.communicate()[1]
    assert running.returncode == 1
    until(lambda: not alive(family))


def test_a_killed_supervisor_leaves_no_process(home: Path) -> None:
    running, _ = started(PORT=str(free_port()), TRUTHGOV_HOME=str(home))
    family = descendants(running.pid)
    running.kill()
    until(lambda: not alive(family))


def test_a_killed_make_leaves_no_process(home: Path) -> None:
    port = free_port()
    command = "import subprocess, sys; subprocess.run([sys.executable, '-m', 'config.servers', 'up'])"
    environment = {key: value for key, value in os.environ.items() if key not in ADDRESSES}
    environment |= MODE | {"PORT": str(port), "TRUTHGOV_HOME": str(home)}
    make = subprocess.Popen([sys.executable, "-c", command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    until(lambda: product.serves(port))
    family = descendants(make.pid)
    make.kill()
    make.wait()
    until(lambda: not alive(family))


def test_servers_that_are_given_are_used(own_database: dict[str, str], organisation: object, home: Path) -> None:
    addresses = {name: own_database[name] for name in ADDRESSES}
    running, _ = started(PORT=str(free_port()), TRUTHGOV_HOME=str(home), **addresses)
    family = descendants(running.pid)
    assert not commanded(family, b"bin/postgres") | commanded(family, b"valkey-server")
    running.terminate()
    running.communicate()
    assert running.returncode == 0


def commanded(pids: set[int], word: bytes) -> set[int]:
    """Those of `pids` whose command line holds `word`."""
    return {pid for pid in pids if word in Path(f"/proc/{pid}/cmdline").read_bytes()}
