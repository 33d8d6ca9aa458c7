"""Formulas: what is read and what is refused, where; the unit that results; figures against a slow, obvious sum."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.formulas import (
    Dimension,
    Figure,
    FormulaError,
    Number,
    Operation,
    Reference,
    compute,
    dimension_of,
    read_formula,
    units_of,
)
from metrics.formulas.grammar import codes_in

UNITS = {"WON": "count", "LOST": "count", "SOLD": "EUR", "SPENT": "EUR", "KEPT": "fraction", "WAITED": "days"}


def shape(formula) -> str:
    if isinstance(formula, Operation):
        return f"({shape(formula.left)}{formula.sign}{shape(formula.right)})"
    return formula.code if isinstance(formula, Reference) else f"{formula.value}"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("A / B", "(A/B)"),
        ("HT.FIN.REALISED/HT.REV.BOOKED", "(HT.FIN.REALISED/HT.REV.BOOKED)"),
        ("A - B - C", "((A-B)-C)"),
        ("1 - A / B * 2", "(1-((A/B)*2))"),
        ("(A + B) / (A - 0.25)", "((A+B)/(A-0.25))"),
        ("share(A, B + C)", "(A/(A+(B+C)))"),
        ("share / B", "(share/B)"),
        ('"won, in-house" / Zähler_1', "(won, in-house/Zähler_1)"),
    ],
)
def test_a_formula_is_read_as_it_is_written(text, read):
    assert shape(read_formula(text)) == read


@pytest.mark.parametrize(
    ("text", "at", "told"),
    [
        ("", 1, "a measure's code, a number or an opening bracket is expected, and the formula ends here"),
        ("A /", 4, "a measure's code"),
        ("A B", 3, r"\+, -, \*, / or the end is expected, and 'B' stands here"),
        ("(A + B", 7, "a closing bracket is expected, and the formula ends"),
        ("A + ; B", 5, "';' is none of them"),
        ("share(A)", 8, "a comma"),
        ("A ** 2", 4, "a measure's code"),
        ("2 x", 3, "the end is expected"),
        ("12abc", 1, "none of them"),
        ("__import__('os')", 12, "none of them"),
        ("(" * 30 + "A" + ")" * 30, 21, "at most 20 deep"),
        ("A+" * 300 + "A", 501, "at most 500 characters"),
    ],
)
def test_a_fault_is_told_where_it_stands(text, at, told):
    with pytest.raises(FormulaError, match=told) as refused:
        read_formula(text)
    assert refused.value.at == at
    assert str(refused.value).startswith(f"At character {at}: ")


@given(st.text(alphabet='AB1.+-*/(), share"\x00é\n', max_size=40))
def test_any_text_is_read_or_refused(text):
    at = 1
    try:
        codes_in(text)
    except FormulaError as refused:
        at = refused.at
    assert 1 <= at <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("WON / (WON + LOST)", ("fraction", "ratio", "index")),
        ("share(SOLD, SPENT)", ("fraction", "ratio", "index")),
        ("SOLD / WON", ("EUR",)),
        ("WAITED / WON", ("days",)),
        ("SOLD - SPENT * 0.5", ("EUR",)),
        ("1 - KEPT", ("fraction", "ratio", "index")),
        ("WON / SOLD", ("ratio", "index")),
        ("SOLD / WAITED", ("ratio", "index")),
        ("(SOLD - SPENT) / SOLD + KEPT", ("fraction", "ratio", "index")),
    ],
)
def test_a_formula_results_in_a_unit(text, units):
    assert units_of(dimension_of(read_formula(text), UNITS.__getitem__)) == units


@pytest.mark.parametrize(
    ("text", "at", "told"),
    [
        ("WON + SOLD", 5, "count and EUR cannot be added"),
        ("SOLD - WAITED", 6, "EUR and days cannot be subtracted"),
        ("1 - WON", 3, "a plain number and count"),
        ("SOLD * WON", 6, "only a number multiplies"),
    ],
)
def test_units_that_do_not_agree_are_told(text, at, told):
    with pytest.raises(FormulaError, match=told) as refused:
        dimension_of(read_formula(text), UNITS.__getitem__)
    assert refused.value.at == at


def test_a_dimension_is_worded():
    assert [str(Dimension()), str(Dimension.of("EUR")), str(Dimension.of("count").over(Dimension.of("EUR")))] == [
        "a plain number", "EUR", "EUR^-1 count",
    ]  # fmt: skip


def rate(numerator: int, denominator: int) -> Figure:
    exact = Decimal(numerator) / Decimal(denominator)
    return Figure(round(exact, 4), Decimal(numerator), Decimal(denominator))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WON / (WON + LOST)", ("0.75", "30", "40")),
        ("share(WON, LOST)", ("0.75", "30", "40")),
        ("SOLD / WON", ("41.15", "1234.5", "30")),
        ("WON + LOST", ("40", None, None)),
        ("1 - KEPT", ("0.666666666667", "2", "3")),
        ("(KEPT + 1) * 2", ("2.666666666667", "8", "3")),
        ("KEPT / 2", ("0.166666666667", "0.5", "3")),
        ("KEPT + OTHER", ("0.583333333333", None, None)),
        ("KEPT - SAME", ("-0.333333333333", "-1", "3")),
        ("KEPT / SAME", ("0.5", "1", "2")),
        ("SOLD / KEPT", ("3703.5", None, None)),
        ("1000 / WON", ("33.333333333333", None, None)),
        ("1 / KEPT", ("3", "3", "1")),
        ("WON / (LOST - 10)", None),
        ("WON / MISSING", None),
    ],
)
def test_figures_come_from_numerators_and_denominators(text, expected):
    figures = {
        "WON": Figure(Decimal(30)), "LOST": Figure(Decimal(10)), "SOLD": Figure(Decimal("1234.5")),
        "KEPT": rate(1, 3), "SAME": rate(2, 3), "OTHER": rate(1, 4),
    }  # fmt: skip
    found = compute(read_formula(text), figures, {**UNITS, "SAME": "fraction", "OTHER": "fraction"})
    if expected is None:
        assert found is None
    else:
        told = (found.value, found.numerator, found.denominator)
        assert told == tuple(None if each is None else Decimal(each) for each in expected)


def test_parts_that_are_not_the_figure_s_own_are_left_alone():
    booked = Figure(Decimal("4312.3"), Decimal("4312.3"), Decimal(50))
    assert compute(read_formula("SOLD / WON"), {"SOLD": booked, "WON": Figure(Decimal(2))}, UNITS).value == Decimal(
        "2156.15"
    )


amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=3)
leaves = st.sampled_from(["A", "B", "C"])


def formulas(leaf: st.SearchStrategy) -> st.SearchStrategy[str]:
    return st.recursive(
        leaf | st.sampled_from(["2", "0.5"]),
        lambda inner: st.tuples(inner, st.sampled_from("+-/"), inner).map(lambda it: f"({it[0]} {it[1]} {it[2]})"),
        max_leaves=6,
    )


def slowly(formula, values) -> Fraction | None:
    """The obvious way: value by value, as one would on paper."""
    if isinstance(formula, Number):
        return Fraction(formula.value)
    if isinstance(formula, Reference):
        return values[formula.code]
    left, right = slowly(formula.left, values), slowly(formula.right, values)
    if left is None or right is None or (formula.sign == "/" and right == 0):
        return None
    return {"+": left + right, "-": left - right, "/": left / right if formula.sign == "/" else None}[formula.sign]


@settings(max_examples=80)
@given(formulas(leaves), st.tuples(amounts, amounts, amounts), st.booleans())
def test_a_figure_is_what_one_would_compute_on_paper(text, drawn, as_rates):
    figures = {code: Figure(value) for code, value in zip("ABC", drawn, strict=True)}
    values = {code: Fraction(figure.value) for code, figure in figures.items()}
    if as_rates:
        figures = {code: rate(int(figure.value) % 97, 97 + at) for at, (code, figure) in enumerate(figures.items())}
        values = {code: Fraction(each.numerator) / Fraction(each.denominator) for code, each in figures.items()}
    unit = "fraction" if as_rates else "count"
    found, expected = (
        compute(read_formula(text), figures, dict.fromkeys("ABC", unit)),
        slowly(read_formula(text), values),
    )
    assert (found is None) == (expected is None)
    if found and expected is not None:
        assert abs(Fraction(found.value) - expected) <= Fraction(1, 2 * 10**12)
        if found.denominator:
            assert abs(Fraction(found.numerator) / Fraction(found.denominator) - expected) <= (
                abs(expected) + 1
            ) * Fraction(1, 10**10) / min(1, abs(Fraction(found.denominator)))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 1000)), min_size=1, max_size=6))
def test_the_parts_of_segments_add_up_to_the_figure_of_the_whole(cells):
    formula = read_formula("share(A, B)")
    units = {"A": "count", "B": "count"}
    found = [compute(formula, {"A": Figure(Decimal(a)), "B": Figure(Decimal(b))}, units) for a, b in cells]
    whole = compute(formula, {"A": Figure(Decimal(sum(a for a, _ in cells))),
                              "B": Figure(Decimal(sum(b for _, b in cells)))}, units)  # fmt: skip
    assert whole.numerator == sum(each.numerator for each in found)
    assert whole.denominator == sum(each.denominator for each in found)


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.sampled_from(["KEPT", "WAITED"]))
def test_a_quotient_that_a_program_kept_in_binary_has_its_parts(numerator, denominator, code):
    as_sent = Figure(Decimal(repr(numerator / denominator)), Decimal(numerator), Decimal(denominator))
    found = compute(read_formula(code), {code: as_sent}, UNITS)
    assert (found.numerator, found.denominator) == (numerator, denominator)


def test_parts_that_are_of_something_else_do_not_count():
    growth = Figure(Decimal("0.155681"), Decimal(1155681), Decimal(1000000))
    assert compute(read_formula("KEPT"), {"KEPT": growth}, UNITS) == Figure(Decimal("0.155681"))
