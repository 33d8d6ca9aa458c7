"""Choices are shown as Django shows them, whether they were rendered before or not."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from tests.factories.people import FunctionFactory
from truthgov.choices import FEW, FormRenderer, ListedField
from truthgov.models import Function

GROUPED = [("", "Every one"), ("Sales", [("a", "Alpha & co"), ("b", "<b>")]), ("c", mark_safe("<b>"))]
MANY = [(str(number), f"Number {number}") for number in range(FEW + 1)]


def shown(choices, value=None, renderer=None, **attrs) -> str:
    return forms.Select(attrs, choices=choices).render("kind", value, renderer=renderer or FormRenderer())


@pytest.mark.parametrize("choices", [GROUPED, MANY])
@pytest.mark.parametrize("value", [None, "b", "1"])
def test_a_choice_reads_as_django_writes_it(choices, value):
    plain = shown(choices, value, renderer=DjangoTemplates(), required=True)
    assert [shown(choices, value, required=True) for _ in range(2)] == [plain, plain]


@pytest.mark.parametrize(
    "other",
    [
        lambda: shown(GROUPED, "a"),
        lambda: shown(GROUPED, "a", disabled=True),
        lambda: shown([*GROUPED, ("d", "Delta")]),
        lambda: shown([*GROUPED[:-1], ("c", "<b>")]),
        lambda: shown([*GROUPED[:-1], ("C", mark_safe("<b>"))]),
    ],
)
def test_a_choice_that_reads_otherwise_is_another_one(other):
    assert shown(GROUPED) != other()


class AskingForm(forms.Form):
    function = ListedField(Function.objects.all(), to_field_name="code", required=False, empty_label="Every function")


def test_a_listed_choice_costs_one_query_and_follows_its_records(db, django_assert_num_queries):
    FunctionFactory(name="Marketing", code="marketing")
    with django_assert_num_queries(1):
        first = str(AskingForm({})["function"])
    FunctionFactory(name="Sales", code="sales")
    second = str(AskingForm({"function": "sales"})["function"])
    assert "Sales" not in first
    assert '<option value="sales" selected>Sales</option>' in second
    assert '<option value="">Every function</option>' in second
