"""A dictionary goes out as a file and comes in again without loss; what a file changes is shown field by field."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from metrics.dictionary.export import dictionary_as_it_stands
from metrics.dictionary.target_conditions import approve_target_condition
from metrics.dictionary_files.reading import read_file
from metrics.dictionary_files.writing import WRITERS
from metrics.dictionary_import import ImportRefused, import_dictionary, plan_import
from metrics.models import Definition, Measure, RequiredOutcome, TargetCondition
from tests.factories.metrics import (
    LONG_AGO,
    DefinitionFactory,
    LinkFactory,
    MeasureFactory,
    OutcomeFactory,
    SourceOfRecordFactory,
    dimension,
    measure,
)
from tests.factories.people import AppointmentFactory, PersonFactory
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.export import FORMULA_STARTS, cell, read_cell
from truthgov.models import Role

FORMS = pytest.mark.parametrize("ending", WRITERS)


@pytest.fixture
def people(truth_owner, sponsor):
    return {"proposed_by": truth_owner, "approved_by": sponsor}


def declare(sales, journey, people) -> None:
    """A KPI with a history, what guards it, an outcome that was retired, links, sources, dimensions, a condition."""
    kpi = MeasureFactory(code="SAL.CLOSE", name='=HYPERLINK("x")', function=sales)
    DefinitionFactory(
        measure=kpi, target=Decimal("0.3"), wording="Won: über all\nclosed, 'yes' ", formula="+won/closed"
    )
    DefinitionFactory(
        measure=kpi, version=2, starts_on=date(2025, 3, 1), target=Decimal("0.123456789012"), changes_counting=True,
        bridge_factor=Decimal("1.5"), bridge_offset=Decimal("-0.25"), bridge_reason="- counted twice",
        rationale="@board", unguarded_because="null", reliable_from=50, roll_up="ratio",
    )  # fmt: skip
    guard = MeasureFactory(code="SAL.VOID", kind="counter_measure", function=sales, guards=kpi)
    DefinitionFactory(measure=guard, unit="currency", currency="EUR", direction="lower", grain="week", wording="1e3")
    outcome = OutcomeFactory(code="JRN.STAY", journey=journey)
    DefinitionFactory(measure=outcome)
    gone = OutcomeFactory(code="JRN.WALK", journey=journey)
    DefinitionFactory(measure=gone)
    DefinitionFactory(measure=gone, version=2, starts_on=date(2026, 1, 1), retires=True)
    LinkFactory(from_measure=kpi, to_measure=outcome, lag_periods=2)
    LinkFactory(kind="handoff", from_measure=kpi, to_measure=guard, pass_through=Decimal("0.95"))
    first = SourceOfRecordFactory(measure=kpi, source__code="crm")
    SourceOfRecordFactory(measure=kpi, source__code="erp", settles=first.source, starts_on=date(2025, 1, 1))
    dimension("channel", "web", "no", "0.10")
    condition = TargetCondition.objects.create(
        journey=journey, version=1, starts_on=date(2025, 1, 1), set_at=LONG_AGO, **people
    )
    RequiredOutcome.objects.create(condition=condition, measure=outcome, trust_needed=70)


@pytest.fixture
def dictionary(sales, journey, people):
    declare(sales, journey, people)


def exported(ending: str = "yaml") -> bytes:
    return WRITERS[ending].write(dictionary_as_it_stands())


def read(content: bytes, ending: str = "yaml"):
    return read_file(f"dictionary.{ending}", content).document


def changed(before: str, after: str):
    """The dictionary as exported, with a text in it replaced."""
    text = exported().decode()
    assert before in text
    return read(text.replace(before, after).encode())


@FORMS
def test_what_goes_out_comes_into_an_empty_dictionary_and_goes_out_the_same(sales, journey, people, ending):
    with transaction.atomic():
        declare(sales, journey, people)
        file, as_yaml = exported(ending), exported()
        transaction.set_rollback(True)
    assert not Measure.objects.exists()
    import_dictionary(read(file, ending), **people)
    assert exported() == as_yaml
    assert (exported(ending) == file) or ending == "xlsx"  # a workbook says when it was made


def test_versions_that_begin_on_one_day_come_in_again_in_their_order(sales, journey, people):
    with transaction.atomic():
        declare(sales, journey, people)
        kpi = Measure.objects.get(code="SAL.CLOSE")
        for version, target in ((3, "0.4"), (4, "0.5")):
            DefinitionFactory(measure=kpi, version=version, starts_on=date(2026, 3, 1), target=target,
                              unguarded_because="null")  # fmt: skip
        file = exported()
        transaction.set_rollback(True)
    import_dictionary(read(file), **people)
    assert exported() == file


@FORMS
def test_the_same_file_again_changes_nothing(dictionary, ending):
    plan = plan_import(read(exported(ending), ending))
    assert (plan.changes, plan.problems) == ([], [])


def test_a_changed_file_is_shown_field_by_field_and_comes_in_as_a_further_version(dictionary, people):
    document = changed("target: '0.123456789012'", "target: '0.2'\n    red_threshold_x: 1").problems
    assert "red_threshold_x: no such column in versions" in str(document[0])
    document = changed("target: '0.123456789012'", "target: '0.2'")
    (change,) = import_dictionary(document, **people)
    latest = Definition.objects.filter(measure__code="SAL.CLOSE").first()
    assert str(change) == f"Definition SAL.CLOSE, version 3 from {latest.starts_on}: target 0.123456789012 → 0.2."
    assert (latest.target, latest.changes_counting, latest.bridge_factor) == (Decimal("0.2"), False, None)
    assert not import_dictionary(document, **people)


def test_what_was_approved_is_not_rewritten_by_a_file(dictionary, people):
    earlier = changed("target: '0.3'", "target: '0.4'")
    assert "version 1 is approved and frozen, and the file says another target" in str(plan_import(earlier).problems[0])
    reason = changed("rationale: '@board'", "rationale: Because.")
    assert "version 2 is approved and frozen, with its rationale" in str(plan_import(reason).problems[0])


def test_a_file_from_before_the_version_in_force_is_refused(dictionary, people):
    older = changed("target: '0.123456789012'", "target: '0.2'")
    import_dictionary(changed("target: '0.123456789012'", "target: '0.25'"), **people)
    assert "the file was made from version 2, and version 3 is in force" in str(plan_import(older).problems[0])


def test_other_words_change_the_counting_unless_the_version_says_otherwise(dictionary, people):
    (_, counting) = plan_import(changed("roll_up: ratio", "roll_up: last")).changes
    assert (counting.field, counting.after) == ("counting", "anew: figures before and after do not compare")


def test_names_conditions_dimensions_and_sources_change_too(dictionary, people, journey):
    text = exported().decode().replace("JRN.STAY: 70", "JRN.STAY: 90").replace("- web", "- web\n  - phone")
    text = text.replace("name: Measure SAL.VOID", "name: Voided")
    changes = {str(change) for change in import_dictionary(read(text.encode()), **people)}
    assert changes == {
        "Measure SAL.VOID: name Measure SAL.VOID → Voided.",
        "Dimension channel, value phone is new.",
        "Target condition of Book to stay: trust in JRN.STAY 70 → 90.",
    }
    assert journey.target_conditions.count() == 2


@pytest.mark.parametrize(
    ("before", "after", "place", "told"),
    [
        ("unit: fraction", "unit: percent", "versions[0] (line", "neither one of"),
        ("kind: handoff", "kind: handof", "links[1] (line", "is not one of"),
        ("guards: SAL.CLOSE", "guards: SAL.CLOSED", "measures[3] (line", "no measure that SAL.VOID could guard"),
        ("JRN.STAY: 70", "SAL.VOID: 70", "outcomes.SAL.VOID (line", "is no outcome of Book to stay"),
        ("starts_on: '2025-03-01'", "starts_on: '2025-3'", "versions[1] (line", "is no day"),
        ("grain: week", "grain: day", "versions[0] (line", "cannot change its grain"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(dictionary, people, before, after, place, told):
    with pytest.raises(ImportRefused) as refused:
        import_dictionary(changed(before, after), **people)
    assert any(place in problem.place and told in problem.message for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("truthgov_dictionary: 1\nmeasures: &a [x]\nlinks: *a", "Line 3 uses an alias"),
        ("[" * 60, "nested more than 24 levels"),
        ("truthgov_dictionary: 1\nlinks: []\nlinks: []", "says links a second time"),
        ("truthgov_dictionary: [", "is not YAML of one document"),
        ("- a", "holds no names"),
        ("x" * 5_000_000, "larger than"),
    ],
)
def test_yaml_that_is_no_dictionary_is_refused_with_its_line(text, told):
    with pytest.raises(InvalidInput, match=told):
        read(text.encode())


def test_a_tag_makes_no_object_and_a_figure_no_float():
    document = read(b"truthgov_dictionary: 1\nsources: [!!python/name:os.system 'x', 1.10]\n")
    assert [entry.said["name"] for entry in document.tables["sources"]] == ["x", "1.10"]


@given(st.text(alphabet="'= +-@|x\t", max_size=6) | st.text(max_size=8))
def test_a_text_comes_back_from_its_cell_and_starts_no_formula(text):
    assert read_cell(cell(text)) == text
    assert not cell(text).lstrip(" ").startswith(FORMULA_STARTS)


def test_the_commands_write_and_read_every_form(dictionary, people, tmp_path: Path, capsys):
    who = ["--proposed-by", people["proposed_by"].email, "--approved-by", people["approved_by"].email]
    for ending in WRITERS:
        file = str(tmp_path / f"dictionary.{ending}")
        call_command("export_dictionary", file)
        call_command("import_dictionary", file, *who)
        assert "0 entries changed." in capsys.readouterr().out
    with pytest.raises(CommandError, match="Name a file that ends"):
        call_command("export_dictionary", str(tmp_path / "dictionary.pdf"))


def test_the_whole_dictionary_is_read_in_a_fixed_number_of_queries(dictionary, django_assert_num_queries):
    document = read(exported())
    for number in range(20):
        DefinitionFactory(measure=MeasureFactory(code=f"SAL.{number:02}"))
    with django_assert_num_queries(7):
        many = dictionary_as_it_stands()
    assert len(many.tables["measures"]) == 24
    with django_assert_num_queries(15):
        plan_import(document)


def test_a_file_takes_no_guard_away_from_a_target_that_has_no_other(dictionary, sales):
    reach = measure("SAL.REACH", target=Decimal("0.5"))
    for code in ("SAL.NOISE", "SAL.SPAM"):
        guard = MeasureFactory(code=code, kind="counter_measure", function=sales, guards=reach)
        DefinitionFactory(measure=guard)
    text = exported().decode()
    one = text.replace("guards: SAL.REACH", "guards: SAL.CLOSE", 1)
    assert not plan_import(read(one.encode())).problems
    both = text.replace("guards: SAL.REACH", "guards: SAL.CLOSE")
    assert [str(each) for each in plan_import(read(both.encode())).problems] == [
        "measures: SAL.REACH has a target that nothing would guard any more; name another guard, or propose a version "
        "that says in unguarded_because why it needs none."
    ]


def test_a_journey_comes_to_demand_no_outcome_that_is_retired(dictionary, people, journey, sponsor):
    demanding = exported().decode().replace("JRN.STAY: 70", "JRN.STAY: 70\n    JRN.WALK: 80")
    assert "is retired" in str(plan_import(read(demanding.encode())).problems[0])
    gone = Measure.objects.get(code="JRN.WALK")
    owner = PersonFactory()
    AppointmentFactory(person=owner, role=Role.JOURNEY_OWNER, scope=journey.scope)
    with pytest.raises(Refusal, match="is retired"):
        approve_target_condition(
            journey, {gone: 80}, starts_on=date(2026, 12, 1), proposed_by=owner, by=Actor(person=sponsor)
        )
