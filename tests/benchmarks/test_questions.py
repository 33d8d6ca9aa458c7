"""What other tools are asked beside the product finds what the product's detectors find, kind by kind."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.rivals import installed, questions, simple
from metrics.detection.kinds import KINDS
from tests.benchmarks.asked_figures import FIRST, KPI, MONTHS, OF_PARTS, OUTCOME, SECOND, SEGMENTS, Figures

WRONG, LATELY = 3, 4
MANY, PARTS, ALIKE = 240, 90, 0.75


def _quiet(unit: str = "index") -> Figures:
    random = np.random.default_rng(7)
    shared = random.normal(0, 0.5, (SEGMENTS, MONTHS))
    kpi, outcome = (level + shared + random.normal(0, 0.2, shared.shape) for level in (0.25, 1))
    outcome[:, -1], kpi[:, -1] = 1, 0.25
    if unit == "count":
        kpi -= 10
    return Figures.of(unit, kpi, outcome)


def _falls(figures: Figures) -> None:
    figures.values[OUTCOME, FIRST][WRONG, -LATELY:] = 40 + 0.1 * np.arange(LATELY)


def _always_stood_apart(figures: Figures) -> None:
    figures.values[OUTCOME, FIRST][WRONG] -= 15


def _disagrees(figures: Figures) -> None:
    figures.values[KPI, SECOND][WRONG, -1] *= 1.2


def _parts_ways(figures: Figures) -> None:
    kpi, other = (each - each.mean() for each in (figures.values[KPI, FIRST][WRONG, -19:], np.sin(np.arange(19.0) * 2)))
    figures.values[OUTCOME, FIRST][WRONG, -19:] = 52 + (other - other @ kpi / (kpi @ kpi) * kpi) / 10


def _jumps(figures: Figures) -> None:
    figures.values[KPI, FIRST][WRONG, -LATELY:] += 12


def _stops(figures: Figures) -> None:
    figures.values[OUTCOME, FIRST][WRONG, -1] *= 1000


def _is_promised_away(figures: Figures) -> None:
    figures.values[KPI, FIRST][WRONG, -LATELY:] = 4000


GOES_WRONG: dict[str, Callable[[Figures], None]] = {
    "divergence": _falls, "handoff": _falls, "gaming": _falls, "mix": _falls, "inconsistency": _always_stood_apart,
    "overcommitment": _is_promised_away, "source_disagreement": _disagrees, "definition_break": _jumps,
    "broken_link": _parts_ways, "integrity": _stops,
}  # fmt: skip


def test_all_kinds_are_asked_in_both_ways() -> None:
    assert set(questions.QUESTIONS) == set(simple.QUESTIONS) == set(GOES_WRONG) == set(KINDS)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(GOES_WRONG))
def test_a_question_finds_the_segment_that_goes_wrong_and_no_other(kind: str) -> None:
    figures = _quiet("count" if kind == "overcommitment" else "index")
    assert figures.found(kind, questions.question) == []
    GOES_WRONG[kind](figures)
    assert figures.found(kind, questions.question) == [WRONG]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(GOES_WRONG))
def test_a_simpler_question_can_be_asked_too(kind: str) -> None:
    figures = _quiet("count" if kind == "overcommitment" else "index")
    GOES_WRONG[kind](figures)
    figures.found(kind, simple.question)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"integrity"}))
@pytest.mark.parametrize("unit", ["index", "fraction"])
def test_a_question_finds_in_nearly_all_of_many_segments_what_the_detector_finds(kind: str, unit: str) -> None:
    figures = _stirred(kind, "count" if kind == "overcommitment" else unit)
    asked, detected = set(figures.found(kind, questions.question)), set(figures.detected(kind))
    assert len(detected) >= 4
    assert len(asked & detected) >= ALIKE * len(asked | detected)


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


def _stirred(kind: str, unit: str) -> Figures:
    """Many segments in which either side moves by some deviations, lately or for good, and some relations are lost."""
    random, many = np.random.default_rng(11), PARTS if kind in OF_PARTS else MANY
    shared, turned = random.normal(0, 1, (2, many, MONTHS))
    lost = (np.arange(MONTHS) >= MONTHS - 19) & (random.random(many) < 0.3)[:, None]
    kpi, outcome = (0.9 * each + random.normal(0, 0.3, each.shape) for each in (np.where(lost, turned, shared), shared))
    if kind != "broken_link":
        longest = {"inconsistency": MONTHS}.get(kind, 15)
        for side in (kpi, outcome):
            since = MONTHS - random.integers(3, longest, many)
            size = random.choice([0, 0, -1, 1], many) * random.uniform(1, 8, many)
            side += np.where(np.arange(MONTHS) >= since[:, None], size[:, None], 0)
    figures = Figures.of(unit, kpi, outcome)
    figures.values[KPI, SECOND][:, -1] *= random.uniform(0.9, 1.1, many)
    return figures
