"""What is worked on side by side comes in its order, and what fails is told."""

from collections.abc import Iterator
from threading import Barrier, current_thread, main_thread

import pytest

from metrics.assessment.abreast import abreast


def test_it_comes_in_order() -> None:
    made = abreast(lambda piece: piece * 2, range(50), lambda piece: piece % 3 > 0, most=4)
    assert list(made) == [piece * 2 for piece in range(50)]


def test_large_pieces_are_worked_on_at_once() -> None:
    both = Barrier(2)
    assert sorted(abreast(lambda _: both.wait(timeout=30), range(2), lambda _: True, most=2)) == [0, 1]


@pytest.mark.parametrize(("size", "most"), [(1, 4), (100, 1)])
def test_a_small_piece_and_a_single_core_need_no_thread(size: int, most: int) -> None:
    [where] = abreast(lambda _: current_thread(), [size], lambda piece: piece > 10, most=most)
    assert where is main_thread()


def test_no_more_is_made_ready_than_is_worked_on() -> None:
    ready: list[int] = []

    def pieces() -> Iterator[int]:
        for piece in range(9):
            ready.append(piece)
            yield piece

    assert next(abreast(lambda piece: piece, pieces(), lambda _: True, most=2)) == 0
    assert ready == [0, 1, 2]


def test_what_fails_is_told_in_its_turn() -> None:
    made = abreast(lambda piece: 1 // piece, [1, 0, 1], lambda _: True, most=2)
    assert next(made) == 1
    with pytest.raises(ZeroDivisionError):
        next(made)
