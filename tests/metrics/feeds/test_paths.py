"""Paths into an answer are followed as far as an answer goes, however short a way says to go further."""

import pytest

from metrics.sources.paths import JsonPath, PathError

ANSWER = {"entries": [{"day": number, "left": {"rate": str(number)}} for number in range(1000)]}


@pytest.mark.parametrize(
    "path",
    [
        "entries.[@,@,@,@]|[]" + "|[].[@,@,@,@]" * 9,
        "entries|" + "|".join(["[@,@,@,@]"] * 14) + "|to_string(@)",
        "'rate'|" + "|".join(["join('',[@,@,@,@])"] * 16),
        "{a: entries, b: entries}|" + "|".join(["{a: @, b: @}"] * 20),
    ],
)
def test_a_path_that_multiplies_what_it_finds_is_refused(path: str) -> None:
    with pytest.raises(PathError, match="more values than any answer has"):
        JsonPath(path).search(ANSWER)


def test_a_path_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(PathError):
        JsonPath("(" * 5000 + "day" + ")" * 5000)


def test_what_a_large_answer_needs_is_found() -> None:
    rows = {"rows": ANSWER["entries"] * 50}
    found = JsonPath("rows[?day > `3`].{day: day, rate: left.rate, name: join('-', [left.rate, 'x'])}").search(rows)
    assert (len(found), found[0]) == (49_800, {"day": 4, "rate": "4", "name": "4-x"})


@pytest.mark.parametrize(
    ("path", "absent"),
    [
        ("hotel", True), ("cut", False), ("cut.hotel", False), ("cut.region", True), ("none.hotel", False),
        ("rate.hotel", True), ('"the hotel"', True), ("not_null(hotel)", False), ("hotel || cut", False),
        ("cuts[0].hotel", False),
    ],
)  # fmt: skip
def test_plain_names_that_are_not_there_are_told_from_what_is_null(path: str, absent: bool) -> None:
    content = {"cut": {"hotel": None}, "none": None, "rate": 1, "cuts": []}
    assert JsonPath(path).is_absent(content) is absent
