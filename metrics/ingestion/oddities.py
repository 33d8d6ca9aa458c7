"""What is odd about figures without being impossible: noted on the row, never refused. Pure arrays and lists."""

import math
from bisect import bisect_left
from dataclasses import dataclass
from statistics import median

FACTOR_OF_1000, GAP_BEFORE, LATE = "factor_of_1000", "gap_before", "late"
SAME_INSTANT_CONFLICT, MATERIAL_RESTATEMENT = "same_instant_conflict", "material_restatement"
PARTS_APART, NOT_WHOLE = "parts_apart", "not_whole"
NOTICES = {
    FACTOR_OF_1000: "a thousand times its neighbours, or a thousandth",
    GAP_BEFORE: "the period before has no figure",
    LATE: "came in after it was promised",
    PARTS_APART: "not its numerator over its denominator, so that these are not counted on",
    NOT_WHOLE: "a count that is no whole number, as when a point stands before thousands",
    SAME_INSTANT_CONFLICT: "two submissions gave different figures at one instant",
    MATERIAL_RESTATEMENT: "restated by more than the definition lets pass, at once or since it was last noted",
}
"""What is said to readers."""
NEIGHBOURS = 5
FEWEST_NEIGHBOURS = 3
SUSPICIOUS, NEAR_1000 = math.log10(300), 0.3
"""In powers of ten: the jump from which a closer look pays, and how near to a thousandfold counts as one (half to
double)."""


@dataclass(frozen=True)
class Course:
    """What is known of a series: ordinals in rising order and their values (statistics: floats will do)."""

    ordinals: list[int]
    values: list[float]

    def merged(self, ordinals: list[int], values: list[float]) -> "Course":
        """This course with other figures, in rising order, laid over it."""
        if not self.ordinals or ordinals[0] > self.ordinals[-1]:
            return Course(self.ordinals + ordinals, self.values + values)
        known = dict(zip(self.ordinals, self.values, strict=True)) | dict(zip(ordinals, values, strict=True))
        return Course(sorted(known), [known[ordinal] for ordinal in sorted(known)])


def oddities(course: Course, ordinals: list[int], *, scaled: bool, whole: bool = False) -> dict[int, list[str]]:
    """Notices by ordinal, of those figures of a course that have just come in; `scaled` measures can slip by 1,000, and
    those of a `whole` one are expected to be so, unless most of them are not."""
    may_have_slipped = scaled and _is_varied(course.values)
    may_be_broken = whole and _are_mostly_whole(course.values)
    is_unbroken = course.ordinals[-1] - course.ordinals[0] == len(course.ordinals) - 1
    if is_unbroken and not may_have_slipped and not may_be_broken:
        return {}
    notices: dict[int, list[str]] = {}
    for ordinal in ordinals:
        place = bisect_left(course.ordinals, ordinal)
        codes = []
        if place and course.ordinals[place - 1] != ordinal - 1:
            codes.append(GAP_BEFORE)
        if may_have_slipped and _slipped(course.values, place):
            codes.append(FACTOR_OF_1000)
        elif may_be_broken and course.values[place] % 1:
            codes.append(NOT_WHOLE)
        if codes:
            notices[ordinal] = codes
    return notices


def _is_varied(values: list[float]) -> bool:
    """Whether any two of the values lie far enough apart for one to have slipped."""
    sizes = [abs(value) for value in values if value]
    return bool(sizes) and max(sizes) > min(sizes) * 10**SUSPICIOUS


def _are_mostly_whole(values: list[float]) -> bool:
    """Whether a broken one is odd among the others, or alone: where people work part-time, all counts are broken."""
    others = sum(value % 1 > 0 for value in values) - 1
    return 2 * others < max(len(values) - 1, 1)


def _slipped(values: list[float], place: int) -> bool:
    """Whether a value stands about a thousandfold above or below its neighbours: those before it, else those after.

    A slip of the unit keeps the sign. Where signs differ the measure is on its way through zero (a mean delay, a
    growth), and close to zero every figure is a small part of its neighbours.
    """
    value = values[place]
    near = [other for other in values[max(place - NEIGHBOURS, 0) : place] if other]
    if not value or (near and abs(math.log10(abs(value / near[-1]))) < SUSPICIOUS):
        return False
    if len(near) < FEWEST_NEIGHBOURS:
        near += [other for other in values[place + 1 : place + 1 + NEIGHBOURS] if other]
    if len(near) < FEWEST_NEIGHBOURS or not all(other / value > 0 for other in near):
        return False
    return abs(abs(math.log10(value / median(near))) - 3) <= NEAR_1000
