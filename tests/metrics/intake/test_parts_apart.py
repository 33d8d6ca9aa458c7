"""A value that its parts do not give: refused of a fraction, and marked of whatever else comes with parts."""

import pytest

from metrics.ingestion import Delivery, Rows, ingest, rehearse
from metrics.models import Observation
from tests.factories.metrics import measure
from tests.metrics.intake.conftest import CLOCKWORK

APART = ["parts_apart"]


@pytest.fixture
def notices(crm):
    def of(unit: str, value: str, numerator: str, denominator: str) -> list[str]:
        figure = {"measure": measure("sales.measured", unit=unit).code, "period": "2026-09", "value": value,
                  "numerator": numerator, "denominator": denominator}  # fmt: skip
        ingest(Rows.of([figure]), Delivery("command", "crm"), by=CLOCKWORK)
        return Observation.objects.get().notices or []

    return of


@pytest.mark.parametrize(
    ("unit", "figure", "expected"),
    [
        ("currency", ("100.5", "50", "4"), APART),
        ("currency", ("100.5", "50", "0"), APART),
        ("hours", ("33.4", "100", "3"), []),
        ("days", ("33.32", "100", "3"), APART),
        ("days", ("33.33", "100", "3"), []),
        ("minutes", ("0.3333", "1", "3"), []),
        ("currency", ("1234", "123450", "100"), []),
        ("currency", ("123456789.12345679", "370370367.37037037", "3"), []),
        ("ratio", ("0.5", "54", "100"), APART),
        ("currency", ("0.31515846538782316", "3023", "9592"), []),
        ("ratio", ("0.15", "115", "100"), APART),  # a growth with its two amounts
        ("ratio", ("1.15", "115", "100"), []),
        ("ratio", ("1.15", "", "100"), []),
        ("ratio", ("1.15", "", "0"), []),
        ("ratio", ("1.15", "115", ""), []),
        ("index", ("40", "2", "5"), []),  # of a hundred
        ("count", ("10", "3", "4"), []),
    ],
)
def test_a_value_that_is_not_the_quotient_of_its_parts_is_marked_beyond_any_rounding(notices, unit, figure, expected):
    assert notices(unit, *figure) == expected


@pytest.mark.parametrize(
    ("unit", "before", "value", "expected"),
    [
        ("count", [], "1.234", True),
        ("count", ["7", "6.5", "8"], "1.234", True),
        ("count", ["7", "6.5", "6.5"], "7.5", False),  # people who work part-time
        ("count", ["6.5"], "7", False),
        ("count", ["1230", "1190", "1205"], "1.234", False),  # a thousandth, and told as such
        ("days", ["7"], "1.234", False),
    ],
)
def test_a_count_that_is_not_whole_is_marked_unless_its_others_are_none_either(crm, unit, before, value, expected):
    code = measure("sales.people", unit=unit).code
    for month, each in enumerate([*before, value], start=1):
        figure = {"measure": code, "period": f"2026-{month:02d}", "value": each}
        ingest(Rows.of([figure]), Delivery("command", "crm"), by=CLOCKWORK)
    assert ("not_whole" in (Observation.objects.order_by("pk").last().notices or [])) is expected


def test_who_looks_beforehand_is_told_so(crm):
    """Also of a figure on record, of which somebody who hands in a sheet says the value alone."""
    figure = {"measure": measure("sales.order", unit="currency").code, "period": "2026-09", "value": "100.5"}
    parts = {"numerator": "50", "denominator": "4"}
    delivery = Delivery("command", "crm", by_hand=True)
    (told,) = rehearse(Rows.of([figure | parts]), delivery, by=CLOCKWORK).values()
    assert list(told.notices) == APART
    ingest(Rows.of([figure | parts]), delivery, by=CLOCKWORK)
    other = figure | parts | {"period": "2026-10", "numerator": "402", "denominator": "4"}
    assert ingest(Rows.of([figure, other]), delivery, by=CLOCKWORK).unchanged == 1
