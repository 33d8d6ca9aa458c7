"""The settings come from the environment, and one that is wrong or missing names itself."""

import os
import subprocess
import sys

import pytest

COMPLETE = {
    "TRUTHGOV_MODE": "production",
    "SECRET_KEY": "a-k3y-0f" * 8,
    "ALLOWED_HOSTS": "truth.example.org",
    "BEHIND_PROXY": "true",
    "DATABASE_URL": "postgresql://truthgov_app:pass@database:5432/truthgov",
    "REDIS_URL": "redis://broker:6379/0",
}


def python(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter with this environment and nothing else of ours."""
    minimal = {"PATH": os.environ["PATH"]} | environment
    return subprocess.run([sys.executable, *arguments], env=minimal, capture_output=True, text=True, check=False)


def test_complete_settings_are_read() -> None:
    code = "from config.settings import DATABASES as d; print(d['default']['USER'], d['default']['HOST'], 'owner' in d)"
    assert python(COMPLETE, "-c", code).stdout == "truthgov_app database False\n"


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_a_missing_value_stops_the_start_and_names_itself(name: str) -> None:
    without = {key: value for key, value in COMPLETE.items() if key != name}
    answer = python(without, "-c", "import config.settings")
    assert answer.returncode == 1
    assert name in answer.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUTHGOV_MODE", "staging"),
        ("TRUTHGOV_TIME_ZONE", "Middle/Earth"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "sqlite:///truthgov.db"),
        ("DATABASE_URL", "postgresql://truthgov_app@database:port/truthgov"),
        ("DATABASE_OWNER_URL", "postgresql://owner@database"),
        ("REDIS_URL", "amqp://broker"),
        ("BEHIND_PROXY", "perhaps"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_value_stops_the_start_and_names_itself(name: str, value: str) -> None:
    answer = python(COMPLETE | {name: value}, "-c", "import config.settings")
    assert answer.returncode == 1
    assert name in answer.stderr.splitlines()[-1]


def test_a_unix_socket_reaches_both_stores() -> None:
    sockets = {
        "DATABASE_URL": "postgresql://truthgov_app@/truthgov?host=/run/truthgov",
        "REDIS_URL": "unix:///run/truthgov/valkey?db=3",
    }
    code = "import config.settings as s; print(s.DATABASES['default']['HOST'], s.CELERY_BROKER_URL)"
    assert python(COMPLETE | sockets, "-c", code).stdout == (
        "/run/truthgov redis+socket:///run/truthgov/valkey?virtual_host=3\n"
    )


def test_the_deployment_check_is_clean() -> None:
    answer = python(COMPLETE, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (answer.returncode, answer.stderr) == (0, "")
