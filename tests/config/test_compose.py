"""docker-compose.yml, read as it stands: its commands are started as processes, against the embedded servers."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import pytest
import yaml

from config.celery import app
from config.servers import product
from tests.config.processes import ADDRESSES, ROOT, free_port, until
from tests.databases import cloned, environment_at

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("compose")]  # one worker, one installation
GIVEN = {
    "SECRET_KEY": "a-k3y-0f" * 8,
    "OWNER_PASSWORD": "theirs",
    "APPLICATION_PASSWORD": "ours",
    "ALLOWED_HOSTS": "truth.example.org",
    "EMAIL_HOST": "mail.example.org",
}
HOST = {"Host": "truth.example.org", "X-Forwarded-Proto": "https"}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]


def filled(text: str) -> str:
    """`text` with ${NAME:-default} and ${NAME:?message} answered as docker compose would."""
    return re.sub(r"\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}", lambda found: GIVEN.get(found[1], found[2] or ""), text)


class Installation:
    """The services' own commands, as processes on this machine."""

    def __init__(self, database: dict[str, str], folder: Path, assets: Path) -> None:
        self.port, self.live_port, self.folder = free_port(), free_port(), folder
        self.here = {
            "PATH": os.environ["PATH"],
            "STATIC_ROOT": str(assets),
            "TRUTHGOV_CHECKPOINTS": str(folder / "checkpoints"),
        }
        self.addresses = {name: database[name] for name in ADDRESSES}
        self.running: list[subprocess.Popen[bytes]] = []

    def environment(self, service: str) -> dict[str, str]:
        """The service's environment, with the addresses of the stores moved to this machine."""
        wanted = {name: filled(value) for name, value in SERVICES[service]["environment"].items()}
        return wanted | {name: self.addresses[name] for name in ADDRESSES if name in wanted} | self.here

    def command(self, service: str) -> list[str]:
        """The service's command, with the port of this test."""
        here = {"0.0.0.0:8000": f"127.0.0.1:{self.port}", "0.0.0.0:8001": f"127.0.0.1:{self.live_port}"}
        return [here.get(word, sys.executable if word == "python" else word) for word in SERVICES[service]["command"]]

    def start(self, service: str) -> subprocess.Popen[bytes]:
        """The service as a process, its words in a file."""
        with (self.folder / f"{service}.log").open("wb") as log:
            running = subprocess.Popen(
                self.command(service), cwd=ROOT, env=self.environment(service), stdout=log, stderr=log
            )
        self.running.append(running)
        return running

    def stop(self) -> None:
        """All of it, last first."""
        for running in reversed(self.running):
            running.send_signal(signal.SIGTERM)
            running.wait(30)


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's assets as the image collects them, by the command of its Dockerfile."""
    folder = tmp_path_factory.mktemp("static")
    step = (ROOT / "config" / "Dockerfile").read_text().replace("\\\n", " ").partition("RUN TRUTHGOV_MODE")[2]
    step = "TRUTHGOV_MODE" + step.partition("\n")[0].replace("python ", f"{sys.executable} ")
    subprocess.run(step, shell=True, cwd=ROOT, env={"PATH": os.environ["PATH"], "STATIC_ROOT": str(folder)}, check=True)
    return folder


@pytest.fixture(scope="module")
def installation(
    template_database: str, tmp_path_factory: pytest.TempPathFactory, assets: Path
) -> Iterator[Installation]:
    """An installation that was migrated and whose web, live, worker and beat were started."""
    with cloned(template_database) as database:
        installed = Installation(environment_at(database), tmp_path_factory.mktemp("installation"), assets)
        assert installed.start("migrate").wait() == 0
        for service in ("web", "live", "worker", "beat"):
            installed.start(service)
        yield installed
        installed.stop()


def answers(port: int) -> bool:
    return product.serves(port, HOST["Host"])


def test_the_commands_of_an_installation_run(installation: Installation) -> None:
    until(lambda: answers(installation.port))
    until(lambda: app.control.ping(timeout=0.5))
    page = httpx.get(f"http://127.0.0.1:{installation.port}/accounts/login/", headers=HOST)
    assert page.status_code == 200
    assert "sessionid" not in page.cookies
    until(lambda: answers(installation.live_port))
    assert [service.poll() for service in installation.running[1:]] == [None, None, None, None]


def test_plain_http_is_sent_to_https_and_strangers_are_refused(installation: Installation) -> None:
    until(lambda: answers(installation.port))
    address = f"http://127.0.0.1:{installation.port}/accounts/login/"
    assert httpx.get(address, headers={"Host": "truth.example.org"}).status_code == 301
    assert httpx.get(address, headers=HOST | {"Host": "elsewhere.example.org"}).status_code == 400


def test_sign_ins_are_counted_while_the_broker_is_down(installation: Installation) -> None:
    code = "from django.core.cache import cache; cache.set('attempts', 3); print('counted', cache.get('attempts'))"
    environment = installation.environment("web") | {"REDIS_URL": "redis://127.0.0.1:1/0"}
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "counted 3\n"


@pytest.mark.parametrize("service", ["web", "live", "worker", "beat"])
def test_only_the_migration_knows_the_owner(service: str) -> None:
    environment = SERVICES[service]["environment"]
    assert "OWNER" not in str(environment)
    assert "truthgov_app:" in environment["DATABASE_URL"]
    assert "DATABASE_OWNER_URL" in SERVICES["migrate"]["environment"]


def test_secrets_come_from_the_environment_and_have_no_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "OWNER_PASSWORD", "APPLICATION_PASSWORD", "ALLOWED_HOSTS", "EMAIL_HOST"):
        uses = re.findall(rf"\${{{name}\b([^}}]*)}}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses)


def test_the_database_is_made_like_the_embedded_one(own_database: dict[str, str]) -> None:
    options = SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]
    with psycopg2.connect(own_database["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT datlocale, pg_encoding_to_char(encoding) FROM pg_database LIMIT 1")
        locale, encoding = cursor.fetchone() or ("", "")
    assert f"--builtin-locale={locale}" in options.split()
    assert f"--encoding={encoding}" in options.split()


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "migrate"])
def test_whatever_goes_on_running_has_a_health_check(service: str) -> None:
    assert SERVICES[service]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


def is_well(installation: Installation, service: str) -> bool:
    """Whether the health check of a service finds it well, run as its container would."""
    kind, *check = SERVICES[service]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    command = check[0].replace("$$", "$").replace("python", sys.executable, 1)
    environment = installation.environment(service) | {"HOSTNAME": socket.gethostname()}
    return subprocess.run(command, shell=True, cwd=ROOT, env=environment, capture_output=True).returncode == 0


def test_a_clock_that_ended_is_not_taken_for_well_because_a_worker_is(installation: Installation) -> None:
    until(lambda: is_well(installation, "worker"))
    until(lambda: is_well(installation, "beat"))
    beat = installation.running.pop()
    beat.terminate()
    beat.wait(30)
    assert not is_well(installation, "beat")
    assert is_well(installation, "worker")
    installation.start("beat")


def test_every_setting_of_production_can_be_given() -> None:
    asked = set(re.findall(r'env\b[^"\n]*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text()))
    elsewhere = {name for name in asked if "DEMONSTRATION" in name} | {"DATABASE_OWNER_URL", "STATIC_ROOT"}
    assert asked - elsewhere <= set(SERVICES["web"]["environment"])


def test_data_outlives_the_containers() -> None:
    mounted = {service["volumes"][0].partition(":")[0] for service in SERVICES.values() if "volumes" in service}
    assert mounted == set(COMPOSE["volumes"]) == {"postgres", "valkey", "checkpoints"}
