"""From where on a restatement is material: as the definition says, at once or in steps."""

from decimal import Decimal

import pytest

from metrics.ingestion.oddities import MATERIAL_RESTATEMENT
from metrics.models import Observation
from tests.factories.metrics import DefinitionFactory, MeasureFactory

FIRST = Decimal("0.5")
STEP = Decimal("1.019")


@pytest.fixture
def say(give):
    """Say figures of a month one after another; of each, whether it was noted as material."""

    def said(*values, **others):
        before = set(Observation.objects.values_list("pk", flat=True))
        for value in values:
            give({"period": "2026-01", "value": str(value), "reason": "recount"} | others)
        added = Observation.objects.exclude(pk__in=before).order_by("pk")
        return [MATERIAL_RESTATEMENT in (observation.notices or ()) for observation in added]

    return said


def test_steps_that_add_up_are_material_each_time_they_reach_what_the_definition_lets_pass(say):
    values = [round(FIRST * STEP**step, 6) for step in range(12)]
    noted = say(*values)
    assert noted == [False, *(step % 2 == 0 for step in range(1, 12))]


def test_back_and_forth_within_what_is_let_pass_is_not_material(say):
    assert say(FIRST, "0.505", "0.5", "0.495", "0.5", "0.505") == [False] * 6


def test_a_step_that_is_material_by_itself_is_so_though_it_leads_back(say):
    assert say(FIRST, "0.509", "0.4915") == [False, False, True]


@pytest.mark.parametrize(("threshold", "value", "is_material"), [
    ("0.10", "0.54", False), ("0.10", "0.56", True), ("0.10", "0.46", False), ("0.10", "0.44", True),
    ("0.001", "0.5004", False), ("0.001", "0.5006", True), ("0", "0.500001", True),
])  # fmt: skip
def test_each_definition_says_from_where_on(say, conversion, threshold, value, is_material):
    DefinitionFactory(
        measure=MeasureFactory(code="sales.margin", function=conversion.function), restatement_threshold=threshold
    )
    assert say(FIRST, value, measure="sales.margin") == [False, is_material]
