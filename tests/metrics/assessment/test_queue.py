"""What waits is assessed once, by whoever comes first; what fails is tried again, alone, and parked in the end."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from os import fork
from pathlib import Path
from typing import Any
from weakref import ref

import numpy as np
import pytest
from django.db import connection, connections
from django.db.models import Min
from numpy.typing import NDArray

from benchmarks.sharing import assessed_by
from metrics.assessment import assess, assess_next, queue
from metrics.assessment.judging import Sheet, judge
from metrics.models import Contradiction, Judgement, Link, Measure, Reading, Rule, Signal, TouchedSet
from metrics.rules import made as rules
from metrics.tasks import assess_what_waits
from tests.metrics.assessment.conftest import BAD, Push, quiet


@pytest.fixture
def waiting(link: Link, push: Push) -> list[int]:
    """Three deliveries that nobody has assessed: the KPI's, the outcome's, and a bad month's."""
    rules.follow()
    push(link.from_measure, quiet(0.25, 37), first="2023-07")
    push(link.to_measure, quiet(0.93, 36), first="2023-07")
    push(link.to_measure, [BAD], first="2026-07")
    return list(TouchedSet.objects.values_list("pk", flat=True))


def test_several_sets_are_assessed_together(waiting: list[int]) -> None:
    assert assess_next() == len(waiting)
    assert not TouchedSet.objects.exists()
    assert Signal.objects.count() == 1


def test_the_task_assesses_whatever_waits(waiting: list[int]) -> None:
    assess_what_waits()
    assert not TouchedSet.objects.exists()


def test_a_try_that_died_is_counted_and_taken_up_again_alone(waiting: list[int]) -> None:
    assert queue.claim() == waiting  # and the worker died
    assert [each.attempts for each in TouchedSet.objects.all()] == [1, 1, 1]
    assert queue.claim() == waiting[:1]
    assert assess() == len(waiting)
    assert Signal.objects.count() == 1


def test_what_never_was_tried_goes_before_what_failed(waiting: list[int]) -> None:
    TouchedSet.objects.filter(pk=waiting[0]).update(attempts=2)
    assert queue.claim() == waiting[1:]


def test_what_failed_five_times_is_parked_and_shown(waiting: list[int]) -> None:
    TouchedSet.objects.filter(pk=waiting[0]).update(attempts=5)
    assert assess() == len(waiting) - 1
    assert [each.pk for each in TouchedSet.objects.parked()] == waiting[:1]


