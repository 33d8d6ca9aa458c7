import pytest

from metrics.detection.batch import Basis, Verdict
from metrics.detection.judgements import Cell
from metrics.detection.severity import Word, severity, times_the_least


def a_cell(**figures):
    told = dict.fromkeys(Cell.__slots__, 1.0) | {"verdict": Verdict.FLAG, "basis": Basis.LEVEL}
    return Cell(**told | figures)


@pytest.mark.parametrize(
    ("times", "run", "share", "word"),
    [(1.0, 1, 0.05, Word.LOW), (2.0, 1, 0.2, Word.MODERATE), (4.0, 4, 0.2, Word.HIGH), (4.0, 4, 0.5, Word.CRITICAL)],
)
def test_size_persistence_and_exposure_make_the_word(times, run, share, word):
    assert severity(times, run, share).word == word


def test_the_word_is_explained():
    assert severity(3.2, 5, 0.62).explanation == (
        "High: 3.2 times the smallest change that matters, 5 periods in a row, on 62 % of the journey's customers."
    )
    assert "weight is not declared" in severity(1.0, 1, None).explanation


@pytest.mark.parametrize("more", [{"times": 5.0}, {"run": 6}, {"share": 0.9}])
def test_more_of_any_is_never_less_severe(more):
    less = {"times": 1.5, "run": 2, "share": 0.3}
    assert severity(**less | more).points >= severity(**less).points


def test_size_is_told_in_the_smallest_change_that_matters():
    assert times_the_least(a_cell(effect=0.2), min_effect=0.05) == pytest.approx(4)
    assert times_the_least(a_cell(effect=0.1), tolerance=0.05) == pytest.approx(2)
    assert times_the_least(a_cell(effect=3.0, lower=8.0, upper=10.0)) == pytest.approx(3)
    assert times_the_least(a_cell(effect=3.0, lower=float("nan"), upper=float("nan"))) == 1.0


@pytest.mark.parametrize(
    ("trust", "word"), [(None, "critical"), (1.0, "critical"), (0.79, "high"), (0.49, "high"), (0.0, "high")]
)
def test_figures_that_cannot_be_relied_on_take_points_off(trust, word):
    assert severity(4.0, 4, 0.5, trust).word == word
    assert severity(4.0, 4, 0.5, trust).points == {None: 9, 1.0: 9, 0.79: 8}.get(trust, 7)


def test_doubt_is_told_and_never_leaves_less_than_a_point():
    assert severity(1.0, 1, 0.0, 0.2).points == 1
    assert "relied on to 20 %" in severity(1.0, 1, 0.0, 0.2).explanation
    assert "relied on" not in severity(1.0, 1, 0.0, 1.0).explanation


def test_a_reader_can_add_the_grades_up():
    for given in ((5.0, 3, 0.2, 0.6), (1.0, 9, None, None), (3.0, 1, 0.7, 0.1)):
        graded = severity(*given)
        assert sum(grade.points for grade in graded.grades) == graded.points
        assert [grade.of for grade in graded.grades] == ["Size", "Persistence", "Exposure", "Trust"]


def test_a_share_that_is_small_is_not_called_none():
    assert "on less than 1 % of the journey" in severity(2.0, 3, 0.002).explanation
