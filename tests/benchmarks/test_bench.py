import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.organisation import TINY, Organisation
from benchmarks.report import Measured

ROOT = Path(__file__).resolve().parent.parent.parent
CONTESTANTS = ("REST ingest", "re-push", "web process", "full assessment", "1 %", "one new figure", "assessed twice",
               "on the page", "worker process",
               "view", "queue", "dictionary", "dictionary search", "CSV upload ÷", "parser",
               "programs pushing", "followers of", "pack of")  # fmt: skip


@pytest.mark.processes
def test_every_contestant_still_runs(own_database):
    bench = [sys.executable, "-m", "benchmarks", "--small"]
    done = subprocess.run(bench, cwd=ROOT, env=own_database, capture_output=True, text=True, timeout=900)

    assert done.returncode == 0, done.stderr[-3000:]
    heading, *lines = done.stdout.splitlines()
    assert heading == "name | value | goal | holds"
    assert [name for name in CONTESTANTS if not any(name in line for line in lines)] == []


def test_the_same_seed_gives_the_same_figures():
    once, again, other = (Organisation(TINY, seed).figures for seed in (1, 1, 2))

    assert all(np.array_equal(*pair, equal_nan=True) for pair in zip(once, again, strict=True))
    assert not np.array_equal(once[0], other[0])


def test_a_goal_missed_is_told():
    assert str(Measured("assessment", 2.5, "≤ 2")) == "assessment | 2.5 | ≤ 2 | NO"
    assert Measured("ingest", 0.6, "≥ 0.6").holds
    assert Measured("rows a second", 75_000).holds