def test_what_a_failed_try_found_is_not_kept(waiting: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metrics.assessment.proving.follow", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        assess_next()
    assert not Judgement.objects.filter(kind="divergence").exists()
    assert not Contradiction.objects.exists()
    assert TouchedSet.objects.count() == len(waiting)


def test_a_kind_is_let_go_before_the_next_but_one_is_judged(
    waiting: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    held: dict[str, list[ref[NDArray[np.uint8]]]] = {}

    def told(*given: Any) -> Iterator[Sheet]:
        for sheet in judge(*given):
            *earlier, _ = [*held, sheet.kind] if sheet.kind not in held else held
            assert [kind for kind in earlier[:-1] for each in held[kind] if each() is not None] == []
            held.setdefault(sheet.kind, []).append(ref(sheet.judgements.verdict))
            yield sheet
            del sheet

    monkeypatch.setattr("metrics.assessment.judge", told)
    assert assess_next() == len(waiting)
    assert len(held) > 2


def test_what_is_judged_side_by_side_is_judged_as_one_after_the_other(
    own_database: Mapping[str, str], waiting: list[int], push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    for measure in Measure.objects.all():
        for channel in ("web", "phone"):
            push(measure, [*quiet(0.93, 36), BAD], first="2023-07", segment=f'{{"channel":"{channel}"}}')
    forked: list[int] = []
    monkeypatch.setattr("metrics.assessment.forks.os.fork", lambda: forked.append(fork()) or forked[-1])
    for name, value in {"AT_ONCE": 3, "forks.AT_ONCE": 3, "LARGE": 1}.items():
        monkeypatch.setattr(f"metrics.assessment.{name}", value)
    assert assess() == len(waiting) + 4
    assert not TouchedSet.objects.exists()
    told = _told()
    assert len(forked) == 3
    Judgement.objects.all().delete()
    monkeypatch.setattr("metrics.assessment.LARGE", 1_000)
    TouchedSet.objects.note(Reading.objects.values_list("series").annotate(Min("period_start")))
    assert assess() == 1
    assert len(forked) == 3
    assert told == _told()


def test_no_fork_outlives_a_try_that_failed(
    own_database: Mapping[str, str], waiting: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    forked: list[int] = []
    monkeypatch.setattr("metrics.assessment.forks.os.fork", lambda: forked.append(fork()) or forked[-1])
    monkeypatch.setattr("metrics.assessment.families.settle", lambda sheets: next(iter(sheets)) and 1 / 0)
    for name, value in {"AT_ONCE": 3, "forks.AT_ONCE": 3, "LARGE": 1}.items():
        monkeypatch.setattr(f"metrics.assessment.{name}", value)
    with pytest.raises(ZeroDivisionError) as _held:  # with it the frames of whoever asked on
        assess()
    assert len(forked) == 3
    assert not [each for each in forked if Path(f"/proc/{each}").exists()]


def test_what_forks_compute_with_is_imported_once_before_them(
    own_database: Mapping[str, str], waiting: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("metrics.assessment.special.import_now", lambda: told.append("loaded"))
    monkeypatch.setattr("metrics.assessment.forks.os.fork", lambda: told.append("forked") or fork())
    for name, value in {"AT_ONCE": 2, "forks.AT_ONCE": 2, "LARGE": 1}.items():
        monkeypatch.setattr(f"metrics.assessment.{name}", value)
    assess()
    assert told == ["loaded", "forked", "forked"]


def _told() -> list[tuple[str, date, int, bytes]]:
    """Everything judged, as it is stored."""
    stored = Judgement.objects.order_by("kind", "period_start", "rule")
    return [(each.kind, each.period_start, each.rule_id, bytes(each.packed)) for each in stored]


def test_two_workers_at_once_find_what_one_would(own_database: Mapping[str, str], waiting: list[int]) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = [future.result() for future in [pool.submit(_worker) for _ in range(2)]]
    assert sum(done) == len(waiting)
    assert Signal.objects.count() == 1
    assert Contradiction.objects.filter(kind="divergence").count() == 1
    assert Judgement.objects.filter(kind="divergence").count() == 37


def test_what_another_has_just_claimed_is_not_taken_for_failed(
    own_database: Mapping[str, str], waiting: list[int]
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with queue.in_hand():
            assert queue.claim() == waiting
            assert pool.submit(_assess_once).result(timeout=30) == 0
        assert pool.submit(_assess_once).result(timeout=30) == len(waiting)


@pytest.mark.processes
def test_four_workers_at_one_touched_set_assess_no_pair_twice(
    own_database: Mapping[str, str], waiting: list[int]
) -> None:
    told = assessed_by(4, own_database)
    pairs = [pair for each in told for pair in each]
    assert len(pairs) == len(set(pairs))
    assert {rule for rule, *_ in pairs} == set(Rule.objects.values_list("pk", flat=True))
    assert Signal.objects.count() == 1
    assert not TouchedSet.objects.exists()


def test_one_worker_does_not_wait_for_a_set_that_another_has(
    own_database: Mapping[str, str], waiting: list[int]
) -> None:
    with ThreadPoolExecutor(1) as pool, connection.cursor() as cursor:
        cursor.execute("BEGIN; SELECT FROM metrics_touchedset WHERE id = %s FOR UPDATE", [waiting[0]])
        assert pool.submit(_assess_once).result(timeout=30) == len(waiting) - 1
        cursor.execute("ROLLBACK")
    assert list(TouchedSet.objects.values_list("pk", flat=True)) == waiting[:1]


def _worker() -> int:
    try:
        done = 0
        while TouchedSet.objects.waiting().exists():
            done += assess_next(limit=1)
        return done
    finally:
        connections.close_all()


def _assess_once() -> int:
    try:
        return assess()
    finally:
        connections.close_all()
