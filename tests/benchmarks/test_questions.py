"""What other tools are asked beside the product finds what each kind is about, and nothing where nothing is wrong."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from django.db import connection

from benchmarks.organisation import Entry
from benchmarks.rivals import installed
from benchmarks.rivals.questions import QUESTIONS, TABLE, Asked
from metrics.assessment.looks import Look
from metrics.detection.kinds import KINDS
from truthgov.periods import Grain, Period

KPI, OUTCOME = 1, 2
FIRST, SECOND = 10, 11
SEGMENTS, MONTHS, WRONG = 12, 36, 3
LATEST = Period.parse("2026-10", Grain.MONTH)
Figures = dict[tuple[int, int], np.ndarray]


def _quiet() -> Figures:
    """Figures of both measures from the first source and of the KPI from the second, segments × months."""
    random = np.random.default_rng(7)
    shared = random.normal(0, 1, (SEGMENTS, MONTHS))
    outcome, kpi = (level + shared + random.normal(0, 0.3, shared.shape) for level in (52, 50.5))
    outcome[:, -1], kpi[:, -1] = 52, 50.5
    return {(KPI, FIRST): kpi, (OUTCOME, FIRST): outcome, (KPI, SECOND): kpi.copy()}


def _falls(figures: Figures) -> None:
    figures[OUTCOME, FIRST][WRONG, -1] = 30


def _disagrees(figures: Figures) -> None:
    figures[KPI, SECOND][WRONG, -1] *= 1.2


def _parts_ways(figures: Figures) -> None:
    kpi, other = (each - each.mean() for each in (figures[KPI, FIRST][WRONG, -18:], np.arange(18.0)))
    figures[OUTCOME, FIRST][WRONG, -18:] = 52 + (other - other @ kpi / (kpi @ kpi) * kpi) / 10


def _jumps(figures: Figures) -> None:
    figures[KPI, FIRST][WRONG, -1] = 80


def _stops(figures: Figures) -> None:
    figures[OUTCOME, FIRST][WRONG, -1] = np.nan


GOES_WRONG: dict[str, Callable[[Figures], None]] = {
    "divergence": _falls, "handoff": _falls, "gaming": _falls, "mix": _falls, "inconsistency": _falls,
    "overcommitment": _falls, "source_disagreement": _disagrees, "definition_break": _jumps,
    "broken_link": _parts_ways, "integrity": _stops,
}  # fmt: skip


def test_all_kinds_are_asked() -> None:
    assert set(QUESTIONS) == set(GOES_WRONG) == set(KINDS)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(GOES_WRONG))
def test_a_question_finds_the_segment_that_goes_wrong_and_no_other(kind: str) -> None:
    entries = {side: Entry(str(side), "index", True, side == OUTCOME, 0, 0, 50.0) for side in (KPI, OUTCOME)}
    sides = (KPI, KPI) if kind == "source_disagreement" else (KPI, OUTCOME)
    look = Look(1, kind, *sides, 0, np.nan, np.nan, (FIRST, SECOND) if kind == "source_disagreement" else None)
    question = Asked(entries, FIRST, LATEST.start).question(look)
    figures = _quiet()
    assert _found(question, figures) == []
    GOES_WRONG[kind](figures)
    assert _found(question, figures) == [WRONG]


def test_a_tool_that_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    tool = installed.Tool("A tool", [], "run_soda.py")
    python = tmp_path / "tool" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho no such table >&2\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(RuntimeError, match="A tool: no such table"):
        installed.ask(tool, tmp_path, {})
    python.write_text(f"#!/bin/sh\ncat > /dev/null\necho '{json.dumps([[1.5, 2]])}'\n")
    assert installed.ask(tool, tmp_path, {}) == [(1.5, 2)]


def _found(question: str, figures: Figures) -> list[int]:
    months: list[date] = [LATEST.shift(number + 1 - MONTHS).start for number in range(MONTHS)]
    rows = [
        (measure, source, segment, months[month], float(value))
        for (measure, source), values in figures.items()
        for (segment, month), value in np.ndenumerate(values)
        if value == value
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(
            f"""CREATE TEMP TABLE {TABLE} AS SELECT *, NULL::float8 AS numerator, 100::float8 AS denominator
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::float8[])
                AS told(measure, source, segment, month, value)""",
            list(map(list, zip(*rows, strict=True))),
        )
        cursor.execute(question)
        return sorted({int(segment) for (segment,) in cursor.fetchall()})
