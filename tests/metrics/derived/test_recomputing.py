"""Derived figures: computed from what came in before anything is judged, kept with what they came from, never typed."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from metrics.assessment import assess
from metrics.dictionary.defining import approve_definition, propose_definition
from metrics.dictionary.deriving import dictionary_around
from metrics.figures.known import observations_at
from metrics.figures.recomputing import recompute
from metrics.handing_in.due import owed_by
from metrics.ingestion import Delivery, Rows, SourceDenied, ingest
from metrics.models import (
    Absence,
    Observation,
    Provenance,
    Reading,
    SeriesChunk,
    Source,
    SourceOfRecord,
    Submission,
    TouchedSet,
)
from metrics.trust import Axis, radars, trust_of
from metrics.trust.axes import Cost
from tests.factories.metrics import (
    DefinitionFactory,
    SourceOfRecordFactory,
    measure,
)
from tests.metrics.derived.reading import JUNE, MAY, derived
from tests.metrics.ledger import value_of
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.periods import Grain, Period


def test_a_figure_is_computed_from_numerators_and_denominators_at_any_remove(push):
    push("2026-05", WON=30, LOST=10)
    assess()
    assert derived() == (Decimal("0.75"), 30, 40)
    assert derived("MISSED") == (Decimal("0.25"), 10, 40)
    assert not TouchedSet.objects.exists()


def test_each_segment_has_its_own_and_the_whole_is_no_average(push):
    push("2026-05", '{"channel":"web"}', WON=30, LOST=10)
    push("2026-05", '{"channel":"phone"}', WON=0, LOST=60)
    push("2026-05", WON=30, LOST=70)
    assess()
    found = [derived(segment=f'{{"channel":"{name}"}}')[0] for name in ("web", "phone")]
    assert (found, derived()[0]) == ([Decimal("0.75"), 0], Decimal("0.3"))


def test_where_an_input_is_missing_nothing_is_guessed(push):
    push("2026-05", WON=30)
    push("2026-06", WON=0, LOST=0)
    assess()
    assert (derived(), derived(start=JUNE)) == (None, None)
    push("2026-05", LOST=10)
    assess()
    assert derived()[0] == Decimal("0.75")


def test_only_what_was_touched_is_computed_again_and_the_same_says_nothing_new(push):
    push("2026-05", WON=30, LOST=10)
    push("2026-06", WON=20, LOST=20)
    assess()
    stored = Submission.objects.filter(channel="computed").count()
    push("2026-06", WON=25, reason="late ones")
    [touched] = TouchedSet.objects.values_list("pk", flat=True)
    first, again = recompute([touched]), recompute([touched])
    assert (len(first), again) == (2, [])
    assert Submission.objects.filter(channel="computed").count() == stored + 2
    assert [derived(start=each)[1] for each in (MAY, JUNE)] == [30, 25]


def test_a_restated_input_restates_what_is_derived_and_says_so(push):
    push("2026-05", WON=30, LOST=10)
    assess()
    push("2026-05", WON=20, reason="ten were never signed")
    assess()
    told = (
        Observation.objects.filter(restates__isnull=False).order_by("pk").values_list("series__measure__code", "reason")
    )
    assert list(told) == [
        ("WON", "ten were never signed"),
        ("RATE", "recomputed: WON was restated (ten were never signed)"),
        ("MISSED", "recomputed: RATE was restated (recomputed: WON was restated (ten were never signed))"),
    ]


def test_a_figure_cites_what_it_was_computed_from(push):
    push("2026-05", WON=30, LOST=10)
    assess()
    inputs = {each.pk for each in Observation.objects.filter(series__measure__code__in=["WON", "LOST"])}
    rate = Observation.objects.get(series__measure__code="RATE")
    assert set(Provenance.objects.get(pk=rate.pk).inputs) == inputs
    assert (rate.series.source.code, rate.submission.channel) == ("derived", "computed")


def test_nobody_hands_in_what_is_computed(push, won, sales_lead):
    with pytest.raises(SourceDenied):
        push("2026-05", source=Source.derived().code, WON=30)
    rows = Rows.of([{"measure": "RATE", "period": "2026-05", "value": "0.9"}])
    refused = ingest(rows, Delivery("form", source="crm", lenient=True, function_id=won["RATE"].function_id),
                     by=Actor(person=sales_lead)).refusals[0]  # fmt: skip
    assert refused.code == "derived_measure"
    assert refused.message.startswith("RATE is computed as WON / (WON + LOST); hand in")
    owed = {line.definition.measure.code for sheet in owed_by(sales_lead) for line in sheet.lines}
    assert owed == {"WON", "LOST"}


def test_inputs_are_those_of_the_source_of_record(push, won):
    push("2026-05", WON=30, LOST=10)
    push("2026-05", source="ledger", WON=31)
    assess()
    assert derived()[0] == Decimal("0.75")
    SourceOfRecordFactory(measure=won["WON"], source=Source.objects.get(code="ledger"))
    TouchedSet.objects.note((pk, MAY) for pk in won["WON"].series.values_list("pk", flat=True))
    assess()
    assert round(derived()[0], 4) == Decimal("0.7561")
    restated = Observation.objects.get(series__measure=won["RATE"], restates__isnull=False)
    assert restated.reason == "recomputed: WON has another figure of record"


def test_a_figure_that_cannot_be_is_left_out(push, won):
    DefinitionFactory(measure=measure("OVER", roll_up="ratio"), version=2, derivation="WON / LOST", roll_up="ratio")
    push("2026-05", WON=30, LOST=10)
    push("2026-06", WON=3, LOST=10)
    assess()
    assert (derived("OVER"), derived("OVER", JUNE)[0]) == (None, Decimal("0.3"))


@pytest.fixture
def impossible(push) -> Callable[[], None]:
    """May is computed, and then nothing was won or lost in it after all."""
    push("2026-05", WON=30, LOST=10)
    assess()

    def restated() -> None:
        push("2026-05", WON=0, LOST=0, reason="booked twice")
        assess()

    return restated


def said(code: str = "RATE") -> list[str]:
    return list(Absence.objects.filter(measure__code=code).order_by("pk").values_list("reason", flat=True))


def test_a_figure_that_can_no_longer_be_computed_is_unknown_and_says_why(impossible, push):
    impossible()
    assert (derived(), derived("MISSED")) == (None, None)
    assert said() == ["Cannot be computed: WON + LOST is 0, and nothing can be divided by 0."]
    assert said("MISSED") == ["Cannot be computed: RATE is not known."]
    assert Observation.objects.filter(series__measure__code="RATE").count() == 1
    assert not SeriesChunk.objects.filter(series__measure__code="RATE").exists()
    assert not TouchedSet.objects.exists()


def test_what_is_unknown_already_is_not_said_again_and_a_sound_input_makes_it_known(impossible, push, won):
    impossible()
    TouchedSet.objects.note((pk, MAY) for pk in won["WON"].series.values_list("pk", flat=True))
    assess()
    assert (len(said()), len(said("MISSED"))) == (1, 1)
    push("2026-05", WON=10, LOST=30, reason="found again")
    assess()
    assert (derived()[0], derived("MISSED")[0]) == (Decimal("0.25"), Decimal("0.75"))
    impossible()
    assert (derived(), len(said())) == (None, 2)


def test_a_withdrawn_figure_is_known_as_it_was_before(impossible, won):
    series, before = won["RATE"].series.get().pk, audit.known_now()
    impossible()
    now = audit.known_now()
    assert [value_of(series, MAY, known_at=each) for each in (before, now, None)] == [Decimal("0.75"), None, None]
    assert [observations_at(each).filter(series=series).count() for each in (before, now)] == [1, 0]
    period = Period.parse("2026-05", Grain.MONTH)
    shares = [trust_of([won["RATE"].pk], period, each)[won["RATE"].pk].share for each in (before, now, None)]
    assert shares[0] != 0
    assert shares[1:] == [0, 0]


def test_the_pages_of_a_withdrawn_figure_show_why_and_what_stood(impossible, as_person, outsider):
    impossible()
    page = as_person(outsider).get("/dictionary/RATE/figures/2026-05/")
    [told] = page.context["page"].sources
    why = "Cannot be computed: WON + LOST is 0, and nothing can be divided by 0"
    assert (told.standing.words, [each.withdrawn for each in told.entries]) == (f"unknown: {why}", [True])
    assert why in page.content.decode()
    page = as_person(outsider).get("/dictionary/RATE/")
    [unavailable] = page.context["page"].unavailable
    assert (unavailable.period.code, unavailable.said.reason in page.content.decode()) == ("2026-05", True)


def test_a_fraction_that_would_be_above_one_is_unknown_even_where_it_never_stood(push, won):
    measure("OVER", roll_up="ratio", derivation="WON / LOST")
    push("2026-05", WON=3, LOST=10)
    push("2026-06", WON=30, LOST=10)
    assess()
    push("2026-05", WON=30, reason="counted anew")
    assess()
    assert (derived("OVER"), derived("OVER", JUNE)) == (None, None)
    assert [reason.startswith("Cannot be computed: ") for reason in said("OVER")] == [True, True]


def test_a_formula_that_fails_takes_no_other_with_it(push, won):
    measure("BROKEN", derivation="WON / (")
    push("2026-05", WON=30, LOST=10)
    assess()
    assert derived()[0] == Decimal("0.75")
    assert not TouchedSet.objects.exists()


def test_from_its_first_period_on_a_measure_is_computed_and_shown(push, won, sales_lead, truth_owner):
    month = Period.containing(clock.today(), Grain.MONTH)
    typed = measure("TYPED", roll_up="ratio")
    SourceOfRecordFactory(measure=typed, source=Source.objects.get(code="crm"))
    for period in (month.shift(-1), month):
        push(period.code, WON=30, LOST=10, TYPED=0.5)
    said = {"starts_on": month.start, "rationale": "One way to count."}
    version = propose_definition(typed, {"derivation": "WON / (WON + LOST)"}, by=Actor(person=sales_lead), **said)
    assess()
    approve_definition(version, by=Actor(person=truth_owner))
    assess()
    shown = {each.source.code: each.starts_on for each in SourceOfRecord.objects.filter(measure=typed)}
    assert shown == {"crm": None, "derived": month.start}
    found = Reading.objects.filter(series__measure=typed, series__source__code="derived")
    assert list(found.values_list("period_start", "value")) == [(month.start, Decimal("0.75"))]


def test_what_is_computed_needs_nobody_to_attest_it(push, won):
    push("2026-05", WON=30, LOST=10)
    assess()
    assert trust_of([won["RATE"].pk], Period.parse("2026-05", Grain.MONTH), None)[won["RATE"].pk].why == ""


def test_what_is_computed_is_trusted_no_further_than_the_worst_of_its_inputs(push, won):
    DefinitionFactory(measure=won["WON"], version=2, unit="count", roll_up="sum", source_tolerance="0.05")
    push("2026-05", WON=30, LOST=10)
    push("2026-05", source="ledger", WON=60)
    assess()
    period = Period.parse("2026-05", Grain.MONTH)
    found = radars([measure.pk for measure in won.values()], [period])
    scores = {code: found[measure.pk, MAY].scores[list(Axis).index(Axis.CONSISTENT)] for code, measure in won.items()}
    assert scores["WON"].share < 1
    assert {scores[code].share for code in ("WON", "RATE", "MISSED")} == {scores["WON"].share}
    assert scores["RATE"].costs == (Cost("Measure WON", scores["WON"].words),)
    assert scores["MISSED"].costs == (Cost("Measure RATE", scores["RATE"].words),)
    alone = radars([won["MISSED"].pk], [period])
    assert alone == {(won["MISSED"].pk, MAY): found[won["MISSED"].pk, MAY]}


def test_without_formulas_a_worker_asks_once(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert recompute([1, 2, 3]) == []


def test_a_computed_figure_is_followed_to_those_it_came_from(as_person, outsider, push):
    push("2026-05", WON=30, LOST=10)
    assess()
    page = as_person(outsider).get("/dictionary/RATE/figures/2026-05/")
    [entry] = page.context["page"].sources[0].entries
    assert [(each.name, each.figure.text) for each in entry.inputs] == [("Measure LOST", "10"), ("Measure WON", "30")]
    assert "/dictionary/WON/figures/2026-05/?segment=%7B%7D" in page.content.decode()


def test_a_formula_that_cannot_be_read_is_told_to_whoever_answers_for_it(push, won, as_person, sales_lead, truth_owner):
    push("2026-05", WON=30, LOST=10)
    assess()
    DefinitionFactory(measure=won["RATE"], version=2, roll_up="ratio", derivation="WON ~ LOST")
    push("2026-05", WON=20, reason="recounted")
    assess()
    assert derived() is None
    assert "its formula fails (At character 5" in Absence.objects.filter(measure=won["RATE"]).latest("pk").reason
    assert (derived("MISSED"), TouchedSet.objects.exists()) == (None, False)
    for person in (sales_lead, truth_owner):
        assert "Measure RATE is not computed" in as_person(person).get("/").content.decode()
    assert "It is not computed" in as_person(sales_lead).get("/dictionary/RATE/").content.decode()
    assert as_person(sales_lead).get("/dictionary/WON/").status_code == 200
    assert dictionary_around(["WON"])["RATE"].derived_from == {"WON", "LOST"}  # as its first version still says
    DefinitionFactory(measure=won["RATE"], version=3, roll_up="ratio", derivation="WON / (WON + LOST)")
    push("2026-05", LOST=20, reason="recounted")
    assess()
    assert derived()[0] == Decimal("0.5")
    assert "is not computed" not in as_person(sales_lead).get("/").content.decode()


def test_it_is_not_told_to_others(won, as_person, delivery_lead):
    DefinitionFactory(measure=won["RATE"], version=2, roll_up="ratio", derivation="WON ~ LOST")
    assert "is not computed" not in as_person(delivery_lead).get("/").content.decode()
