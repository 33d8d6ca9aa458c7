"""Files of dbt and of Open Semantic Interchange come in as measures; what has no meaning here is listed."""

from pathlib import Path

import pytest

from metrics.dictionary_files.foreign import Answers, Fate
from metrics.dictionary_files.reading import Reading, read_file
from metrics.dictionary_import import import_dictionary, plan_import
from metrics.models import Definition

SAMPLES = Path(__file__).parent / "samples"
ANSWERS = Answers(function="Sales", source="Warehouse")


def read(name: str, answers: Answers = ANSWERS) -> Reading:
    return read_file(name, (SAMPLES / name).read_bytes(), answers)


def fates(reading: Reading, fate: Fate) -> list[str]:
    return [str(finding) for finding in reading.findings if finding.fate == fate]


@pytest.fixture
def people(truth_owner, sponsor):
    return {"proposed_by": truth_owner, "approved_by": sponsor}


def test_every_type_of_metric_of_dbt_becomes_a_measure(people):
    import_dictionary(read("dbt.yml").document, **people)
    said = {each.measure.code: each for each in Definition.objects.select_related("measure")}
    assert {code: (each.unit, each.grain, each.roll_up, each.formula) for code, each in said.items()} == {
        "bookings": ("count", "week", "sum", ""),
        "cancellation_rate": (
            "ratio", "month", "ratio", "cancelled where {{ Dimension('booking__channel') }} = 'web' / bookings",
        ),
        "bookings_to_date": ("ratio", "month", "none", ""),
        "growth": ("ratio", "month", "none", "(now - before) / before"),
        "visit_to_booking": ("fraction", "month", "none", "booking_count / visits"),
    }  # fmt: skip
    assert said["bookings"].wording == "Every booking that was made.\nCount of booking_id."
    assert said["bookings_to_date"].wording == "booking_count, added up since the start of the month."
    assert said["growth"].wording == "Derived from bookings as now, bookings as before 1 month earlier."
    assert said["visit_to_booking"].wording == "Share of visits that become booking_count within 7 days, by guest."
    assert said["cancellation_rate"].measure.name == "Cancellation rate"


def test_what_has_no_meaning_here_is_listed_with_its_place():
    left = " ".join(fates(read("dbt.yml"), Fate.NOT_UNDERSTOOD))
    for place in ("saved_queries (line", "semantic_models[0].model (line", "create_metric", "meta.team"):
        assert place in left
    mapped = " ".join(fates(read("dbt.yml"), Fate.MAPPED))
    assert "channel cuts figures here" in mapped
    assert "booked_on is time" in mapped


def test_the_later_form_of_dbt_is_read_as_well(people):
    reading = read("dbt_models.yml")
    import_dictionary(reading.document, **people)
    assert dict(Definition.objects.values_list("measure__code", "formula")) == {
        "revenue": "", "paid_share": "paid / revenue",
    }  # fmt: skip
    assert "note is a column that no figure is cut by" in " ".join(fates(reading, Fate.NOT_UNDERSTOOD))


def test_a_value_of_another_shape_than_expected_is_told_at_its_place():
    file = b"metrics:\n- name: a\n  time_granularity: [day]\n- name: b\n  type_params: 5\n"
    reading = read_file("dbt.yml", file, ANSWERS)
    assert "metrics[0].time_granularity (line 3): not understood, there is no grain" in str(
        fates(reading, Fate.NOT_UNDERSTOOD)
    )
    assert [problem.place for problem in reading.document.problems] == ["metrics[1].type_params (line 5)"]


def test_open_semantic_interchange_is_read_in_standard_sql(people):
    reading = read("osi.yaml")
    import_dictionary(reading.document, **people)
    price, nights = Definition.objects.select_related("measure__function").order_by("measure__code")
    assert (price.unit, price.currency, price.formula) == ("currency", "EUR", "AVG(nights.price)")
    assert (price.measure.function.name, price.wording) == ("Delivery", "What a night costs on average.")
    assert (nights.measure.code, nights.unit) == ("nights.night_count", "count")
    left = " ".join(fates(reading, Fate.NOT_UNDERSTOOD))
    for what in (
        "relationships",
        "ai_context",
        "in SNOWFLAKE",
        "extension of SNOWFLAKE",
        "source",
        "price is a column",
    ):
        assert what in left


@pytest.mark.parametrize("name", ["dbt.yml", "dbt_models.yml", "osi.yaml"])
def test_a_foreign_file_again_changes_nothing(people, name):
    import_dictionary(read(name).document, **people)
    plan = plan_import(read(name).document)
    assert (plan.changes, plan.problems) == ([], [])


def test_what_was_assumed_is_said_and_whoever_answers_must_be_named():
    assumed = fates(read("dbt.yml"), Fate.ASSUMED)
    assert any("direction higher" in each for each in assumed)
    problems = read("dbt.yml", Answers()).document.problems
    assert any("name the function that answers" in str(problem) for problem in problems)


def test_of_dbt_nothing_is_dropped_unsaid():
    content = b"""
semantic_models:
- name: bookings
  defaults: {agg_time_dimension: day}
metrics:
- {name: revenue, type: simple, type_params: {measure: money}}
"""
    left = " ".join(fates(read_file("models.yml", content), Fate.NOT_UNDERSTOOD))
    assert "semantic_models[0].defaults" in left
    assert "its measure money stands in no model of this file" in left
