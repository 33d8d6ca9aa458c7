"""Which figures compare with which, across changes of counting with and without a bridge."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from metrics.detection.comparing import EVER, EVERYTHING, Change, comparable

CHANGES = st.none() | st.just(Change()) | st.builds(Change, st.floats(0.5, 2), st.floats(-3, 3))
HISTORIES = st.lists(st.tuples(st.integers(1, 9), CHANGES), max_size=4, unique_by=lambda version: version[0])


def slowly(versions, at, period, value):
    """The figure of a period as a version may be compared with it, one change after the other."""
    starts = [start for start, _ in versions]
    if any(change and starts[later] <= period for later, (_, change) in enumerate(versions) if later > at):
        return np.nan
    for start, change in versions[1 : at + 1]:
        if change and period < start:
            value = value * change.factor + change.offset
    return value


@given(later=HISTORIES)
def test_figures_cross_every_change_of_counting_by_its_bridge_or_not_at_all(later):
    versions = [(EVER, None), *sorted(later, key=lambda version: version[0])]
    values = np.arange(1.0, 11.0)[None, :]
    for at, compared in enumerate(comparable(versions)):
        expected = [slowly(versions, at, period, values[0, period]) for period in range(10)]
        np.testing.assert_allclose(compared.taken(values, 0)[0], expected, equal_nan=True)


def test_without_a_change_of_counting_everything_compares():
    assert comparable([(EVER, None), (5, None)]) == [EVERYTHING, EVERYTHING]
