"""The settings come from the environment, and one that is wrong or missing names itself."""

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from environs import EnvError

from tests.config.processes import ROOT

COMPLETE = {
    "TRUTHGOV_MODE": "production",
    "SECRET_KEY": "a-k3y-0f" * 8,
    "ALLOWED_HOSTS": "truth.example.org",
    "BEHIND_PROXY": "true",
    "DATABASE_URL": "postgresql://truthgov_app:pass@database:5432/truthgov",
    "REDIS_URL": "redis://broker:6379/0",
    "EMAIL_HOST": "mail.example.org",
}
MISSING = ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_HOST"]
WRONG = [
    ("TRUTHGOV_MODE", "staging"),
    ("TRUTHGOV_TIME_ZONE", "Middle/Earth"),
    ("SECRET_KEY", "short"),
    ("DATABASE_URL", "sqlite:///truthgov.db"),
    ("DATABASE_URL", "postgresql://truthgov_app@database:port/truthgov"),
    ("DATABASE_OWNER_URL", "postgresql://owner@database"),
    ("REDIS_URL", "amqp://broker"),
    ("BEHIND_PROXY", "perhaps"),
    ("PROXY_COUNT", "-1"),
    ("LOG_LEVEL", "LOUD"),
]
STARTING = """
import json, os, sys
import csp.constants, environs, structlog  # what the settings import of others
answers = []
for given in json.load(sys.stdin):
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.dup2(writing, 2)
        os.environ.clear()
        os.environ.update(given)
        import config.settings
        sys.exit(0)
    os.close(writing)
    with open(reading) as told:
        said = told.read()
    answers.append((os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said))
print(json.dumps(answers))
"""
"""Starts a process for each environment given, and answers its exit status and what it said."""

Starts = dict[tuple[str, str], tuple[int, str]]
Read = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def starts() -> Starts:
    """What became of each start: of a wrong value by name and value, of a missing one by name, and of a good one."""
    given = {("", ""): COMPLETE} | {wrong: COMPLETE | dict([wrong]) for wrong in WRONG}
    for name in MISSING:
        given[name, ""] = {key: value for key, value in COMPLETE.items() if key != name}
    minimal = {"PATH": os.environ["PATH"]}
    command, told = [sys.executable, "-c", STARTING], json.dumps([minimal | each for each in given.values()])
    done = subprocess.run(command, input=told, env=minimal, cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(zip(given, map(tuple, json.loads(done.stdout)), strict=True))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """The settings, read once more with something given besides what is complete."""

    def read_anew(**given: str) -> dict[str, Any]:
        for name, value in (COMPLETE | given).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "config" / "settings.py"))

    return read_anew


