"""What forks work on side by side comes by share, what fails is told, and nobody is left behind."""

import os
import signal
from collections.abc import Iterator, Mapping
from multiprocessing import Pipe
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.db import connection, transaction

from metrics.assessment.forks import AHEAD, Lost, abreast, are_of_use, cores
from tests.factories.people import FunctionFactory
from truthgov.models import Function

LARGE = b"." * (3 << 20)
"""More than a pipe holds."""


@pytest.fixture(autouse=True)
def nothing_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metrics.assessment.forks._lost", [])


def counted(share: int) -> Iterator[tuple[int, int, int]]:
    """The share, a number, and the process that is at work on it."""
    for number in range(5):
        yield share, number, os.getpid()


@pytest.mark.parametrize(
    ("granted", "told"),
    [
        ("max 100000", 4),
        ("800000 100000", 4),
        ("200000 100000", 2),
        ("150000 100000", 1),
        ("50000 100000", 1),
        ("nothing", 4),
    ],
)
def test_a_container_is_taken_at_what_it_may_use(
    granted: str, told: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metrics.assessment.forks.os.sched_getaffinity", lambda _: range(4))
    limit = tmp_path / "cpu.max"
    assert cores(limit) == 4
    limit.write_text(f"{granted}\n")
    assert cores(limit) == told


def test_each_share_comes_in_its_order_from_a_process_of_its_own() -> None:
    with abreast(counted, 3) as shares:
        told = [list(share) for share in shares]
    assert [[each[:2] for each in share] for share in told] == [
        [(share, number) for number in range(5)] for share in range(3)
    ]
    assert len({process for share in told for *_, process in share} - {os.getpid()}) == 3


def test_a_single_share_is_worked_on_here() -> None:
    with abreast(counted, 1) as [share]:
        assert {process for *_, process in share} == {os.getpid()}


def test_none_waits_for_who_reads_another() -> None:
    with abreast(lambda share: iter([LARGE, LARGE]), 2) as shares:
        assert [len(made) for share in reversed(shares) for made in share] == [len(LARGE)] * 4


def test_what_fails_is_told_where_its_share_is_read_and_says_where_it_failed() -> None:
    with abreast(lambda share: (1 // (share - number) for number in range(3)), 2) as shares:
        assert next(shares[1]) == 1
        with pytest.raises(ZeroDivisionError) as problem:
            next(shares[1])
    assert "test_forks.py" in problem.value.__notes__[0]


def test_what_cannot_begin_is_told() -> None:
    with abreast(lambda share: [1 // share], 2) as shares:
        assert next(shares[1]) == 1
        with pytest.raises(ZeroDivisionError):
            next(shares[0])


class OfTwoWordsError(Exception):
    def __init__(self, at: str, message: str) -> None:
        super().__init__(message)


@pytest.mark.parametrize("problem", [OfTwoWordsError("here", "it failed"), ValueError("it failed", lambda: 1)])
def test_a_problem_that_cannot_be_sent_is_told_in_words(problem: Exception) -> None:
    def failing(share: int) -> Iterator[None]:
        yield from ()
        raise problem

    with abreast(failing, 2) as shares, pytest.raises(RuntimeError, match="it failed"):
        next(shares[0])


def test_a_fork_that_was_ended_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metrics.assessment.forks.AT_ONCE", 2)

    def ended(share: int) -> Iterator[None]:
        yield os.kill(os.getpid(), signal.SIGKILL)

    assert are_of_use()
    with abreast(ended, 2) as shares, pytest.raises(Lost, match="assessed once more"):
        next(shares[0])
    assert not are_of_use(), "there may be no room: from then on this process works alone"


def test_what_interrupts_the_process_is_not_for_its_forks() -> None:
    def interrupted(share: int) -> Iterator[str]:
        os.kill(os.getpid(), signal.SIGINT)
        yield "still here"

    with abreast(interrupted, 2) as shares:
        assert next(shares[0]) == "still here"


def test_no_share_is_taken_far_ahead_of_the_others() -> None:
    def unequal(share: int) -> Iterator[int]:
        for number in range(5 * AHEAD):
            sleep(0.01 * (share == 0))
            yield number

    with abreast(unequal, 2) as [first, other]:
        assert len(list(first)) == 5 * AHEAD
        waiting = other.gi_frame.f_locals["self"].come[1]  # type: ignore[attr-defined]
        assert len(waiting) <= AHEAD
        assert len(list(other)) == 5 * AHEAD


def test_no_fork_outlives_the_context() -> None:
    with abreast(counted, 2) as shares:
        forks = [next(share)[-1] for share in shares]
    assert not any(is_there(fork) for fork in forks)


def asleep(share: int) -> Iterator[int]:
    """Tells who it is, and would not notice for a long time that nobody reads any more."""
    yield os.getpid()
    sleep(120)


def test_forks_end_when_the_process_they_came_from_was_killed() -> None:
    reading, writing = Pipe(duplex=False)
    process = os.fork()
    if not process:
        with abreast(asleep, 2) as shares:
            writing.send([next(share) for share in shares])
            os.kill(os.getpid(), signal.SIGKILL)
    forks = reading.recv()
    os.waitpid(process, 0)
    deadline = monotonic() + 30
    while any(is_there(fork) for fork in forks):
        assert monotonic() < deadline
        sleep(0.01)


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_fork_reads_with_a_connection_of_its_own_what_is_committed(
    own_database: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metrics.assessment.forks.AT_ONCE", 2)
    FunctionFactory(code="sales")

    def asked(share: int) -> Iterator[tuple[int, list[str]]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            yield cursor.fetchone()[0], list(Function.objects.values_list("code", flat=True))

    with transaction.atomic():
        FunctionFactory(code="service")
        assert are_of_use()
        with abreast(asked, 2) as shares:
            told = [next(share) for share in shares]
        own = next(asked(0))
    assert [codes for _, codes in told] == [["sales"], ["sales"]]
    assert len({server for server, _ in [*told, own]}) == 3
    assert own[1] == ["sales", "service"]


def test_a_fork_does_not_hold_the_socket_of_its_process(own_database: Mapping[str, str]) -> None:
    connection.ensure_connection()
    own = Path(f"/proc/self/fd/{connection.connection.fileno()}").readlink()
    with abreast(lambda share: iter([sockets()]), 2) as shares:
        held = [next(share) for share in shares]
    assert own in sockets()
    assert not any(own in each for each in held), "its locks would outlive the process"


def sockets() -> set[Path]:
    """Everything that this process has open."""
    return {each.readlink() for each in Path("/proc/self/fd").iterdir() if each.is_symlink()}


@pytest.mark.django_db
def test_they_are_of_no_use_where_something_is_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metrics.assessment.forks.AT_ONCE", 2)
    with transaction.atomic(), transaction.atomic():
        assert not are_of_use()
