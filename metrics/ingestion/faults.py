"""What a checked row can be refused for: the codes of the contract, and the sentences for its sender."""

from metrics.ingestion.delivery import RowError

SENTENCES = {
    "not_a_number": "The row has no figure; leave a missing figure's row out.",
    "value_missing": "The row has parts and no value; give its value, too, or leave the row out.",
    "percent": "A fraction lies between 0 and 1; this looks like a percentage: divide it by 100.",
    "out_of_range": "A fraction lies between 0 and 1.",
    "negative_count": "A count is never below 0.",
    "negative_part": "The parts of a fraction are never below 0.",
    "part_exceeds_whole": "The numerator is larger than the denominator; a part cannot exceed its whole.",
    "no_whole": "A denominator of 0 gives no fraction; leave the row out.",
    "none_of_nothing": "A denominator of 0 gives no fraction. That nothing was counted is noted; leave the row out.",
    "nothing_counted": "A denominator of 0 gives no figure. That nothing was counted is noted; leave the row out.",
    "value_contradicts_ratio": "The value is not numerator over denominator; correct whichever is wrong.",
    "reason_missing": "This cell has another figure already; a restatement needs a reason, on the row or the batch.",
}
CODES = {"percent": "out_of_range", "negative_count": "out_of_range", "negative_part": "out_of_range",
         "no_whole": "value_contradicts_ratio", "none_of_nothing": "value_contradicts_ratio",
         "nothing_counted": "not_a_number", "value_missing": "not_a_number"}  # fmt: skip

IMPOSSIBLE = frozenset({"out_of_range", "negative_count", "negative_part", "part_exceeds_whole"})
"""Faults of figures that cannot be so, whoever counts; a percentage for a fraction is a slip of the pen."""
EXPLAINING = frozenset({"percent", "none_of_nothing", "nothing_counted"})
"""Of a slip it is remembered that the figure came, and of nothing that there was nothing to count: why a figure is
missing was said, and is no news."""
REMEMBERED = IMPOSSIBLE | EXPLAINING


def refusal(row: int, fault: str) -> RowError:
    """The refusal of a row for one of the faults above."""
    return RowError(row, CODES.get(fault, fault), SENTENCES[fault])