def python(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter with this environment and nothing else of ours."""
    minimal = {"PATH": os.environ["PATH"]} | environment
    return subprocess.run([sys.executable, *arguments], env=minimal, capture_output=True, text=True, check=False)


def test_complete_settings_are_read() -> None:
    code = "from config.settings import DATABASES as d; print(d['default']['USER'], d['default']['HOST'], 'owner' in d)"
    assert python(COMPLETE, "-c", code).stdout == "truthgov_app database False\n"


@pytest.mark.xdist_group("settings")  # one worker, one start
@pytest.mark.parametrize("name", MISSING)
def test_a_missing_value_stops_the_start_and_names_itself(name: str, starts: Starts) -> None:
    status, told = starts[name, ""]
    assert status == 1
    assert name in told.splitlines()[-1]


@pytest.mark.xdist_group("settings")
@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_stops_the_start_and_names_itself(name: str, value: str, starts: Starts) -> None:
    status, told = starts[name, value]
    assert status == 1
    assert name in told.splitlines()[-1]


@pytest.mark.xdist_group("settings")
def test_a_complete_environment_starts(starts: Starts) -> None:
    assert starts["", ""] == (0, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", " "),
        ("ALLOWED_HOSTS", "https://truth.example.org"),
        ("ALLOWED_HOSTS", "truth.example.org:8000"),
        ("CSRF_TRUSTED_ORIGINS", "truth.example.org"),
        ("CSRF_TRUSTED_ORIGINS", "https://truth.example.org/desk"),
        ("EGRESS_HOSTS", "https://crm.example.org/"),
        ("EGRESS_HOSTS", "crm.example.org:5432"),
        ("EGRESS_PORTS", ""),
        ("EGRESS_PORTS", "99999"),
        ("EGRESS_PORTS", "443,https"),
        ("EGRESS_PRIVATE_NETWORKS", "nonsense"),
        ("EGRESS_PRIVATE_NETWORKS", "10.1.2.3/16"),
        ("EGRESS_SCHEMES", ""),
        ("EGRESS_SCHEMES", "https,gopher"),
        ("EMAIL_HOST", ""),
        ("EMAIL_HOST", "smtp://mail.example.org"),
        ("EMAIL_PORT", "0"),
        ("EMAIL_PORT", "99999"),
        ("EMAIL_PORT", "smtp"),
        ("PUBLIC_ADDRESS", "nonsense"),
        ("PUBLIC_ADDRESS", "https://*.example.org"),
        ("PUBLIC_ADDRESS", "https://truth.example.org:https"),
        ("PUBLIC_ADDRESS", "https://truth.example.org/governance"),
        ("REDIS_URL", "redis://"),
        ("REDIS_URL", "redis://broker:port/0"),
        ("REDIS_URL", "redis://broker/zero"),
        ("REDIS_URL", "redis://broker:6379/abc/0"),
        ("REDIS_URL", "unix://"),
        ("SEALING_KEYS_BEFORE", f"short,{COMPLETE['SECRET_KEY']}"),
        ("TRUTHGOV_CHECKPOINTS", ""),
        ("TRUTHGOV_CURRENCY", "€" * 3),
        ("TRUTHGOV_CURRENCY", "eur"),
    ],
)
def test_a_value_of_no_use_is_refused_in_a_sentence(name: str, value: str, read: Read) -> None:
    with pytest.raises(EnvError, match=rf'^Environment variable "{name}" invalid: write [^\n]+\.$'):
        read(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("ALLOWED_HOSTS", "truth.example.org, .example.com,[::1]", ["truth.example.org", ".example.com", "[::1]"]),
        ("CSRF_TRUSTED_ORIGINS", "https://*.example.org,http://[::1]:80", ["https://*.example.org", "http://[::1]:80"]),
        ("CSRF_TRUSTED_ORIGINS", "", []),
        ("EGRESS_HOSTS", "my_database,10.1.2.3,2001:db8::1", ["my_database", "10.1.2.3", "2001:db8::1"]),
        ("EGRESS_HOSTS", "", []),
        ("EGRESS_PORTS", "443, 5432", [443, 5432]),
        ("EGRESS_PRIVATE_NETWORKS", "10.1.0.0/16,127.0.0.1,fd00::/8", ["10.1.0.0/16", "127.0.0.1", "fd00::/8"]),
        ("EGRESS_SCHEMES", "https,http", ["https", "http"]),
        ("EMAIL_HOST", "localhost", "localhost"),
        ("PUBLIC_ADDRESS", "", "https://truth.example.org"),
        ("PUBLIC_ADDRESS", "https://truth.example.org:8443/", "https://truth.example.org:8443"),
        ("REDIS_URL", "rediss://user:p%40ss@broker:6380/3", "rediss://user:p%40ss@broker:6380/3"),
        ("REDIS_URL", "redis://broker?db=2", "redis://broker?db=2"),
        ("SEALING_KEYS_BEFORE", "", []),
    ],
)
def test_a_value_of_use_is_kept(name: str, value: str, kept: object, read: Read) -> None:
    assert read(**{name: value})[name] == kept


@pytest.mark.parametrize(
    ("encrypted", "port", "from_the_start", "on_demand"),
    [("false", "465", False, False), ("false", "25", False, False), ("true", "465", True, False),
     ("true", "587", False, True)],
)  # fmt: skip
def test_mails_are_encrypted_as_their_port_has_it(
    encrypted: str, port: str, from_the_start: bool, on_demand: bool, read: Read
) -> None:
    settings = read(EMAIL_USE_TLS=encrypted, EMAIL_PORT=port)
    assert (settings["EMAIL_USE_SSL"], settings["EMAIL_USE_TLS"]) == (from_the_start, on_demand)


def test_as_many_proxies_are_trusted_as_stand_before_us(read: Read) -> None:
    assert read(BEHIND_PROXY="false")["ALLAUTH_TRUSTED_PROXY_COUNT"] == 0
    assert read()["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1
    assert read(PROXY_COUNT="2")["ALLAUTH_TRUSTED_PROXY_COUNT"] == 2


def test_a_unix_socket_reaches_both_stores() -> None:
    sockets = {
        "DATABASE_URL": "postgresql://truthgov_app@/truthgov?host=/run/truthgov",
        "REDIS_URL": "unix:///run/truthgov/valkey?db=3",
    }
    code = "import config.settings as s; print(s.DATABASES['default']['HOST'], s.CELERY_BROKER_URL)"
    assert python(COMPLETE | sockets, "-c", code).stdout == (
        "/run/truthgov redis+socket:///run/truthgov/valkey?virtual_host=3\n"
    )


def test_the_database_compiles_no_question_unless_its_address_says_so(read: Read, db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting, reset_val, boot_val FROM pg_settings WHERE name = 'jit'")
        assert cursor.fetchone() == ("off", "off", "on")
    assert read()["DATABASES"]["default"]["OPTIONS"] == {"options": "-c jit=off"}
    for said, kept in {"": "", "-c%20jit%3Don": "-c jit=on"}.items():
        address = f"{COMPLETE['DATABASE_URL']}?options={said}"
        assert read(DATABASE_URL=address)["DATABASES"]["default"]["OPTIONS"] == {"options": kept}


def test_the_deployment_check_is_clean() -> None:
    answer = python(COMPLETE, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (answer.returncode, answer.stderr) == (0, "")
