"""Several workers at one touched set: each a process that says which pairs it assessed.

`python -m benchmarks.sharing` is such a worker: it waits for a line, assesses what waits, and tells as JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from tempfile import TemporaryFile
from typing import Any

import numpy as np

from metrics import assessment
from metrics.assessment.judging import Sheet
from metrics.assessment.pairs import Pairs
from metrics.assessment.spans import Spans

Told = tuple[int, int, int, int]
"""A judged pair: its rule and segment, and the series of its two sides."""


def assessed_by(workers: int, environment: Mapping[str, str]) -> list[list[Told]]:
    """What each of so many workers assessed, all begun at the same moment, of what waits in a database."""
    command = [sys.executable, "-m", "benchmarks.sharing"]
    started = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(workers)
    ]
    for each in started:
        _pipe(each.stdout).readline()  # it is ready
    for each in started:
        _pipe(each.stdin).write("\n")
        _pipe(each.stdin).flush()
    return [_told(each) for each in started]


def _told(worker: "subprocess.Popen[str]") -> list[Told]:
    told, _ = worker.communicate()
    if worker.returncode:
        raise RuntimeError("a worker failed")
    return [tuple(pair) for pair in json.loads(told)]


def _pipe(pipe: Any) -> Any:
    if pipe is None:
        raise RuntimeError("a worker has no line to be told on")
    return pipe


def _work() -> int:
    judge = assessment.judge
    with TemporaryFile("a+b", buffering=0) as told:

        def telling(pairs: Pairs, spans: Spans) -> Iterator[Sheet]:
            rule = spans.column("rule")[pairs.span]
            rows = np.stack((rule, pairs.segment, pairs.kpi, pairs.outcome), axis=1)
            told.write(rows.astype(np.int64).tobytes())  # forks of this process write to it too
            return judge(pairs, spans)

        assessment.judge = telling
        print("ready", flush=True)
        sys.stdin.readline()
        assessment.assess()
        told.seek(0)
        print(json.dumps(np.frombuffer(told.read(), np.int64).reshape(-1, 4).tolist()))
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(_work())
